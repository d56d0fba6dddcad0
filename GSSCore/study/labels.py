"""Expert segmentations: which value stands for which label, always declared and never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from GSSCore.errors import InputError, UsageError
from GSSCore.imaging.arrays import Array
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.vocabulary import Label

LabelMap = Mapping[int, Label]
"""Value in a file -> label. 0 is background unless it is declared otherwise."""

DEFAULT_LABEL_MAP: LabelMap = {1: Label.NCR, 2: Label.ED, 3: Label.ET}
"""The values of BraTS 2023 and of this project."""

MAX_VALUES = 64
"""More distinct values than this are an image, not a label map."""

ROUNDING = 1e-3
"""Values this near to a whole number count as that number: floating point and resampling leave such remains."""


def parse_label_map(text: str) -> LabelMap:
    """Return the label map that a text such as `NCR=1,ED=2,ET=4` declares.

    The names are NCR, ED, ET and BACKGROUND, in any case; a label may have several values, a value only one label.

    Raises:
        UsageError: when the text is malformed, names an unknown label or declares a value twice.
    """
    declared: dict[int, Label] = {}
    for part in text.split(","):
        name, equals, value = (word.strip() for word in part.partition("="))
        if not equals or name.upper() not in Label.__members__ or not value.isdecimal():
            raise UsageError(
                Message(
                    "truth.label-form",
                    "'{part}' in the truth labels '{text}' is not of the form LABEL=VALUE with a label out of "
                    "{labels}: write, for example, NCR=1,ED=2,ET=4.",
                    part=part.strip(),
                    text=text,
                    labels=list(Label.__members__),
                )
            )
        if int(value) in declared:
            raise UsageError(
                Message(
                    "truth.label-twice",
                    "The truth labels '{text}' declare the value {value} twice: give each value one label.",
                    text=text,
                    value=int(value),
                )
            )
        declared[int(value)] = Label[name.upper()]
    return declared


def read_truth(path: Path | str, label_map: LabelMap | None = None) -> Volume:
    """Read an expert segmentation.

    Args:
        path: the file.
        label_map: what each value stands for; `DEFAULT_LABEL_MAP` when None.

    Returns:
        The file's own grid with an array uint8 (I, J, K) of `Label` values.

    Raises:
        InputError: when the file is no image, holds a fraction, or a value that is not declared.
    """
    volume = read_volume(path, what="the segmentation")
    declared = {0: Label.BACKGROUND, **(DEFAULT_LABEL_MAP if label_map is None else label_map)}
    array = _whole(volume.array)
    values = _values(array, volume.name)
    unknown = [value for value in values if value not in declared]
    if unknown:
        raise InputError(_undeclared(volume.name, unknown, declared))
    labels = np.zeros(array.shape, np.uint8, order="F" if array.flags.f_contiguous else "C")
    for value in values:
        if declared[int(value)] is not Label.BACKGROUND:
            labels[array == value] = declared[int(value)]
    return Volume(labels, volume.affine, volume.path, volume.space)


def _undeclared(name: str, unknown: list[float], declared: LabelMap) -> Message:
    """Return the refusal of values that no label was declared for."""
    values = [f"{value:g}" if value == float(f"{value:g}") else repr(value) for value in unknown[:5]]
    if 4 in unknown:
        return Message(
            "truth.undeclared-4",
            "The segmentation {file} holds undeclared values, {values} (4 is the enhancing tumour in BraTS data up "
            "to 2021, which --truth-labels NCR=1,ED=2,ET=4 declares, but the resection cavity in BraTS 2024): declare "
            "every value with its label, here only {declared} are.",
            file=name,
            values=values,
            declared=spelt(declared),
        )
    return Message(
        "truth.undeclared",
        "The segmentation {file} holds undeclared values, {values}: declare every value with its label, here only "
        "{declared} are.",
        file=name,
        values=values,
        declared=spelt(declared),
    )


def _whole(array: Array) -> Array:
    """Return the array with what is within `ROUNDING` of a whole number made that; anything else stays as it is."""
    if array.dtype.kind != "f":
        return array
    nearest = np.rint(array)
    with np.errstate(invalid="ignore"):
        near = np.abs(array - nearest) <= ROUNDING
    # -0 is equal to 0 but written another way.
    return np.where(near, nearest + 0.0, array)


def _values(array: Array, name: str) -> list[float]:
    """Return the distinct values of a label map, sorted. Raises InputError for more than any label map has."""
    found: list[float] = []
    rest = array.ravel(order="K")
    # A label map has a handful of values: striking out one after the other needs no sorting of millions of voxels.
    while rest.size:
        if len(found) == MAX_VALUES:
            raise InputError(
                Message(
                    "truth.no-label-map",
                    "The segmentation {file} holds more than {most} values, so it is no label map: give the "
                    "segmentation.",
                    file=name,
                    most=MAX_VALUES,
                )
            )
        value = rest[0]
        found.append(float(value))
        rest = rest[~np.isnan(rest)] if value != value else rest[rest != value]
    return sorted(found)


def spelt(declared: LabelMap) -> str:
    """Return a label map as a user writes it."""
    return ", ".join(f"{label.name}={value}" for value, label in declared.items())
