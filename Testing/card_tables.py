"""Writes what the texts say of the shipped network, from its card: `python Testing/card_tables.py`.

All of docs/model-card.md, and the short tables in README.md and docs/user-guide.md. `make scores` evaluates the network
anew before. The card is the one source; a test compares the texts with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from GSSCore.evaluation.intervals import MEAN_OF_SUBSETS
from GSSCore.evaluation.reliability import ASCENDING
from GSSCore.networks.card import PRETRAINED, SHIPPED, Card, read_card
from GSSCore.vocabulary import MODALITIES, REGIONS, SUBSETS, Modality, subset_name
from marked_text import between_marks, table

ROOT = Path(__file__).resolve().parents[1]
USUAL = tuple(
    map(
        subset_name,
        (
            MODALITIES,
            (Modality.FLAIR, Modality.T1CE),
            (Modality.FLAIR, Modality.T2),
            (Modality.T1CE,),
            (Modality.FLAIR,),
            (Modality.T1,),
        ),
    )
)
"""Subsets of the short tables: all four, what is often there, and the weakest."""
ALL = tuple(map(subset_name, SUBSETS))
RIGHT = "---:"
"""Aligns columns of numbers."""


def texts(root: Path = ROOT) -> dict[Path, str]:
    """Return the files that tell of the network, each with what it has to hold.

    Raises:
        ValueError: when a file lacks the marks between which its table stands.
    """
    card = read_card(PRETRAINED / SHIPPED)
    readme, guide = root / "README.md", root / "docs" / "user-guide.md"
    return {
        readme: between_marks(readme.read_text(encoding="utf-8"), "accuracy", dice_table(card, USUAL)),
        guide: between_marks(guide.read_text(encoding="utf-8"), "confidence", confidence_table(card, USUAL[:4])),
        root / "docs" / "model-card.md": model_card(card),
    }


def dice_table(card: Card, subsets: Iterable[str]) -> str:
    """Return mean Dice with its 95 % interval, by subset and region, and the mean of all 15 subsets."""
    dice = _scores(card)["dice"]
    rows = [[_bold(name), *_means(name, dice[name])] for name in (*subsets, MEAN_OF_SUBSETS)]
    return table(["available", *(f"{region.value} Dice" for region in REGIONS)], rows, RIGHT)


def scores_table(card: Card) -> str:
    """Return mean Dice with its 95 % interval, and mean HD95 in mm, by subset and region."""
    dice, distance = _scores(card)["dice"], _scores(card)["hd95_mm"]
    rows = [
        [_bold(name), *_means(name, dice[name]), *(f"{distance[name][r.value]['mean']:.1f}" for r in REGIONS)]
        for name in (*ALL, MEAN_OF_SUBSETS)
    ]
    heads = [f"{region.value} {metric}" for metric in ("Dice", "HD95") for region in REGIONS]
    return table(["available", *heads], rows, RIGHT)


def confidence_table(card: Card, subsets: Iterable[str]) -> str:
    """Return how often each level is right near the tumour, by subset."""
    assert card.confidence is not None, "count it first: gss evaluate --confidence --write-card"
    lines = []
    for name in subsets:
        found = [card.confidence[name].get(level.name.lower()) for level in ASCENDING]
        lines.append([name, *("–" if f is None else f"{f['right']:.2f} ({100 * f['voxels']:.0f} %)" for f in found)])
    return table(["available", *(f"{int(level)} {level.name.lower()}" for level in ASCENDING)], lines, RIGHT)


def model_card(card: Card) -> str:
    """Return the whole of docs/model-card.md."""
    parts = [
        f"# Model card: {card.name} {card.version}",
        "*Made from the network's `card.json` by `python Testing/card_tables.py`.*",
        f"> {card.research_use}",
        "## What it is\n\n" + _facts(card),
        "## Limits\n\n" + _list(card.limits),
        "## What it was trained on\n\n" + "\n".join(map(_data_line, card.data)) + f"\n\n{card.terms}",
        "## How it was trained\n\n" + _stages(card),
        f"## How good it is\n\n{_breakable(card.evaluated_on)}\n\nMean Dice with the mean's 95 % interval, and mean "
        "HD95 in mm. For the mean of the subsets each of the 15 counts the same.\n\n" + scores_table(card).rstrip(),
        "## Where it fails\n\nThe validation cases with the lowest Dice, as outlines without intensities:\n\n"
        "![Expert and predicted outlines of the validation cases with the lowest Dice](pictures/failures.png)",
        "## What the confidence levels are worth\n\nThe share of voxels whose label is the expert's, and in brackets "
        "the share of these voxels that has the level.\n\n" + confidence_table(card, ALL).rstrip(),
    ]
    return "\n\n".join(parts) + "\n"


def _facts(card: Card) -> str:
    options = ", ".join(f"{name} {value}" for name, value in card.network["options"].items())
    spacing = " x ".join(f"{mm:g}" for mm in card.preprocessing.spacing)
    return table(
        ["", f"{card.name} {card.version}"],
        [
            ["architecture", f"`{card.network['name']}` ({options}), see [the method](method.md#networks)"],
            ["parameters", f"{card.parameters:,}"],
            ["input", f"any of FLAIR, T1ce, T1 and T2, skull-stripped and registered, brought to {spacing} mm"],
            ["output", "1 NCR (necrotic and non-enhancing core), 2 ED (oedema), 3 ET (enhancing tumour)"],
            ["licence of the weights", card.licence],
            ["SHA-256 of the weights", f"`{card.sha256}`"],
        ],
    ).rstrip()


def _stages(card: Card) -> str:
    """Return a line for each training that led to the network, the first one first, and where more is said."""
    rows = []
    for recipe in reversed(list(_recipes(card.recipe))):
        # What an older recipe does not say has the default of `GSSCore.training.recipe`.
        schedule = {"guided_from": 0, "optimiser": "adamw", **recipe["schedule"]}
        method = recipe.get("method", {"name": "gss"})["name"]
        numbers = [recipe["steps_done"], schedule["guided_from"], schedule["batch"]]
        rate = f"{schedule['learning_rate']:g}"
        rows.append([f"`{recipe['name']}`", method, *map(str, numbers), schedule["optimiser"], rate])
    head = ["recipe", "method", "steps", "guided from step", "batch", "optimiser", "learning rate"]
    more = "The whole recipe is in the card (`gss info --json` prints it); how it was found is in "
    if len(rows) > 1:
        more = "The stages follow one another, each from the weights of the one before. " + more
    return table(head, rows, RIGHT) + f"\n{more}[experiments](experiments/README.md)."


def _recipes(recipe: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the recipe of the last training, then those of the trainings that it started from."""
    while recipe:
        yield recipe
        recipe = (recipe.get("started_from") or {}).get("recipe", {})


def _data_line(line: str) -> str:
    """Return a line on data as an item of a list; names of cases are folded away."""
    text, _, names = line.rpartition(": ")
    if names.count(", ") < 10:
        return f"- {line}"
    return f"- {text}.\n  <details><summary>Names of the cases</summary>\n\n  {names}\n\n  </details>"


def _breakable(text: str) -> str:
    """Return the cases and rules of an evaluation, the names of the cases folded away."""
    first, colon, rest = text.partition(": ")
    names, stop, rules = rest.partition(". ")
    if not (colon and stop):
        return text
    return f"{first}. {rules}\n\n<details><summary>Names of the cases</summary>\n\n{names}\n\n</details>"


def _scores(card: Card) -> dict[str, Any]:
    assert card.scores is not None, "evaluate it first: gss evaluate --write-card"
    return card.scores


def _means(name: str, of_regions: dict[str, Any]) -> list[str]:
    found = [of_regions[region.value] for region in REGIONS]
    mark = "**" if name == MEAN_OF_SUBSETS else ""
    return [f"{mark}{one['mean']:.3f}{mark} [{one['low']:.2f}, {one['high']:.2f}]" for one in found]


def _bold(name: str) -> str:
    return f"**{name}**" if name == MEAN_OF_SUBSETS else name


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


if __name__ == "__main__":
    for place, content in texts().items():
        place.write_text(content, encoding="utf-8")
