"""How brains lie against the atlas, and how well known turns of them are found.

    python docs/experiments/pose_accuracy.py --data FOLDER --cases NAME ... [--turns 3]

For each case: its turn as it lies; then, turned by random angles up to 45 degrees about random axes, how far the turn
that is found lies from the one that was made: with the mask as it is, with a mask whose surface is uneven by 2 mm (SD),
and with the lowest quarter out of the field of view.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial.transform import Rotation

sys.path.insert(0, str(Path(__file__).parents[2]))

from GSSCore.brain_extraction.distance import (
    LEAST_MM,
    REACH_MM,
    SPACING_MM,
    brain_mask,
    distance_of,
    largest_filled,
    signed_distance,
)
from GSSCore.cancellation import never
from GSSCore.dataset import Case, find_cases
from GSSCore.imaging.arrays import Affine, Floats
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.raw.atlas_fit import AtlasFit, angle_of, fit_to_atlas

UNEVEN_MM, UNEVEN_APART = 2.0, 6.0
CUT = 0.25


def head(case: Case, turn: Affine, kind: str, rng: np.random.Generator) -> Volume:
    """Return the distance to the surface of a case's brain, in a head that is turned."""
    study = case.study()
    brain = np.any([image != 0 for image in study.images.values()], axis=0)
    grid = Grid(study.grid.shape, study.grid.affine)
    middle = (grid.affine[:3, :3] @ np.array(np.nonzero(brain)).mean(axis=1)) + grid.affine[:3, 3]
    moved = turn.copy()
    moved[:3, 3] = middle - turn[:3, :3] @ middle
    own = distance_of(Volume(brain, moved @ grid.affine))
    corners = own.grid.corners()
    low, high = corners.min(axis=0) - 12.0, corners.max(axis=0) + 12.0
    affine = np.diag([SPACING_MM, SPACING_MM, SPACING_MM, 1.0])
    affine[:3, 3] = low
    i, j, k = (int(n) for n in np.ceil((high - low) / SPACING_MM))
    mask = brain_mask(own, Grid((i, j, k), affine))
    values: Floats = signed_distance(mask, (SPACING_MM,) * 3)
    if kind == "uneven":
        field = gaussian_filter(rng.standard_normal(mask.shape), UNEVEN_APART)
        uneven = values + UNEVEN_MM * field / field.std() * (np.abs(values) < REACH_MM)
        values = signed_distance(largest_filled(uneven > 0), (SPACING_MM,) * 3)
    values = np.maximum(values, np.float32(LEAST_MM))
    if kind == "cut":
        levels = np.flatnonzero(mask.any(axis=(0, 1)))
        values[:, :, : int(levels[0] + CUT * (levels[-1] - levels[0]))] = -REACH_MM
    return Volume(values, affine)


def fitted(distance: Volume) -> AtlasFit:
    """Return the fit; what is asked about here is always a brain."""
    fit = fit_to_atlas(distance, never)
    assert fit is not None
    return fit


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--cases", nargs="+", required=True)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(0)
    errors: dict[str, list[float]] = {"exact": [], "uneven": [], "cut": []}
    upright, seconds, untold = [], [], 0
    for case in (case for data in options.data for case in find_cases(data) if case.name in options.cases):
        own = fitted(head(case, np.eye(4), "exact", rng))
        upright.append(Rotation.from_matrix(own.turn).as_euler("xyz", degrees=True))
        print(case.name, "lies turned by", np.round(upright[-1], 1), f"rms {own.rms:.2f} mm", flush=True)
        for kind, found in errors.items():
            for _ in range(options.turns):
                turn = np.eye(4)
                axis = rng.standard_normal(3)
                angle = rng.uniform(0.0, 45.0)
                turn[:3, :3] = Rotation.from_rotvec(np.radians(angle) * axis / np.linalg.norm(axis)).as_matrix()
                distance = head(case, turn, kind, rng)
                start = time.perf_counter()
                told = fitted(distance)
                seconds.append(time.perf_counter() - start)
                untold += told.doubtful
                found.append(angle_of(told.turn @ turn[:3, :3] @ own.turn.T))
    mean, deviation = np.mean(upright, axis=0), np.std(upright, axis=0)
    print(f"{len(upright)} cases lie turned by {np.round(mean, 1)} degrees about R, A, S, SD {np.round(deviation, 1)}")
    for kind, found in errors.items():
        print(f"{kind}: median {np.median(found):.1f}, largest {np.max(found):.1f} degrees off, of {len(found)} turns")
    print(f"{untold} of them not told; {np.median(seconds):.2f} s each, {np.max(seconds):.2f} s at most")


if __name__ == "__main__":
    main()
