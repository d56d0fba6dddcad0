"""The picture of a result: three planes through the tumour in radiological convention, contours, confidence, keys.

Words are translated as on the page, see `GSSCore.results.html_report`; the font holds no letters but those of ASCII.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Array
from GSSCore.imaging.orientation import Orientation
from GSSCore.messages import Translate
from GSSCore.results.contours import Outline, dashed, outline
from GSSCore.results.doubts import unreliable_labels
from GSSCore.results.layout import FOOT, HEAD, KEYS, MARGIN, SIDE, WIDTH, Frame, Layout, lay_out
from GSSCore.results.legend import (
    AMBER,
    BODY,
    HEADING,
    PAGE,
    PANEL,
    SMALL,
    SOFT,
    TEXT,
    TITLE,
    Colour,
    Column,
    Pen,
    fitted,
    write_expectation,
    write_levels,
    write_volumes,
)
from GSSCore.results.planes import AXIAL, CORONAL, SAGITTAL, VIEWS, Scene, View, choose_scene, tumour_shares
from GSSCore.study.study import Study
from GSSCore.vocabulary import (
    CONFIDENCE_LEVELS,
    MODALITIES,
    RESEARCH_USE,
    TUMOUR_LABELS,
    Confidence,
    Label,
    Modality,
    Region,
)

if TYPE_CHECKING:
    from PIL import Image

BROAD = (Modality.FLAIR, Modality.T2, Modality.T1CE, Modality.T1)
"""What shows the whole tumour best, first to last."""

_CONTOUR, _HAIRLINE = 1.75, 1.0
"""Width of lines in pixels."""
_DASH, _GAP = 7.0, 6.0
"""Pixels of a broken contour that are drawn and left out in turn."""
_WINDOW = (0.5, 99.6)
"""Percentiles of the brain that are shown darkest and white."""
_DARKEST = 14
"""Shade of the darkest brain, so that it stands out from the background."""
_FLAT = 0.4
"""Share of the colour of a doubtful level that the anatomy does not shade."""
_BARS_MM = (100, 50, 20, 10, 5, 2, 1)


def overview_png(
    study: Study,
    labels: Array,
    confidence: Array | None,
    volumes_ml: Mapping[str, float],
    warnings: Sequence[str] = (),
    expected_dice: Mapping[str, float] | None = None,
    unreliable: Collection[Region] = (),
    translate: Translate = str,
) -> bytes:
    """Return the overview as a PNG file, 1600 pixels wide.

    A row shows the modality that shows the whole tumour best, the next one T1ce where that is another one, the last one
    the confidence. Only what is shown is ever interpolated.

    Args:
        study: the images.
        labels: uint8 (I, J, K) on the study's grid.
        confidence: uint8 (I, J, K), see `vocabulary.Confidence`, or None.
        volumes_ml: by name: WT, TC, ET, NCR, ED.
        warnings: of the result; the picture says how many there are.
        expected_dice: by region, what the network's card says of these modalities; None when it says nothing.
        unreliable: the regions that can't be relied on; contours that fall with them are dashed.
        translate: from English; as it is by default.
    """
    from PIL import Image

    tr = translate
    shown = backgrounds(study)
    scene = choose_scene(study.images[shown[0]], labels, study.grid)
    layout = lay_out(scene, len(shown) + (confidence is not None), _keys_height(confidence, expected_dice, unreliable))
    picture = Image.new("RGB", (WIDTH, layout.height), PAGE)
    for frame in (frame for row in layout.rows for frame in row):
        picture.paste(PANEL, frame.panel)
    planes = [_cut(study, labels, scene, view) for view in VIEWS]
    _paste_contours(picture, study, scene, layout, planes, unreliable_labels(unreliable))
    if confidence is not None:
        levels = [_cut(study, confidence, scene, view) for view in VIEWS]
        _paste_confidence(picture, _greys(study, shown[0], scene), layout.rows[-1], planes, levels)
    _letter(picture, scene, layout, [m.display for m in shown] + [tr("Confidence")], tr)
    _head(picture, study, tr)
    column = Column(Pen.on(picture), (WIDTH - MARGIN - SIDE, WIDTH - MARGIN), HEAD - 8)
    write_volumes(column, volumes_ml, unreliable, tr)
    if confidence is not None:
        write_levels(column, tumour_shares(confidence, labels), tr)
    if expected_dice is not None:
        write_expectation(column, expected_dice, unreliable, tr)
    _foot(picture, len(warnings), tr)
    return _png(picture)


def _keys_height(
    confidence: Array | None, expected_dice: Mapping[str, float] | None, unreliable: Collection[Region]
) -> int:
    """Return how many pixels the column of keys needs."""
    parts = (True, confidence is not None, expected_dice is not None, bool(unreliable))
    return sum(pixels for pixels, there in zip(KEYS, parts, strict=True) if there)


def backgrounds(study: Study) -> list[Modality]:
    """Return what to draw contours on: the best for the whole tumour, then T1ce for its core."""
    best = next(m for m in BROAD if m in study.images)
    return [best, Modality.T1CE] if Modality.T1CE in study.images and best is not Modality.T1CE else [best]


def _cut(study: Study, array: Array, scene: Scene, view: View) -> Array:
    """Return a plane of an array on the study's grid, (rows, columns) as on the screen."""
    in_ras = Orientation.of(study.grid.affine).to_ras(array)
    return view.cut(in_ras, scene.index[view.normal], scene.spans)


# --- images ----------------------------------------------------------------------------------------------------------


def _greys(study: Study, modality: Modality, scene: Scene) -> list[NDArray[np.uint8]]:
    """Return the three planes of a modality in shades of grey, all through one window; outside the brain 0."""
    planes = [np.asarray(_cut(study, study.images[modality], scene, view), np.float32) for view in VIEWS]
    brain = np.concatenate([plane[plane != 0] for plane in planes])
    low, high = np.percentile(brain, _WINDOW) if brain.size else (0.0, 1.0)
    scale = (255 - _DARKEST) / max(float(high - low), 1e-6)
    return [
        np.where(plane != 0, np.clip((plane - low) * scale + _DARKEST, _DARKEST, 255), 0).astype(np.uint8)
        for plane in planes
    ]


def _enlarged(plane: NDArray[np.uint8], size: tuple[int, int]) -> Image.Image:
    """Return a plane at the size at which it is shown."""
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(plane)).resize(size, Image.Resampling.BICUBIC)


def _paste_contours(
    picture: Image.Image,
    study: Study,
    scene: Scene,
    layout: Layout,
    planes: Sequence[Array],
    broken: Collection[Label],
) -> None:
    """Paste the planes of each modality that is shown, with every label's contour; dashed for those in `broken`."""
    lines = [
        [(label.colour, _contour(plane == label, frame.size, label in broken)) for label in TUMOUR_LABELS]
        for plane, frame in zip(planes, layout.rows[0], strict=True)
    ]
    for modality, row in zip(backgrounds(study), layout.rows, strict=False):
        for grey, frame, contours in zip(_greys(study, modality, scene), row, lines, strict=True):
            picture.paste(_enlarged(grey, frame.size), frame.image)
            for colour, contour in contours:
                _draw(picture, frame, contour, colour)


def _contour(mask: NDArray[np.bool_], size: tuple[int, int], broken: bool) -> Outline | None:
    line = outline(mask, size, _CONTOUR)
    return dashed(line, _DASH, _GAP) if broken and line is not None else line


def _paste_confidence(
    picture: Image.Image,
    greys: Sequence[NDArray[np.uint8]],
    row: Sequence[Frame],
    planes: Sequence[Array],
    levels: Sequence[Array],
) -> None:
    """Paste the confidence in colours that the anatomy shines through, with a hairline around the whole tumour."""
    for grey, frame, plane, level in zip(greys, row, planes, levels, strict=True):
        shades = _enlarged(grey, frame.size)
        # From the most to the least sure, each covering all below it: at an edge only neighbouring levels mix.
        for highest in CONFIDENCE_LEVELS:
            within = (level != Confidence.OUTSIDE) & (level <= highest)
            if within.any():
                weight = _enlarged(within.astype(np.uint8) * np.uint8(255), frame.size)
                flat = 0.0 if highest is Confidence.AGREED else _FLAT
                picture.paste(_tinted(shades, highest.colour, flat), frame.image, weight)
        _draw(picture, frame, outline(plane != 0, frame.size, _HAIRLINE), TEXT)


def _tinted(grey: Image.Image, colour: Colour, flat: float) -> Image.Image:
    """Return an image in shades of a colour, of which a share `flat` is there even where the image is black."""
    from PIL import Image

    shades = np.arange(256) / 255.0 * (1.0 - flat) + flat
    return Image.merge("RGB", [grey.point((shades * channel).astype(int).tolist()) for channel in colour])


def _draw(picture: Image.Image, frame: Frame, contour: Outline | None, colour: Colour) -> None:
    from PIL import Image

    if contour is not None:
        x, y = contour.corner
        picture.paste(colour, (frame.image[0] + x, frame.image[1] + y), Image.fromarray(contour.coverage))


# --- words -----------------------------------------------------------------------------------------------------------


def _letter(picture: Image.Image, scene: Scene, layout: Layout, titles: Sequence[str], tr: Translate) -> None:
    """Write what each row, column and side is, and a scale bar into the first panel of each row."""
    pen = Pen.on(picture)
    names = {AXIAL: tr("Axial"), CORONAL: tr("Coronal"), SAGITTAL: tr("Sagittal")}
    for view, frame in zip(VIEWS, layout.rows[0], strict=True):
        left, top, right, _ = frame.panel
        end = left + 2 + pen.write((left + 2, top - 12), names[view], BODY) + 12
        pen.write((end, top - 12), fitted(scene.position(view, tr), SMALL, right - end), SMALL, SOFT)
    for title, row in zip(titles, layout.rows, strict=False):
        for view, frame in zip(VIEWS, row, strict=True):
            left, top, right, bottom = frame.panel
            middle = ((left + right) / 2, (top + bottom) / 2)
            pen.write_on_image((left + 9, middle[1]), view.left, "lm")
            pen.write_on_image((right - 9, middle[1]), view.right, "rm")
            pen.write_on_image((middle[0], top + 7), view.top, "mt")
            pen.write_on_image((middle[0], bottom - 7), view.bottom, "mb")
        left, top, right, bottom = row[0].panel
        pen.write_on_image((left + 12, top + 7), title, "lt")
        _scale_bar(pen, (left + 12, bottom - 14), layout.scale, (right - left) / 3)


def _scale_bar(pen: Pen, corner: tuple[float, float], scale: float, longest: float) -> None:
    """Draw a bar of a round length, no longer than `longest` pixels where one of 1 mm isn't."""
    mm = next((mm for mm in _BARS_MM if mm * scale <= longest), _BARS_MM[-1])
    x, y = corner
    end = x + mm * scale
    pen.draw.line([(x, y - 5), (x, y), (end, y), (end, y - 5)], fill=TEXT, width=2)
    pen.write_on_image((x, y - 10), f"{mm} mm", "ls", SMALL)


def _head(picture: Image.Image, study: Study, tr: Translate) -> None:
    """Write the title, and which modalities were used and which are missing."""
    pen = Pen.on(picture)
    pen.write((MARGIN, 52), tr("Brain tumour segmentation"), TITLE)
    pen.pill(WIDTH - MARGIN, 42, tr(RESEARCH_USE).rstrip("."))
    missing = ", ".join(m.display for m in MODALITIES if m not in study.images)
    used = ", ".join(m.display for m in study.available)
    x: float = MARGIN
    for words, colour in (
        (tr("Used:"), SOFT),
        (used, TEXT),
        ("    " + tr("Missing:"), SOFT),
        (missing or tr("none"), AMBER if missing else TEXT),
    ):
        x += pen.write((x, 86), words, HEADING, colour) + 10


def _foot(picture: Image.Image, warnings: int, tr: Translate) -> None:
    """Write how to read the picture, and that there are warnings if so."""
    pen, y = Pen.on(picture), picture.height - FOOT + 34
    convention = tr("Radiological convention: the patient's right is on the left of the picture.")
    pen.write((MARGIN, y), convention, SMALL, SOFT)
    if warnings:
        one = warnings == 1
        words = (
            tr("1 warning: see the report") if one else tr("{count} warnings: see the report").format(count=warnings)
        )
        pen.write((WIDTH - MARGIN, y), words, SMALL, AMBER, "rs")


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=4)
    return file.getvalue()
