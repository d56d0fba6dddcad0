"""Simulated misalignments of training studies: how far off the registration is, what it flags, and how long it takes.

    python docs/experiments/registration.py --data FOLDER --split split.json --heads head_labels.npz --count 500 \
        [--first 0] [--rows rows.csv]
    python docs/experiments/registration.py --rows rows.csv

Each misalignment is made from its number alone, so pieces may be run one after the other or side by side; `--rows`
appends them to a file, and without `--data` the figures of such a file are printed. Two contrasts of one skull-stripped
study are set into a head drawn from a label map. One is scanned at 1 mm where it lies. The other is moved, by up to
30 mm along each axis and by up to 20 degrees about a random one, and scanned on a grid of its own, every second time
with 5 mm slices along a random axis. Both brain masks are in error by about 1 mm. The published studies are themselves
registered to a few tenths of a millimetre only, which counts against the registration here.
"""

from __future__ import annotations

import argparse
import csv
import lzma
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from time import process_time

import numpy as np
from scipy.ndimage import affine_transform, binary_fill_holes, distance_transform_edt, gaussian_filter

from GSSCore.dataset import find_cases, read_split
from GSSCore.dataset.case import Case
from GSSCore.imaging.arrays import Affine, Array, Doubles, Floats, Labels, Mask
from GSSCore.imaging.boxes import bounding_box
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.registration import RegistrationSettings, register
from GSSCore.registration.rigid import apply, inverse, turned_about
from GSSCore.vocabulary import Modality

SHIFT_MM, TURN_DEGREES = 30.0, 20.0
SLICE_MM = 5.0
PAD = 45
"""Voxels of 1 mm around the brain for the rest of the head."""
NOISE = 0.03
"""Standard deviation, as a share of the brain's median."""
MASK_ERROR_MM = 1.0
AT_LEISURE = RegistrationSettings(registration_seconds=86400.0)
"""No pair fails because the machine is busy: `seconds` tells how long the processor was at work."""
VIEW_MM = np.array((190.0, 230.0, 200.0))
FIRST_OUTSIDE = 500
"""Labels from here on lie outside the brain."""
FLUID = {Modality.FLAIR: 0.3, Modality.T1: 0.35, Modality.T1CE: 0.35, Modality.T2: 1.6}
"""Signal of what lies between brain and skull, as a multiple of the brain's median."""


@dataclass(frozen=True)
class Row:
    """One misalignment and what became of it; distances in mm are means over the brain, seconds those of processors."""

    number: int
    case: str
    fixed: str
    moving: str
    slice_mm: float
    error_mm: float
    inverse_consistency_mm: float
    mirrored: float
    seconds: float
    fault: str


@dataclass(frozen=True, eq=False)
class Head:
    """Contrasts of one head on one grid, and its brain."""

    images: dict[Modality, Floats]
    brain: Mask
    affine: Affine

    @property
    def points(self) -> Doubles:
        """Positions (N, 3) in RAS mm throughout the brain."""
        return apply(self.affine, np.argwhere(self.brain)[::200].astype(np.float64))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="folders of cases")
    parser.add_argument("--split", type=Path, help="names the training cases")
    parser.add_argument("--heads", type=Path, help="packed label maps of whole heads")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--rows", type=Path)
    options = parser.parse_args()
    rows = []
    if options.data:
        names = set(read_split(options.split, "train"))
        cases = [case for folder in options.data for case in find_cases(folder) if case.name in names]
        for number in range(options.first, options.first + options.count):
            rows.append(measured(number, cases[number % len(cases)], options.heads))
            print(rows[-1], file=sys.stderr, flush=True)
            if options.rows:
                append(options.rows, rows[-1])
    else:
        with options.rows.open(newline="", encoding="utf-8") as file:
            rows = [Row(**{f.name: _types[f.type](line[f.name]) for f in fields(Row)}) for line in csv.DictReader(file)]
    print(report(rows))


_types = {"int": int, "float": float, "str": str}


def append(path: Path, row: Row) -> None:
    """Add a row to a file, with its head line where it is the first."""
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Row)])
        if new:
            writer.writeheader()
        writer.writerow(asdict(row))


def report(rows: list[Row]) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| slices | pairs | error <= 1 mm | median | largest | error > 3 mm | of these flagged | false flags | s |"
    ]
    lines.append("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, part in (
        ("all", rows),
        ("1 mm", [row for row in rows if row.slice_mm == 1.0]),
        ("5 mm", [row for row in rows if row.slice_mm > 1.0]),
    ):
        if not part:
            continue
        errors = np.array([row.error_mm for row in part])
        far = [row for row in part if row.error_mm > 3.0]
        false = sum(bool(row.fault) for row in part if row.error_mm <= 3.0)
        seconds = np.median([row.seconds for row in part])
        lines.append(
            f"| {name} | {len(part)} | {(errors <= 1.0).mean():.1%} | {np.median(errors):.2f} | {errors.max():.2f} | "
            f"{len(far)} | {sum(bool(row.fault) for row in far)} | {false} | {seconds:.1f} |"
        )
    return "\n".join(lines)


def measured(number: int, case: Case, heads: Path) -> Row:
    """Make misalignment `number`, register it and compare."""
    rng = np.random.default_rng(number)
    head = head_with(rng, case, heads)
    fixed, moving = (list(Modality)[int(i)] for i in rng.permutation(len(Modality))[:2])
    points = head.points
    centre = points.mean(axis=0)
    axis = rng.normal(size=3)
    degrees = axis / np.linalg.norm(axis) * rng.uniform(-TURN_DEGREES, TURN_DEGREES)
    true = turned_about(centre, degrees, centre + rng.uniform(-SHIFT_MM, SHIFT_MM, 3))
    slice_mm = SLICE_MM if number % 2 else 1.0
    a = scan(rng, head, fixed, np.eye(4), 1.0, 2)
    b = scan(rng, head, moving, true, slice_mm, int(rng.integers(3)))
    names = {"fixed_name": fixed.display, "moving_name": moving.display}
    start = process_time()
    found = register(a[0], b[0], a[1], b[1], **names, settings=AT_LEISURE)
    seconds = process_time() - start
    error = np.linalg.norm(apply(found.to_moving, points) - apply(true, points), axis=1).mean()
    return Row(
        number,
        case.name,
        fixed.value,
        moving.value,
        slice_mm,
        round(float(error), 3),
        round(found.checks.get("inverse_consistency_mm") or 0.0, 3),
        round(found.checks.get("mirrored") or 0.0, 3),
        round(seconds, 2),
        found.fault.code if found.fault else "",
    )


# --- heads -----------------------------------------------------------------------------------------------------------


def head_with(rng: np.random.Generator, case: Case, heads: Path) -> Head:
    """Return a study's brain in a drawn head."""
    study = case.study()
    orientation = Orientation.of(study.grid.affine)
    affine = orientation.grid_in_ras(study.grid).affine.copy()
    affine[:3, 3] -= affine[:3, :3] @ np.full(3, float(PAD))
    images = {m: np.pad(orientation.to_ras(image), PAD).astype(np.float32) for m, image in study.images.items()}
    own = binary_fill_holes(np.any([image != 0 for image in images.values()], axis=0))
    labels = fitted(label_map(rng, heads), own)
    inside = (labels > 0) & (labels < FIRST_OUTSIDE)
    out = {m: drawn(rng, m, image, own, labels) for m, image in images.items()}
    return Head(out, own | inside, affine)


def label_map(rng: np.random.Generator, path: Path) -> Labels:
    """Return one of the label maps, axes R, A, S."""
    with np.load(path) as file:
        names = sorted(key.removesuffix("_label") for key in file.files if key.endswith("_label"))
        name = names[int(rng.integers(len(names)))]
        flat = np.frombuffer(lzma.decompress(file[f"{name}_label"].tobytes()), np.uint16)
        return Orientation.of(file[f"{name}_affine"]).to_ras(flat.reshape(file[f"{name}_shape"]))


def fitted(labels: Labels, brain: Mask) -> Labels:
    """Return a label map stretched until its brain is 2 voxels larger on each side than another one."""
    (low, high), (other_low, other_high) = ends(brain), ends((labels > 0) & (labels < FIRST_OUTSIDE))
    scale = (other_high - other_low) / (high - low + 4.0)
    shift = (other_low + other_high) / 2.0 - scale * (low + high) / 2.0
    return affine_transform(labels, scale, shift, output_shape=brain.shape, order=0)


def ends(mask: Mask) -> tuple[Doubles, Doubles]:
    """Return the first and the last index of a mask along each axis."""
    box = bounding_box(mask)
    assert box is not None, "a brain has voxels"
    return np.array([float(side.start) for side in box]), np.array([side.stop - 1.0 for side in box])


def drawn(rng: np.random.Generator, modality: Modality, image: Floats, own: Mask, labels: Labels) -> Floats:
    """Return an image of the brain with the rest of the head around it, each of its tissues in a random brightness."""
    typical = np.median(image[own])
    values = rng.uniform(0.1, 1.6, int(labels.max()) + 1)
    values[0], values[1:FIRST_OUTSIDE] = 0.0, FLUID[modality]
    head = gaussian_filter((values * typical)[labels].astype(np.float32), 0.7)
    texture = gaussian_filter(rng.normal(size=head.shape).astype(np.float32), 1.5)
    head *= 1.0 + 0.08 * texture / texture.std()
    head[own] = image[own]
    return head


# --- scans -----------------------------------------------------------------------------------------------------------


def scan(
    rng: np.random.Generator, head: Head, modality: Modality, moved: Affine, slice_mm: float, axis: int
) -> tuple[Volume, Volume]:
    """Return a scan of a head that was moved, and the distance to its brain's surface, in error by about 1 mm."""
    spacing = np.full(3, 1.0 if slice_mm == 1.0 else 0.9)
    spacing[axis] = slice_mm
    size = np.ceil(VIEW_MM / spacing).astype(int)
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = head.points.mean(axis=0) - spacing * (size - 1) / 2.0 + rng.uniform(-5.0, 5.0, 3)
    image = np.zeros(size, np.float32)
    thin = round(slice_mm)
    for part in range(thin):
        place = affine.copy()
        place[:3, 3] += affine[:3, axis] * ((part + 0.5) / thin - 0.5)
        image += sampled(head.images[modality], head, moved, Grid(tuple(size), place)) / thin
    image += NOISE * np.median(image[image > 0.0]) * rng.normal(size=image.shape).astype(np.float32)
    even = np.diag([2.0, 2.0, 2.0, 1.0])
    even[:3, 3] = affine[:3, 3]
    grid = Grid(tuple(int(n) for n in np.ceil(size * spacing / 2.0)), even)
    brain = sampled(head.brain.astype(np.float32), head, moved, grid) > 0.5
    depth = 2.0 * (distance_transform_edt(brain) - distance_transform_edt(~brain))
    depth -= np.sign(depth)
    wrong = gaussian_filter(rng.normal(size=depth.shape), 5.0)
    depth += MASK_ERROR_MM * (wrong / wrong.std() + 0.5 * rng.normal())
    return Volume(np.abs(image), affine), Volume(np.clip(depth, -8.0, 8.0).astype(np.float32), even)


def sampled(array: Array, head: Head, moved: Affine, grid: Grid) -> Floats:
    """Return the values of a head's array on the grid of a scanner in which it lies as `moved` says."""
    index = np.linalg.inv(head.affine) @ inverse(moved) @ grid.affine
    return affine_transform(array, index[:3, :3], index[:3, 3], grid.shape, order=1)


if __name__ == "__main__":
    main()
