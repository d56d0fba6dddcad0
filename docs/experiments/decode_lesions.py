"""Turn a packed file of lesions into the plain one that `gss train --lesions` reads.

    python docs/experiments/decode_lesions.py PACKED.npz PLAIN.npz

The packed form was made for lesions of BraTS data to be passed on in a twentieth of their size. In place of `z`,
`spacing` and `box` (see `GSSCore.training.lesion_library`) it has

    brain                   (32 N, 32, 32) bool: the brain in all lesions, on top of each other
    flair, t1ce, t1, t2     uint8: the z-scores of a modality, packed

Packed are the blocks of 8 x 8 x 8 voxels that touch the brain, in C order: the quantised coefficients of their
orthonormal cosine transforms, low frequencies first, as an array (2, 512, blocks) of the low and the high bytes of
16-bit numbers, compressed as xz. The numbers 0, 1, 2, 3, ... stand for the coefficients 0, -1, 1, -2, ...
"""

from __future__ import annotations

import argparse
import lzma
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import idctn

sys.path.insert(0, str(Path(__file__).parents[2]))

from GSSCore.training.lesion_library import make_library
from GSSCore.vocabulary import MODALITIES

BLOCK = 8
"""Edge of a transformed block, in voxels."""
STEP = 0.8
"""Standard deviations from one quantised coefficient to the next."""
SIZE = 32
"""Edge of a lesion, in voxels."""
BRATS_SPACING = np.array([239.0, 239.0, 154.0]) / 127.0
"""Mm between the voxels of a lesion along R, A, S."""
BRATS_BOX = np.array([[52.5, 25.5, 0.5], [188.5, 196.5, 139.5]])
"""Outer faces of the brain in the 240 x 240 x 155 mm of BraTS data, in mm from the middle of the first voxel.

The median of 67 studies along R, A, S; standard deviations are 3 to 6 mm.
"""


def plain_arrays(packed: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the arrays of the plain form; see `GSSCore.training.lesion_library`.

    Raises:
        KeyError: when an array is missing.
        ValueError: when one has a wrong shape.
    """
    brain = packed["brain"].astype(bool)
    if brain.ndim != 3 or brain.shape[1:] != (SIZE, SIZE) or not len(brain) or len(brain) % SIZE:
        raise ValueError(f"brain has the shape {brain.shape} instead of ({SIZE} N, {SIZE}, {SIZE})")
    z = np.stack([decoded(packed[m.value], brain) for m in MODALITIES])
    lesions = z.reshape(len(MODALITIES), -1, SIZE, SIZE, SIZE).swapaxes(0, 1)
    kept = {name: packed[name] for name in ("label", "valid", "patient")}
    corner = np.asarray(packed["corner"], np.float64)
    return {**kept, "z": lesions, "corner": corner, "spacing": BRATS_SPACING, "box": BRATS_BOX}


def decoded(packed: NDArray[np.uint8], brain: NDArray[np.bool_]) -> NDArray[np.float16]:
    """Return one modality of all lesions on top of each other, of `brain`'s shape."""
    x, y, z = (n // BLOCK for n in brain.shape)
    touched = brain.reshape(x, BLOCK, y, BLOCK, z, BLOCK).any((1, 3, 5)).ravel()
    planes = np.frombuffer(lzma.decompress(packed.tobytes()), np.uint8).reshape(2, BLOCK**3, int(touched.sum()))
    folded = planes[0].astype(np.int32) | planes[1].astype(np.int32) << 8
    order = np.argsort(np.indices((BLOCK,) * 3).sum(0).ravel(), kind="stable")
    coefficients = np.empty((folded.shape[1], BLOCK**3), np.float32)
    coefficients[:, order] = ((folded >> 1) ^ -(folded & 1)).T * np.float32(STEP)
    blocks = np.zeros((x * y * z, BLOCK, BLOCK, BLOCK), np.float32)
    blocks[touched] = idctn(coefficients.reshape(-1, BLOCK, BLOCK, BLOCK), axes=(1, 2, 3), norm="ortho")
    volume = blocks.reshape(x, y, z, BLOCK, BLOCK, BLOCK).transpose(0, 3, 1, 4, 2, 5).reshape(brain.shape)
    values: NDArray[np.float16] = (volume * brain).astype(np.float16)
    return values


def main(words: Sequence[str]) -> None:
    """Read the packed file, check what it holds and write the plain one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("packed", type=Path, help="file in the packed form")
    parser.add_argument("plain", type=Path, help="file to write; there must be none of this name")
    options = parser.parse_args(words)
    if options.plain.exists():
        parser.error(f"{options.plain} exists already")
    with np.load(options.packed) as archive:
        arrays = plain_arrays(archive)
    lesions = make_library(arrays)
    np.savez_compressed(options.plain, **arrays)
    print(f"{options.plain}: {len(lesions)} lesions of {lesions.patients} patients")


if __name__ == "__main__":
    main(sys.argv[1:])
