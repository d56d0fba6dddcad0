"""How sure the single modalities are of the class that wins in the fused output.

For the winning class c at a voxel, a modality is *sure* when its own probability of c exceeds the method's threshold.

    3 agreed   every available modality is sure
    2 guided   c lies in the method's high region (FLAIR is sure) or medium region (every available other is sure,
               and there is one), but not all agree
    1 low      the rest
    0          outside the brain

So all that is needed of a modality is one bool per voxel, and modalities can be predicted one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from GSSCore.gss.settings import TeacherSettings
from GSSCore.imaging.arrays import Mask
from GSSCore.vocabulary import Confidence, Modality

_SLAB_VOXELS = 1_000_000


def threshold(modality: Modality, settings: TeacherSettings = TeacherSettings()) -> float:
    """Return the probability above which `modality` counts as sure: the teacher's own."""
    return settings.flair_threshold if modality is Modality.FLAIR else settings.other_threshold


@torch.inference_mode()
def sure_of(logits: Tensor, winner: Tensor, above: float) -> Mask:
    """Return where the softmax of `logits` (C, D, H, W) gives class `winner` (D, H, W) strictly more than `above`.

    Works through slabs in float32, so that no probabilities of the whole crop ever exist.
    """
    depth = max(1, _SLAB_VOXELS // max(1, winner[0].numel()))
    sure = torch.empty(winner.shape, dtype=torch.bool, device=logits.device)
    for low in range(0, len(winner), depth):
        slab = slice(low, low + depth)
        probabilities = torch.softmax(logits[:, slab].float(), 0)
        chosen = probabilities.gather(0, winner[slab].to(logits.device, torch.int64)[None])[0]
        torch.gt(chosen, above, out=sure[slab])
    return np.asarray(sure.cpu().numpy())


def confidence_levels(sure: Mapping[Modality, Mask], brain: Mask) -> NDArray[np.uint8]:
    """Return the level (`vocabulary.Confidence`) of each voxel, uint8 (D, H, W).

    Args:
        sure: for each available modality, where it is sure of the winning class.
        brain: bool (D, H, W).

    Raises:
        ValueError: when no modality is given.
    """
    if not sure:
        raise ValueError("confidence needs at least one available modality")
    others = [mask for modality, mask in sure.items() if modality is not Modality.FLAIR]
    guided = np.zeros(brain.shape, np.bool_)
    agreed = brain.copy()
    if others:
        np.logical_and.reduce(others, out=guided)
        agreed &= guided
    if Modality.FLAIR in sure:
        guided |= sure[Modality.FLAIR]
        agreed &= sure[Modality.FLAIR]
    guided &= brain
    # OUTSIDE 0, LOW 1, GUIDED 2 and AGREED 3 are nested, so that they add up.
    levels: NDArray[np.uint8] = brain.astype(np.uint8)
    levels += guided.view(np.uint8)
    levels += agreed.view(np.uint8)
    return levels


assert [int(level) for level in Confidence] == [0, 1, 2, 3]
