"""The picture of a result: three planes through the tumour in radiological convention, contours, confidence, keys."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from GSSCore.imaging.arrays import Array
from GSSCore.messages import Translate
from GSSCore.results.doubts import unreliable_labels
from GSSCore.results.layout import COLUMNS, FOOT, HEAD, KEYS, MARGIN, SIDE, WIDTH, Frame, Layout, lay_out
from GSSCore.results.legend import (
    AMBER,
    BODY,
    GROUND,
    HEADING,
    PANEL,
    SMALL,
    SOFT,
    TEXT,
    TITLE,
    Column,
    Pen,
    fitted,
    write_diameters,
    write_expectation,
    write_levels,
    write_volumes,
)
from GSSCore.results.panels import (
    BRAIN_LINE,
    BROAD,
    Plane,
    around_mm,
    backgrounds,
    brain_lines,
    contours,
    draw,
    enlarged,
    greys,
    paste_confidence,
)
from GSSCore.results.planes import AXIAL, CORONAL, SAGITTAL, Scene, View, choose_scene, tumour_shares
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, RESEARCH_USE, LineStyle, Modality, Region

if TYPE_CHECKING:
    from PIL import Image

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
    measurements: Mapping[str, Any] | None = None,
    network: str = "",
) -> bytes:
    """Return the overview as a PNG file, `WIDTH` pixels wide.

    A row shows the modality that shows the whole tumour best, the next one T1ce where that is another one, the last one
    the confidence. Each begins with the axial plane as it is, without contours; in the row of the confidence with that
    of another modality, where there is one. Only what is shown is ever interpolated.

    Args:
        study: the images.
        labels: uint8 (I, J, K) on the study's grid.
        confidence: uint8 (I, J, K), see `vocabulary.Confidence`, or None.
        volumes_ml: by name: WT, TC, ET, NCR, ED.
        warnings: of the result; the picture says how many there are.
        expected_dice: by region, what the network's card says of these modalities; None when it says nothing.
        unreliable: the regions that can't be relied on; contours that fall with them are dashed.
        translate: from English; as it is by default.
        measurements: as the report has them; None to leave them out.
        network: its name and version.
    """
    from PIL import Image

    tr, shown = translate, backgrounds(study)
    scene = choose_scene(study.images[shown[0]], labels, study.grid, around_mm(study))
    there = (True, bool(unreliable), measurements is not None, confidence is not None, expected_dice is not None)
    keys = sum(pixels for pixels, part in zip(KEYS, there, strict=True) if part)
    layout = lay_out(scene, len(shown) + (confidence is not None), keys)
    picture = Image.new("RGB", (WIDTH, layout.height), GROUND)
    titles = [(m.display, m.display) for m in shown]
    _paste_rows(picture, study, labels, unreliable, scene, layout)
    if confidence is not None:
        plain = _other(study, shown)
        _paste_last_row(picture, study, labels, confidence, plain, scene, layout.rows[-1])
        titles.append((plain.display, tr("Confidence")))
    _letter(picture, scene, layout, titles, tr)
    _head(picture, study, network, tr)
    column = Column(Pen.on(picture), (WIDTH - MARGIN - SIDE, WIDTH - MARGIN), HEAD - 8)
    write_volumes(column, volumes_ml, unreliable, tr)
    if measurements is not None:
        write_diameters(column, measurements, unreliable, tr)
    if confidence is not None:
        write_levels(column, tumour_shares(confidence, labels), tr)
    if expected_dice is not None:
        write_expectation(column, expected_dice, unreliable, tr)
    _foot(picture, len(warnings), study.alignment is not None, tr)
    return png(picture)


def _planes(scene: Scene) -> list[Plane]:
    return [Plane(view, scene.index[view.normal], scene.spans) for view in COLUMNS]


def _other(study: Study, shown: Sequence[Modality]) -> Modality:
    """Return a modality that no row has shown yet, or the first one again."""
    return next((m for m in BROAD if m in study.images and m not in shown), shown[0])


def _paste_rows(
    picture: Image.Image, study: Study, labels: Array, unreliable: Collection[Region], scene: Scene, layout: Layout
) -> None:
    """Paste the planes of each modality that is shown: the first one as it is, the others with all contours."""
    planes, broken = _planes(scene), unreliable_labels(unreliable)
    cuts = [plane.cut(study, labels) for plane in planes]
    sizes = [frame.size for frame in layout.rows[0]]
    brain = brain_lines(study, planes, sizes)
    lines = [[*own, *contours(cut, size, broken)] for own, cut, size in list(zip(brain, cuts, sizes, strict=True))[1:]]
    for modality, row in zip(backgrounds(study), layout.rows, strict=False):
        for grey, frame, outlines in zip(greys(study, modality, planes), row, [[], *lines], strict=True):
            paste_image(picture, grey, frame)
            draw(picture, frame, outlines)


def _paste_last_row(
    picture: Image.Image,
    study: Study,
    labels: Array,
    confidence: Array,
    plain: Modality,
    scene: Scene,
    row: Sequence[Frame],
) -> None:
    """Paste the axial plane of `plain` and the confidence."""
    planes = _planes(scene)
    paste_image(picture, greys(study, plain, planes[:1])[0], row[0])
    for grey, plane, frame in zip(greys(study, backgrounds(study)[0], planes)[1:], planes[1:], row[1:], strict=True):
        picture.paste(PANEL, frame.panel)
        paste_confidence(picture, grey, frame, plane.cut(study, labels), plane.cut(study, confidence))


def paste_image(picture: Image.Image, grey: Any, frame: Frame) -> None:
    """Paste a plane in shades of grey into the middle of its black panel."""
    picture.paste(PANEL, frame.panel)
    picture.paste(enlarged(grey, frame.size), frame.image)


# --- words -----------------------------------------------------------------------------------------------------------


def _letter(
    picture: Image.Image, scene: Scene, layout: Layout, titles: Sequence[tuple[str, str]], tr: Translate
) -> None:
    """Write what each row, column and side is, and a scale bar into the first two panels of each row.

    `titles` has what each row shows without contours, and what it shows otherwise.
    """
    pen = Pen.on(picture)
    names = {AXIAL: tr("Axial"), CORONAL: tr("Coronal"), SAGITTAL: tr("Sagittal")}
    for column, (view, frame) in enumerate(zip(COLUMNS, layout.rows[0], strict=True)):
        left, top, right, _ = frame.panel
        end = left + 2 + pen.write((left + 2, top - 12), names[view], BODY) + 12
        place = scene.position(view, tr) if column else tr("without contours")
        pen.write((end, top - 12), fitted(place, SMALL, right - end, scene.side(view, tr)), SMALL, SOFT)
    for words, row in zip(titles, layout.rows, strict=True):
        for view, frame in zip(COLUMNS, row, strict=True):
            letter_sides(pen, view, frame)
        for title, frame in zip(words, row, strict=False):
            left, top, right, bottom = frame.panel
            pen.write_on_image((left + 12, top + 7), title, "lt")
            scale_bar(pen, (left + 12, bottom - 14), layout.scale, (right - left) / 3)


def letter_sides(pen: Pen, view: View, frame: Frame) -> None:
    """Write the patient's sides into a panel."""
    left, top, right, bottom = frame.panel
    middle = ((left + right) / 2, (top + bottom) / 2)
    pen.write_on_image((left + 9, middle[1]), view.left, "lm")
    pen.write_on_image((right - 9, middle[1]), view.right, "rm")
    pen.write_on_image((middle[0], top + 7), view.top, "mt")
    pen.write_on_image((middle[0], bottom - 7), view.bottom, "mb")


def scale_bar(pen: Pen, corner: tuple[float, float], scale: float, longest: float) -> None:
    """Draw a bar of a round length, no longer than `longest` pixels where one of 1 mm isn't."""
    mm = next((mm for mm in _BARS_MM if mm * scale <= longest), _BARS_MM[-1])
    x, y = corner
    end = x + mm * scale
    pen.draw.line([(x, y - 5), (x, y), (end, y), (end, y - 5)], fill=TEXT, width=2)
    pen.write_on_image((x, y - 10), f"{mm} mm", "ls", SMALL)


def _head(picture: Image.Image, study: Study, network: str, tr: Translate) -> None:
    """Write the title, the case and the network, and which modalities were used and which are missing."""
    pen = Pen.on(picture)
    pen.pill(WIDTH - MARGIN, 42, tr(RESEARCH_USE).rstrip("."))
    pen.write((MARGIN, 52), tr("Brain tumour segmentation"), TITLE)
    missing = ", ".join(m.display for m in MODALITIES if m not in study.images)
    used = ", ".join(m.display for m in study.available)
    named = [(tr("Case:"), study.case, TEXT), (tr("Network:"), network, TEXT)]
    given = [(tr("Used:"), used, TEXT), (tr("Missing:"), missing or tr("none"), AMBER if missing else TEXT)]
    for y, facts in ((88, named), (120, given)):
        x: float = MARGIN
        for name, value, colour in facts:
            if value:
                x += pen.write((x, y), name, HEADING, SOFT) + 10
                x += pen.write((x, y), fitted(value, HEADING, WIDTH / 2), HEADING, colour) + 30


def _foot(picture: Image.Image, warnings: int, raw: bool, tr: Translate) -> None:
    """Write how to read the picture, and that there are warnings if so."""
    pen, y = Pen.on(picture), picture.height - FOOT + 34
    convention = tr("Radiological convention: the patient's right is on the left of the picture.")
    end = MARGIN + pen.write((MARGIN, y), convention, SMALL, SOFT)
    if raw:
        brain_key(pen, (end + 26, y), tr)
    if warnings:
        one = warnings == 1
        words = (
            tr("1 warning: see the report") if one else tr("{count} warnings: see the report").format(count=warnings)
        )
        pen.write((WIDTH - MARGIN, y), words, SMALL, AMBER, "rs")


def brain_key(pen: Pen, place: tuple[float, float], translate: Translate) -> float:
    """Write what the brain's outline is, and return where it ends."""
    tr, (x, y) = translate, place
    pen.sample((x, y), BRAIN_LINE, LineStyle.THIN)
    return x + 34 + pen.write((x + 34, y), tr("brain that was used"), SMALL, SOFT)


def png(picture: Image.Image) -> bytes:
    """Return a picture as the content of a PNG file, compressed quickly: 9 % larger than with more care."""
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()
