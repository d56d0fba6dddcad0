"""The whole way from a study to a segmentation: preprocess, network, confidence, restore."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

import numpy as np
from torch import Tensor

from GSSCore.imaging.volume import Array
from GSSCore.inference.aggregator import winning_class
from GSSCore.inference.confidence import confidence_levels, sure_of, threshold
from GSSCore.inference.postprocessing import relabel_small_enhancement, remove_small_tumours
from GSSCore.inference.predictor import IsCancelled, Predictor, check, never
from GSSCore.inference.restore import crop_corner, interpolate_confidence, interpolate_labels, place
from GSSCore.inference.settings import InferenceSettings
from GSSCore.inference.windows import Size
from GSSCore.memory import memory_refused
from GSSCore.messages import Message
from GSSCore.networks.bundle import Network
from GSSCore.preprocessing.pipeline import preprocess
from GSSCore.preprocessing.preprocessed import Preprocessed
from GSSCore.results.doubts import in_order
from GSSCore.results.report import build_report
from GSSCore.results.result import SegmentationResult
from GSSCore.study.plausibility.tumour import warn_implausible
from GSSCore.study.study import Study
from GSSCore.vocabulary import REGIONS, TUMOUR_LABELS, Confidence, Label, subset_mask

logger = logging.getLogger(__name__)

Progress = Callable[[str, float], None]
"""Gets a stage and the share of it that is done, from 0 to 1, never less than before."""


@memory_refused(
    Message(
        "inference.memory",
        "Memory does not suffice for this study: close other programs, or take a machine with more memory.",
    )
)
def segment(
    study: Study,
    network: Network,
    settings: InferenceSettings = InferenceSettings(),
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> SegmentationResult:
    """Segment a study with whatever modalities it has.

    Args:
        study: the images, on the reference's grid.
        network: a trained network; it is left as it is.
        settings: how to run it.
        progress: called with "preprocess", "network", "confidence" (unless switched off) and "restore", in this order.
        cancelled: asked throughout, within a window before every layer.

    Returns:
        Labels, confidence, volumes, warnings and the manifest, all in memory: nothing is written.

    Raises:
        Cancelled: as soon as `cancelled` says so.
        EnvironmentRefused: when the device, or the memory, is not to be had.
        InputError: when the network's output is not finite.
    """
    stages = Stages(progress, cancelled or never)
    with stages.run("preprocess"):
        preprocessed = preprocess(study, network.preprocessing)
        corner = crop_corner(preprocessed)
        predictor = Predictor(network.module, settings, cancelled or never)
    singles = study.available if settings.confidence and len(study.available) > 1 else ()
    predictions = predictor.logits(
        preprocessed,
        [subset_mask(study.available), *(subset_mask([modality]) for modality in singles)],
        # Only who wins matters where neither probabilities nor an interpolation follow.
        scaled=settings.confidence or corner is None,
        on_progress=lambda index, share: stages.advance(share if index == 0 else (index - 1 + share) / len(singles)),
    )
    with stages.run("network"):
        fused = next(predictions)
        winner = winning_class(fused)
    levels = None
    if settings.confidence:
        with stages.run("confidence"):
            levels = _confidence(study, preprocessed, winner, predictions if singles else iter([fused]))
    with stages.run("restore"):
        labels = _labels(study, preprocessed, fused, winner, corner)
        confidence = None if levels is None else _restored(study, preprocessed, levels, corner)
        notes = _clean_up(labels, confidence, study.grid.voxel_ml, settings)
    volumes = volumes_ml(labels, study.grid.voxel_ml)
    implausible = warn_implausible(volumes, np.count_nonzero(preprocessed.brain) * preprocessed.grid.voxel_ml)
    found = (*study.warnings, *predictor.warnings, *notes, *implausible)
    execution_plan, warnings = predictor.execution_plan.to_json(), in_order(network.card, study.available, found)
    report = build_report(
        study=study,
        network=network,
        settings=settings,
        execution_plan=execution_plan,
        seconds=stages.seconds,
        volumes_ml=volumes,
        warnings=warnings,
    )
    return SegmentationResult(study, labels, study.grid.affine, confidence, volumes, warnings, report)


def volumes_ml(labels: Array, voxel_ml: float) -> dict[str, float]:
    """Return the volume in ml of WT, TC and ET and of NCR and ED: voxels times a voxel's volume."""
    voxels = {label: int(np.count_nonzero(labels == label)) for label in TUMOUR_LABELS}
    volumes = {region.value: sum(voxels[label] for label in region.labels) * voxel_ml for region in REGIONS}
    return volumes | {label.name: voxels[label] * voxel_ml for label in (Label.NCR, Label.ED)}


class Stages:
    """Progress, cancellation and timing, a stage after the other.

    Attributes:
        seconds: wall time of each stage that is over.
    """

    def __init__(self, progress: Progress | None, cancelled: IsCancelled) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._cancelled = cancelled
        self._stage = ""
        self._share = -1.0

    @contextmanager
    def run(self, stage: str) -> Iterator[None]:
        """Run a stage: reports 0 before and 1 after, and asks for cancellation at both ends."""
        self._stage, self._share = stage, -1.0
        check(self._cancelled)
        self.advance(0.0)
        start = perf_counter()
        yield
        self.seconds[stage] = perf_counter() - start
        logger.debug("%s: %.2f s", stage, self.seconds[stage])
        check(self._cancelled)
        self.advance(1.0)

    def advance(self, share: float) -> None:
        """Report the share of the current stage that is done, unless no more than before."""
        if share > self._share:
            self._share = share
            if self._progress is not None:
                self._progress(self._stage, share)


def _confidence(study: Study, preprocessed: Preprocessed, winner: Tensor, singles: Iterator[Tensor]) -> Array:
    """Return the confidence on the crop, with one modality's logits in memory at a time."""
    sure = {m: sure_of(logits, winner, threshold(m)) for m, logits in zip(study.available, singles, strict=True)}
    return confidence_levels(sure, preprocessed.brain)


def _labels(study: Study, preprocessed: Preprocessed, fused: Tensor, winner: Tensor, corner: Size | None) -> Array:
    if corner is None:
        return interpolate_labels(fused, preprocessed, study)
    return place(np.where(preprocessed.brain, winner.cpu().numpy(), np.uint8(0)), corner, study.grid)


def _restored(study: Study, preprocessed: Preprocessed, levels: Array, corner: Size | None) -> Array:
    if corner is None:
        return interpolate_confidence(levels, preprocessed, study)
    return place(levels, corner, study.grid)


def _clean_up(labels: Array, confidence: Array | None, voxel_ml: float, settings: InferenceSettings) -> list[Message]:
    """Apply the clean-up options that are on, in place; return what they did, in sentences for the reader."""
    notes: list[Message] = []
    before = labels.copy() if settings.minimum_component_ml or settings.et_minimum_ml else labels
    if settings.minimum_component_ml:
        done = remove_small_tumours(labels, voxel_ml, settings.minimum_component_ml)
        notes.append(
            Message(
                "result.specks-removed",
                "Clean-up removed {count} tumour components of less than {least:g} ml each, {ml:.2f} ml together.",
                count=done.components,
                least=settings.minimum_component_ml,
                ml=done.ml,
            )
        )
    if settings.et_minimum_ml:
        done = relabel_small_enhancement(labels, voxel_ml, settings.et_minimum_ml)
        notes.append(
            Message(
                "result.specks-of-enhancement",
                "Clean-up turned {count} components of enhancing tumour of less than {least:g} ml each, {ml:.2f} ml "
                "together, into necrotic and non-enhancing core.",
                count=done.components,
                least=settings.et_minimum_ml,
                ml=done.ml,
            )
        )
    if confidence is not None and before is not labels:
        # Nobody predicted the label that clean-up put in place.
        confidence[labels != before] = Confidence.LOW
    return notes
