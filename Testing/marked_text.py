"""Replaces what stands between two marks in a text, `<!-- name:begin -->` and `<!-- name:end -->`, by a table, say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from GSSCore.evaluation.tables import markdown_table


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


def table(head: Sequence[str], lines: Iterable[Sequence[str]], rule: str = "---") -> str:
    """Return a Markdown table as a text; `rule` is that of `markdown_table`."""
    return "".join(f"{line}\n" for line in markdown_table(head, lines, rule))
