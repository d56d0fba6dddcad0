"""What is drawn into a panel: a plane in shades of grey, contours, the confidence in colours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Array, Floats
from GSSCore.results.contours import Outline, dashed, outline
from GSSCore.results.layout import Frame
from GSSCore.results.legend import TEXT, Colour
from GSSCore.results.planes import Span, View
from GSSCore.results.scans import shown_at, voxels_of
from GSSCore.study.study import Study
from GSSCore.vocabulary import CONFIDENCE_LEVELS, TUMOUR_LABELS, Confidence, Label, LineStyle, Modality

if TYPE_CHECKING:
    from PIL import Image

Grey = NDArray[np.uint8]
Contours: TypeAlias = "list[tuple[Colour, Outline | None]]"
Window: TypeAlias = "tuple[float | np.floating[Any], float | np.floating[Any]]"
"""The values that are shown darkest and white."""

BRAIN_LINE: Colour = (86, 180, 233)
"""Of the brain's outline on raw scans: sky blue, which is no colour of the tumour's parts."""

BROAD = (Modality.FLAIR, Modality.T2, Modality.T1CE, Modality.T1)
"""What shows the whole tumour best, first to last."""

_LINES = {LineStyle.THIN: (1.5, 0.0), LineStyle.THICK: (2.75, 0.0), LineStyle.DOUBLE: (3.5, 1.25)}
"""Width of a contour and of the gap in its middle, in pixels."""
_HAIRLINE = 1.0
_AROUND_MM = 15.0
"""Of a raw scan around the brain: skull and scalp."""
_DASH, _GAP = 7.0, 6.0
"""Pixels of a broken contour that are drawn and left out in turn."""
_WINDOW = (0.5, 99.6)
"""Percentiles of the brain that are shown darkest and white."""
_DARKEST = 14
"""Shade of the darkest brain, so that it stands out from the background."""
_FLAT = 0.4
"""Share of the colour of a doubtful level that the anatomy does not shade."""


@dataclass(frozen=True)
class Plane:
    """Which plane of a volume is shown, and how much of it.

    Attributes:
        view: its direction.
        index: of the plane along `view.normal`.
        spans: what to show along R, A, S: first voxel and last but one.
    """

    view: View
    index: int
    spans: tuple[Span, Span, Span]

    def cut(self, study: Study, array: Array) -> Array:
        """Return the plane of an array on the study's grid, (rows, columns) as on the screen."""
        return self.view.cut(study.orientation.to_ras(array), self.index, self.spans)


def backgrounds(study: Study) -> list[Modality]:
    """Return what to draw contours on: the best for the whole tumour, then T1ce for its core."""
    best = next(m for m in BROAD if m in study.images)
    return [best, Modality.T1CE] if Modality.T1CE in study.images and best is not Modality.T1CE else [best]


def greys(study: Study, modality: Modality, planes: Sequence[Plane]) -> list[Grey]:
    """Return planes of a modality in shades of grey, all through one window; of a raw scan the whole head.

    Outside the brain, or, of a raw scan, where it does not reach, they are 0.
    """
    cuts = [np.asarray(plane.cut(study, study.images[modality]), np.float32) for plane in planes]
    window = window_of(np.concatenate([cut[cut != 0] for cut in cuts]))
    heads = _heads(study, modality, planes)
    return [shades(head, window, 0) for head in heads] if heads else [shades(cut, window) for cut in cuts]


def _heads(study: Study, modality: Modality, planes: Sequence[Plane]) -> list[Floats]:
    """Return planes of a raw scan; nothing for a study of prepared images."""
    alignment = study.alignment
    if alignment is None:
        return []
    places = [voxels_of(study, plane.view, plane.index, plane.spans) for plane in planes]
    return [shown_at(alignment, modality, there) for there in places]


def around_mm(study: Study) -> float:
    """Return how much of a head is shown around the brain."""
    return 0.0 if study.alignment is None else _AROUND_MM


def brain_lines(study: Study, planes: Sequence[Plane], sizes: Sequence[tuple[int, int]]) -> list[Contours]:
    """Return the brain's outline on planes that are shown at sizes; none for prepared images, which show nothing else.

    With it one sees where the brain that was found leaves out a part of a tumour.
    """
    if study.alignment is None:
        return [[] for _ in planes]
    brain = study.brain
    cuts = [plane.cut(study, brain) for plane in planes]
    return [[(BRAIN_LINE, outline(cut, size, _HAIRLINE))] for cut, size in zip(cuts, sizes, strict=True)]


def window_of(brain: Floats) -> Window:
    """Return the values that are shown darkest and white, for those of a brain."""
    low, high = np.percentile(brain, _WINDOW) if brain.size else (0.0, 1.0)
    return low, high


def shades(values: Floats, window: Window, least: int = _DARKEST) -> Grey:
    """Return values in shades of grey; what is 0 stays 0, and nothing else is darker than `least`."""
    low, high = window
    scale = (255 - _DARKEST) / max(float(high - low), 1e-6)
    return np.where(values != 0, np.clip((values - low) * scale + _DARKEST, least, 255), 0).astype(np.uint8)


def enlarged(plane: Grey, size: tuple[int, int]) -> Image.Image:
    """Return a plane at the size at which it is shown."""
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(plane)).resize(size, Image.Resampling.BICUBIC)


def contours(labels: Array, size: tuple[int, int], broken: Collection[Label]) -> Contours:
    """Return the contour of every label on a plane that is shown at a size, with its colour; dashed for `broken`."""
    found: Contours = []
    for label in TUMOUR_LABELS:
        line = outline(labels == label, size, *_LINES[label.line])
        if line is not None and label in broken:
            line = dashed(line, _DASH, _GAP)
        found.append((label.colour, line))
    return found


def draw(picture: Image.Image, frame: Frame, lines: Contours) -> None:
    """Draw contours into a frame."""
    from PIL import Image

    for colour, line in lines:
        if line is not None:
            x, y = line.corner
            picture.paste(colour, (frame.image[0] + x, frame.image[1] + y), Image.fromarray(line.coverage))


def paste_confidence(picture: Image.Image, grey: Grey, frame: Frame, labels: Array, levels: Array) -> None:
    """Paste the confidence in colours that the anatomy shines through, with a hairline around the whole tumour."""
    shades = enlarged(grey, frame.size)
    # From the most to the least sure, each covering all below it: at an edge only neighbouring levels mix.
    for highest in CONFIDENCE_LEVELS:
        within = (levels != Confidence.OUTSIDE) & (levels <= highest)
        if within.any():
            weight = enlarged(within.astype(np.uint8) * np.uint8(255), frame.size)
            flat = 0.0 if highest is Confidence.AGREED else _FLAT
            picture.paste(_tinted(shades, highest.colour, flat), frame.image, weight)
    draw(picture, frame, [(TEXT, outline(labels != 0, frame.size, _HAIRLINE))])


def _tinted(grey: Image.Image, colour: Colour, flat: float) -> Image.Image:
    """Return an image in shades of a colour, of which a share `flat` is there even where the image is black."""
    from PIL import Image

    shades = np.arange(256) / 255.0 * (1.0 - flat) + flat
    return Image.merge("RGB", [grey.point((shades * channel).astype(int).tolist()) for channel in colour])
