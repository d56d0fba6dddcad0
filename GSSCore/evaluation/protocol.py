"""The protocol by which networks are compared: every case with every subset of its modalities, on one crop.

A study is read and prepared once, with all its modalities; every subset sees that very crop with the others blanked, so
that scores differ by what the network knows and not by how the images were cut. Scores are taken on the crop, at the
spacing of the network's card, 1 mm for the networks that ship.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

from GSSCore.dataset import Case, preprocess_case
from GSSCore.evaluation.reliability import ReliabilityRow, ReliabilityScorer
from GSSCore.evaluation.rows import Row
from GSSCore.evaluation.scoring import Scorer
from GSSCore.imaging.arrays import Labels, Levels
from GSSCore.inference.aggregator import winning_class
from GSSCore.inference.cancellation import IsCancelled, never
from GSSCore.inference.confidence import confidence_levels, sure_of, threshold
from GSSCore.inference.postprocessing import clean_up, labels_of
from GSSCore.inference.predictor import Predictor
from GSSCore.inference.settings import InferenceSettings
from GSSCore.messages import Message, as_message
from GSSCore.networks.bundle import Network
from GSSCore.preprocessing.preprocessed import Preprocessed
from GSSCore.study.labels import DEFAULT_LABEL_MAP, LabelMap
from GSSCore.vocabulary import MODALITIES, SUBSETS, Subset, subset_mask

logger = logging.getLogger(__name__)

OnNote = Callable[[Message], None]
Progress = Callable[[str, float], None]
"""Gets the name of the case at work and the share of all work that is done, 0 to 1."""


def evaluate(
    cases: Sequence[Case],
    network: Network,
    subsets: Sequence[Subset] = SUBSETS,
    settings: InferenceSettings = InferenceSettings(),
    *,
    label_map: LabelMap | None = None,
    quick: bool = False,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
    on_note: OnNote | None = None,
) -> list[Row]:
    """Score a network on cases; a subset that a case can't offer has no row.

    Args:
        cases: which ones.
        network: it is left as it is.
        subsets: which ones.
        settings: how to run the network; clean-up options apply to the crop, `confidence` has no meaning here.
        label_map: what the values in the segmentations stand for; when None, what their data set declares, and
            `truth.DEFAULT_LABEL_MAP` where it declares nothing.
        quick: leave out HD95 and lesion-wise scores.
        progress: called as work proceeds.
        cancelled: asked throughout.
        on_note: gets, at the end, what sets these scores apart from those of whole crops at the settings by default.

    Returns:
        Rows in the order of cases, subsets and regions.

    Raises:
        InputError: when a case can't be read or holds an undeclared label.
        Cancelled: as soon as `cancelled` says so.
    """
    predictor = Predictor(network.module, settings, cancelled or never)
    windowed, lacking = list[str](), list[str]()
    rows: list[Row] = []
    for number, case in enumerate(cases):
        preprocessed, truth = preprocess_case(case, network.preprocessing, case.labels(label_map, DEFAULT_LABEL_MAP))
        wanted = [s for s in subsets if set(s) <= set(preprocessed.modalities)]
        if not wanted:
            logger.warning("%s offers none of the subsets asked for and has no score", case.name)
        scorer = Scorer(case.name, truth, preprocessed.grid, quick=quick)

        def advance(share: float, case: Case = case, number: int = number) -> None:
            if progress is not None:
                progress(case.name, (number + share) / len(cases))

        advance(0.0)
        for done, (subset, labels) in enumerate(predict_subsets(predictor, preprocessed, wanted, settings), start=1):
            rows += scorer.rows(subset, labels)
            advance(done / len(wanted))
        windowed += [case.name] if predictor.execution_plan.used is not None else []
        lacking += [case.name] if preprocessed.modalities != case.available else []
    _tell(predictor, windowed, lacking, settings, on_note)
    return rows


def evaluate_confidence(
    cases: Sequence[Case],
    network: Network,
    settings: InferenceSettings = InferenceSettings(),
    *,
    label_map: LabelMap | None = None,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
    on_note: OnNote | None = None,
) -> list[ReliabilityRow]:
    """Count how often each confidence level is right, for every subset of each case's modalities.

    Arguments and errors are those of `evaluate`.
    """
    predictor = Predictor(network.module, settings, cancelled or never)
    windowed, lacking = list[str](), list[str]()
    rows: list[ReliabilityRow] = []
    for number, case in enumerate(cases):
        preprocessed, truth = preprocess_case(case, network.preprocessing, case.labels(label_map, DEFAULT_LABEL_MAP))
        scorer = ReliabilityScorer(case.name, truth, preprocessed.grid.spacing)
        subsets = [s for s in SUBSETS if set(s) <= set(preprocessed.modalities)]
        for done, (subset, labels, levels) in enumerate(_with_confidence(predictor, preprocessed, subsets, settings)):
            rows += scorer.rows(subset, labels, levels)
            if progress is not None:
                progress(case.name, (number + (done + 1) / len(subsets)) / len(cases))
        windowed += [case.name] if predictor.execution_plan.used is not None else []
        lacking += [case.name] if preprocessed.modalities != case.available else []
    _tell(predictor, windowed, lacking, settings, on_note)
    return rows


def _tell(
    predictor: Predictor,
    windowed: Sequence[str],
    lacking: Sequence[str],
    settings: InferenceSettings,
    on_note: OnNote | None,
) -> None:
    """Tell what sets scores apart: fallbacks, windows in place of the whole crop, images left out, clean-up."""
    notes = [as_message(warning) for warning in predictor.warnings]
    if windowed:
        notes.append(
            Message(
                "evaluation.windows",
                "Predicted in windows, not in the whole crop: {cases}. Scores in windows may be others.",
                cases=windowed,
            )
        )
    if lacking:
        notes.append(
            Message(
                "evaluation.left-out",
                "Without the subsets of an image that shows next to nothing of the brain and was left out: {cases}.",
                cases=lacking,
            )
        )
    if settings.minimum_component_ml or settings.et_minimum_ml:
        notes.append(
            Message(
                "evaluation.clean-up",
                "Scored after a clean-up: tumour components below {component:g} ml dropped, components of ET below "
                "{et:g} ml turned into NCR.",
                component=float(settings.minimum_component_ml),
                et=float(settings.et_minimum_ml),
            )
        )
    for note in notes:
        logger.info(note)
        if on_note is not None:
            on_note(note)


def predict_subsets(
    predictor: Predictor, preprocessed: Preprocessed, subsets: Sequence[Subset], settings: InferenceSettings
) -> Iterator[tuple[Subset, Labels]]:
    """Yield each subset's label map, uint8 (D, H, W), on the crop; what networks can share is computed once."""
    masks = [subset_mask(s) for s in subsets]
    logits = predictor.logits(preprocessed, masks, scaled=False)
    for subset, of_subset in zip(subsets, logits, strict=True):
        labels = labels_of(winning_class(of_subset), preprocessed.brain)
        clean_up(labels, None, preprocessed.grid.voxel_ml, settings)
        yield subset, labels


def _with_confidence(
    predictor: Predictor, preprocessed: Preprocessed, subsets: Sequence[Subset], settings: InferenceSettings
) -> Iterator[tuple[Subset, Labels, Levels]]:
    """Yield each subset's label map and confidence levels, both uint8 (D, H, W); single modalities are run once."""
    available = [m for m in MODALITIES if (m,) in subsets]
    masks = [subset_mask(s) for s in ([(m,) for m in available] + list(subsets))]
    logits = predictor.logits(preprocessed, masks)
    singles = {m: next(logits) for m in available}
    for subset, of_subset in zip(subsets, logits, strict=True):
        winner = winning_class(of_subset)
        sure = {m: sure_of(singles[m], winner, threshold(m)) for m in subset}
        labels, levels = labels_of(winner, preprocessed.brain), confidence_levels(sure, preprocessed.brain)
        clean_up(labels, levels, preprocessed.grid.voxel_ml, settings)
        yield subset, labels, levels
