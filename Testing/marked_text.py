"""Replaces what stands between two marks in a text: `<!-- name:begin -->` and `<!-- name:end -->`."""

from __future__ import annotations


def between_marks(text: str, name: str, content: str) -> str:
    """Return the text with `content`, which ends with a line break, between the marks of this name.

    Raises:
        ValueError: when one of the marks is missing.
    """
    before, begin, rest = text.partition(f"<!-- {name}:begin -->\n")
    _, end, after = rest.partition(f"<!-- {name}:end -->")
    if not (begin and end):
        raise ValueError(f"the marks <!-- {name}:begin --> and <!-- {name}:end --> are missing")
    return f"{before}{begin}{content}{end}{after}"
