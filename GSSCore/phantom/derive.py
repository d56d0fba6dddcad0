"""How the tissue map of the phantom was made from the ICBM 152 atlas: `python -m GSSCore.phantom.derive FOLDER`.

FOLDER holds the three files `mni_icbm152_{gm,wm,t1}_tal_nlin_sym_09a_converted.nii.gz` as the nilearn package ships
them in `nilearn/datasets/data`: 1 mm, uint8, brain-extracted, mirror-symmetric about x = 0. Using the phantom does not
need this; it documents the data file, which it makes again byte for byte.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Floats
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Volume
from GSSCore.phantom.atlas import SPACING_MM, STEPS, TISSUE_FILE

GREY_T1, FLUID_T1 = 162.0, 70.0
"""Brightness of cortex and of ventricles in the T1-weighted average; what lies between is partial volume of sulci."""
SHARPENING = 1.5
"""Exponent of the probabilities before they are normalised: an average of 152 brains is blurrier than any of them."""
CORNER_MM = (0.0, -112.0, -72.0)
SHAPE = (38, 95, 79)


def tissue_map(grey: Floats, white: Floats, t1: Floats) -> Floats:
    """Return the shares (X, Y, Z, 3) of grey matter, white matter and fluid from the atlas's maps, 0 to 255 each."""
    brain = t1 > 0
    grey, white = grey / 255.0, white / 255.0
    sulci = np.clip((GREY_T1 - t1) / (GREY_T1 - FLUID_T1), 0.0, 1.0) * (white < 0.5)
    fluid = np.maximum(sulci, np.clip(1.0 - grey - white, 0.0, 1.0))
    shares = np.stack([grey * (1.0 - fluid), white * (1.0 - fluid), fluid], axis=-1) ** SHARPENING
    shares /= np.maximum(shares.sum(axis=-1, keepdims=True), 1e-9)
    return np.asarray(shares * brain[..., None], np.float32)


def half_at_2_mm(shares: Floats, corner_mm: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the half with x >= 0 at every second voxel of the smoothed map, in `STEPS` steps, channels first."""
    for axis in range(3):
        before, after = np.roll(shares, 1, axis), np.roll(shares, -1, axis)
        shares = (before + 2.0 * shares + after) / 4.0
    first = np.rint(np.array(CORNER_MM) - corner_mm).astype(int)
    box = tuple(
        slice(int(low), int(low + n * SPACING_MM), int(SPACING_MM)) for low, n in zip(first, SHAPE, strict=True)
    )
    return np.moveaxis(np.round(shares[box] * STEPS), -1, 0).astype(np.uint8)


def main(folder: Path) -> None:
    """Write `TISSUE_FILE` from the atlas in `folder`."""
    volumes: dict[str, Volume] = {
        name: read_volume(folder / f"mni_icbm152_{name}_tal_nlin_sym_09a_converted.nii.gz", what=name)
        for name in ("gm", "wm", "t1")
    }
    grey, white, t1 = (volume.array.astype(np.float32) for volume in volumes.values())
    corner = volumes["t1"].affine[:3, 3]
    half = half_at_2_mm(tissue_map(grey, white, t1), corner)
    np.savez_compressed(TISSUE_FILE, shares=half, corner_mm=np.array(CORNER_MM))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
