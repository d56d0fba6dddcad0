"""`make bench`: everything that is claimed of speed and memory, measured in one go and printed as Markdown."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path

import torch

import inference
import pipeline
import preprocessing
from GSSCore.inference.precision import native_bf16
from GSSCore.networks.bundle import Network
from GSSCore.phantom import write_phantom
from GSSCore.study.folder import find_files
from GSSCore.study.study import Study
from timing import load


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--case", type=Path, help="case folder; by default a published case, else a phantom")
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="folders of cases, for the Dice of policies")
    parser.add_argument("--split", type=Path, help="JSON file with the validation cases")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = find_files(options.case or default_case(Path(folder)))
        named = {modality.value: path for modality, path in files.items()}
        network = Network.load()
        print(f"# Benchmark of {network.card.name} {network.card.version}\n")
        print(machine(), "\n")
        print("## Inference, network to labels\n")
        print(inference.compare(Study.from_files(**named), network, options.rounds)[0], "\n")
        print("## Preprocessing, four files to the normalised crop\n")
        print(preprocessing.compare(named, options.rounds)[0], "\n")
        print("## Files to files\n")
        for confidence in (False, True):
            print(pipeline.measure(named, options.rounds, confidence)[0], "\n")
        if options.data and options.split:
            import accuracy

            print("## What the policy costs in Dice\n")
            print(accuracy.compare(options.data, options.split, network))


def default_case(folder: Path) -> Path:
    """Return a published case where the real studies are at hand, else a phantom made in `folder`."""
    real = os.environ.get("GSS_REAL_CASES")
    if real and (Path(real) / "original").is_dir():
        return min((Path(real) / "original").iterdir(), key=lambda path: path.name.startswith("BraTS-SSA"))
    write_phantom(folder)
    return folder


def machine() -> str:
    """Return a line about what it ran on."""
    bf16 = "native bf16" if native_bf16(torch.device("cpu")) else "no native bf16"
    return (
        f"{platform.machine()}, {torch.get_num_threads()} threads, {bf16}, torch {torch.__version__}, "
        f"Python {platform.python_version()}, {load()}."
    )


if __name__ == "__main__":
    main()
