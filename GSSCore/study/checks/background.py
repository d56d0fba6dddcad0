"""A background that is not 0: found where it is constant, or all but constant, and set to 0.

Whatever is not 0 counts as brain from here on, so a padding of -1024, the background of an image that was z-scored as a
whole, or the faint waves that splines leave round a brain would all be segmented. What lies on the border of the
image tells: a stripped brain touches it in some places at most. An image cropped to the inside of the brain has no such
border, and is left as it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from GSSCore.imaging.arrays import Array, Box, Mask
from GSSCore.imaging.boxes import bounding_box
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.study.checks.thumbnail import thinned
from GSSCore.vocabulary import Modality

MIN_BORDER_SHARE = 0.5
"""From this share of the border on, one value is the background: 0 holds .97 or more of it in each modality of 100 real
studies, also when they are cropped to the very brain.
"""
MIN_PATCH_SHARE = 0.1
"""A slab or half a brain cuts through the border: this share is enough there, when it lies in patches."""
MIN_PATCH = 0.9
"""What counts as patches: this share of the neighbours, on the border, of voxels of that value have it too."""
FAINT = 0.005
"""In shares of the image's bright values: how far from the background a voxel still belongs to it.

Of the voxels next to a background of 0, at most .4 % are as dark as that in 100 real studies (2 of them with
intensities as published, the others with 127 steps).
"""
TAIL = 3.0
MAX_TAIL = 0.01
"""Where more than this share again lies beyond, up to `TAIL` times as far, the background is noise that a bound cuts
through: what it left would be brain. Noise with a deviation of a third of the bound has .003, of a half .048."""
BRIGHT_PERCENTILE = 98.0
MAX_RANK = 0.01
"""Where the border leaves a doubt, a background has at most this share of all else below it, or above it."""
MAX_LAYERS = 4
"""A padding of 0 round a background of -1 are two layers."""


def clear_background(volume: Volume, modality: Modality) -> tuple[Array, list[Message]]:
    """Return the array (I, J, K) with a background of 0, and what was changed; the array itself where it is 0 already.

    Voxels of the brain that happen to be 0 while the background is not become the next best to it, as 0 means
    background everywhere. NaN and infinities other than those of the background stay.
    """
    array = volume.array
    sample, _ = thinned(array)
    constants = _constants(sample)
    cleared, messages = array, list[Message]()
    if any(value != 0 for value in constants):
        cleared = _without(array, constants, FAINT * _bright(sample, constants[0]))
        sample, _ = thinned(cleared)
        messages.append(
            Message(
                "study.background-constant",
                "{sequence}: the background of {file} is not 0 but {values} and was set to 0.",
                sequence=modality.display,
                file=volume.name,
                values=[f"{value:.6g}" if math.isfinite(value) else "NaN" for value in constants if value != 0],
            )
        )
    faint = _faint(cleared, sample, bool(constants))
    if faint is not None:
        cleared = np.where(faint.mask, cleared.dtype.type(0), cleared)
        messages.append(
            Message(
                "study.background-faint",
                "{sequence}: the background of {file} is not 0 but differs from {value:.4g} by up to {most:.2g}, and "
                "was set to 0.",
                sequence=modality.display,
                file=volume.name,
                value=faint.value,
                most=faint.most,
            )
        )
    if not (messages and np.count_nonzero(cleared)):
        return array, []
    return cleared, messages


# --- one value -------------------------------------------------------------------------------------------------------


def _constants(array: Array) -> list[float]:
    """Return the values that the background has, from the border of the image inwards; NaN stands for no number."""
    found: list[float] = []
    while len(found) < MAX_LAYERS:
        box = _box(array, found)
        value = None if box is None else _border_value(array[box], first=not found)
        if value is None or value in found or (math.isnan(value) and any(map(math.isnan, found))):
            break
        found.append(value)
        # An image that was turned may have corners of 0 beside another background.
        if len(found) == 1 and value != 0 and border_share(array, 0.0) >= MIN_PATCH_SHARE:
            found.append(0.0)
    return found


def _border_value(array: Array, *, first: bool) -> float | None:
    """Return the value that most of the border of an array has, NaN for no number, or None where there is none.

    NaN beside zeros is none: it may be a part of the image that is lost. Behind a `first` background, and beside zeros,
    another one has to be darker than all else: a drawn image may show one tissue at its border, in one value.
    """
    faces = _faces(array)
    value, share = _commonest(np.concatenate([face.ravel() for face in faces]))
    if math.isnan(value) and border_share(array, 0.0) >= MIN_PATCH_SHARE:
        return None
    if value == 0 or math.isnan(value):
        return value if share >= MIN_BORDER_SHARE or (first and share >= MIN_PATCH_SHARE) else None
    rank = _rank(array, value)
    beside_zero = first and border_share(array, 0.0) >= MIN_PATCH_SHARE
    if share >= MIN_BORDER_SHARE and (rank <= MAX_RANK or (first and not beside_zero)):
        return value
    if beside_zero:
        return 0.0
    in_patches = first and share >= MIN_PATCH_SHARE and _patches(faces, value) >= MIN_PATCH
    return value if in_patches and min(rank, 1.0 - rank) <= MAX_RANK else None


def _faces(array: Array) -> list[Array]:
    """Return the six outermost layers of voxels."""
    return [array.take(end, axis) for axis in range(3) for end in (0, -1)]


def border_share(array: Array, value: float) -> float:
    """Return the share of the voxels on the border that have a value."""
    faces = _faces(array)
    return sum(int(np.count_nonzero(face == value)) for face in faces) / sum(face.size for face in faces)


def _commonest(values: Array) -> tuple[float, float]:
    """Return the commonest value, NaN for no number, and its share."""
    finite = values[np.isfinite(values)]
    found, counts = np.unique(finite, return_counts=True)
    most = int(counts.max(initial=0))
    if values.size - finite.size >= most:
        return math.nan, (values.size - finite.size) / values.size
    return float(found[counts.argmax()]), most / values.size


def _patches(faces: list[Array], value: float) -> float:
    """Return how many of the neighbours, within the faces, of voxels of a value have that value too."""
    both = one = 0
    for face in faces:
        is_value = _equal(face, value)
        for a, b in ((is_value[1:], is_value[:-1]), (is_value[:, 1:], is_value[:, :-1])):
            both += 2 * int(np.count_nonzero(a & b))
            one += int(np.count_nonzero(a)) + int(np.count_nonzero(b))
    return both / one if one else 0.0


def _rank(array: Array, value: float) -> float:
    """Return the share of voxels darker than a value among those that do not have it, from 0 to 1."""
    rest = array[np.isfinite(array) & (array != value)]
    return float(np.count_nonzero(rest < value)) / max(1, int(rest.size))


def _equal(array: Array, value: float) -> Mask:
    """Return where an array has a value; NaN stands for whatever is no number."""
    return np.asarray(~np.isfinite(array) if math.isnan(value) else array == value)


def _background(array: Array, constants: list[float]) -> Mask:
    """Return where an array has one of some values."""
    mask = np.zeros(array.shape, np.bool_)
    for value in constants:
        mask |= _equal(array, value)
    return mask


def _box(array: Array, constants: list[float]) -> Box | None:
    """Return the box of all that has none of some values, or None for nothing."""
    return bounding_box(~_background(array, constants))


def _without(array: Array, constants: list[float], least: float) -> Array:
    """Return an array with 0 where it has one of some values, and nothing else 0 unless 0 is among these.

    What was 0 in the brain becomes a thousandth of `least`, which is no difference to see.
    """
    background = _background(array, constants)
    if 0.0 in constants:
        return np.where(background, array.dtype.type(0), array)
    zero = (array == 0) & ~background
    if not zero.any():
        return np.where(background, array.dtype.type(0), array)
    floats = np.result_type(array.dtype, np.float32)
    cleared = np.where(background, 0, array).astype(floats)
    cleared[zero] = 1e-3 * least
    return cleared


# --- all but one value -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Faint:
    """A background that varies a little: where it is, round which value, by how much at most."""

    mask: Mask
    value: float
    most: float


def _faint(array: Array, sample: Array, known: bool) -> _Faint | None:
    """Return the voxels, connected to the background or the border, that differ from it by next to nothing.

    Args:
        array: (I, J, K).
        sample: the same, thinned out.
        known: whether a constant background was found, which is 0 by now: then those next to it are looked at, else
            those on the border.
    """
    if array.dtype.kind == "b":
        return None
    front = _beside_zero(sample) if known else _border(sample)
    front = front[np.isfinite(front)]
    if not front.size:
        return None
    value = 0.0 if known else float(np.median(front))
    reach = FAINT * _bright(sample, value)
    distance = np.abs(front - value)
    within = np.count_nonzero(distance <= reach)
    beyond = np.count_nonzero((distance > reach) & (distance <= TAIL * reach))
    if within < MIN_BORDER_SHARE * front.size or beyond > MAX_TAIL * within:
        return None
    near = np.abs(array - value) <= reach
    mask = _connected(near, array == 0 if known else None)
    changed = mask & (array != 0)
    if not changed.any():
        return None
    return _Faint(changed, value, float(np.abs(array[changed].astype(np.float64) - value).max()))


def _bright(sample: Array, value: float) -> float:
    """Return how far the bright voxels of an image are from its background."""
    distance = np.abs(sample[np.isfinite(sample)].astype(np.float64) - (0.0 if math.isnan(value) else value))
    return float(np.percentile(distance, BRIGHT_PERCENTILE)) if distance.size else 0.0


def _border(array: Array) -> Array:
    """Return the values of the six faces, as floats."""
    return np.concatenate([face.ravel() for face in _faces(array)]).astype(np.float64)


def _beside_zero(array: Array) -> Array:
    """Return the values, as floats, next to a 0 along any axis."""
    zero = array == 0
    beside = np.zeros(array.shape, np.bool_)
    for axis in range(3):
        low = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        high = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        beside[high] |= zero[low]
        beside[low] |= zero[high]
    return np.asarray(array[beside & ~zero], np.float64)


def _connected(mask: Mask, seeds: Mask | None) -> Mask:
    """Return the parts of a mask that touch some seeds, or the border."""
    from scipy.ndimage import label

    parts, count = label(mask)
    kept = np.zeros(count + 1, np.bool_)
    if seeds is None:
        for axis in range(3):
            for end in (0, -1):
                kept[parts.take(end, axis).ravel()] = True
    else:
        kept[parts[seeds]] = True
    kept[0] = False
    return np.asarray(kept[parts])
