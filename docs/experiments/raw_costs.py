"""What each part of the way from raw scans costs on its own: prepared studies, harmed in one way each, and segmented.

    python docs/experiments/raw_costs.py --data FOLDER --cases NAME ... [--harms NAME ...] [--network FOLDER]

A line for each harm, the mean Dice over the cases with all four modalities: tilted (the network sees it interpolated,
its probabilities come back), modalities shifted against each other, thick slices, brain masks that cut into the brain.
`--harms` takes some of them; those that are named `tilt` say from which angle turning a head to the atlas pays.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from scipy.ndimage import affine_transform, distance_transform_edt, gaussian_filter, uniform_filter1d
from scipy.spatial.transform import Rotation

sys.path.insert(0, str(Path(__file__).parents[2]))

from GSSCore.dataset import Case, find_cases
from GSSCore.evaluation.tables import markdown_table
from GSSCore.imaging.arrays import Affine, Array, Floats
from GSSCore.imaging.orientation import Orientation
from GSSCore.inference import InferenceSettings, segment
from GSSCore.metrics.overlap import region_overlaps
from GSSCore.networks.bundle import Network
from GSSCore.study.labels import DEFAULT_LABEL_MAP, read_truth
from GSSCore.study.study import Study
from GSSCore.vocabulary import REGIONS, Modality

SETTINGS = InferenceSettings(precision="fp32", confidence=False, device="cpu")
Images = dict[Modality, tuple[Array, Affine]]
Harm = Callable[[Images, np.random.Generator], Images]
PITCH, ROLL, YAW = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
SLICED = (Modality.FLAIR, Modality.T2)
"""Modalities that hospitals scan in thick slices more often than the others."""


def tilted(images: Images, rng: np.random.Generator, degrees: float, axis: Sequence[float]) -> Images:
    """Return the study in a head that is tilted about an axis of RAS, either way: its affines alone are changed."""
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_rotvec(np.radians(degrees * rng.choice([-1.0, 1.0])) * np.array(axis)).as_matrix()
    return {m: (array, turn @ affine) for m, (array, affine) in images.items()}


def misregistered(images: Images, rng: np.random.Generator, mm: float) -> Images:
    """Return the study with all but T1ce shifted by so many mm somewhere, and turned by half as many degrees."""
    moved = dict(images)
    for modality in sorted(set(images) - {Modality.T1CE}, key=lambda m: m.channel):
        array, affine = images[modality]
        directions = rng.standard_normal((2, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        spacing = np.linalg.norm(affine[:3, :3], axis=0)
        turn = Rotation.from_rotvec(np.radians(0.5 * mm) * directions[0]).as_matrix()
        middle = (np.array(array.shape) - 1) / 2.0
        start = middle + directions[1] * mm / spacing - turn @ middle
        moved[modality] = (_masked(affine_transform(array, turn, start, order=1), array), affine)
    return moved


def thick(images: Images, rng: np.random.Generator, mm: float, modalities: Sequence[Modality]) -> Images:
    """Return the study with some modalities in axial slices of so many mm, interpolated back."""
    sliced = dict(images)
    for modality in modalities:
        array, affine = images[modality]
        axis = Orientation.of(affine).axes[2]
        n = max(1, round(mm / float(np.linalg.norm(affine[:3, axis]))))
        averaged = np.moveaxis(uniform_filter1d(array, n, axis=axis, mode="nearest"), axis, 0)
        first = int(rng.integers(n))
        places = np.arange(first, len(averaged), n)
        at = np.clip((np.arange(len(averaged)) - first) / n, 0, len(places) - 1)
        low = np.minimum(at.astype(int), max(len(places) - 2, 0))
        high = np.minimum(low + 1, len(places) - 1)
        share = (at - low)[:, None, None].astype(np.float32)
        mixed = averaged[places[low]] * (1.0 - share) + averaged[places[high]] * share
        sliced[modality] = (_masked(np.moveaxis(mixed, 0, axis), array), affine)
    return sliced


def cut(images: Images, rng: np.random.Generator, mm: float, everywhere: bool) -> Images:
    """Return the study with a mask that cuts so many mm deep into the brain: everywhere, or in every other lobe."""
    brain = np.any([array != 0 for array, _ in images.values()], axis=0)
    depth = distance_transform_edt(brain)
    if everywhere:
        kept = depth > mm
    else:
        field = gaussian_filter(rng.standard_normal(brain.shape).astype(np.float32), 12.0)
        kept = depth > np.maximum(field / field.std(), 0.0) * mm
    return {m: (np.where(kept, array, np.float32(0.0)), affine) for m, (array, affine) in images.items()}


def _masked(values: Array, like: Array) -> Floats:
    """Return values with the background of another image, and none of its own."""
    inside = like != 0
    return np.where(inside, np.where(values == 0, np.float32(1e-3), values), np.float32(0.0)).astype(np.float32)


def _as_it_is(images: Images, rng: np.random.Generator) -> Images:
    return images


HARMS: Mapping[str, Harm] = {
    "none": _as_it_is,
    **{
        f"tilt {word} {degrees:g}": partial(tilted, degrees=degrees, axis=axis)
        for degrees in (3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0)
        for word, axis in (("pitch", PITCH), ("roll", ROLL), ("yaw", YAW))
    },
    **{f"misregistered {mm:g} mm": partial(misregistered, mm=mm) for mm in (0.5, 1.0, 2.0)},
    **{f"FLAIR and T2 in slices of {mm:g} mm": partial(thick, mm=mm, modalities=SLICED) for mm in (3.0, 5.0, 7.0)},
    "all in slices of 5 mm": partial(thick, mm=5.0, modalities=tuple(Modality)),
    **{f"mask {mm:g} mm too tight": partial(cut, mm=mm, everywhere=True) for mm in (1.0, 2.0, 4.0)},
    "mask cuts in, SD 3 mm": partial(cut, mm=3.0, everywhere=False),
}


def scores(case: Case, harm: Harm, network: Network) -> list[float]:
    """Return the Dice of the regions for a case that is harmed in some way."""
    study = case.study()
    images = {m: (np.asarray(array, np.float32), study.grid.affine) for m, array in study.images.items()}
    harmed = harm(images, np.random.default_rng(0))
    result = segment(Study.from_arrays(harmed), network, SETTINGS)
    truth = read_truth(case.truth, case.labels(None, DEFAULT_LABEL_MAP))
    found = region_overlaps(result.labels, truth.array)
    return [found[region].dice for region in REGIONS]


def main(arguments: Sequence[str] | None = None) -> None:
    """Harm, segment, tell; each line as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--cases", nargs="+", required=True)
    parser.add_argument("--harms", nargs="+", default=list(HARMS), choices=list(HARMS), metavar="NAME")
    parser.add_argument("--network", type=Path)
    options = parser.parse_args(arguments)
    network = Network.load(options.network)
    wanted = [case for data in options.data for case in find_cases(data) if case.name in options.cases]
    print(f"{network.card.name} {network.card.version}, {len(wanted)} cases: {', '.join(c.name for c in wanted)}\n")
    lines = []
    for name in options.harms:
        found = np.array([scores(case, HARMS[name], network) for case in wanted])
        lines.append([name, *(f"{dice:.3f}" for dice in found.mean(0)), f"{found[:, 0].min():.3f}"])
        print(" ".join(lines[-1]), file=sys.stderr, flush=True)
    print("\n".join(markdown_table(["harm", *(region.value for region in REGIONS), "least WT"], lines)))


if __name__ == "__main__":
    main()
