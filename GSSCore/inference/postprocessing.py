"""What becomes of the winning class: labels inside the brain, and clean-up by the size of connected components.

Clean-up is an option by name, and never part of the network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from GSSCore.imaging.arrays import Labels, Levels, Mask
from GSSCore.imaging.boxes import bounding_box
from GSSCore.inference.settings import InferenceSettings
from GSSCore.messages import Message
from GSSCore.vocabulary import TUMOUR_LABELS, Confidence, Label


@dataclass(frozen=True)
class CleanUp:
    """What a clean-up did: how many components it changed, and how large they were together in ml."""

    components: int
    ml: float


def labels_of(winner: Tensor, brain: Mask) -> Labels:
    """Return the class that wins, uint8 (D, H, W), as labels: background outside the brain, bool (D, H, W)."""
    return np.where(brain, winner.cpu().numpy(), np.uint8(Label.BACKGROUND))


def clean_up(labels: Labels, levels: Levels | None, voxel_ml: float, settings: InferenceSettings) -> list[Message]:
    """Apply the clean-up options that are on, in place; return what they did, in sentences for the reader.

    Args:
        labels: uint8 (I, J, K).
        levels: the confidence in them, `LOW` afterwards where a label was changed, for nobody predicted it; None for
            none.
        voxel_ml: volume of a voxel in ml.
        settings: which options are on.
    """
    notes: list[Message] = []
    before = labels.copy() if settings.minimum_component_ml or settings.et_minimum_ml else labels
    if settings.minimum_component_ml:
        done = remove_small_tumours(labels, voxel_ml, settings.minimum_component_ml)
        notes.append(
            Message(
                "result.specks-removed",
                "Clean-up removed {count} tumour components of less than {least:g} ml each, {ml:.2f} ml together.",
                count=done.components,
                least=settings.minimum_component_ml,
                ml=done.ml,
            )
        )
    if settings.et_minimum_ml:
        done = relabel_small_enhancement(labels, voxel_ml, settings.et_minimum_ml)
        notes.append(
            Message(
                "result.specks-of-enhancement",
                "Clean-up turned {count} components of enhancing tumour of less than {least:g} ml each, {ml:.2f} ml "
                "together, into necrotic and non-enhancing core.",
                count=done.components,
                least=settings.et_minimum_ml,
                ml=done.ml,
            )
        )
    if levels is not None and before is not labels:
        levels[labels != before] = Confidence.LOW
    return notes


def remove_small_tumours(labels: Labels, voxel_ml: float, minimum_ml: float) -> CleanUp:
    """Make tumour components (NCR, ED and ET together) of less than `minimum_ml` background, in place.

    Args:
        labels: uint8 (I, J, K).
        voxel_ml: volume of a voxel in ml.
        minimum_ml: the least volume that stays.
    """
    return _relabel_small(labels, TUMOUR_LABELS, Label.BACKGROUND, voxel_ml, minimum_ml)


def relabel_small_enhancement(labels: Labels, voxel_ml: float, minimum_ml: float) -> CleanUp:
    """Make components of enhancing tumour of less than `minimum_ml` NCR, in place; arguments as above."""
    return _relabel_small(labels, (Label.ET,), Label.NCR, voxel_ml, minimum_ml)


def _relabel_small(
    labels: Labels, members: tuple[Label, ...], replacement: Label, voxel_ml: float, minimum_ml: float
) -> CleanUp:
    from scipy.ndimage import generate_binary_structure, label

    box = bounding_box(np.isin(labels, members))
    if box is None:
        return CleanUp(0, 0.0)
    part = labels[box]
    # Voxels that touch by a corner belong together (26-connected), as in the field's lesion-wise scores.
    components, count = label(np.isin(part, members), generate_binary_structure(3, 3))
    voxels = np.bincount(components.ravel(), minlength=count + 1)
    # Voxel volumes out of a header are not exact: a component of just the least volume stays.
    small = voxels * voxel_ml < minimum_ml * (1.0 - 1e-6)
    small[0] = False
    part[small[components]] = replacement
    return CleanUp(int(small.sum()), float(voxels[small].sum() * voxel_ml))
