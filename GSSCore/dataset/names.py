"""The names of labels and regions in the descriptions of data sets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.study.labels import LabelMap
from GSSCore.vocabulary import Label, Region

_LABELS = {
    Label.BACKGROUND: ("background", "bg"),
    Label.NCR: (
        "ncr", "net", "ncr net", "ncr/net", "netc", "necrosis", "necrotic", "necrotic core", "necrotic tumor core",
        "non enhancing", "non enhancing tumor", "nonenhancing tumor", "non enhancing tumor core",
        "necrotic and non enhancing tumor", "necrotic and non enhancing tumor core",
    ),
    Label.ED: (
        "ed", "edema", "oedema", "peritumoral edema", "peritumoral oedema", "snfh", "peritumoral edematous tissue",
        "surrounding non enhancing flair hyperintensity",
    ),
    Label.ET: ("et", "enhancing", "enhancing tumor", "gd enhancing tumor", "enhancing tissue"),
}  # fmt: skip
_LABEL_OF = {name: label for label, names in _LABELS.items() for name in names}

_REGIONS = {
    "whole tumor": Region.WT, "wt": Region.WT, "tumor core": Region.TC, "tc": Region.TC, "enhancing tumor": Region.ET,
    "et": Region.ET,
}  # fmt: skip


def label_map(names: Iterable[tuple[int, str]], declared_in: Path) -> LabelMap:
    """Return what values mean, from pairs of value and name in a description.

    Raises:
        InputError: for a name that is not known for one of the labels, or a value with two meanings.
    """
    found: dict[int, Label] = {}
    for value, name in names:
        label = _LABEL_OF.get(_plain(name))
        if label is None:
            raise InputError(
                Message(
                    "dataset.label-name",
                    "{file} calls the value {value} '{name}', which is neither NCR, ED, ET nor background: correct it, "
                    "or declare all labels with --truth-labels.",
                    file=declared_in,
                    value=value,
                    name=name,
                )
            )
        if found.setdefault(value, label) is not label:
            raise InputError(
                Message(
                    "dataset.label-twice",
                    "{file} calls the value {value} both {first} and '{name}': correct it, or declare all labels with "
                    "--truth-labels.",
                    file=declared_in,
                    value=value,
                    first=found[value].name,
                    name=name,
                )
            )
    return found


def region_label_map(regions: Mapping[str, tuple[int, ...]], declared_in: Path) -> LabelMap:
    """Return what values mean, from the nested regions WT, TC and ET, each a list of values.

    Raises:
        InputError: unless exactly these three regions are there, each inside the one before it.
    """
    found = {_REGIONS.get(_plain(name)): set(values) for name, values in regions.items()}
    if set(found) != set(Region):
        raise InputError(
            Message(
                "dataset.regions",
                "{file} has the regions {regions}, and not just whole tumor, tumor core and enhancing tumor: correct "
                "it, or declare all labels with --truth-labels.",
                file=declared_in,
                regions=list(regions),
            )
        )
    whole, core, enhancing = (found[region] for region in (Region.WT, Region.TC, Region.ET))
    if not whole > core > enhancing > set():
        raise InputError(
            Message(
                "dataset.regions-apart",
                "{file} has regions that don't lie inside each other: correct it, or declare all labels with "
                "--truth-labels.",
                file=declared_in,
            )
        )
    labels = dict.fromkeys(whole - core, Label.ED) | dict.fromkeys(core - enhancing, Label.NCR)
    return labels | dict.fromkeys(enhancing, Label.ET)


def _plain(name: str) -> str:
    """Return a name in lower case with single spaces and in American spelling."""
    return re.sub(r"[\s_\-]+", " ", name.strip().lower()).replace("tumour", "tumor")
