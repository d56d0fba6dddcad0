"""From files to files in a fresh process: seconds by stage, and the peak of its memory above bare torch."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

STAGES = ("imports", "reading", "preprocess", "network", "confidence", "restore", "encode", "pictures", "writing")

# Both run in processes of their own, whose peak of memory the last line tells.
BARE = """
import torch
torch.nn.Conv3d(4, 4, 3)(torch.zeros(1, 4, 16, 16, 16))
print("{}")
"""
WHOLE = """
import json, sys, time
start = time.perf_counter()
files, confidence, output = json.loads(sys.argv[1])
import torch, scipy.ndimage, PIL.ImageDraw, PIL.ImageFont
from GSSCore import InferenceSettings, Network, Study, segment
from GSSCore.inference import segment as _
from GSSCore.results import result as _
imports = time.perf_counter()
study = Study.from_files(**files)
network = Network.load()
reading = time.perf_counter()
result = segment(study, network, InferenceSettings(device="cpu", confidence=confidence))
segmented = time.perf_counter()
folder = result.save(output)
saved = time.perf_counter()
seconds = json.loads((folder / "report.json").read_text(encoding="utf-8"))["seconds"]
seconds |= {"imports": imports - start, "reading": reading - imports, "all": saved - start}
seconds["writing"] = saved - segmented - seconds["encode"] - seconds["pictures"]
print(json.dumps(seconds))
"""


def measure(files: dict[str, Path], rounds: int, confidence: bool) -> tuple[str, dict[str, float], float]:
    """Return a table, the median seconds by stage, and the peak of memory above bare torch in GiB."""
    named = {modality: str(path) for modality, path in files.items()}
    runs, peaks, bare = [], [], []
    with tempfile.TemporaryDirectory() as output:
        for _ in range(rounds):
            seconds, peak = _child(WHOLE, json.dumps([named, confidence, output]))
            runs.append(seconds)
            peaks.append(peak)
            bare.append(_child(BARE, "")[1])
    medians = {stage: statistics.median(run.get(stage, 0.0) for run in runs) for stage in (*STAGES, "all")}
    above = statistics.median(peaks) - statistics.median(bare)
    lines = [f"Confidence {'on' if confidence else 'off'}, {rounds} fresh processes, medians.", ""]
    lines += ["| stage | seconds |", "|---|---:|"]
    lines += [f"| {stage} | {value:.2f} |" for stage, value in medians.items() if value]
    lines += ["", f"Peak memory {above:.2f} GiB above bare torch ({statistics.median(bare):.2f} GiB)."]
    return "\n".join(lines), medians, above


def _child(code: str, argument: str) -> tuple[dict[str, float], float]:
    """Run code in a fresh interpreter; return what it printed as JSON, and its peak memory in GiB."""
    # The kernel keeps one peak over all children, so each is measured by a grandchild's parent of its own.
    wrapper = (
        "import resource, subprocess, sys\n"
        "words = [sys.executable, '-c', *sys.argv[1:]]\n"
        "run = subprocess.run(words, check=True, capture_output=True, encoding='utf-8')\n"
        "print(run.stdout.strip().splitlines()[-1])\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", wrapper, code, argument], check=True, capture_output=True, encoding="utf-8"
    )
    printed, peak = run.stdout.strip().splitlines()
    return json.loads(printed), int(peak) * _RSS_UNIT / 2**30


_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
