"""The annotations of `slicer.parameterNodeWrapper`: what a value must be, what it is at first, how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


class Validator:
    """A condition on values."""

    def validate(self, value: Any) -> None:
        """Raise an error for a value that does not meet it."""
        raise NotImplementedError


@dataclass(frozen=True)
class NotNone(Validator):
    """There is a value."""

    def validate(self, value: Any) -> None:
        if value is None:
            raise ValueError("the value must not be None")


@dataclass(frozen=True)
class IsInstance(Validator):
    """The value, where there is one, is of a class."""

    kind: Any

    def validate(self, value: Any) -> None:
        if value is not None and not isinstance(value, self.kind):
            raise TypeError(f"{value!r} is a {type(value).__name__}, not a {self.kind}")


@dataclass(frozen=True)
class WithinRange(Validator):
    """The value lies in a range, ends included."""

    minimum: float
    maximum: float

    def validate(self, value: Any) -> None:
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"{value} is not within {self.minimum} and {self.maximum}")


@dataclass(frozen=True)
class Minimum(Validator):
    """The value is not smaller."""

    minimum: float

    def validate(self, value: Any) -> None:
        if value < self.minimum:
            raise ValueError(f"{value} is less than {self.minimum}")


@dataclass(frozen=True)
class Maximum(Validator):
    """The value is not larger."""

    maximum: float

    def validate(self, value: Any) -> None:
        if value > self.maximum:
            raise ValueError(f"{value} is more than {self.maximum}")


class Choice(Validator):
    """The value is one of a few."""

    def __init__(self, choices: Iterable[Any]) -> None:
        self.choices = list(choices)

    def validate(self, value: Any) -> None:
        if value not in self.choices:
            raise ValueError(f"{value!r} is none of {self.choices}")


class Exclude(Validator):
    """The value is none of a few."""

    def __init__(self, excludedValues: Iterable[Any]) -> None:
        self.excludedValues = list(excludedValues)

    def validate(self, value: Any) -> None:
        if value in self.excludedValues:
            raise ValueError(f"{value!r} is excluded")


class Default:
    """The value where none was set."""

    def __init__(self, value: Any = None, *, generator: Callable[[], Any] | None = None) -> None:
        self._value, self._generator = value, generator

    @property
    def value(self) -> Any:
        return self._generator() if self._generator is not None else self._value


@dataclass(frozen=True)
class Decimals:
    """How many decimals a spin box or slider shows."""

    value: int


@dataclass(frozen=True)
class SingleStep:
    """By how much a spin box or slider goes at once."""

    value: float
