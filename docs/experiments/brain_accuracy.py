"""How well a brain network finds brains: on heads that its training did not see, on tumours, on other contrasts.

    python docs/experiments/brain_accuracy.py --network FOLDER --heads HEADS/held-out --cases CASES --split split.json \
        --scans T1.nii.gz FLAIR.nii.gz ... --deepbet

Prints for each kind the mean and the least Dice, and for brains with tumours, which are set into the heads, the share
of the tumour's voxels that the mask holds. The scans have no mask; with --deepbet (PyPI, MIT) their masks are compared
with those of another method, which was made for T1. HEADS is what brain_heads.py makes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from brain_heads import bare_brain

from GSSCore.brain_extraction import BrainExtractor, brain_mask
from GSSCore.brain_extraction.checks import dice_of
from GSSCore.brain_extraction.distance import SPACING_MM
from GSSCore.dataset import Case, find_cases, read_split
from GSSCore.evaluation.tables import markdown_table
from GSSCore.files import encoded, write_file
from GSSCore.imaging.arrays import Mask
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Volume
from GSSCore.networks.card import CARD_FILE
from GSSCore.training.brain.appearance import thick_slices
from GSSCore.training.brain.composite import set_in
from GSSCore.training.brain.geometry import Placement, centre_of, positions, sample_at
from GSSCore.training.brain.heads import BareBrain, ScannedHead, read_heads

AT_2_MM = np.diag([SPACING_MM, SPACING_MM, SPACING_MM, 1.0])
SIZE = (104, 124, 104)
"""Voxels of 2 mm of a head with a brain set into it."""
SHARES = {"dice": 3, "least dice": 3, "kept": 4, "least kept": 4}
"""What the table tells of each kind, and to how many digits."""


@dataclass(frozen=True)
class Score:
    """One brain that was looked for.

    Attributes:
        kind: of head.
        name: of it.
        dice: with the mask it is compared with; NaN where there is none.
        kept: share of the tumour's voxels in the mask; NaN without a tumour.
        refused: code of the refusal, or nothing.
        doubts: codes of the doubts.
        seconds: wall time.
    """

    kind: str
    name: str
    dice: float
    kept: float
    refused: str
    doubts: tuple[str, ...]
    seconds: float


def scored(
    extractor: BrainExtractor, kind: str, name: str, scan: Volume, brain: Mask | None, tumour: Mask | None = None
) -> Score:
    """Look for the brain in a scan and compare."""
    start = perf_counter()
    found = extractor.extract(scan)
    mask = brain_mask(found.distance, scan.grid)
    seconds = perf_counter() - start
    dice = float("nan") if brain is None else dice_of(mask, brain)
    kept = float(mask[tumour].mean()) if tumour is not None and tumour.any() else float("nan")
    refused = "" if found.refusal is None else found.refusal.code
    return Score(kind, name, dice, kept, refused, tuple(doubt.code for doubt in found.doubts), seconds)


def of_heads(extractor: BrainExtractor, heads: Sequence[ScannedHead]) -> Iterator[Score]:
    """Yield the scores of heads as scanned, and as slices of 6 mm in one axis after the other."""
    for number, head in enumerate(heads):
        yield scored(extractor, "T1 heads", head.name, Volume(head.image, AT_2_MM), head.brain)
        thick = thick_slices(torch.from_numpy(head.image.astype(np.float32)), number % 3, 3).numpy()
        yield scored(extractor, "T1 heads, 6 mm slices", head.name, Volume(thick, AT_2_MM), head.brain)


def of_composites(
    extractor: BrainExtractor, case: Case, heads: Sequence[ScannedHead], number: int, quick: bool
) -> Iterator[Score]:
    """Yield the scores of each modality of a case, or of one in turn, its brain set into a head as scanned."""
    study = case.study()
    bare, grid = bare_brain(study)
    truth = read_volume(case.truth)
    tumour = resample(Volume((truth.array > 0).astype(np.uint8), truth.affine), grid, order=0)
    still = Placement(np.eye(3), np.zeros(3), np.zeros((3, 2, 2, 2)))
    where = positions(still, centre_of((bare != 0).any(0)), SIZE)
    inside = sample_at(tumour, where, nearest=True).numpy() > 0
    for channel, modality in enumerate(study.images):
        if quick and channel != number % len(study.images):
            continue
        one = BareBrain(case.name, bare[channel : channel + 1])
        rng = np.random.default_rng((number, channel))
        image, brain = set_in(rng, one, heads[(number + channel) % len(heads)], where)
        name = f"{case.name} {modality.display}"
        scan = Volume(image.numpy(), AT_2_MM)
        yield scored(extractor, "brains with tumours in heads", name, scan, brain.numpy(), inside)


def of_scans(extractor: BrainExtractor, paths: Sequence[Path], deepbet: bool) -> Iterator[Score]:
    """Yield the scores of scans, against deepbet's masks if wanted."""
    for path in paths:
        kind = "other scans against deepbet" if deepbet else "other scans"
        yield scored(extractor, kind, path.name, read_volume(path), deepbet_mask(path) if deepbet else None)


def deepbet_mask(path: Path) -> Mask:
    """Return the mask that deepbet finds, on the file's own grid."""
    from deepbet import run_bet

    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "mask.nii.gz")
        run_bet([str(path)], mask_paths=[out], no_gpu=True)
        mask, scan = read_volume(out), read_volume(path)
    return np.asarray(resample(mask, scan.grid, order=0) > 0)


def figures(scores: Sequence[Score]) -> dict[str, dict[str, float]]:
    """Return what was measured by kind and by measure, as a card holds it; without what a kind can't tell."""
    told = {}
    for kind in dict.fromkeys(score.kind for score in scores):
        of_kind = [score for score in scores if score.kind == kind]
        told[kind] = {"scans": float(len(of_kind))}
        for name in ("dice", "kept"):
            values = [value for value in (getattr(score, name) for score in of_kind) if value == value]
            if values:
                told[kind] |= {name: round(float(np.mean(values)), 4), f"least {name}": round(min(values), 4)}
        told[kind]["refused"] = float(sum(bool(score.refused) for score in of_kind))
        told[kind]["doubted"] = float(sum(bool(score.doubts) for score in of_kind))
    return told


def table(scores: Sequence[Score]) -> str:
    """Return the figures of each kind as a Markdown table."""
    rows = []
    for kind, of in figures(scores).items():
        shares = [f"{of[name]:.{digits}f}" if name in of else "" for name, digits in SHARES.items()]
        counts = [f"{of[name]:.0f}" for name in ("refused", "doubted")]
        seconds = np.mean([score.seconds for score in scores if score.kind == kind])
        rows.append([kind, f"{of['scans']:.0f}", *shares, *counts, f"{seconds:.1f}"])
    head = ["kind", "scans", "Dice", "least", "tumour kept", "least", "refused", "doubted", "seconds"]
    return "\n".join(markdown_table(head, rows))


def write_scores(extractor: BrainExtractor, folder: Path, scores: Sequence[Score], compared: bool) -> None:
    """Put the figures into the card of the network in a folder, with what they were measured on."""
    rules = "Dice with the brains' own masks; kept is the share of the tumour's voxels in the mask that was found."
    if compared:
        rules += " Other scans are compared with masks of deepbet, which are no truth."
    names = ", ".join(dict.fromkeys(score.name for score in scores))
    card = replace(extractor.card, scores=figures(scores), evaluated_on=f"{names}. {rules}")
    write_file(folder / CARD_FILE, encoded(card.to_json()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is named, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", type=Path, help="folder; by default the shipped one")
    parser.add_argument("--heads", type=Path, required=True, help="held-out heads (.npz)")
    parser.add_argument("--cases", type=Path, nargs="*", default=[], help="data sets of skull-stripped tumour studies")
    parser.add_argument("--split", type=Path, help="whose validation cases are taken; all without it")
    parser.add_argument("--quick", action="store_true", help="of each case one modality only, in turn")
    parser.add_argument("--scans", type=Path, nargs="*", default=[], help="whole heads")
    parser.add_argument("--deepbet", action="store_true", help="compare the scans with deepbet's masks")
    parser.add_argument("--write-card", action="store_true", help="put the figures into the card of --network")
    parser.add_argument("--each", action="store_true", help="print a line for each scan, too")
    options = parser.parse_args(arguments)
    if options.write_card and options.network is None:
        parser.error("--write-card changes a card: name its network with --network")
    extractor = BrainExtractor.load(options.network)
    heads = read_heads(options.heads).scanned
    scores: list[Score] = []

    def take(some: Iterator[Score]) -> None:
        for score in some:
            scores.append(score)
            if options.each:
                told = f"{score.kind}: {score.name} {score.dice:.3f} {score.kept:.4f} {score.refused} {score.doubts}"
                print(told, flush=True)

    take(of_heads(extractor, heads))
    names = None if options.split is None else set(read_split(options.split, "validation"))
    cases = [case for folder in options.cases for case in find_cases(folder) if names is None or case.name in names]
    for number, case in enumerate(cases):
        take(of_composites(extractor, case, heads, number, options.quick))
    take(of_scans(extractor, options.scans, options.deepbet))
    steps = extractor.card.recipe.get("steps_done", "unknown")
    print(f"{extractor.card.name} {extractor.card.version}, {steps} steps\n")
    print(table(scores))
    if options.write_card:
        write_scores(extractor, options.network, scores, options.deepbet)


if __name__ == "__main__":
    main()
