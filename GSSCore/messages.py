"""What the project says to people: English sentences that carry what a translation needs.

A `Message` is a `str`, so it goes wherever text goes. Beside the text it keeps a code that never changes, the template
and the values, so that a program can tell messages apart and a user interface can say them in another language:

    Message("study.not-there", "{sequence}: there is no file {file}; check its name and folder.", sequence=m.display,
            file=path)

One form for all: a capital at the start and a full stop at the end; the sequence and the file it is about; what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, TypeAlias

Value: TypeAlias = "str | int | float | tuple[str, ...]"
"""What a template is filled with. Several words are said as `A, B and C`."""

Translate: TypeAlias = Callable[[str], str]
"""Gets an English text or template and returns it in another language, or as it is where there is no translation."""

AND = "{first} and {last}"
"""How the last of several words is joined to those before it; a template like any other."""


class Message(str):
    """A sentence for the reader.

    Attributes:
        code: what kind of message it is, `part.fault`; never translated, and kept when the wording changes.
        template: the English text with `{names}` for its values, as `str.format` has them.
        values: what the names stand for: plain JSON values.
    """

    code: str
    template: str
    values: Mapping[str, Value]

    def __new__(cls, code: str, template: str, **values: Any) -> Message:
        """Fill a template; paths become text, and lists of words tuples."""
        plain = {name: _plain(value) for name, value in values.items()}
        message = super().__new__(cls, filled(template, plain))
        message.code, message.template, message.values = code, template, plain
        return message

    def __reduce__(self) -> tuple[Any, ...]:
        """Make it again elsewhere from what it is made of: a `str` alone would lose its code."""
        return _made, (self.code, self.template, dict(self.values))

    def to_json(self) -> dict[str, Any]:
        """Return code, template and values as JSON values."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in self.values.items()}
        return {"code": self.code, "template": self.template, "values": values}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Message:
        """Return the message that `to_json` described."""
        return cls(content["code"], content["template"], **content["values"])

    def translated(self, translate: Translate) -> str:
        """Return the sentence in another language."""
        return filled(translate(self.template), self.values, translate)


def as_message(text: str) -> Message:
    """Return `text` as a message; one that has no code of its own gets `other`."""
    return text if isinstance(text, Message) else Message("other", "{text}", text=text)


def filled(template: str, values: Mapping[str, Value], translate: Translate = str) -> str:
    """Return a template with its values; `translate` is asked how words are joined."""
    words = {name: joined(value, translate) if isinstance(value, tuple) else value for name, value in values.items()}
    return template.format(**words)


def joined(words: Sequence[str], translate: Translate = str) -> str:
    """Return `A`, `A and B` or `A, B and C`."""
    if len(words) < 2:
        return "".join(words)
    return translate(AND).format(first=", ".join(words[:-1]), last=words[-1])


def _made(code: str, template: str, values: Mapping[str, Value]) -> Message:
    return Message(code, template, **values)


def _plain(value: Any) -> Value:
    if isinstance(value, (list, tuple)):
        return tuple(str(one) for one in value)
    if isinstance(value, PurePath):
        return str(value)
    if type(value) in (str, int, float):
        return value  # type: ignore[no-any-return]
    if isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is no plain number; JSON must be able to hold it")
    return str(value)
