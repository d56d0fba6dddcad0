"""Expert segmentations: which value stands for which label, always declared and never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from GSSCore.errors import InputError, UsageError
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Array, Volume
from GSSCore.vocabulary import Label

LabelMap = Mapping[int, Label]
"""Value in a file -> label. 0 is background unless it is declared otherwise."""

DEFAULT_LABEL_MAP: LabelMap = {1: Label.NCR, 2: Label.ED, 3: Label.ET}
"""The values of BraTS 2023 and of this project."""

MAX_VALUES = 64
"""More distinct values than this are an image, not a label map."""

_HINT_4 = (
    " (4 is the enhancing tumour in BraTS data up to 2021, which `--truth-labels NCR=1,ED=2,ET=4` declares, "
    "but the resection cavity in BraTS 2024)"
)


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
                f"{part.strip()!r} in the truth labels {text!r} is not of the form LABEL=VALUE with a label out of "
                f"{', '.join(Label.__members__)}: write, for example, NCR=1,ED=2,ET=4."
            )
        if int(value) in declared:
            raise UsageError(
                f"The truth labels {text!r} declare the value {int(value)} twice: give each value one label."
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
    values = _values(volume)
    unknown = [value for value in values if value not in declared]
    if unknown:
        raise InputError(
            f"The segmentation {volume.name} holds the undeclared {_plural('value', unknown)} "
            f"{', '.join(f'{value:g}' for value in unknown[:5])}{_HINT_4 if 4 in unknown else ''}: "
            f"declare every value with its label, here only {spelt(declared)} are."
        )
    labels = np.zeros(volume.array.shape, np.uint8, order="F" if volume.array.flags.f_contiguous else "C")
    for value in values:
        if declared[int(value)] is not Label.BACKGROUND:
            labels[volume.array == value] = declared[int(value)]
    return Volume(labels, volume.affine, volume.path)


def _values(volume: Volume) -> list[float]:
    """Return the distinct values of a label map, sorted. Raises InputError for more than any label map has."""
    array: Array = volume.array
    found: list[float] = []
    rest = array.ravel(order="K")
    # A label map has a handful of values: striking out one after the other needs no sorting of millions of voxels.
    while rest.size:
        if len(found) == MAX_VALUES:
            raise InputError(
                f"The segmentation {volume.name} holds more than {MAX_VALUES} values, so it is no label map: "
                "give the segmentation."
            )
        value = rest[0]
        found.append(float(value))
        rest = rest[~np.isnan(rest)] if value != value else rest[rest != value]
    return sorted(found)


def _plural(word: str, items: list[float]) -> str:
    return word if len(items) == 1 else f"{word}s"


def spelt(declared: LabelMap) -> str:
    """Return a label map as a user writes it."""
    return ", ".join(f"{label.name}={value}" for value, label in declared.items())
