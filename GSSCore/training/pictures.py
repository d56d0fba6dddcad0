"""A picture of a training sample with the network's prediction, for the log."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from GSSCore.networks import SegmentationNetwork
from GSSCore.training.data import Sample
from GSSCore.vocabulary import TUMOUR_LABELS

DARKEST, BRIGHTEST = -2.0, 3.0
"""Z-scores that are shown black and white."""
_SHADE = 0.55
"""Opacity of a label's colour over the image."""


@torch.inference_mode()
def sample_picture(network: SegmentationNetwork, sample: Sample, device: torch.device) -> NDArray[np.uint8]:
    """Return the axial slice of a sample with most tumour: each modality, the truth, and the fused prediction.

    Args:
        network: in evaluation mode.
        sample: one sample, not stacked.
        device: where the network is.

    Returns:
        RGB (height, width, 3): the tiles beside each other, anterior at the top, the patient's right to the left; a
        missing modality's tile is black. Truth and prediction are drawn over the first available modality.
    """
    logits = network(sample.images[None].to(device), sample.available[None].to(device)).fused
    prediction = logits.argmax(1)[0].cpu().numpy()
    labels, images, available = (t.cpu().numpy() for t in (sample.labels, sample.images, sample.available))
    level = int((labels > 0).sum((0, 1)).argmax())
    grey = np.clip((images[..., level] - DARKEST) / (BRIGHTEST - DARKEST), 0.0, 1.0)
    grey[~available] = 0.0
    base = grey[int(available.argmax())]
    tiles = [*(_rgb(one) for one in grey), _coloured(base, labels[..., level]), _coloured(base, prediction[..., level])]
    # Axes are right-left and posterior-anterior: to the right of the picture is the patient's left.
    upright = [tile[::-1].transpose(1, 0, 2)[::-1] for tile in tiles]
    return np.concatenate(upright, axis=1)


def _rgb(grey: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.repeat((255.0 * grey).astype(np.uint8)[..., None], 3, axis=-1)


def _coloured(grey: NDArray[np.float32], labels: NDArray[np.integer]) -> NDArray[np.uint8]:
    picture = _rgb(grey)
    for label in TUMOUR_LABELS:
        here = labels == label
        picture[here] = ((1.0 - _SHADE) * picture[here] + _SHADE * np.array(label.colour)).astype(np.uint8)
    return picture
