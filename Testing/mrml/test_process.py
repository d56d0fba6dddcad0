"""The child process: progress, cancelling it with all that it started, and what is said when it crashes."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import slicer

from GSSCore.errors import Cancelled, EnvironmentRefused, GSSError
from GSSCore.vocabulary import Modality
from GSSSegmentationLib import process, run
from GSSSegmentationLib.process import Child, child_environment, python_command
from GSSSegmentationLib.run import Run
from GSSSegmentationLib.segmentation import segment_nodes
from GSSSegmentationLib.settings import Settings
from processes import alive
from scenes import scene_state

LIMIT = 30.0
"""Seconds after which a test gives up; what is asserted is that things happen, not how quickly."""


def python(code: str, folder: Path) -> Child:
    return Child([sys.executable, "-c", code], folder, os.environ)


def wait(condition: Any) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def test_progress_is_read_line_by_line_and_only_once(tmp_path: Path) -> None:
    child = python(
        "import sys, time\n"
        'print(\'{"stage": "read", "fraction": 1}\', flush=True)\n'
        "print('a library says something', flush=True)\n"
        'sys.stdout.write(\'{"stage": "netw\'); sys.stdout.flush()\n'
        "time.sleep(0.3)\n"
        "print('ork\"}', flush=True)",
        tmp_path,
    )
    stages: list[str] = []

    def both() -> bool:
        stages.extend(line["stage"] for line in child.new_lines())
        return stages == ["read", "network"]

    wait(both)
    wait(lambda: child.exit_code == 0)
    assert child.new_lines() == []


def test_a_cancelled_process_may_clean_up(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time, pathlib\n"
        "def stop(*_):\n    pathlib.Path('clean').touch(); sys.exit(130)\n"
        "signal.signal(signal.SIGTERM, stop); pathlib.Path('ready').touch(); time.sleep(60)"
    )
    child = python(code, tmp_path)
    wait((tmp_path / "ready").exists)
    child.cancel()
    wait(lambda: child.exit_code is not None)
    assert child.exit_code == 130
    assert (tmp_path / "clean").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="taskkill ends the whole tree at once")
def test_all_that_it_started_stops_even_what_does_not_listen(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    launcher = (
        "import subprocess, sys, pathlib\n"
        f"child = subprocess.Popen([sys.executable, '-c', {deaf!r}], stdout=subprocess.PIPE)\n"
        "child.stdout.readline(); pathlib.Path('pid.tmp').write_text(str(child.pid))\n"
        "pathlib.Path('pid.tmp').rename('pid'); child.wait()"
    )
    child = python(launcher, tmp_path)
    wait((tmp_path / "pid").exists)
    grandchild = int((tmp_path / "pid").read_text(encoding="utf-8"))
    assert alive(grandchild)
    child.cancel()
    wait(lambda: child.exit_code is not None)
    assert not alive(child.pid)
    wait(lambda: not alive(grandchild))


def test_killing_a_process_that_has_ended_does_nothing(tmp_path: Path) -> None:
    child = python("pass", tmp_path)
    wait(lambda: child.exit_code == 0)
    child.kill()
    assert child.exit_code == 0


def test_a_program_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentRefused, match="/no/such/python can't be started"):
        Child(["/no/such/python"], tmp_path, os.environ)


def test_the_child_finds_the_library_and_speaks_utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    environment = child_environment()
    first, second = environment["PYTHONPATH"].split(os.pathsep)
    assert (Path(first) / "GSSCore" / "__init__.py").is_file()
    assert second == "/somewhere/else"
    assert environment["PYTHONUTF8"] == environment["PYTHONUNBUFFERED"] == "1"


def test_in_slicer_its_own_python_and_its_first_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicer, "app", object(), raising=False)
    monkeypatch.setattr(process.shutil, "which", lambda name: f"/slicer/bin/{name}")
    monkeypatch.setattr(slicer.util, "startupEnvironment", lambda: {"HOME": "/home/x"})
    assert python_command() == ["/slicer/bin/PythonSlicer"]
    environment = child_environment()
    assert environment["HOME"] == "/home/x"
    assert "PATH" not in environment, "nothing of this process is handed on"


def test_a_slicer_without_its_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicer, "app", object(), raising=False)
    monkeypatch.setattr(process.shutil, "which", lambda name: None)
    with pytest.raises(EnvironmentRefused, match="PythonSlicer"):
        python_command()


@pytest.fixture
def settings(network: Path) -> Settings:
    return Settings(device="cpu", network=network)


def slow(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the child run other code than the library's."""
    monkeypatch.setattr(Run, "_command", lambda self: [sys.executable, "-c", code])


def test_stages_and_shares_come_in_order_and_end_at_one(volumes: Any, settings: Settings) -> None:
    seen: list[Any] = []
    segment_nodes(volumes, settings=settings, progress=seen.append)
    shares = [progress.whole for progress in seen]
    assert shares == sorted(shares)
    order = ["start", "read", "preprocess", "network", "confidence", "restore", "write", "done"]
    stages = [progress.stage for progress in seen]
    assert [order.index(stage) for stage in stages] == sorted(order.index(stage) for stage in stages)
    assert all(progress.running for progress in seen)


def test_cancelling_leaves_the_scene_and_no_file(
    volumes: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = scene_state(slicer.mrmlScene)
    with pytest.raises(Cancelled, match="cancelled; the scene is as it was"):
        segment_nodes(volumes, settings=settings, cancelled=lambda: True, report_folder=tmp_path / "out")
    assert scene_state(slicer.mrmlScene) == before
    assert list(tmp_path.iterdir()) == []


def test_a_child_that_is_killed_is_reported_and_leaves_the_scene(
    volumes: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = scene_state(slicer.mrmlScene)
    work = Run(volumes, settings=settings)
    work.start()
    assert work._child is not None
    os.kill(work._child.pid, signal.SIGKILL)
    wait(lambda: not work.poll().running)
    with pytest.raises(GSSError, match="killed by signal 9, as happens when memory runs out") as caught:
        work.finish()
    assert caught.value.exit_code == 1
    assert scene_state(slicer.mrmlScene) == before
    assert list(tmp_path.iterdir()) == []


def test_a_child_that_crashes_is_reported_with_its_last_lines(
    volumes: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch, "raise RuntimeError('the network is upset')")
    with pytest.raises(GSSError, match=r"exit code 1(?s:.*)RuntimeError: the network is upset"):
        segment_nodes(volumes, settings=settings)


def test_a_child_that_dies_without_a_word_says_so(
    volumes: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch, "import os; os._exit(7)")
    with pytest.raises(GSSError, match=r"exit code 7.*It said nothing"):
        segment_nodes(volumes, settings=settings)


def test_closing_while_it_runs_stops_it_and_removes_its_files(
    volumes: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    slow(monkeypatch, "import time; time.sleep(60)")
    work = Run(volumes, settings=settings)
    work.start()
    assert work._child is not None
    pid = work._child.pid
    assert work.poll().running
    work.close()
    work.close()
    assert not alive(pid)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_script_stops_the_child(
    volumes: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch, "import os, pathlib, time; pathlib.Path('../pid').write_text(str(os.getpid())); time.sleep(60)")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def interrupt(progress: Any) -> None:
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(encoding="utf-8"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        segment_nodes(volumes, settings=settings, progress=interrupt)
    assert not alive(int((tmp_path / "pid").read_text(encoding="utf-8")))


def test_a_full_disk_for_temporary_files_is_refused(
    volumes: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> Any:
        raise OSError(28, "No space left on device", "/tmp/x")

    monkeypatch.setattr(run.Path, "write_bytes", full)
    with pytest.raises(EnvironmentRefused, match=r"No space left on device.*free some space"):
        segment_nodes({"flair": volumes[Modality.FLAIR]}, settings=settings)


@pytest.mark.parametrize("code", [137, 143])
def test_a_child_that_was_killed_behind_its_launcher_is_reported_as_killed(
    code: int, volumes: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch, f"import os; os._exit({code})")
    with pytest.raises(GSSError, match=f"killed by signal {code - 128}"):
        segment_nodes(volumes, settings=settings)
