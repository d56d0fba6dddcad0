"""When Slicer is gone, whatever ended it, the child process goes too, and with it the folder with the voxels."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from GSSCore.cli.scratch import OWNER_FILE, make_scratch, remove_abandoned, remove_scratch, start_of
from GSSSegmentationLib.process import Child
from processes import alive

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 2.0
"""Seconds in which all must be gone."""
LIMIT = 120.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and process groups of POSIX")

PARENT = """
import os, signal, sys, time
from pathlib import Path
sys.path[:0] = [{root!r}, {root!r} + "/GSSSegmentation", {root!r} + "/Testing/mrml"]
signal.signal(signal.SIGINT, signal.SIG_DFL)  # as CTK does in Slicer
import numpy as np
from GSSCore.phantom import make_phantom
from GSSSegmentationLib import run
from GSSSegmentationLib.headless import ensure_scene
from GSSSegmentationLib.settings import Settings
from scenes import SHAPE, SPACING, add_volume
ensure_scene()
study = make_phantom(seed=3, shape=SHAPE, spacing_mm=SPACING).study
volumes = {{m: add_volume(np.asarray(i), study.grid.affine, m.display) for m, i in study.images.items()}}
run.python_command = lambda: [{launcher!r}]
work = run.Run(volumes, settings=Settings(device="cpu"), temporary={temporary!r})
work.start()
print(work._child.pid, work._folder, flush=True)
while (now := work.poll()).running:
    print(now.stage, flush=True)
    time.sleep(0.02)
print("ended", flush=True)
time.sleep(60)
"""


@dataclass
class Started:
    """What stands for Slicer, the launcher that it has started, Python behind that, and their folder."""

    slicer: subprocess.Popen[str]
    launcher: int
    python: int
    folder: Path


def wait(condition: Callable[[], bool], seconds: float = LIMIT) -> float:
    """Wait until something is so, and return how long that took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() < start + seconds, "it never happened"
        time.sleep(0.01)
    return time.monotonic() - start


def started(tmp_path: Path, stage: str) -> Started:
    """Start a segmentation as Slicer does, behind a launcher, and wait until it is at a stage."""
    launcher = tmp_path / "PythonSlicer"
    launcher.write_text(f'#!/bin/sh\n"{sys.executable}" "$@"\nexit $?\n', encoding="utf-8")
    launcher.chmod(0o755)
    (tmp_path / "temporary").mkdir()
    code = PARENT.format(root=str(ROOT), launcher=str(launcher), temporary=str(tmp_path / "temporary"))
    slicer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, encoding="utf-8")
    assert slicer.stdout is not None
    pid, folder = slicer.stdout.readline().split()
    children = Path(f"/proc/{pid}/task/{pid}/children")
    wait(lambda: bool(children.read_text(encoding="utf-8").split()))
    python = int(children.read_text(encoding="utf-8").split()[0])
    while (line := slicer.stdout.readline().strip()) != stage:
        assert line not in ("", "ended"), f"{stage} was never seen"
    return Started(slicer, int(pid), python, Path(folder))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize(
    ("how", "stage"),
    [
        (signal.SIGKILL, "start"),
        (signal.SIGKILL, "network"),
        (signal.SIGINT, "network"),
        (signal.SIGSEGV, "confidence"),
    ],
)
def test_child_launcher_and_voxels_are_gone_soon_after_slicer(how: int, stage: str, tmp_path: Path) -> None:
    run = started(tmp_path, stage)
    assert (run.folder / "flair.nii").is_file()
    os.kill(run.slicer.pid, how)
    run.slicer.wait()
    took = wait(lambda: not (alive(run.launcher) or alive(run.python) or run.folder.exists()), WITHIN)
    print(f"{how} at {stage}: {took:.2f} s")
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_python_ends_when_its_launcher_is_killed_and_slicer_lives(tmp_path: Path) -> None:
    run = started(tmp_path, "network")
    os.kill(run.launcher, signal.SIGKILL)
    wait(lambda: not alive(run.python), WITHIN)
    assert run.folder.exists(), "it is its owner's, who may look into it"
    run.slicer.kill()
    run.slicer.wait()


def test_killing_reaches_what_a_dead_launcher_has_left(tmp_path: Path) -> None:
    launcher = (
        "import pathlib, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "pathlib.Path('pid.tmp').write_text(str(child.pid)); pathlib.Path('pid.tmp').rename('pid'); child.wait()"
    )
    child = Child([sys.executable, "-c", launcher], tmp_path, os.environ)
    wait((tmp_path / "pid").exists)
    grandchild = int((tmp_path / "pid").read_text(encoding="utf-8"))
    os.kill(child.pid, signal.SIGKILL)
    wait(lambda: child.exit_code is not None)
    assert alive(grandchild)
    child.kill()
    assert not alive(grandchild)


def old(folder: Path) -> Path:
    os.utime(folder, (time.time() - 3600,) * 2)
    return folder


def test_folders_that_nobody_could_remove_go_with_the_next_run(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    mine, dead, elsewhere, nobodys, young = (make_scratch("GSS-", tmp_path) for _ in range(5))
    for folder, changes in ((dead, {"pid": ended.pid}), (elsewhere, {"pid": ended.pid, "host": "another"})):
        (folder / "flair.nii").write_bytes(b"voxels")
        owner = json.loads((folder / OWNER_FILE).read_text(encoding="utf-8"))
        (folder / OWNER_FILE).write_text(json.dumps(owner | changes), encoding="utf-8")
    reused = make_scratch("GSS-", tmp_path)
    (reused / OWNER_FILE).write_text(
        (reused / OWNER_FILE).read_text(encoding="utf-8").replace(str(start_of(os.getpid())), "1"), encoding="utf-8"
    )
    (nobodys / OWNER_FILE).unlink()
    (young / OWNER_FILE).write_bytes((dead / OWNER_FILE).read_bytes())
    for folder in (mine, dead, elsewhere, nobodys, reused):
        old(folder)
    remove_abandoned("GSS-", tmp_path)
    assert set(tmp_path.iterdir()) == {mine, elsewhere, nobodys, young}


def test_a_folder_of_somebody_else_is_never_removed(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("x", encoding="utf-8")
    remove_scratch(tmp_path)
    assert (tmp_path / "kept").exists()
