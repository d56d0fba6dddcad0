"""What `--help` shows at its end: how each command is called, for readers who learn by example."""

from __future__ import annotations

import argparse
import shutil
import textwrap

from GSSCore.vocabulary import RESEARCH_USE

EXAMPLES: dict[str, tuple[str, ...]] = {
    "": (
        "gss demo demo",
        "gss segment --case study --output result",
        "gss segment --help",
    ),
    "segment": (
        "gss segment --case study --output result",
        "gss segment --flair flair.nii.gz --t2 t2.nii.gz --output result",
        "gss segment --t1ce t1ce.nrrd --output result --device cpu --no-confidence",
        "gss segment --case study --output result --network training/network --minimum-component-ml 0.5",
        "gss segment --dicom patient --output result",
        "gss segment --dicom patient --t1ce 12 --t1 none --output result",
        "gss segment --case study --output result --truth expert.nii.gz --truth-labels NCR=1,ED=2,ET=4",
    ),
    "cohort": (
        "gss cohort studies --output results",
        "gss cohort studies.csv --output results --skip-existing --device cuda",
        "gss cohort studies --output results --part 1/4",
        "gss cohort patients --dicom --output results",
    ),
    "strip": (
        "gss strip flair.nii.gz t1.nrrd --output brains",
        "gss strip t1.nii.gz --output brains --network training/network --progress none",
    ),
    "evaluate": (
        "gss evaluate BraTS2023 --split split.json --output scores",
        "gss evaluate BraTS2020 --truth-labels NCR=1,ED=2,ET=4 --quick",
        "gss evaluate DATA --split split.json --network training/network --confidence --write-card --output scores",
    ),
    "compare": (
        "gss compare scores-none scores-gss",
        "gss compare scores-none scores-gss --metric hd95 --output comparison",
    ),
    "train": (
        "gss train recipes/rfnet-laptop.toml --data BraTS2020 --split split.json --output training --dry-run",
        "gss train recipes/unet-laptop.toml --data BraTS2023 more --split split.json --output training",
        "gss train recipes/unet-laptop.toml --data BraTS2023 --split split.json --output training --resume",
        "gss train recipes/unet-laptop.toml --data BraTS2023 --output training/2 --start training/1/network",
        "gss train recipes/unet.toml --data BraTS2023 --lesions lesions.npz --output training --samples-on device",
        "torchrun --nproc-per-node 4 -m GSSCore train recipes/rfnet.toml --data BraTS2020 --output training",
    ),
    "split": (
        "gss split BraTS2023 --output split.json --validation 0.2 --seed 1",
        "gss split BraTS2023 --output fold.json --folds 5",
        "gss split BraTS2023 --check split.json",
    ),
    "dicom": (
        "gss dicom patient",
        "gss dicom patient --study 2026-01-02 --t1ce 12 --json",
    ),
    "info": (
        "gss info",
        "gss info --json",
    ),
    "networks": (
        "gss networks",
        "gss networks --name unet --name rfnet --size 96",
    ),
    "phantom": (
        "gss phantom head",
        "gss phantom another-head --seed 7",
        "gss phantom raw-head --raw",
    ),
    "demo": (
        "gss demo demo",
        "gss demo demo-case --case study",
        "gss demo demo-case --case study --truth-labels NCR=1,ED=2,ET=4",
    ),
}
"""By command, each line as it is typed; the first entry belongs to `gss --help`."""


def show_examples(parser: argparse.ArgumentParser, command: str) -> None:
    """Let the help of a command end with what it is not for and with its examples."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter  # it keeps lines as they are, so:
    parser.description = textwrap.fill(parser.description or "", max(40, shutil.get_terminal_size().columns - 2))
    parser.epilog = "\n".join([RESEARCH_USE, "", "examples:", *(f"  {line}" for line in EXAMPLES[command])])
