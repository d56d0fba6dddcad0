"""What the user has chosen in the panel, and every reason why it can't be segmented as it is. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import slicer
from slicer.i18n import tr as _

from GSSCore.errors import GSSError, InputError
from GSSCore.vocabulary import MODALITIES, Modality
from GSSSegmentationLib.brain_mask import checked_mask, require_use_of_mask
from GSSSegmentationLib.expected_accuracy import network_card
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.parameters import settings_of
from GSSSegmentationLib.translation import translated_message


def chosen_volumes(parameters: Any) -> dict[Modality, Node]:
    """Return the volumes that are chosen; none where there is no parameter node."""
    if parameters is None:
        return {}
    chosen = {modality: getattr(parameters, modality.value) for modality in MODALITIES}
    return {modality: node for modality, node in chosen.items() if node is not None}


def chosen_modality(parameters: Any) -> Modality | None:
    """Return whose grid the segments are to get, or None where that is left to the run."""
    return None if parameters.reference == "automatic" else Modality(parameters.reference)


def network_folder(parameters: Any) -> Path | None:
    """Return the folder of the chosen network; None for the shipped one."""
    return Path(parameters.network).expanduser() if parameters.network else None


def obstacles(parameters: Any) -> list[str]:
    """Return every reason why Apply can't be pressed now, in the user's language.

    Args:
        parameters: the parameter node; None while there is none.
    """
    if parameters is None:
        return [_("There is no scene.")]
    volumes = chosen_volumes(parameters)
    reasons = _volume_faults(volumes)
    reference = chosen_modality(parameters)
    if volumes and reference is not None and reference not in volumes:
        text = _("The reference {sequence} is not chosen.")
        reasons.append(text.format(sequence=reference.display))
    try:
        checked_mask(parameters.brainMask, slicer.mrmlScene)
        require_use_of_mask(settings_of(parameters), parameters.brainMask)
    except GSSError as fault:
        reasons.append(translated_message(fault.message))
    try:
        network_card(network_folder(parameters))
    except (InputError, OSError):
        reasons.append(_("The network folder holds no network."))
    return reasons


def _volume_faults(volumes: Mapping[Modality, Node]) -> list[str]:
    if not volumes:
        return [_("Choose at least one of FLAIR, T1ce, T1 and T2.")]
    sequences: dict[str, list[str]] = {}
    for modality, node in volumes.items():
        sequences.setdefault(node.GetID(), []).append(modality.display)
    text = _("{sequences} are the same volume.")
    reasons = [text.format(sequences=" + ".join(same)) for same in sequences.values() if len(same) > 1]
    text = _("The {sequence} volume has no image.")
    return reasons + [text.format(sequence=m.display) for m, node in volumes.items() if node.GetImageData() is None]
