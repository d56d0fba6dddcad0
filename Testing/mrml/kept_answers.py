"""What the child process answered, kept: tests of what becomes of a result need not have it computed each time."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import pytest

from GSSSegmentationLib.run import Run
from GSSSegmentationLib.scene import SceneResult

RESULTS, SAID, LOGGED = "results", "progress.jsonl", "log.txt"
"""What a child process leaves in its folder: the result, its standard output, its standard error."""
ANSWER_AGAIN = """
import sys
from pathlib import Path

kept, now = Path(sys.argv[1]), Path(sys.argv[2])
before = (kept / "folder").read_bytes()
(now / "results").mkdir()
for path in (kept / "results").iterdir():
    data = path.read_bytes()
    (now / "results" / path.name).write_bytes(data.replace(before, bytes(now)) if path.suffix == ".json" else data)
for name, stream in (("progress.jsonl", sys.stdout), ("log.txt", sys.stderr)):
    stream.buffer.write((kept / name).read_bytes().replace(before, bytes(now)))
"""
"""A child process that writes what an earlier one did, with its own folder's name in it."""


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the answers, each in a folder that is named by what was asked."""
    return tmp_path_factory.mktemp("answers")


@pytest.fixture
def kept_answers(answers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the network find once what the same words, volumes and mask ask for; later runs get the same files again.

    All else is as ever: volumes are written, a process is started, its lines and its result are read.
    """
    command, publish = Run._command, Run._publish
    asked: dict[Run, Path] = {}

    def command_or_answer(run: Run) -> list[str]:
        words = command(run)
        kept = answers / _question(run, words)
        if not kept.is_dir():
            asked[run] = kept
            return words
        return [sys.executable, "-I", "-S", "-c", ANSWER_AGAIN, str(kept), str(run._folder)]

    def publish_and_keep(run: Run, results: Path) -> SceneResult:
        kept = asked.get(run)
        if kept is not None:
            shutil.copytree(results, kept / RESULTS)
            for name in (SAID, LOGGED):
                shutil.copy(results.with_name(name), kept)
            (kept / "folder").write_bytes(bytes(run._folder or results.parent))
        return publish(run, results)

    monkeypatch.setattr(Run, "_command", command_or_answer)
    monkeypatch.setattr(Run, "_publish", publish_and_keep)


def _question(run: Run, words: list[str]) -> str:
    """Return a name for words and files, whatever the folder is called."""
    assert run._folder is not None
    hashed = hashlib.sha256("\0".join(words).replace(str(run._folder), "").encode())
    for path in sorted(run._folder.glob("*.nii")):
        hashed.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return hashed.hexdigest()[:16]
