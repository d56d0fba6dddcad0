"""What the default policy costs in Dice, over all subsets of the validation cases, against fp32 and overlap."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from GSSCore.dataset import gather_cases, read_split
from GSSCore.evaluation.protocol import evaluate
from GSSCore.evaluation.tables import mean_of_subsets, subset_table
from GSSCore.inference.settings import InferenceSettings
from GSSCore.networks.bundle import Network
from GSSCore.vocabulary import REGIONS
from inference import DEFAULT, OVERLAP, ROI

EXACT = InferenceSettings(device="cpu", confidence=False, precision="fp32", window=ROI, overlap=OVERLAP)


def compare(data: Sequence[Path], split: Path, network: Network) -> str:
    """Return a table of mean Dice over the 15 subsets."""
    cases = gather_cases(data, read_split(split, "validation"))
    lines = [f"{len(cases)} validation cases, mean of the 15 subsets.", ""]
    lines += [f"| policy | {' | '.join(r.value for r in REGIONS)} |", "|---|---:|---:|---:|"]
    execution_plans = {"default (bf16, whole crop)": DEFAULT, f"fp32, windows of {ROI[0]}, overlap {OVERLAP}": EXACT}
    for name, settings in execution_plans.items():
        mean = mean_of_subsets(subset_table(evaluate(cases, network, settings=settings, quick=True)))
        lines.append(f"| {name} | {' | '.join(f'{mean[r.value]:.4f}' for r in REGIONS)} |")
    return "\n".join(lines)
