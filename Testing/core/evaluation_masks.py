"""Random masks and what is on their surface, voxel by voxel, for the tests of evaluation."""

from __future__ import annotations

import numpy as np

SHAPE = (14, 11, 9)


def blob(seed: int, shape: tuple[int, int, int] = SHAPE) -> np.ndarray:
    """A random mask of some connected parts, which touches the border now and then."""
    rng = np.random.default_rng(seed)
    mask = np.zeros(shape, bool)
    for _ in range(int(rng.integers(1, 4))):
        low = [int(rng.integers(0, n - 2)) for n in shape]
        high = [int(rng.integers(a + 1, n + 1)) for a, n in zip(low, shape, strict=True)]
        mask[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] = True
    return mask


def surface(mask: np.ndarray) -> np.ndarray:
    """Indices of voxels of which a neighbour across a face is not in the mask, voxel by voxel."""
    found = []
    for index in np.argwhere(mask):
        for axis in range(3):
            for step in (-1, 1):
                neighbour = index.copy()
                neighbour[axis] += step
                inside = (neighbour >= 0).all() and (neighbour < mask.shape).all()
                if not inside or not mask[tuple(neighbour)]:
                    found.append(tuple(index))
    return np.array(sorted(set(found)))
