"""The voxels of a series: its images decoded, their intensities as their headers scale them, as one volume."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from GSSCore.cancellation import IsCancelled, check, never
from GSSCore.dicom.decoding import Undecodable, decode
from GSSCore.dicom.faults import FILE_FAULTS, closed_file, damaged_voxels, undecodable
from GSSCore.dicom.frames import Frame
from GSSCore.dicom.pydicom_needed import pydicom
from GSSCore.dicom.series import Series
from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Array
from GSSCore.imaging.volume import Volume
from GSSCore.memory import is_out_of_memory, memory_refused
from GSSCore.messages import Message
from GSSCore.vocabulary import Modality

if TYPE_CHECKING:
    from GSSCore.dicom.choice import Choice


def read_volume_of(series: Series, cancelled: IsCancelled = never) -> Volume:
    """Read the voxels of a series.

    Returns:
        Its array (I, J, K), column, row and slice, I fastest in memory, with the stored numbers, or float32 where a
        header declares a slope or an intercept; its affine, voxel index to RAS in mm.

    Raises:
        InputError: when it can't be read; the sentence says why.
        Cancelled: when `cancelled` says so.
    """
    if series.geometry is None:
        raise InputError(
            series.fault or Message("dicom.no-volume", "{series} holds no volume.", series=series.capitalised)
        )
    with memory_refused(_no_memory(series)):
        array = np.stack(_scaled(series, cancelled)).transpose(2, 1, 0)
    return Volume(array, series.geometry.affine, series.folder, warning=next(iter(series.warnings), None))


def volumes_of(choice: Choice, cancelled: IsCancelled = never) -> Mapping[Modality, Volume]:
    """Read the series that were chosen, at once. Raises as `read_volume_of`."""
    with ThreadPoolExecutor(max(len(choice.taken), 1)) as pool:
        reads = {m: pool.submit(read_volume_of, taken.series, cancelled) for m, taken in choice.taken.items()}
        return {modality: future.result() for modality, future in reads.items()}


def sha256_of(series: Series) -> str:
    """Return the SHA-256 of the files of a series, one after the other in the order of its slices, hexadecimal."""
    digest = hashlib.sha256()
    for file in series.files:
        try:
            digest.update(file.read_bytes())
        except OSError as error:
            raise InputError(closed_file(file, error)) from error
    return digest.hexdigest()


def _scaled(series: Series, cancelled: IsCancelled) -> list[Array]:
    """Return the intensities (J, I) of each slice, all of one type."""
    if all((frame.slope, frame.intercept) == (1.0, 0.0) for frame in series.frames):
        return list(stored_slices(series, cancelled))
    return [
        (stored * frame.slope + frame.intercept).astype(np.float32)
        for frame, stored in zip(series.frames, stored_slices(series, cancelled), strict=True)
    ]


def stored_slices(series: Series, cancelled: IsCancelled = never) -> Iterator[Array]:
    """Yield the stored numbers (J, I) of each image of a series, also of one that makes no volume."""
    files: dict[Path, Any] = {}
    for frame in series.frames:
        check(cancelled)
        if frame.file not in files:
            files = {frame.file: _file(series, frame.file)}  # only the last is kept: classic objects hold one image
        yield _stored(series, files[frame.file], frame)


def _file(series: Series, file: Path) -> Any:
    try:
        dataset = pydicom().dcmread(file, force=True)
    except OSError as error:
        raise InputError(closed_file(file, error)) from error
    except Exception as error:  # pydicom raises whatever the damage happens to lead to
        raise InputError(damaged_voxels(series.capitalised, file, _first_line(error))) from error
    if "PixelData" not in dataset:
        raise InputError(FILE_FAULTS["pixels"](series.capitalised, file))
    return dataset


def _stored(series: Series, dataset: Any, frame: Frame) -> Array:
    """Return the stored numbers of a frame (J, I), padding and an inverted scale put right."""
    try:
        stored = _put_right(decode(dataset, frame.index), dataset)
    except Undecodable as why:
        raise InputError(undecodable(series.capitalised, *why.args)) from why
    except Exception as error:  # as above
        if is_out_of_memory(error):
            raise
        raise InputError(damaged_voxels(series.capitalised, frame.file, _first_line(error))) from error
    if stored.shape != (frame.rows, frame.columns):
        raise InputError(FILE_FAULTS["truncated"](series.capitalised, frame.file))
    return stored


def _put_right(decoded: Array, dataset: Any) -> Array:
    used = int(dataset.get("BitsStored") or dataset.BitsAllocated)
    stored = _without_padding(significant(decoded, used), dataset)
    if str(dataset.get("PhotometricInterpretation", "")).strip() == "MONOCHROME1":  # the lowest number is white
        top = -1 if stored.dtype.kind == "i" else 2**used - 1
        stored = (top - stored.astype(np.int64)).astype(stored.dtype)
    return stored


def significant(stored: Array, used: int) -> Array:
    """Return numbers without what old files keep in the bits above those that are used: overlays."""
    surplus = stored.dtype.itemsize * 8 - used
    return np.asarray((stored << surplus) >> surplus) if surplus > 0 else stored


def _without_padding(stored: Array, dataset: Any) -> Array:
    """Return the numbers with the lowest measured one where there is padding, which is outside the field of view."""
    first, last = (dataset.get(name) for name in ("PixelPaddingValue", "PixelPaddingRangeLimit"))
    if not isinstance(first, int):
        return stored
    ends = sorted((first, last if isinstance(last, int) else first))
    padded = (stored >= ends[0]) & (stored <= ends[1])
    if not padded.any() or padded.all():
        return stored
    return np.where(padded, stored[~padded].min(), stored)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).split("\n")[0].rstrip(".")


def _no_memory(series: Series) -> Message:
    return Message(
        "dicom.no-memory",
        "{series}: memory does not suffice for its {count} images; close other programs, or take a machine with more "
        "memory.",
        series=series.capitalised,
        count=len(series.frames),
    )
