"""Files that are there whole or not at all: written under a temporary name, flushed to the disk, then renamed.

Written by hand, as no library in use replaces several files together or none.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from GSSCore.errors import EnvironmentRefused
from GSSCore.messages import Message


def write_file(path: Path | str, data: bytes) -> None:
    """Write one file; see `write_files`."""
    path = Path(path)
    write_files(path.parent, {path.name: data})


def write_files(folder: Path | str, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made where it is missing, so that old ones stay until all new ones are safe.

    Only when every file is on the disk under a temporary name, all are renamed, in the order given. Whatever happens
    before the first renaming, an interruption included, leaves the folder as it was; a crash during it may leave some
    files new and some old, but each of them whole.

    Args:
        folder: where to.
        files: file name -> content.

    Raises:
        EnvironmentRefused: when the folder cannot be made, is full or not writable.
        ValueError: when a name is not a plain file name.
    """
    folder = Path(folder)
    for name in files:
        if not name or name in (".", "..") or Path(name).name != name:
            raise ValueError(f"{name!r} is not a plain file name")
    made: list[Path] = []
    token = secrets.token_hex(4)
    temporary = {folder / f".{token}-{index}.tmp": folder / name for index, name in enumerate(files)}
    try:
        made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for (there, target), data in zip(temporary.items(), files.values(), strict=True):
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, f"{target.name} is a folder")
            _write_flushed(there, data)
        for there, target in temporary.items():
            there.replace(target)
    except BaseException as error:
        _remove(temporary, made)
        if isinstance(error, OSError):
            raise EnvironmentRefused(_refusal(folder, error)) from error
        raise
    _flush_folder(folder)


def encoded(text: str) -> bytes:
    r"""Return text as UTF-8. What a file name had that is no UTF-8 becomes `\udcfc`, which JSON reads as it was."""
    return text.encode("utf-8", "backslashreplace")


def remove_older(path: Path, what: str) -> None:
    """Remove a file that beside newer ones would mislead, where it exists.

    Args:
        path: the file.
        what: it belongs to an older one of these, such as `evaluation`.

    Raises:
        EnvironmentRefused: when it can't be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as fault:
        raise EnvironmentRefused(
            Message(
                "files.older",
                "{file} belongs to an older {what} and can't be removed ({reason}): delete it yourself.",
                file=path,
                what=what,
                reason=str(fault.strerror),
            )
        ) from fault


def _write_flushed(path: Path, data: bytes) -> None:
    """Write a new file and wait until the disk has it."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _remove(files: Mapping[Path, Path], folders: list[Path]) -> None:
    """Remove the temporary files that are left, then the folders that were made for them, innermost first."""
    for path in files:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    for path in folders:
        with contextlib.suppress(OSError):
            path.rmdir()


def _flush_folder(folder: Path) -> None:
    """Make the renaming last through a power cut, where the system lets a folder be flushed (Windows does not)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refusal(folder: Path, error: OSError) -> Message:
    """Return the sentence that says why nothing was written, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Message(
            "files.full",
            "Nothing was written to {folder} ({reason}): free some space there, or choose another folder.",
            folder=folder,
            reason=str(error.strerror or error),
        )
    return Message(
        "files.not-written",
        "Nothing was written to {folder} ({reason}): check that it is a folder you may write to, or choose another "
        "one.",
        folder=folder,
        reason=str(error.strerror or error),
    )
