"""A segmentation in memory, and how it becomes files."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from GSSCore.errors import InputError
from GSSCore.files import encoded
from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import nifti_bytes
from GSSCore.messages import Message, Translate
from GSSCore.metrics.overlap import region_overlaps
from GSSCore.results.files import (
    BRAIN_FILE,
    CONFIDENCE_FILE,
    HTML_REPORT_FILE,
    INPUT_FILE,
    LABELS_FILE,
    MONTAGE_FILE,
    OVERVIEW_FILE,
    REPORT_FILE,
    report_bytes,
    write_result,
)
from GSSCore.results.html_report import html_report
from GSSCore.results.input_picture import input_png
from GSSCore.results.montage import montage_png
from GSSCore.results.overview import overview_png
from GSSCore.study.study import Study
from GSSCore.vocabulary import RESEARCH_USE, Region

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class SegmentationResult:
    """What was found in a study.

    Attributes:
        study: the images, on the reference's grid.
        labels: uint8 (I, J, K) on that grid: 0 background, 1 NCR, 2 ED, 3 ET.
        affine: (4, 4), voxel index to RAS in mm, of the reference as given.
        confidence: uint8 (I, J, K), see `vocabulary.Confidence`; None when it was switched off.
        volumes_ml: by name: WT, TC, ET, NCR, ED.
        warnings: sentences for the reader, what matters most first.
        report: everything else that is known of this result, as JSON values.
    """

    study: Study
    labels: NDArray[np.uint8]
    affine: Affine
    confidence: NDArray[np.uint8] | None
    volumes_ml: dict[str, float]
    warnings: tuple[str, ...]
    report: dict[str, Any]

    @property
    def unreliable(self) -> tuple[Region, ...]:
        """The regions that can't be relied on, see `GSSCore.results.doubts`."""
        return tuple(Region(name) for name in self.report["unreliable"])

    def compared_with(self, truth: Volume) -> SegmentationResult:
        """Return the same result with its Dice to an expert segmentation in the report.

        Args:
            truth: label map in the vocabulary's values; brought onto the result's grid by the nearest neighbour.

        Raises:
            InputError: when the truth holds no tumour on the result's grid, as one of another patient would.
        """
        grid = self.study.grid
        expert = truth.array if truth.grid.matches(grid) else resample(truth, grid, order=0)
        if truth.array.any() and not expert.any():
            raise InputError(
                Message(
                    "truth.no-overlap",
                    "The truth {file} does not overlap the study; name that of the same patient.",
                    file=truth.name,
                )
            )
        overlaps = region_overlaps(self.labels, np.asarray(expert, np.uint8))
        dice = {region.value: round(overlap.dice, 4) for region, overlap in overlaps.items()}
        path = None if truth.path is None else str(truth.path)
        return replace(self, report=self.report | {"dice": dice, "truth": path})

    def save(self, folder: str | Path, translate: Translate = str) -> Path:
        """Write labels, confidence, report, pictures and HTML report to `folder`, which is made where needed.

        All is encoded before the first byte is written, and nothing takes its final name before all is on the disk, so
        that a full disk keeps an older result as it was.

        Args:
            folder: where to.
            translate: of the words in pictures and HTML report, from English; the report itself stays English.

        Returns:
            The folder.

        Raises:
            EnvironmentRefused: when the folder can't be written, or holds under one of these names what was read, or
                what this program did not write.
        """
        read = [source.path for source in self.study.sources.values() if source.path is not None]
        truth = self.report.get("truth")
        return write_result(folder, self._files(translate), [*read, *([Path(truth)] if truth else [])])

    def overview_png(self, translate: Translate = str) -> bytes:
        """Return the overview as the content of a PNG file; its words are translated from English."""
        return overview_png(
            self.study,
            self.labels,
            self.confidence,
            self.volumes_ml,
            warnings=self.warnings,
            expected_dice=self.report["network"]["expected_dice"],
            unreliable=self.unreliable,
            measurements=self.report["measurements"],
            network=self._network,
            translate=translate,
        )

    def montage_png(self, translate: Translate = str) -> bytes:
        """Return the montage of axial slices as the content of a PNG file; its words are translated from English."""
        return montage_png(self.study, self.labels, self.unreliable, self._network, translate)

    @property
    def _network(self) -> str:
        """Name and version of the network."""
        return f"{self.report['network']['name']} {self.report['network']['version']}"

    def _files(self, translate: Translate) -> dict[str, bytes]:
        """Return the content of each file; the report says how long the others took."""
        seconds: dict[str, float] = {}

        def timed(stage: str, make: Callable[[], Made]) -> Made:
            start = perf_counter()
            content = make()
            seconds[stage] = seconds.get(stage, 0.0) + perf_counter() - start
            return content

        files = {LABELS_FILE: timed("encode", lambda: self._nifti(self.labels, "GSS labels"))}
        if self.confidence is not None:
            levels = self.confidence
            files[CONFIDENCE_FILE] = timed("encode", lambda: self._nifti(levels, "GSS confidence"))
        if self.study.alignment is not None:
            brain = self.study.brain.astype(np.uint8)
            files[BRAIN_FILE] = timed("encode", lambda: self._nifti(brain, "GSS brain"))
        pictures = timed("pictures", lambda: self._pictures(translate))
        stages = self.report["seconds"] | {stage: round(value, 4) for stage, value in seconds.items()}
        report = self.report | {"seconds": stages}
        files |= pictures
        files[REPORT_FILE] = report_bytes(report)
        files[HTML_REPORT_FILE] = encoded(html_report(report, pictures, translate))
        return files

    def _pictures(self, translate: Translate) -> dict[str, bytes]:
        """Return all pictures by name, made at the same time: most of the work is Pillow's, which uses both cores."""
        with ThreadPoolExecutor(1) as other:
            montage = other.submit(self.montage_png, translate)
            pictures = {OVERVIEW_FILE: self.overview_png(translate)}
            if self.study.alignment is not None:
                pictures[INPUT_FILE] = input_png(self.study, translate)
            return pictures | {MONTAGE_FILE: montage.result()}

    def _nifti(self, array: NDArray[np.uint8], what: str) -> bytes:
        return nifti_bytes(Volume(array, self.affine, space=self.study.space), description=f"{what}. {RESEARCH_USE}")
