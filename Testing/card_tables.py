"""Writes the shipped network's tables into README.md and docs/user-guide.md: `python Testing/card_tables.py`.

`make scores` evaluates the network anew before. The card is the one source; a test compares the texts with it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from GSSCore.evaluation.intervals import MEAN_OF_SUBSETS
from GSSCore.evaluation.reliability import ASCENDING
from GSSCore.evaluation.tables import markdown_table
from GSSCore.networks.card import PRETRAINED, SHIPPED, Card, read_card
from GSSCore.vocabulary import REGIONS, SUBSETS, subset_name

ROOT = Path(__file__).resolve().parents[1]


def accuracy(card: Card) -> str:
    """Return mean Dice with its 95 % interval, and mean HD95, by subset and region."""
    assert card.scores is not None, "evaluate it first: gss evaluate --write-card"
    dice, distance = card.scores["dice"], card.scores["hd95_mm"]
    head = [f"{region.value} Dice" for region in REGIONS] + [f"{region.value} HD95" for region in REGIONS]
    rows = [_row(name, dice[name], distance[name]) for name in (*map(subset_name, SUBSETS), MEAN_OF_SUBSETS)]
    return _table(["available", *head], rows)


def _row(name: str, dice: dict[str, Any], distance: dict[str, Any]) -> list[str]:
    bold = "**" if name == MEAN_OF_SUBSETS else ""
    cells = [f"{bold}{found['mean']:.3f}{bold} [{found['low']:.2f}, {found['high']:.2f}]" for found in _regions(dice)]
    return [f"{bold}{name}{bold}", *cells, *(f"{found['mean']:.1f}" for found in _regions(distance))]


def _regions(table: dict[str, Any]) -> list[dict[str, float]]:
    return [table[region.value] for region in REGIONS]


def confidence(card: Card) -> str:
    """Return how often each level is right near the tumour, by subset."""
    assert card.confidence is not None, "count it first: gss evaluate --confidence --write-card"
    lines = []
    for name in map(subset_name, SUBSETS):
        found = [card.confidence[name].get(level.name.lower()) for level in ASCENDING]
        lines.append([name, *("–" if f is None else f"{f['right']:.2f} ({100 * f['voxels']:.0f} %)" for f in found)])
    return _table(["available", *(f"{int(level)} {level.name.lower()}" for level in ASCENDING)], lines)


def _table(head: list[str], lines: list[list[str]]) -> str:
    return "".join(f"{line}\n" for line in markdown_table(head, lines, rule="---:"))


def texts(root: Path = ROOT) -> dict[Path, str]:
    """Return the files that hold the tables, each with what it has to hold.

    Raises:
        ValueError: when a file lacks the marks between which its table stands.
    """
    card = read_card(PRETRAINED / SHIPPED)
    return {
        path: _between(path.read_text(encoding="utf-8"), mark, table)
        for path, mark, table in (
            (root / "README.md", "accuracy", accuracy(card)),
            (root / "docs" / "user-guide.md", "confidence", confidence(card)),
        )
    }


def _between(text: str, mark: str, table: str) -> str:
    before, _, rest = text.partition(f"<!-- {mark}:begin -->\n")
    _, end, after = rest.partition(f"<!-- {mark}:end -->")
    if not end:
        raise ValueError(f"the marks <!-- {mark}:begin --> and <!-- {mark}:end --> are missing")
    return f"{before}<!-- {mark}:begin -->\n{table}{end}{after}"


if __name__ == "__main__":
    for place, content in texts().items():
        place.write_text(content, encoding="utf-8")
