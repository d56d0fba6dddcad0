"""Attributes of a DICOM object, or of a frame of it, as plain numbers and texts.

An enhanced object keeps what differs between its frames in a functional group of each frame, and what they share in one
shared group; both are sequences of sequences. Here they are laid flat, and an attribute is looked up in the frame's own
group, then in the shared one, then in the object.

The files of a series say the same in most of their attributes, and pydicom takes its time to parse them, so the values
that were parsed last are kept by their bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from GSSCore.dicom.frames import Vector
from GSSCore.dicom.pydicom_needed import pydicom

_KEPT = 4096
"""How many parsed values are kept."""
_parsed: dict[tuple[Any, ...], Any] = {}
_tags: dict[str, int] = {}
_CHARACTER_SET = 0x00080005


class Attributes:
    """The attributes of an object, or of one of its frames.

    An attribute is named by its keyword or its tag. What is damaged or no number counts as not there.
    """

    def __init__(self, dataset: Any, *groups: Mapping[int, Any]) -> None:
        """Look into the functional groups, laid flat by `flat`, before the object itself."""
        self.dataset = dataset
        self.groups = groups
        charset = dataset.get_item(_CHARACTER_SET) if _CHARACTER_SET in dataset else None
        self._charset = str(charset.value) if charset is not None else ""

    def __contains__(self, tag: int) -> bool:
        return any(tag in group for group in self.groups) or tag in self.dataset

    def value(self, name: str | int) -> Any:
        """Return a value as pydicom has it; None where there is none."""
        tag = name if isinstance(name, int) else tag_of(name)
        for group in self.groups:
            if tag in group:
                return group[tag]
        if tag not in self.dataset:
            return None
        stored = self.dataset.get_item(tag)
        if not stored.is_raw:
            return stored.value
        if not isinstance(stored.value, bytes):
            return self._parsed(tag)
        key = (tag, stored.VR, stored.value, stored.is_little_endian, self._charset)
        if key not in _parsed:
            if len(_parsed) >= _KEPT:
                _parsed.clear()
            _parsed[key] = self._parsed(tag)
        return _parsed.get(key)

    def _parsed(self, tag: int) -> Any:
        try:
            return self.dataset[tag].value
        except Exception:  # pydicom raises whatever the damage happens to lead to
            return None

    def text(self, name: str | int) -> str:
        """Return a value as text, without spaces at its ends; empty where there is none."""
        value = self.value(name)
        return "" if value is None else str(value).strip(" \0")

    def words(self, name: str | int) -> tuple[str, ...]:
        """Return several values as texts in upper case."""
        value = self.value(name)
        several = [] if value is None else [value] if isinstance(value, str) else list(value)
        return tuple(word for one in several if (word := str(one).strip(" \0").upper()))

    def number(self, name: str | int) -> float | None:
        """Return a finite number, of several the first."""
        return _number(self.value(name))

    def whole(self, name: str | int) -> int | None:
        """Return a whole number."""
        number = self.number(name)
        return None if number is None else int(number)

    def numbers(self, name: str | int, count: int) -> tuple[float, ...]:
        """Return so many finite numbers, or none of them."""
        value = self.value(name)
        found = [_number(one) for one in value] if _is_several(value) else []
        numbers = tuple(one for one in found if one is not None)
        return numbers if len(numbers) == len(found) == count else ()

    def vectors(self, name: str | int, count: int) -> tuple[Vector | None, ...]:
        """Return so many vectors, or None for each of them."""
        numbers = self.numbers(name, 3 * count)
        return tuple(numbers[i : i + 3] for i in range(0, 3 * count, 3)) if numbers else (None,) * count  # type: ignore[misc]


def tag_of(keyword: str) -> int:
    """Return the tag of a keyword."""
    if keyword not in _tags:
        _tags[keyword] = pydicom().datadict.tag_for_keyword(keyword)
    return _tags[keyword]


def flat(group: Any) -> dict[int, Any]:
    """Return the public attributes in the sequences of a functional group, by tag."""
    found: dict[int, Any] = {}
    for element in _public(group):
        for item in element.value[:1] if element.VR == "SQ" else ():
            found |= {int(one.tag): one.value for one in _public(item)}
    return found


def _public(item: Any) -> Iterator[Any]:
    """Yield the public attributes of an item; private ones may be long, and are not even parsed."""
    for tag in () if item is None else list(item.keys()):
        if not tag.is_private:
            yield item[tag]


def _number(value: Any) -> float | None:
    if _is_several(value):
        value = value[0] if len(value) else None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 1e12 else None


def _is_several(value: Any) -> bool:
    return not isinstance(value, (str, bytes)) and hasattr(value, "__len__")
