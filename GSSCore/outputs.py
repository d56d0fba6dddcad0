"""What may be written over: nothing that is read, nor what this program did not write, or what was changed since.

Each kind of output has one file that lists the others with their SHA-256, so that a later run knows them again. What
it does not list, or lists otherwise, belongs to somebody: it is neither replaced nor removed, and the run is refused
before any work.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from GSSCore.errors import EnvironmentRefused
from GSSCore.messages import Message

Hashes = Mapping[str, str]
"""SHA-256 of files by name, hexadecimal; nothing where an older version of this program did not note it."""

_OF_FILES = (
    ".nii", ".gz", ".nrrd", ".nhdr", ".mha", ".mhd", ".img", ".hdr", ".mgz", ".mgh", ".dcm", ".zip", ".tar", ".json",
    ".csv", ".xlsx", ".html", ".png", ".jpg", ".pdf", ".md", ".txt", ".toml", ".npz", ".npy", ".h5", ".safetensors",
)  # fmt: skip
"""Endings that no folder of results has, but the name of one of its files."""


@dataclass(frozen=True)
class OutputKind:
    """How the files of one kind of output are known again.

    Attributes:
        manifest: the name of the file that lists the others.
        listed: gets its content; returns what it lists, or None when this program did not write it.
    """

    manifest: str
    listed: Callable[[bytes], Hashes | None]


def json_kind(manifest: str, key: str, prefix: str, names: Iterable[str]) -> OutputKind:
    """Return the kind whose manifest is JSON with a text that begins with `prefix` under `key`.

    Args:
        manifest: its name.
        key: where a manifest says what it is.
        prefix: what it says there, whatever its version.
        names: what an older manifest, without `files`, stands for.
    """
    older = dict.fromkeys(names, "")

    def listed(content: bytes) -> Hashes | None:
        try:
            table = json.loads(content)
        except ValueError:
            return None
        if not isinstance(table, dict) or not str(table.get(key)).startswith(prefix):
            return None
        files = table.get("files", older)
        return {str(name): str(digest) for name, digest in files.items()} if isinstance(files, dict) else None

    return OutputKind(manifest, listed)


def table_kind(manifest: str, head: Iterable[str], *others: str) -> OutputKind:
    """Return the kind whose manifest is a CSV table with these first columns; the others go with it, unnoted."""
    mark = ",".join(head).encode()
    return OutputKind(manifest, lambda content: dict.fromkeys(others, "") if content.startswith(mark) else None)


def hashes_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return what a manifest says of the files beside it."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal. Raises OSError when it can't be read."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def require_free(folder: Path | str, names: Iterable[str], kind: OutputKind, read: Iterable[Path] = ()) -> None:
    """Refuse to write or remove files that are read, or that are not this program's own.

    Args:
        folder: where they lie; it need not exist.
        names: of all files that may be written or removed.
        kind: how own files are known.
        read: files that are read, by whatever path or link.

    Raises:
        EnvironmentRefused: with the file that is in the way.
    """
    place = Path(folder)
    there = [place / name for name in names if os.path.lexists(place / name)]
    if not there:
        return
    own = own_files(place, kind)
    inputs = list(read)
    for path in there:
        if any(_same(path, one) for one in inputs):
            raise EnvironmentRefused(
                Message(
                    "output.read",
                    "{file} would be written over, and it is one of the files that are read: choose another folder for "
                    "the results.",
                    file=path,
                )
            )
        if path.is_dir():
            raise EnvironmentRefused(
                Message("output.folder", "{file} is a folder, where a file goes: move it, or choose another folder.",
                        file=path)
            )  # fmt: skip
        _require_own(path, own)


def _require_own(path: Path, own: Hashes) -> None:
    digest = own.get(path.name)
    if digest is None or (not digest and path.is_symlink()):
        raise EnvironmentRefused(
            Message(
                "output.foreign",
                "{file} is there already, and this program did not write it: move it, or choose another folder.",
                file=path,
            )
        )
    if digest and digest != _digest(path):
        raise EnvironmentRefused(
            Message(
                "output.changed",
                "{file} was changed after this program had written it: move it, or choose another folder.",
                file=path,
            )
        )


def changed(folder: Path, kind: OutputKind) -> list[str]:
    """Return the names of own files that are there and are not what they were when they were written."""
    return [
        name for name, digest in own_files(folder, kind).items()
        if digest and (folder / name).exists() and digest != _digest(folder / name)
    ]  # fmt: skip


def require_writable(folder: Path | str) -> None:
    """Refuse a folder that can't be written to, or be made, before any work is spent on what would go there.

    Raises:
        EnvironmentRefused: with the folder.
    """
    place = Path(folder)
    if place.suffix.lower() in _OF_FILES and not place.is_dir():
        raise EnvironmentRefused(
            Message("output.suffix", "{folder} is the name of a file, and a folder is wanted: name one.", folder=folder)
        )
    made = [parent for parent in (place, *place.parents) if not os.path.lexists(parent)]
    probe = place / f".{secrets.token_hex(4)}.tmp"
    try:
        place.mkdir(parents=True, exist_ok=True)
        probe.touch(exist_ok=False)
    except (FileExistsError, NotADirectoryError) as fault:
        raise EnvironmentRefused(
            Message(
                "output.file",
                "Nothing can be written to {folder}, for a file, or a broken link, is in its place: choose another "
                "folder.",
                folder=folder,
            )
        ) from fault
    except OSError as fault:
        raise EnvironmentRefused(
            Message(
                "output.closed",
                "Nothing can be written to {folder} ({reason}): check its permissions, or choose another folder.",
                folder=folder,
                reason=fault.strerror or str(fault),
            )
        ) from fault
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)
        for parent in made:
            with contextlib.suppress(OSError):
                parent.rmdir()


def own_files(folder: Path, kind: OutputKind) -> Hashes:
    """Return what the manifest in a folder lists, itself included; nothing where there is no manifest of this kind."""
    try:
        listed = kind.listed((folder / kind.manifest).read_bytes())
    except OSError:
        return {}
    return {} if listed is None else {**listed, kind.manifest: ""}


def _digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError:
        return "unreadable"


def _same(one: Path, other: Path) -> bool:
    """Tell whether two paths lead to one file: by links of either kind, or in a file system that ignores case."""
    with contextlib.suppress(OSError, ValueError):
        return one.samefile(other)
    return False
