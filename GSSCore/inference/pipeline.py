"""The whole way from a study to a segmentation: preprocess, network, confidence, restore."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from GSSCore.cancellation import IsCancelled, never
from GSSCore.imaging.arrays import Labels, Levels
from GSSCore.inference.aggregator import winning_class
from GSSCore.inference.asked import told
from GSSCore.inference.confidence import confidence_levels, sure_of, threshold
from GSSCore.inference.ensemble import mean_logits, members
from GSSCore.inference.postprocessing import clean_up
from GSSCore.inference.predictor import Predictor
from GSSCore.inference.restore import restore_labels, restore_levels
from GSSCore.inference.settings import InferenceSettings
from GSSCore.measurements import measure, volumes_ml
from GSSCore.memory import memory_refused
from GSSCore.messages import Message
from GSSCore.networks.bundle import Network
from GSSCore.preprocessing.pipeline import preprocess
from GSSCore.preprocessing.preprocessed import Preprocessed, ReferenceFrame
from GSSCore.results.doubts import in_order
from GSSCore.results.report import build_report
from GSSCore.results.result import SegmentationResult
from GSSCore.stages import StageProgress, Stages
from GSSCore.study.plausibility.tumour import warn_implausible
from GSSCore.study.study import Study
from GSSCore.vocabulary import Subset, subset_mask, subset_name


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
    progress: StageProgress | None = None,
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
        Labels, confidence, volumes, warnings and the report, all in memory: nothing is written.

    Raises:
        Cancelled: as soon as `cancelled` says so.
        EnvironmentRefused: when the device is not available, or memory does not suffice.
        InputError: when the network's output is not finite.
    """
    stages = Stages(progress, cancelled or never)
    with stages.run("preprocess"):
        preprocessed = preprocess(study, network.preprocessing)
        predictor = Predictor(network.module, settings, cancelled or never)
    averaged = members(study.available, settings.ensemble)
    alone: tuple[Subset, ...] = tuple((m,) for m in study.available) if settings.confidence else ()
    predictions = _predictions(predictor, preprocessed, averaged, alone, stages)
    with stages.run("network"):
        kept: dict[Subset, Tensor] = {}
        fused = mean_logits(_keeping(kept, alone, averaged, predictions))
        winner = winning_class(fused)
    levels = None
    if settings.confidence:
        apart = (kept.pop(one) if one in kept else next(predictions) for one in alone)
        levels = _levels(preprocessed, study.available, winner, apart, stages)
    labels, confidence, notes = _restored(fused, winner, levels, preprocessed.frame, settings, stages)
    volumes = volumes_ml(labels, study.grid.voxel_ml)
    brain_ml = np.count_nonzero(preprocessed.brain) * preprocessed.grid.voxel_ml
    found = (*study.warnings, *predictor.warnings, *notes, *warn_implausible(volumes, brain_ml))
    warnings = in_order(network.card, study.available, found)
    report = build_report(
        study=study,
        network=network,
        told=told(settings),
        execution_plan={**predictor.execution_plan.to_json(), "averaged": [subset_name(s) for s in averaged]},
        seconds=stages.seconds,
        volumes_ml=volumes,
        measurements=measure(labels, study.grid, study.images[study.reference]),
        warnings=warnings,
    )
    return SegmentationResult(study, labels, study.grid.affine, confidence, volumes, warnings, report)


def _predictions(
    predictor: Predictor,
    preprocessed: Preprocessed,
    averaged: tuple[Subset, ...],
    alone: tuple[Subset, ...],
    stages: Stages,
) -> Iterator[Tensor]:
    """Yield the logits of the crop from the subsets that are averaged, then from those of `alone` that are not.

    Reports how far the stage is, "network" and then "confidence".
    """
    further = [subset for subset in alone if subset not in averaged]

    def advance(index: int, share: float) -> None:
        done = index + share
        first = len(averaged)
        stages.advance(done / first if index < first else (done - first) / len(further))

    return predictor.logits(
        preprocessed,
        [subset_mask(subset) for subset in (*averaged, *further)],
        # Only who wins matters where neither probabilities nor an interpolation follow.
        scaled=bool(alone) or len(averaged) > 1 or preprocessed.frame.to_crop is not None,
        on_progress=advance,
    )


def _keeping(
    kept: dict[Subset, Tensor], wanted: tuple[Subset, ...], subsets: tuple[Subset, ...], predictions: Iterator[Tensor]
) -> Iterator[Tensor]:
    """Yield the predictions from `subsets`; those that are wanted once more are kept."""
    for subset in subsets:
        logits = next(predictions)
        if subset in wanted:
            kept[subset] = logits
        yield logits


def _levels(
    preprocessed: Preprocessed, modalities: Subset, winner: Tensor, apart: Iterator[Tensor], stages: Stages
) -> Levels:
    """Return the confidence on the crop, from the logits of each modality alone, one in memory at a time."""
    with stages.run("confidence"):
        sure = {m: sure_of(logits, winner, threshold(m)) for m, logits in zip(modalities, apart, strict=True)}
        return confidence_levels(sure, preprocessed.brain)


def _restored(
    fused: Tensor,
    winner: Tensor,
    levels: Levels | None,
    frame: ReferenceFrame,
    settings: InferenceSettings,
    stages: Stages,
) -> tuple[Labels, Levels | None, list[Message]]:
    """Return labels and confidence on the reference's grid, cleaned up, and what the clean-up did."""
    with stages.run("restore"):
        labels = restore_labels(fused, winner, frame)
        confidence = None if levels is None else restore_levels(levels, frame)
        return labels, confidence, clean_up(labels, confidence, frame.grid.voxel_ml, settings)
