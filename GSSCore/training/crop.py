"""Taking a crop of a case, rotated, scaled and mirrored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from GSSCore.imaging.arrays import Index, Reals, Size
from GSSCore.training.augmentation import Parameters


@dataclass(frozen=True, eq=False)
class CropFrame:
    """Where a crop lies in its case.

    Attributes:
        matrix, offset: (3, 3) and (3,); voxel o of the crop is voxel `matrix` o + `offset` of the case.
        shape: of the case.
    """

    matrix: Reals
    offset: Reals
    shape: tuple[int, ...]


def crop_frame(centre: Index, crop: Size, shape: tuple[int, ...], p: Parameters) -> CropFrame:
    """Return the frame of the crop that `take` returns for a case of `shape`."""
    extent = np.array(crop)
    matrix = np.eye(3) if p.matrix is None else p.matrix
    if p.flip:
        matrix = matrix * [-1.0, 1.0, 1.0]
    # The middle of the crop stays where it is when the crop is rotated or mirrored.
    return CropFrame(matrix, np.array(centre) - extent // 2 + (extent - 1) / 2.0 - matrix @ ((extent - 1) / 2.0), shape)


def take(
    images: NDArray[Any] | Tensor, labels: NDArray[Any] | Tensor, centre: Index, crop: Size, p: Parameters
) -> tuple[Tensor, Tensor]:
    """Return a crop of a case, rotated, scaled and mirrored as `p` says, on the case's device.

    Args:
        images: (M, D, H, W), z-scored, background exactly zero.
        labels: (D, H, W).
        centre: voxel that becomes the middle of the crop; parts of the crop beyond the case are background.
        crop: size of the result.
        p: see above.

    Returns:
        (M, *crop) float32, and (*crop) uint8, interpolated linearly and by the nearest neighbour.
    """
    if p.matrix is None:
        image = _cut(images, centre, crop)
        label = _cut(labels[None], centre, crop)[0].to(torch.uint8)
    else:
        image, label = _map(images, labels, centre, crop, p.matrix)
    if p.flip:
        # The first axis runs from left to right.
        image, label = image.flip(1), label.flip(0)
    return image.contiguous(), label.contiguous()


def _reals(part: NDArray[Any] | Tensor) -> Tensor:
    """Return a part of a case as float32, on the case's device."""
    return part.float() if isinstance(part, Tensor) else torch.from_numpy(part.astype(np.float32))


def _cut(array: NDArray[Any] | Tensor, centre: tuple[int, ...], crop: tuple[int, ...]) -> Tensor:
    """Cut (C, *crop) float32 around `centre` out of (C, D, H, W), zero beyond its edges."""
    source, target = [slice(None)], [slice(None)]
    for c, n, size in zip(centre, crop, array.shape[1:], strict=True):
        start = c - n // 2
        low, high = max(start, 0), max(min(start + n, size), 0)
        source.append(slice(low, max(high, low)))
        target.append(slice(low - start, max(high, low) - start))
    part = _reals(array[tuple(source)])
    out = part.new_zeros((len(array), *crop))
    out[tuple(target)] = part
    return out


def _map(
    images: NDArray[Any] | Tensor,
    labels: NDArray[Any] | Tensor,
    centre: tuple[int, ...],
    crop: tuple[int, ...],
    matrix: Reals,
) -> tuple[Tensor, Tensor]:
    """Return the crop whose voxel o is voxel middle + matrix (o - middle) of the case, with the middle as in `_cut`."""
    extent = np.array(crop)
    middle = np.array(centre) - extent // 2 + (extent - 1) / 2.0
    reach = np.abs(matrix) @ (extent / 2.0)
    low = np.clip(np.floor(middle - reach).astype(int) - 1, 0, np.array(labels.shape) - 1)
    high = np.minimum(np.ceil(middle + reach).astype(int) + 2, labels.shape)
    high = np.maximum(high, low + 1)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    image, classes = _reals(images[(slice(None), *box)])[None], _reals(labels[box])[None, None]
    size = np.array(image.shape[2:])
    grid = sampling_grid(matrix, middle - low, extent, size, image.device)
    # The brain mask is interpolated by the nearest neighbour, so that the background stays exactly zero.
    hard = torch.cat((classes, (image != 0).any(1, keepdim=True).float()), 1)
    hard = F.grid_sample(hard, grid, mode="nearest", padding_mode="zeros", align_corners=False)
    image = F.grid_sample(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return image[0] * hard[0, 1:], hard[0, 0].to(torch.uint8)


def sampling_grid(
    matrix: Reals, middle: Reals, extent: NDArray[Any], size: NDArray[Any], device: torch.device
) -> Tensor:
    """Return the grid with which `grid_sample` resamples an array of shape `size` on `device` to one of shape `extent`.

    Voxel o of the result, counted from its middle, takes the value at voxel `middle` + `matrix` o of the source.
    """
    # grid_sample takes the coordinates of the last axis first; -1 and 1 are the outer faces of the outer voxels.
    theta = np.empty((3, 4))
    theta[:, :3] = matrix * (extent / size[:, None])
    theta[:, 3] = (2.0 * middle + 1.0) / size - 1.0
    theta = theta[::-1][:, [2, 1, 0, 3]].copy()
    return F.affine_grid(
        torch.from_numpy(theta)[None].float().to(device), [1, 1, *map(int, extent)], align_corners=False
    )
