"""Settings that say of each number where it may lie: `momentum: float = within("[0, 1)", 0.95)`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from typing import Any, TypeVar

T = TypeVar("T")

POSITIVE = "(0, inf)"
NOT_NEGATIVE = "[0, inf)"
SHARE = "[0, 1]"
COUNT = "[1, 1e9]"
COUNT_OR_NONE = "[0, 1e9]"
"""Intervals that occur often. None of them holds NaN, and none an infinity."""

_INTERVAL = "interval"


class OutOfRange(ValueError):
    """A setting has a number that makes no sense.

    Attributes:
        name: of the setting.
        value: what it has.
        interval: where it may lie.
    """

    def __init__(self, name: str, value: object, interval: str) -> None:
        super().__init__(f"{name} is {value!r} and must lie in {interval}")
        self.name, self.value, self.interval = name, value, interval


def within(interval: str, default: T) -> T:
    """Return the field of a dataclass whose number, or each of whose numbers, lies in an interval such as `[0, 1)`."""
    return field(default=default, metadata=each_in(interval))


def each_in(interval: str) -> dict[str, str]:
    """Return the metadata of a field whose numbers lie in an interval, for a field that is made otherwise."""
    return {_INTERVAL: interval}


def check_ranges(settings: Any) -> None:
    """Raise OutOfRange for the first number of a dataclass that lies outside its interval."""
    for item in fields(settings):
        interval = item.metadata.get(_INTERVAL)
        if interval is None:
            continue
        value = getattr(settings, item.name)
        numbers = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else (value,)
        if not all(contains(interval, number) for number in numbers):
            raise OutOfRange(item.name, value, interval)


def contains(interval: str, number: float) -> bool:
    """Tell whether a number lies in an interval; round brackets leave the end out."""
    low, high = map(float, interval[1:-1].split(","))
    above = number >= low if interval[0] == "[" else number > low
    return above and (number <= high if interval[-1] == "]" else number < high)
