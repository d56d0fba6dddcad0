"""What data sets call modalities and labels in their own descriptions, in words instead of file names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from GSSCore.errors import InputError
from GSSCore.truth import LabelMap
from GSSCore.vocabulary import MODALITIES, Label, Modality, Region

REMEDY = "correct it, or declare all labels with --truth-labels"
"""What to do about a declaration of labels that can't be used."""

_CHANNELS = {name: modality for modality in MODALITIES for name in (modality.display.lower(), *modality.file_names)}
_CHANNELS |= {
    "t1w": Modality.T1, "t1 weighted": Modality.T1, "t1gd": Modality.T1CE, "t1 gd": Modality.T1CE,
    "t1post": Modality.T1CE, "t1 post": Modality.T1CE, "t1wce": Modality.T1CE, "t1w ce": Modality.T1CE,
    "t1 weighted ce": Modality.T1CE, "t2 weighted": Modality.T2, "t2 flair": Modality.FLAIR, "t2flair": Modality.FLAIR,
}  # fmt: skip

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


def channel(name: str) -> Modality | None:
    """Return the modality that a description's channel name stands for; None for another kind of image."""
    return _CHANNELS.get(_plain(name))


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
                f"{declared_in} calls the value {value} {name!r}, which is neither NCR, ED, ET nor background: "
                f"{REMEDY}."
            )
        if found.setdefault(value, label) is not label:
            raise InputError(f"{declared_in} calls the value {value} both {found[value].name} and {name!r}: {REMEDY}.")
    return found


def region_label_map(regions: Mapping[str, tuple[int, ...]], declared_in: Path) -> LabelMap:
    """Return what values mean, from the nested regions WT, TC and ET, each a list of values.

    Raises:
        InputError: unless exactly these three regions are there, each inside the one before it.
    """
    found = {_REGIONS.get(_plain(name)): set(values) for name, values in regions.items()}
    if set(found) != set(Region):
        raise InputError(
            f"{declared_in} has the regions {', '.join(regions)}, and not just whole tumor, tumor core and enhancing "
            f"tumor: {REMEDY}."
        )
    whole, core, enhancing = (found[region] for region in (Region.WT, Region.TC, Region.ET))
    if not whole > core > enhancing > set():
        raise InputError(f"{declared_in} has regions that don't lie inside each other: {REMEDY}.")
    labels = dict.fromkeys(whole - core, Label.ED) | dict.fromkeys(core - enhancing, Label.NCR)
    return labels | dict.fromkeys(enhancing, Label.ET)


def _plain(name: str) -> str:
    """Return a name in lower case with single spaces, as American as the descriptions are."""
    return re.sub(r"[\s_\-]+", " ", name.strip().lower()).replace("tumour", "tumor")
