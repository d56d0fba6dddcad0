"""The result in the panel and in Slicer's views. Needs Qt, so Slicer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import qt
import slicer
import slicer.util
from slicer.i18n import tr as _

from GSSCore.results.doubts import MARK, unreliable_names
from GSSCore.results.files import HTML_REPORT_FILE
from GSSCore.vocabulary import REGIONS, TUMOUR_LABELS
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.scene import SceneResult
from GSSSegmentationLib.translation import translated_message, translated_text


class ResultsView:
    """The part of the panel below Result.

    Args:
        ui: the widgets by name.
    """

    def __init__(self, ui: Any) -> None:
        self.ui = ui
        self._report: Path | None = None
        self._segmentation: Node | None = None
        self._rows: list[list[str]] = []

    def clear(self) -> None:
        """Show that there is no result."""
        self._report, self._segmentation, self._rows = None, None, []
        self.ui.threeDButton.checked = False
        self.ui.volumesTable.setRowCount(0)
        self.ui.warningsLabel.text = ""
        self.ui.copyButton.enabled = self.ui.reportButton.enabled = False
        self.ui.resultsCollapsibleButton.visible = False

    def show(self, result: SceneResult, reference: Node, in_views: bool) -> None:
        """Show volumes and warnings in the panel and, if wanted, the segments with the reference in the views."""
        self._report = None if result.folder is None else result.folder / HTML_REPORT_FILE
        expected = result.report["network"]["expected_dice"] or {}
        doubtful = unreliable_names(result.report["unreliable"])
        names = {region.value: region.display for region in REGIONS}
        names |= {label.name: label.display for label in TUMOUR_LABELS[:2]}
        self._rows = [[_("Region"), _("Volume (ml)"), _("Expected Dice")]]
        for name in names:
            dice = f"{expected[name]:.2f}" if name in expected else ""
            volume = f"{result.volumes_ml[name]:.1f}"
            self._rows.append([f"{name} {MARK}" if name in doubtful else name, volume, dice])
        self._fill(self._rows, [translated_text(name) for name in names.values()])
        self.ui.warningsLabel.text = _warnings(result.warnings)
        self.ui.warningsLabel.visible = bool(result.warnings)
        self.ui.copyButton.enabled = True
        self.ui.reportButton.enabled = self._report is not None
        self.ui.resultsCollapsibleButton.visible = True
        self._segmentation = result.segmentation
        if in_views:
            _show_in_views(result.segmentation, reference)
            self.ui.threeDButton.checked = True

    def show_surfaces(self, shown: bool) -> None:
        """Show the segments of the result in 3-D, or hide them."""
        node = self._segmentation
        if node is None or node.GetScene() is None or node.GetDisplayNode() is None:
            return
        if shown:
            node.CreateClosedSurfaceRepresentation()
        node.GetDisplayNode().SetVisibility3D(shown)
        layouts = slicer.app.layoutManager()
        if shown and layouts is not None:  # Slicer may run without a main window
            layouts.resetThreeDViews()

    def copy(self) -> None:
        """Copy the table to the clipboard, cells separated by tabs."""
        slicer.app.clipboard().setText("\n".join("\t".join(row) for row in self._rows))

    def open_report(self) -> None:
        """Open the report in the browser."""
        if self._report is not None:
            qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(self._report)))

    def _fill(self, rows: list[list[str]], meanings: list[str]) -> None:
        table = self.ui.volumesTable
        table.setColumnCount(len(rows[0]))
        table.setRowCount(len(rows) - 1)
        table.setHorizontalHeaderLabels(rows[0])
        table.verticalHeader().setVisible(False)
        table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        table.horizontalHeader().setStretchLastSection(True)
        for index, (row, meaning) in enumerate(zip(rows[1:], meanings, strict=True)):
            for column, text in enumerate(row):
                cell = qt.QTableWidgetItem(text)
                cell.setToolTip(meaning)
                if column:
                    cell.setTextAlignment(qt.Qt.AlignRight | qt.Qt.AlignVCenter)
                table.setItem(index, column, cell)
        table.resizeRowsToContents()


def _warnings(warnings: tuple[str, ...]) -> str:
    if not warnings:
        return ""
    items = "".join(f"<li>{_escaped(translated_message(text))}</li>" for text in warnings)
    return f"<b>{_('Warnings')}</b><ul style='margin-left: -20px;'>{items}</ul>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _show_in_views(segmentation: Node, reference: Node) -> None:
    """Show the reference behind the segments, in slices through the tumour."""
    segmentation.GetDisplayNode().SetVisibility(True)
    slicer.util.setSliceViewerLayers(background=reference, fit=True)
    centre = _centre(segmentation)
    if centre is not None:
        slicer.vtkMRMLSliceNode.JumpAllSlices(slicer.mrmlScene, *centre, slicer.vtkMRMLSliceNode.OffsetJumpSlice)


def _centre(segmentation: Node) -> tuple[float, float, float] | None:
    """Return the middle of what is segmented, RAS in mm, or None where nothing is."""
    bounds = [0.0] * 6
    segmentation.GetRASBounds(bounds)
    if any(bounds[2 * axis] > bounds[2 * axis + 1] for axis in range(3)):
        return None
    right, anterior, superior = ((bounds[2 * axis] + bounds[2 * axis + 1]) / 2 for axis in range(3))
    return right, anterior, superior
