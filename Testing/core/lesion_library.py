"""Made-up lesions, as a file's arrays, and the encoder of the packed form (docs/experiments/decode_lesions.py)."""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import Any

import numpy as np
from scipy.fft import dctn
from scipy.ndimage import gaussian_filter

SIZE = 12
BOX = np.array([[10.0, 20.0, 5.0], [50.0, 70.0, 45.0]])


def lesion_arrays(count: int = 3, size: int = SIZE, seed: int = 0) -> dict[str, np.ndarray]:
    """Return smooth textures with a ball of all three labels in each, off its middle so that directions show."""
    rng = np.random.default_rng(seed)
    z = gaussian_filter(rng.normal(size=(count, 4, size, size, size)), (0, 0, 1, 1, 1)) * 3.0 + 2.0
    i, j, k = np.indices((size,) * 3)
    radius = np.sqrt((i - size * 0.4) ** 2 + (j - size * 0.5) ** 2 + (k - size * 0.55) ** 2)
    label = np.select([radius < 1.5, radius < 2.5, radius < size / 3.0], [1, 3, 2], 0).astype(np.uint8)
    return {
        "z": z.astype(np.float16),
        "label": np.repeat(label[None], count, 0),
        "valid": np.ones((count, size, size, size), bool),
        "corner": rng.uniform(BOX[0] + 5.0, BOX[1] - 22.0, (count, 3)),
        "spacing": np.array([1.6, 1.4, 1.2]),
        "box": BOX,
        "patient": np.arange(count) // 2,
    }


def write_library(path: Path, **changes: Any) -> Path:
    """Write a file of lesions; a change of None leaves an array out."""
    arrays = lesion_arrays() | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


def encode(volume: np.ndarray, brain: np.ndarray, step: float = 0.8) -> np.ndarray:
    """Return one modality in the packed form, block by block."""
    low, high = [], []
    order = sorted(np.ndindex(8, 8, 8), key=sum)
    for x, y, z in np.ndindex(*(n // 8 for n in brain.shape)):
        block = np.s_[8 * x : 8 * x + 8, 8 * y : 8 * y + 8, 8 * z : 8 * z + 8]
        if brain[block].any():
            steps = np.rint(dctn(volume[block], norm="ortho") / step).astype(int)
            codes = [2 * steps[place] if steps[place] >= 0 else -2 * steps[place] - 1 for place in order]
            low.append([code % 256 for code in codes])
            high.append([code // 256 for code in codes])
    planes = np.array([np.transpose(low), np.transpose(high)], np.uint8)
    return np.frombuffer(lzma.compress(planes.tobytes()), np.uint8)
