"""Brings heads and brains into the form that the brain network is trained on: .npz files at 2 mm, axes R, A, S.

    python docs/experiments/brain_heads.py OUTPUT --scanned ixi_t1.npz --labelled head_labels.npz --brains CASES ... \
        --split split.json

The packed files hold, for each head, `<name>_image`, `_mask` or `_label` (LZMA), `_shape` and `_affine`. Case folders
hold the four modalities of a skull-stripped study; only those that the split names for training are taken. Of the
scanned heads, every sixth goes to OUTPUT/held-out, and of the label maps none: they are drawn anew each time.
"""

from __future__ import annotations

import argparse
import lzma
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.ndimage import binary_closing, binary_fill_holes, binary_opening, label

from GSSCore.brain_extraction.distance import SPACING_MM
from GSSCore.dataset import find_cases, read_split
from GSSCore.imaging.arrays import Array, Labels, Mask
from GSSCore.imaging.boxes import bounding_box
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.study.study import Study
from GSSCore.training.brain.heads import Tissue
from GSSCore.vocabulary import MODALITIES

HELD_OUT_EVERY = 6
WHITE = {2, 7, 16, 28, 41, 46, 60, 85}
FLUID = {4, 5, 14, 15, 24, 43, 44, 72}
CLOSED, OPENED = 3, 3
"""Voxels of 2 mm by which the mask of a label map is closed and opened."""
FIRST_OUTSIDE = 500
"""FreeSurfer's numbers: below are the brain and its fluid, from here on all other tissues of the head."""


def unpacked(path: Path, word: str) -> Iterator[tuple[str, Array]]:
    """Yield name and array (I, J, K), axes R, A, S, of each head in a packed file."""
    with np.load(path) as file:
        for name in sorted(key.removesuffix(word) for key in file.files if key.endswith(word)):
            shape = tuple(int(n) for n in file[f"{name}_shape"])
            raw = lzma.decompress(file[f"{name}{word}"].tobytes())
            if word == "_mask":
                array = np.unpackbits(np.frombuffer(raw, np.uint8), count=int(np.prod(shape))).reshape(shape)
            elif word == "_image":
                array = np.cumsum(np.frombuffer(raw, np.uint8).reshape(shape), axis=0, dtype=np.uint8)
            else:
                array = np.frombuffer(raw, np.uint16).reshape(shape)
            yield name, Orientation.of(file[f"{name}_affine"]).to_ras(array)


def boxed(*arrays: Array, shown: Mask) -> list[Array]:
    """Return arrays (..., I, J, K) cut to the box of a mask."""
    box = bounding_box(shown)
    assert box is not None, "something is shown"
    return [np.ascontiguousarray(array[(..., *box)]) for array in arrays]


def write_scanned(path: Path, folder: Path) -> None:
    """Write the heads as scanned; they are at 2 mm already."""
    images, masks = (list(unpacked(path, word)) for word in ("_image", "_mask"))
    for number, ((name, image), (_, brain)) in enumerate(zip(images, masks, strict=True)):
        place = folder / "held-out" if number % HELD_OUT_EVERY == 0 else folder
        image, brain = boxed(image, brain.astype(bool), shown=image > 0)
        np.savez_compressed(place / f"scanned-{name}.npz", image=image, brain=brain)


def write_labelled(path: Path, folder: Path) -> None:
    """Write the label maps at every second voxel, their labels numbered anew."""
    for name, labels in unpacked(path, "_label"):
        (labels,) = boxed(labels[::2, ::2, ::2], shown=labels[::2, ::2, ::2] > 0)
        values, numbered = np.unique(labels, return_inverse=True)
        tissue = np.array([tissue_of(int(value)) for value in values], np.uint8)
        numbered = numbered.reshape(labels.shape).astype(np.uint8)
        brain = without_cord((tissue >= Tissue.WHITE)[numbered])
        np.savez_compressed(folder / f"labelled-{name}.npz", labels=numbered, tissue=tissue, brain=brain)


def without_cord(brain: Mask) -> Mask:
    """Return a brain's mask, its holes and grooves closed, without what is thinner than some 12 mm: the spinal cord."""
    closed = binary_fill_holes(binary_closing(np.pad(brain, CLOSED), iterations=CLOSED))
    opened = binary_opening(closed, iterations=OPENED)
    parts, count = label(opened)
    largest = 1 + int(np.argmax(np.bincount(parts.ravel())[1:])) if count else 0
    return np.ascontiguousarray((parts == largest)[CLOSED:-CLOSED, CLOSED:-CLOSED, CLOSED:-CLOSED])


def tissue_of(label: int) -> Tissue:
    """Return what a label of FreeSurfer's, or of the rest of the head, is made of."""
    if label == 0:
        return Tissue.AIR
    if label >= FIRST_OUTSIDE:
        return Tissue.OTHER
    return Tissue.FLUID if label in FLUID else Tissue.WHITE if label in WHITE else Tissue.GREY


def write_brains(datasets: list[Path], names: set[str], folder: Path) -> None:
    """Write the brains of skull-stripped studies."""
    for case in (case for dataset in datasets for case in find_cases(dataset) if case.name in names):
        images, _ = bare_brain(case.study())
        np.savez_compressed(folder / f"brain-{case.name}.npz", images=images)


def bare_brain(study: Study) -> tuple[Labels, Grid]:
    """Return the modalities of a skull-stripped study at 2 mm, uint8 (M, I, J, K), cut to the brain, and their grid.

    The brightest 0.5 % of each are 127 or more, what is outside the brain is 0.
    """
    images = []
    orientation = Orientation.of(study.grid.affine)
    grid = orientation.grid_in_ras(study.grid)
    half = grid.affine @ np.diag([SPACING_MM / n for n in grid.spacing] + [1.0])
    i, j, k = (-(-n // 2) for n in grid.shape)
    for modality in MODALITIES:
        image = Volume(orientation.to_ras(study.images[modality]).astype(np.float32), grid.affine)
        values = resample(image, Grid((i, j, k), half), order=1)
        top = np.percentile(values[values != 0], 99.5)
        images.append(np.where(values != 0, np.clip(values / top * 127.0, 1.0, 160.0), 0.0).astype(np.uint8))
    stacked = np.stack(images)
    box = bounding_box((stacked != 0).any(0))
    assert box is not None, "a study shows something"
    return np.ascontiguousarray(stacked[(slice(None), *box)]), Grid((i, j, k), half).cropped(box)


def main() -> None:
    """Convert what is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--scanned", type=Path)
    parser.add_argument("--labelled", type=Path)
    parser.add_argument("--brains", type=Path, nargs="+", default=[])
    parser.add_argument("--split", type=Path, help="names the training cases; needed with --brains")
    options = parser.parse_args()
    (options.output / "held-out").mkdir(parents=True, exist_ok=True)
    if options.scanned:
        write_scanned(options.scanned, options.output)
    if options.labelled:
        write_labelled(options.labelled, options.output)
    if options.brains:
        write_brains(options.brains, set(read_split(options.split, "train")), options.output)


if __name__ == "__main__":
    main()
