"""Why a series can't be read, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from GSSCore.dicom.frames import Frame, Header
from GSSCore.messages import Message


def called(header: Header) -> str:
    """Return what messages call a series: `Series 7 (AX FLAIR)`."""
    number = "" if header.number is None else f" {header.number}"
    return f"Series{number}" + (f" ({header.description})" if header.description else "")


def no_mr(series: str, kind: str, modality: str) -> Message:
    """Return that a series is something else."""
    return Message(
        "dicom.no-mr",
        "{series} holds no MR images that a volume can be made of ({kind}, {modality}); name another series.",
        series=series,
        kind=kind,
        modality=modality or "modality not told",
    )


def fewer_images(series: str, declared: int, held: int) -> Message:
    """Return that images of a series are not there."""
    return Message(
        "dicom.fewer-images",
        "{series} declares {declared} images and {held} are there: copy it again if slices at its ends are missing.",
        series=series,
        declared=declared,
        held=held,
    )


def _without_pixels(series: str, file: Path) -> Message:
    return Message(
        "dicom.no-pixels", "{series}: {file} holds no voxels; export the series again.", series=series, file=file
    )


def _truncated(series: str, file: Path) -> Message:
    return Message(
        "dicom.truncated",
        "{series}: {file} ends before its last voxel; copy the series again, the file is truncated.",
        series=series,
        file=file,
    )


def _frames(series: str, file: Path) -> Message:
    return Message(
        "dicom.frames",
        "{series}: {file} does not say where each of its images lies; export the series again as single images.",
        series=series,
        file=file,
    )


def _colour(series: str, file: Path) -> Message:
    return Message(
        "dicom.colour",
        "{series}: {file} holds a picture in colour and no measured image; name another series.",
        series=series,
        file=file,
    )


def _mosaic(series: str, file: Path) -> Message:
    return Message(
        "dicom.mosaic",
        "{series}: {file} is a mosaic, whose slices lie side by side in one picture; name another series, or convert "
        "this one with dcm2niix.",
        series=series,
        file=file,
    )


FILE_FAULTS: dict[str, Callable[[str, Path], Message]] = {
    "pixels": _without_pixels,
    "truncated": _truncated,
    "frames": _frames,
    "colour": _colour,
    "mosaic": _mosaic,
}
"""The sentence for each fault of a header (`GSSCore.dicom.frames.Header.fault`), from the series and the file."""


def _no_place(series: str, slices: Sequence[Frame]) -> Message:
    return Message(
        "dicom.no-place",
        "{series}: the images don't say where they lie in the patient, as in {file}; export the series again, or name "
        "another one.",
        series=series,
        file=slices[0].file,
    )


def _one_slice(series: str, slices: Sequence[Frame]) -> Message:
    return Message("dicom.one-slice", "{series} holds a single slice, no volume; name another series.", series=series)


def _doubled(series: str, slices: Sequence[Frame], same: int) -> Message:
    if len({one.time_point for one in slices}) > 1:
        return Message(
            "dicom.time-points",
            "{series} holds images of several time points; export one of them as a series of its own, or name another "
            "series.",
            series=series,
        )
    return Message(
        "dicom.doubled",
        "{series}: {count} of {all} images lie where another one of the same kind lies; export one image of each "
        "slice, or name another series.",
        series=series,
        count=same,
        all=len(slices),
    )


def _missing(series: str, slices: Sequence[Frame], count: int) -> Message:
    return Message(
        "dicom.missing-slices",
        "{series}: {count} slices are missing between its {all} images; copy the series again, or name another one.",
        series=series,
        count=count,
        all=len(slices),
    )


def _sparse(series: str, slices: Sequence[Frame], spacing: float, declared: float) -> Message:
    return Message(
        "dicom.sparse",
        "{series}: its {all} images lie {spacing:.3g} mm apart and should lie {declared:.3g} mm apart, so slices are "
        "missing; copy the series again, or name another one.",
        series=series,
        all=len(slices),
        spacing=spacing,
        declared=declared,
    )


def _uneven(series: str, slices: Sequence[Frame], least: float, most: float) -> Message:
    return Message(
        "dicom.uneven",
        "{series}: its slices lie unevenly, {least:.3g} to {most:.3g} mm apart; export it again with even slices, or "
        "name another series.",
        series=series,
        least=least,
        most=most,
    )


def _aside(series: str, slices: Sequence[Frame]) -> Message:
    return Message(
        "dicom.aside",
        "{series}: its slices are shifted against each other by differing distances; export it again as one stack, or "
        "name another series.",
        series=series,
    )


def _sheared(series: str, slices: Sequence[Frame]) -> Message:
    return Message(
        "dicom.sheared",
        "{series}: its slices lie askew, each shifted against the one before, as with a tilted gantry; resample it "
        "onto a grid with right angles, or name another series.",
        series=series,
    )


STACK_FAULTS: dict[str, Callable[..., Message]] = {
    "no-place": _no_place,
    "one-slice": _one_slice,
    "doubled": _doubled,
    "missing": _missing,
    "sparse": _sparse,
    "uneven": _uneven,
    "aside": _aside,
    "sheared": _sheared,
}
"""The sentence for each reason of `GSSCore.dicom.stacks.NoStack`, from the series, its images and the figures."""


def undecodable(series: str, syntax: str, reason: Any) -> Message:
    """Return that compressed voxels can't be decoded."""
    return Message(
        "dicom.compressed",
        "{series} is compressed ({syntax}) and can't be decoded here ({reason}); run `pip install pylibjpeg "
        "pylibjpeg-libjpeg pylibjpeg-openjpeg`, or export it uncompressed.",
        series=series,
        syntax=syntax,
        reason=reason,
    )


def damaged_voxels(series: str, file: Path, reason: str) -> Message:
    """Return that the voxels of a file can't be decoded because they are damaged."""
    return Message(
        "dicom.damaged-voxels",
        "{series}: the voxels of {file} can't be decoded ({reason}); copy or export the series again.",
        series=series,
        file=file,
        reason=reason,
    )


def closed_file(file: Path, error: OSError) -> Message:
    """Return that a file can't be read."""
    return Message(
        "dicom.unreadable",
        "{file} can't be read ({reason}): check its permissions.",
        file=file,
        reason=error.strerror or str(error),
    )
