"""A small study of raw scans, put together by hand: heads with a skull, each on a grid of its own, where it says."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.ndimage import distance_transform_edt

from GSSCore.brain_extraction.distance import brain_mask, distance_of
from GSSCore.imaging.arrays import Affine, Array
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.messages import Message
from GSSCore.study.alignment import Alignment, Step
from GSSCore.study.study import ImageSource, Study
from GSSCore.vocabulary import Modality
from study_heads import centred_affine, head

SHAPE, THICK = (70, 84, 66), (70, 84, 22)
AFFINE = centred_affine(SHAPE, (3.0, 3.0, 3.0))
SLICES = centred_affine(THICK, (3.0, 3.0, 9.0))
GRIDS = {Modality.FLAIR: Grid(THICK, SLICES), Modality.T1CE: Grid(SHAPE, AFFINE), Modality.T1: Grid(SHAPE, AFFINE)}
REFERENCE = Modality.T1CE
GOOD = {
    "inverse_consistency_mm": 0.3, "restart_mm": 0.2, "most_apart_mm": 1.0, "rotation_degrees": 2.1, "moved_mm": 4.3,
    "dice": 0.97, "coverage": 0.99,
}  # fmt: skip
LOOK = Message("raw.heads", "The images show whole heads.")


def shifted(mm: tuple[float, float, float]) -> Affine:
    matrix = np.eye(4)
    matrix[:3, 3] = mm
    return matrix


def told(modality: Modality) -> Message:
    return Message("raw.registered", "{sequence} was registered.", sequence=modality.display)


@cache
def _scans() -> tuple[dict[Modality, Volume], Volume]:
    """Heads of which the skull is a bright shell 9 to 15 mm off the brain, and the brain."""
    images = head(SHAPE, AFFINE)
    brain = images[REFERENCE] != 0
    away = distance_transform_edt(~brain, (3.0, 3.0, 3.0))
    found: dict[Modality, Volume] = {}
    for modality in GRIDS:
        image = images[modality].astype(np.float32)
        level = float(image[brain].mean())
        array: Array = np.where((away > 9.0) & (away <= 15.0), np.float32(1.5 * level), image)
        array = np.where(brain | (array > 0), array, np.float32(0.02 * level))
        array = array[:, :, 1::3] if modality is Modality.FLAIR else array
        found[modality] = Volume(np.ascontiguousarray(array), GRIDS[modality].affine)
    return found, Volume(brain.astype(np.uint8), AFFINE)


def raw_study(moved: dict[Modality, Affine] | None = None, *steps: Step) -> Study:
    """Return the study; `moved` says where scans are said to lie, falsely, and `steps` come after the others."""
    scans, brain = _scans()
    to_scan = {m: (moved or {}).get(m, np.eye(4)) for m in scans}
    distance = distance_of(brain)
    inside = brain_mask(distance, GRIDS[REFERENCE])
    done = [Step("look", None, True, LOOK)]
    done += [Step("brain_extraction", m, True, told(m), {"brain_ml": 1432.0}) for m in scans]
    done += [Step("registration", m, True, told(m), GOOD) for m in scans if m is not REFERENCE]
    alignment = Alignment(scans, to_scan, distance, np.eye(4), (*done, *steps), {"brain_network": "ab" * 32})
    sources = {m: ImageSource(None, None, grid, resampled=grid.shape != SHAPE) for m, grid in GRIDS.items()}
    images = {m: _on_reference(scans[m], inside) for m in scans}
    return Study(images, GRIDS[REFERENCE], REFERENCE, sources, alignment=alignment)


def _on_reference(scan: Volume, inside: Array) -> Array:
    array = scan.array if scan.array.shape == SHAPE else np.repeat(scan.array, 3, axis=2)
    return np.where(inside, array, np.float32(0.0))
