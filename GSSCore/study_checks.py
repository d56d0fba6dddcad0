"""What a study is refused for and what it is warned about, one small function each.

A refusal raises `InputError` with one sentence that names modality, file and remedy; a warning is such a sentence,
returned. Warnings look at every second millimetre only (`Thumbnail`), so that all of them take a few tens of
milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from GSSCore.errors import InputError
from GSSCore.imaging.volume import Array, Grid, Volume, affine_fault
from GSSCore.vocabulary import Modality

Mask = NDArray[np.bool_]

MAX_NOT_FINITE = 0.01
"""Fraction of NaN and infinite voxels up to which they are set to zero; above it, the file is refused."""
MAX_BRAIN_ML = 2200.0
"""More than this is no brain: in 100 real skull-stripped studies the largest mask holds 1910 ml (mean 1480, SD 160)."""
MAX_BOX_FILL = 0.75
"""A brain fills about half its own bounding box: pi / 6 of it if an ellipsoid, .38 to .53 in 100 real studies."""
MIN_OVERLAP = 0.90
"""Least share of the smaller of two brain masks that lies in the larger one.

It is .99 or more in 100 real studies, one of which has half a FLAIR; a shift by 12 mm along any axis makes it .90 or
less in all of them, as a front-to-back or an upside-down mix-up does.
"""
MAX_SPACING_MM = 3.0
SWAP_MARGIN_MM = 12.0
MIN_SWAP_SKEWNESS = 0.5
MIN_SWAP_VOXELS = 1000
THUMBNAIL_MM = 2.0


# --- refusals --------------------------------------------------------------------------------------------------------


def require_files(paths: Mapping[Modality, Path]) -> None:
    """Refuse missing files, and one file that is given for two modalities."""
    for modality, path in paths.items():
        if not path.is_file():
            raise InputError(f"{modality.display}: there is no file {path}; check its name and folder.")
    for (one, path), (other, other_path) in combinations(paths.items(), 2):
        if path.samefile(other_path):
            raise InputError(_same_volume(one, path, other, other_path))


def require_distinct_hashes(hashes: Mapping[Modality, tuple[Path, str]]) -> None:
    """Refuse two files with the same content."""
    for (one, (path, digest)), (other, (other_path, other_digest)) in combinations(hashes.items(), 2):
        if digest == other_digest:
            raise InputError(_same_volume(one, path, other, other_path))


def require_distinct(volumes: Mapping[Modality, Volume], images: Mapping[Modality, Array]) -> None:
    """Refuse two modalities whose `images`, already on one grid, are equal; `volumes` names them."""
    for one, other in combinations(images, 2):
        a, b = images[one], images[other]
        coarse = (slice(None, None, 8),) * 3
        if np.array_equal(a[coarse], b[coarse]) and np.array_equal(a, b):
            raise InputError(_same_volume(one, volumes[one].path, other, volumes[other].path))


def _same_volume(one: Modality, path: Path | None, other: Modality, other_path: Path | None) -> str:
    where = f" ({path} and {other_path})" if path or other_path else ""
    return (
        f"{one.display} and {other.display} are the same volume{where}: "
        "give each modality its own file, or leave one out."
    )


def require_array(array: Any, affine: Any, modality: Modality) -> Volume:
    """Return an array and its affine as a read-only volume; refuse what is no three-dimensional image on a grid."""
    values = np.asarray(array)
    name = f"{modality.display}: the array given"
    if values.ndim != 3 or min(values.shape) < 2:
        raise InputError(f"{name} has the shape {values.shape}; hand over a three-dimensional volume (I, J, K).")
    if values.dtype.kind not in "biuf":
        raise InputError(f"{name} holds {values.dtype} values; hand over real numbers.")
    try:
        matrix = np.array(affine, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{name} has an affine that is no matrix of numbers; hand over 4 x 4, voxel to RAS mm."
        ) from error
    fault = affine_fault(matrix)
    if fault:
        raise InputError(f"{name} has an affine {fault}; hand over 4 x 4, voxel to RAS mm, resampled to right angles.")
    view = values.view()
    view.flags.writeable = False
    return Volume(view, matrix)


def finite(volume: Volume, modality: Modality) -> tuple[Array, str | None]:
    """Return the array with NaN and infinities set to zero, and a warning if there were any; floats become float32.

    Raises:
        InputError: when more than `MAX_NOT_FINITE` of the voxels are no numbers.
    """
    array = volume.array
    if array.dtype.kind != "f":
        return array, None
    with np.errstate(over="ignore"):
        array = array.astype(np.float32, copy=False)
    good = np.isfinite(array)
    count = array.size - int(np.count_nonzero(good))
    if not count:
        return array, None
    share = count / array.size
    if share > MAX_NOT_FINITE:
        raise InputError(
            f"{modality.display}: {share:.1%} of the voxels of {volume.name} are NaN or infinite; "
            "set them to 0 if they are background, or export the volume again."
        )
    return np.where(good, array, np.float32(0)), (
        f"{modality.display}: {count} voxels of {volume.name} are NaN or infinite and were set to 0."
    )


def require_contrast(array: Array, volume: Volume, modality: Modality) -> None:
    """Refuse an array that is zero everywhere, or the same wherever it is not zero; `volume` names it."""
    sample = array[::4, ::4, ::4]
    if _varies(sample) or _varies(array):
        return
    fault = "shows the same value everywhere" if array.any() else "is empty, all its voxels are 0"
    raise InputError(
        f"{modality.display}: {volume.name} {fault}; give the MRI volume itself, or leave this modality out."
    )


def _varies(array: Array) -> bool:
    """Tell whether the voxels that are not zero have more than one value."""
    inside = array[array != 0]
    return bool(inside.size and inside.min() != inside.max())


def require_overlap(volume: Volume, modality: Modality, grid: Grid, reference: str) -> None:
    """Refuse a volume that shares no space with the reference's grid: checked before any resampling."""
    to_index = np.linalg.inv(grid.affine)
    corners = to_index[:3, :3] @ volume.grid.corners().T + to_index[:3, 3:]
    last = np.array(grid.shape) - 1
    if (corners.max(axis=1) < 0).any() or (corners.min(axis=1) > last).any():
        raise InputError(no_overlap(volume, modality, reference))


def no_overlap(volume: Volume, modality: Modality, reference: str) -> str:
    """Return the refusal of a volume that shows nothing where the reference is."""
    return (
        f"{modality.display}: {volume.name} shows nothing where the reference, {reference}, lies: "
        "register the two first, or check that both are of the same patient."
    )


# --- warnings --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A modality at about `THUMBNAIL_MM`, by leaving voxels out.

    Attributes:
        array: every n-th voxel of the image (I, J, K).
        spacing: distance between the voxels that are left, along I, J, K in mm.
    """

    array: Array
    spacing: tuple[float, float, float]

    @classmethod
    def of(cls, image: Array, grid: Grid) -> Thumbnail:
        """Thin out an image (I, J, K) on `grid`."""
        steps = [max(1, round(THUMBNAIL_MM / mm)) for mm in grid.spacing]
        i, j, k = (step * mm for step, mm in zip(steps, grid.spacing, strict=True))
        return cls(np.ascontiguousarray(image[tuple(slice(None, None, step) for step in steps)]), (i, j, k))

    @cached_property
    def nonzero(self) -> Mask:
        """Where the image is not 0."""
        return np.asarray(self.array != 0)

    @cached_property
    def millilitres(self) -> float:
        """Volume that is not 0."""
        return float(np.count_nonzero(self.nonzero) * np.prod(self.spacing) / 1000.0)

    @cached_property
    def box_fill(self) -> float:
        """Share of the bounding box of all that is not 0 which is not 0; 0 for nothing."""
        if not self.nonzero.any():
            return 0.0
        lengths = [np.ptp(np.flatnonzero(self.nonzero.any(axis=axes))) + 1 for axes in ((1, 2), (0, 2), (0, 1))]
        return float(np.count_nonzero(self.nonzero) / np.prod(lengths))

    @property
    def stripped(self) -> bool:
        """Whether this may be a brain alone."""
        return self.millilitres <= MAX_BRAIN_ML and self.box_fill <= MAX_BOX_FILL

    @cached_property
    def foreground(self) -> Mask:
        """The brain, or roughly the head where the background is noise."""
        return self.nonzero if self.box_fill <= MAX_BOX_FILL else np.asarray(self.array > self.array.mean())


def warn_not_stripped(thumbnails: Mapping[Modality, Thumbnail]) -> list[str]:
    """Warn of images that show more than a brain: too much that is not 0, or no background of 0 round it.

    A zero border is not asked for, as a study may be cropped to the brain. Silent on 100 real studies; see
    `MAX_BRAIN_ML` and `MAX_BOX_FILL` for what they measure.
    """
    whole = [modality.display for modality, thumbnail in thumbnails.items() if not thumbnail.stripped]
    if not whole:
        return []
    return [
        f"{_joined(whole)} {'looks' if len(whole) == 1 else 'look'} not skull-stripped, but the networks know brains "
        "on a background of 0 only: skull-strip all modalities alike first, e.g. with HD-BET, SynthStrip or Slicer's "
        "SwissSkullStripper."
    ]


def warn_misaligned(thumbnails: Mapping[Modality, Thumbnail], reference: Modality) -> list[str]:
    """Warn of modalities whose brain does not lie where the reference's does.

    The measure is the share of the smaller mask that lies in the larger one (the Szymkiewicz-Simpson coefficient): a
    modality that covers a part of the brain only, but in its place, is no reason to warn.
    """
    warnings = []
    for modality, thumbnail in thumbnails.items():
        one, other = thumbnail.foreground, thumbnails[reference].foreground
        smaller = min(np.count_nonzero(one), np.count_nonzero(other))
        if smaller and np.count_nonzero(one & other) < MIN_OVERLAP * smaller:
            warnings.append(
                f"The brain in {modality.display} does not lie where it does in {reference.display} (they share "
                f"{np.count_nonzero(one & other) / smaller:.0%}): register all modalities to each other first."
            )
    return warnings


def swap_skewness(t1ce: Thumbnail, t1: Thumbnail) -> float | None:
    """Return the skewness of T1ce - T1, each z-scored, inside the brain `SWAP_MARGIN_MM` from its border.

    Contrast agent brightens a few voxels strongly, in vessels and tumour, so that the difference has a long bright
    tail; with the two swapped, the tail is dark. The margin leaves out remains of scalp and the sinuses' border, where
    fat is bright in T1. None where fewer than `MIN_SWAP_VOXELS` remain, or the two differ by nothing.
    """
    from scipy.ndimage import minimum_filter1d

    inside = (t1ce.nonzero & t1.nonzero).view(np.uint8)
    for axis, mm in enumerate(t1.spacing):
        inside = minimum_filter1d(
            inside, 2 * max(1, round(SWAP_MARGIN_MM / mm)) + 1, axis=axis, mode="constant", cval=0
        )
    voxels = inside.view(bool)
    a, b = t1ce.array[voxels].astype(np.float64), t1.array[voxels].astype(np.float64)
    if a.size < MIN_SWAP_VOXELS or not (a.std() and b.std()):
        return None
    difference = (a - a.mean()) / a.std() - (b - b.mean()) / b.std()
    spread = difference.std()
    return float((difference**3).mean() / spread**3) if spread else None


def warn_swapped(thumbnails: Mapping[Modality, Thumbnail]) -> list[str]:
    """Warn when T1 and T1ce look swapped: `swap_skewness` below -`MIN_SWAP_SKEWNESS`.

    Measured on 100 real studies (BraTS 2017 to 2021 and BraTS-Africa; 96 with enhancing tumour, 91 with 1 ml of it or
    more), each once as given and once with the two exchanged: 0 false alarms in 100, as the skewness is positive in all
    of them (median 2.9, least .007); 97 swaps of 100 found, 89 of the 91. The three that are missed have next to no
    contrast. The bound was chosen on these same studies. Images that are not skull-stripped are not looked at, as scalp
    would drown the sign.
    """
    if Modality.T1CE not in thumbnails or Modality.T1 not in thumbnails:
        return []
    t1ce, t1 = thumbnails[Modality.T1CE], thumbnails[Modality.T1]
    if not (t1ce.stripped and t1.stripped):
        return []
    skewness = swap_skewness(t1ce, t1)
    if skewness is None or skewness >= -MIN_SWAP_SKEWNESS:
        return []
    return [
        "T1 and T1ce look swapped, as vessels and tumour are brighter in T1 than in T1ce: check which of the two was "
        "taken after contrast agent."
    ]


def warn_coarse(volumes: Mapping[Modality, Volume]) -> list[str]:
    """Warn of volumes, as they were given, with a spacing of more than `MAX_SPACING_MM` along an axis."""
    coarse = {modality: max(volume.grid.spacing) for modality, volume in volumes.items()}
    return [
        f"{modality.display} is coarse, {mm:.3g} mm from slice to slice: volumes and borders are uncertain along that "
        "axis; use a finer series if there is one."
        for modality, mm in coarse.items()
        if mm > MAX_SPACING_MM * 1.001
    ]


def _joined(words: list[str]) -> str:
    """Return `A`, `A and B` or `A, B and C`."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
