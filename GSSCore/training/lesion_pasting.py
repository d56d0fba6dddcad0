"""Pasting lesions of further patients into training samples, at their anatomical place.

As in augmentation, parameters are drawn first and applied afterwards. The library tells a lesion's place within the box
of the brain, and a preprocessed case is that box. So a lesion goes to the same place within the host's box, at its own
size in mm; the position of the host's file in space does not matter. It is resampled once, to the grid of the crop,
with the crop's rotation, scaling and mirroring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.imaging.arrays import Box, Mask, Reals, Spacing
from GSSCore.imaging.boxes import bounding_box, corner_of, size_of
from GSSCore.training.crop import CropFrame, sampling_grid
from GSSCore.training.intensities import nonzero
from GSSCore.training.lesion_library import LesionLibrary
from GSSCore.training.lesion_pasting_settings import LesionPastingSettings

TRIES = 8
"""Candidates drawn for each lesion that is to be pasted: many do not fit, as a crop shows a part of the brain only."""
SHOWN, INSIDE, OVERLAP = 0.5, 0.85, 0.05
"""A lesion fits if at least the first share of its tumour lies in the crop, of that at least the second share in the
host's brain, and at most the third share on the host's tumour."""
MATCH = 0.5
"""Largest shift of a lesion's z-scores, which makes the surroundings of its tumour match the host."""
_PROBES = 1000
"""Number of tumour voxels of a lesion by which the fit is judged."""


@dataclass(frozen=True)
class Place:
    """Where a lesion is to be pasted.

    Attributes:
        lesion: its number in the library.
        mirrored: whether it changes its side.
        jitter: offset from its anatomical place, in mm along R, A, S.
    """

    lesion: int
    mirrored: bool
    jitter: tuple[float, float, float]


@dataclass(frozen=True)
class PastingParameters:
    """What is pasted into one sample: the first `wanted` of the candidates that fit."""

    wanted: int
    candidates: tuple[Place, ...]


@dataclass(frozen=True, eq=False)
class Pasting:
    """What a training pastes from and how; `spacing` is that of its cases, in mm."""

    lesions: LesionLibrary
    settings: LesionPastingSettings
    spacing: Spacing


def draw_lesions(rng: np.random.Generator, settings: LesionPastingSettings, count: int) -> PastingParameters:
    """Return random parameters for pasting from `count` lesions. Equal states of `rng` give equal parameters."""
    anything, wanted = rng.random() < settings.probability, int(rng.integers(1, settings.most + 1))
    if not anything:
        return PastingParameters(0, ())
    return PastingParameters(wanted, tuple(_draw_place(rng, settings, count) for _ in range(wanted * TRIES)))


def _draw_place(rng: np.random.Generator, settings: LesionPastingSettings, count: int) -> Place:
    lesion, mirrored = int(rng.integers(count)), bool(rng.random() < settings.mirror)
    r, a, s = map(float, rng.uniform(-settings.jitter_mm, settings.jitter_mm, 3))
    return Place(lesion, mirrored, (r, a, s))


def paste(
    images: Tensor,
    labels: Tensor,
    channels: list[int],
    frame: CropFrame,
    pasting: Pasting,
    parameters: PastingParameters,
) -> tuple[Tensor, Tensor]:
    """Return a crop with lesions pasted into it; the given tensors stay as they are.

    Lesions cover the host's brain only, in each modality by itself, and neither its tumour nor lesions pasted before. A
    voxel takes the label of a lesion whose weight is half or more.

    Args:
        images: (M, D, H, W) float32, z-scores, background exactly zero.
        labels: (D, H, W) uint8.
        channels: which of the four modalities the M images are.
        frame: where the crop lies in its case.
        pasting: lesions and settings.
        parameters: see `draw_lesions`.
    """
    done = 0
    for place in parameters.candidates:
        if done == parameters.wanted:
            break
        to_crop = _to_crop(place, frame, pasting)
        if not _fits(place.lesion, to_crop, images, labels, pasting):
            continue
        if not done:
            images, labels = images.clone(), labels.clone()
        _paste_one(images, labels, channels, place.lesion, to_crop, pasting)
        done += 1
    return images, labels


@dataclass(frozen=True, eq=False)
class _ToCrop:
    """Voxel q of a lesion, counted from its middle, lies at voxel `matrix` q + `middle` of the crop."""

    matrix: Reals
    middle: Reals


def _to_crop(place: Place, frame: CropFrame, pasting: Pasting) -> _ToCrop:
    shape, spacing = np.array(frame.shape), np.array(pasting.spacing)
    within = pasting.lesions.places[place.lesion].copy()
    step = pasting.lesions.spacing / spacing
    if place.mirrored:
        within[0], step[0] = 1.0 - within[0], -step[0]
    # The box of the case reaches from the outer face of its first voxel to that of its last.
    middle = within * shape - 0.5 + np.array(place.jitter) / spacing
    inverse = np.linalg.inv(frame.matrix)
    return _ToCrop(inverse * step, inverse @ (middle - frame.offset))


def _fits(lesion: int, to_crop: _ToCrop, images: Tensor, labels: Tensor, pasting: Pasting) -> bool:
    """Tell whether enough of a lesion's tumour would lie in the crop, in the brain and beside the host's tumour."""
    tumour = np.argwhere((pasting.lesions.labels[lesion] > 0) & (pasting.lesions.depth[lesion] > 0))
    tumour = tumour[:: max(1, len(tumour) // _PROBES)]
    middle = (np.array(pasting.lesions.labels.shape[1:]) - 1) / 2.0
    voxels = np.rint((tumour - middle) @ to_crop.matrix.T + to_crop.middle).astype(int)
    voxels = voxels[((voxels >= 0) & (voxels < labels.shape)).all(1)]
    if not len(tumour) or len(voxels) < SHOWN * len(tumour):
        return False
    i, j, k = torch.from_numpy(voxels.T).to(images.device)
    brain = (images[:, i, j, k] != 0).any(0)
    overlap = labels[i, j, k] != 0
    return bool(brain.sum() >= INSIDE * len(voxels) and overlap.sum() <= OVERLAP * len(voxels))


def _paste_one(
    images: Tensor, labels: Tensor, channels: list[int], lesion: int, to_crop: _ToCrop, pasting: Pasting
) -> None:
    """Write one lesion into the tensors."""
    region = _region(to_crop, pasting.lesions.depth[lesion] > 0, labels.shape)
    blend = pasting.settings.blend_mm
    values, label, weight = _resample(lesion, channels, to_crop, region, pasting, images.device)
    host, host_labels = images[(slice(None), *region)], labels[region]
    brain = host != 0
    widths = [round(blend / mm) for mm in pasting.spacing]
    weight = weight * brain.any(0) * (1.0 - _surroundings(host_labels, widths))
    values = values + _offset(host, values, brain & (weight > 0.0) & (label == 0))[:, None, None, None]
    mixed = torch.lerp(host, values, weight.expand_as(host))
    images[(slice(None), *region)] = torch.where(brain, nonzero(mixed), 0.0)
    labels[region] = torch.where(weight >= 0.5, label, host_labels)


def _offset(host: Tensor, values: Tensor, around: Tensor) -> Tensor:
    """Return by how much (M,) a lesion is darker than the host where neither shows tumour, `MATCH` at most.

    Both are z-scores, but these depend on the size of the tumour, which differs between the brains.
    """
    difference = torch.where(around, host - values, 0.0).sum((1, 2, 3))
    return (difference / around.sum((1, 2, 3)).clamp(min=1)).clamp(-MATCH, MATCH)


def _region(to_crop: _ToCrop, pasted: Mask, crop: tuple[int, ...]) -> Box:
    """Return the part of the crop that the pasted voxels of a lesion can reach."""
    box = bounding_box(pasted)
    assert box is not None, "a lesion has voxels"
    first, last = np.array(corner_of(box)), np.array([side.stop - 1 for side in box])
    middle = to_crop.matrix @ ((first + last) / 2.0 - (np.array(pasted.shape) - 1) / 2.0) + to_crop.middle
    # Interpolation reaches one voxel further.
    reach = np.abs(to_crop.matrix) @ ((last - first) / 2.0 + 1.0)
    low = np.clip(np.floor(middle - reach).astype(int), 0, np.array(crop) - 1)
    high = np.clip(np.ceil(middle + reach).astype(int) + 1, low + 1, crop)
    i, j, k = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    return i, j, k


def _resample(
    lesion: int, channels: list[int], to_crop: _ToCrop, region: Box, pasting: Pasting, device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    """Return a lesion on the crop's grid: images (M, ...), linear; labels, nearest; weight 0 to 1, linear."""
    lesions, extent = pasting.lesions, np.array(size_of(region))
    size = np.array(lesions.labels.shape[1:])
    to_lesion = np.linalg.inv(to_crop.matrix)
    middle = np.array(corner_of(region)) + (extent - 1) / 2.0
    grid = sampling_grid(to_lesion, to_lesion @ (middle - to_crop.middle) + (size - 1) / 2.0, extent, size, device)
    weight = np.minimum(lesions.depth[lesion].astype(np.float32) / max(pasting.settings.blend_mm, 1e-3), 1.0)
    soft = np.concatenate((lesions.images[lesion][channels].astype(np.float32), weight[None]))
    hard = lesions.labels[lesion].astype(np.float32)[None]
    linear = F.grid_sample(torch.from_numpy(soft).to(device)[None], grid, "bilinear", "zeros", align_corners=False)[0]
    nearest = F.grid_sample(torch.from_numpy(hard).to(device)[None], grid, "nearest", "zeros", align_corners=False)[0]
    return linear[:-1], nearest[0].to(torch.uint8), linear[-1]


def _surroundings(labels: Tensor, widths: list[int]) -> Tensor:
    """Return 1 on tumour, and a ramp to 0 over about `widths` voxels around it along each axis."""
    tumour = (labels > 0).float()
    if not tumour.any():
        return tumour
    soft = tumour[None, None]
    for axis, width in enumerate(widths):
        kernel, padding = [1, 1, 1], [0, 0, 0]
        kernel[axis], padding[axis] = 2 * width + 1, width
        soft = F.avg_pool3d(soft, kernel, 1, padding)
    return torch.maximum(tumour, (2.0 * soft[0, 0]).clamp(max=1.0))
