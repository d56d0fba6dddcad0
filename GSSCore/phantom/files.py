"""A phantom as a folder of files with BraTS names."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from GSSCore.files import write_files
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import nifti_bytes
from GSSCore.outputs import Hashes, OutputKind, hashes_of, require_free, require_writable
from GSSCore.phantom.atlas import TISSUE_FILE
from GSSCore.phantom.head import BRATS_SHAPE, Phantom, make_phantom
from GSSCore.phantom.raw import RawPhantom, make_raw_phantom
from GSSCore.vocabulary import MODALITIES, RESEARCH_USE

Made = TypeVar("Made")

_README = """\
{name}: an artificial study, made by GSSSegmentation from seed {seed}. It shows no patient.

{what}

The anatomy derives from the ICBM 152 atlas; its licence is in LICENSE-ICBM152.txt.
{research_use}

SHA-256:
{hashes}
"""
_PREPARED = """\
{name}_flair.nii.gz, _t1ce, _t1, _t2   the four contrasts, brain-extracted
{name}_seg.nii.gz                      the truth: 0 background, 1 necrotic core, 2 oedema, 3 enhancing tumour"""
_RAW = """\
{name}_flair.nii.gz, _t1ce, _t1, _t2   the four contrasts as scanned: whole heads that moved, on grids of their own
{name}_seg.nii.gz                      the truth: 0 background, 1 necrotic core, 2 oedema, 3 enhancing tumour
{name}_brain_mask.nii.gz               the brain and the fluid of its grooves

Truth and mask lie on the grid of T1ce."""
_README_FILE = "README.txt"


def phantom_name(seed: int) -> str:
    """Return what the files of a phantom are called."""
    return f"phantom_{seed:05d}"


def write_phantom(
    folder: Path | str,
    seed: int = 0,
    shape: tuple[int, int, int] = BRATS_SHAPE,
    spacing_mm: float | tuple[float, float, float] = 1.0,
) -> Phantom:
    """Make a phantom and write it to `folder`, which is made where needed: four images, the truth, a note, the licence.

    Args:
        folder: where to.
        seed, shape, spacing_mm: as for `make_phantom`.

    Returns:
        The phantom that was written.

    Raises:
        UsageError: as `make_phantom`.
        EnvironmentRefused: when the folder can't be written, or holds under these names what this program did not
            write; files that were there before stay as they were.
    """

    def made() -> tuple[Phantom, dict[str, Volume]]:
        phantom = make_phantom(seed, shape, spacing_mm)
        affine = phantom.study.grid.affine
        volumes = {m.value: Volume(np.asarray(image), affine) for m, image in phantom.study.images.items()}
        return phantom, {**volumes, "seg": phantom.truth}

    words = [*(m.value for m in MODALITIES), "seg"]
    return _write(Path(folder), phantom_name(seed), seed, _PREPARED, words, made)


def write_raw_phantom(folder: Path | str, seed: int = 0, coarser: float = 1.0) -> RawPhantom:
    """Make a phantom as scanned and write it to `folder`: four images, truth, brain mask, a note, the licence.

    Otherwise as `write_phantom`; seed and coarser are as for `make_raw_phantom`.
    """

    def made() -> tuple[RawPhantom, dict[str, Volume]]:
        phantom = make_raw_phantom(seed, coarser)
        volumes = {m.value: scan for m, scan in phantom.scans.items()}
        return phantom, {**volumes, "seg": phantom.truth, "brain_mask": phantom.brain}

    words = [*(m.value for m in MODALITIES), "seg", "brain_mask"]
    return _write(Path(folder), f"raw_{phantom_name(seed)}", seed, _RAW, words, made)


def _write(
    place: Path, name: str, seed: int, what: str, words: list[str], make: Callable[[], tuple[Made, dict[str, Volume]]]
) -> Made:
    """Write what `make` makes, once it is certain that it may be written."""
    notice = TISSUE_FILE.with_name("LICENSE-ICBM152.txt")
    names = [f"{name}_{word}.nii.gz" for word in words]
    require_writable(place)
    require_free(place, [*names, _README_FILE, notice.name], _kind(name, names, notice.name))
    phantom, volumes = make()
    files = {f"{name}_{word}.nii.gz": nifti_bytes(volumes[word]) for word in words}
    files[notice.name] = notice.read_bytes()
    hashes = "\n".join(f"{digest}  {file}" for file, digest in hashes_of(files).items())
    note = _README.format(name=name, seed=seed, what=what.format(name=name), research_use=RESEARCH_USE, hashes=hashes)
    write_files(place, {**files, _README_FILE: note.encode()})
    return phantom


def _kind(name: str, images: list[str], notice: str) -> OutputKind:
    """Return how an earlier phantom of that name is recognised: its note begins with the name and has the hashes."""
    mark = _README.partition("{seed}")[0].format(name=name)

    def listed(content: bytes) -> Hashes | None:
        text = content.decode("utf-8", "replace")
        if not text.startswith(mark):
            return None
        lines = re.findall(r"^([0-9a-f]{64})  (\S+)$", text, re.MULTILINE)
        return {file: digest for digest, file in lines} or dict.fromkeys([*images, notice], "")

    return OutputKind(_README_FILE, listed)
