"""Files are there whole or not at all, and old ones stay until all new ones are safe."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from GSSCore import files
from GSSCore.errors import EnvironmentRefused
from GSSCore.files import write_file, write_files

FILES = {"labels.nii.gz": b"new labels", "report.json": b"new report"}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder with an older result and something of the user's own."""
    folder = tmp_path / "result"
    folder.mkdir()
    (folder / "report.json").write_bytes(b"old report")
    (folder / "notes.txt").write_bytes(b"mine")
    return folder


def test_all_files_are_written_and_others_left_alone(old: Path) -> None:
    write_files(old, FILES)
    assert contents(old) == {**FILES, "notes.txt": b"mine"}


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    write_files(str(tmp_path / "a" / "b"), FILES)
    assert contents(tmp_path / "a" / "b") == FILES


def test_one_file_is_written_like_many(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "one.bin", b"1")
    write_file(tmp_path / "a" / "one.bin", b"2")
    assert contents(tmp_path / "a") == {"one.bin": b"2"}


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have a umask")
def test_files_get_the_usual_permissions(tmp_path: Path) -> None:
    previous = os.umask(0o027)
    try:
        write_files(tmp_path, FILES)
    finally:
        os.umask(previous)
    assert (tmp_path / "report.json").stat().st_mode & 0o777 == 0o640


class FullDisk:
    """Stands in for the flush to a disk that has room for so many files."""

    def __init__(self, room: int) -> None:
        self.room = room

    def __call__(self, descriptor: int) -> None:
        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("room", [0, 1])
def test_a_full_disk_keeps_the_old_files(old: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    before = contents(old)
    monkeypatch.setattr(files.os, "fsync", FullDisk(room))
    with pytest.raises(EnvironmentRefused) as caught:
        write_files(old, FILES)
    assert str(caught.value) == (
        f"Nothing was written to {old} (No space left on device): free some space there, or choose another folder."
    )
    assert caught.value.exit_code == 3
    assert contents(old) == before


def test_a_full_disk_leaves_no_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.os, "fsync", FullDisk(1))
    with pytest.raises(EnvironmentRefused):
        write_files(tmp_path / "a" / "b", FILES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_disk_that_is_really_full_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_to_full(path: Path, data: bytes) -> None:
        with Path("/dev/full").open("wb") as file:
            file.write(data)

    monkeypatch.setattr(files, "_write_flushed", write_to_full)
    with pytest.raises(EnvironmentRefused, match="free some space"):
        write_files(tmp_path, FILES)


def test_an_interruption_leaves_the_folder_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    before = contents(old)
    monkeypatch.setattr(files.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_files(old, FILES)
    assert contents(old) == before


def test_nothing_is_renamed_before_everything_is_on_the_disk(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    replace, fsync = os.replace, os.fsync

    def noted_replace(source: Any, target: Any) -> None:
        done.append("rename")
        replace(source, target)

    def noted_fsync(descriptor: int) -> None:
        done.append("flush")
        fsync(descriptor)

    monkeypatch.setattr(files.os, "replace", noted_replace)
    monkeypatch.setattr(files.os, "fsync", noted_fsync)
    write_files(old, FILES)
    assert done[:4] == ["flush", "flush", "rename", "rename"]


def test_a_folder_in_the_place_of_a_file_refuses_before_anything_is_replaced(old: Path) -> None:
    (old / "zebra").mkdir()
    with pytest.raises(EnvironmentRefused, match="zebra is a folder"):
        write_files(old, {**FILES, "zebra": b""})
    assert (old / "report.json").read_bytes() == b"old report"
    assert sorted(path.name for path in old.iterdir()) == ["notes.txt", "report.json", "zebra"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_to_refuses(old: Path) -> None:
    old.chmod(0o500)
    try:
        with pytest.raises(EnvironmentRefused, match="Permission denied"):
            write_files(old, FILES)
    finally:
        old.chmod(0o700)


@pytest.mark.parametrize("name", ["", ".", "..", "../report.json", "a/b", "/etc/passwd"])
def test_a_name_that_leads_elsewhere_is_a_mistake_in_the_program(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a plain file name"):
        write_files(tmp_path, {name: b""})


def test_a_folder_above_that_may_not_be_looked_into_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: Path, **_: object) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", forbidden)
    with pytest.raises(
        EnvironmentRefused, match=r"Nothing was written to .*\(Permission denied\): check that"
    ) as refusal:
        write_files(tmp_path / "made", {"a": b""})
    assert refusal.value.message.code == "files.not-written"
