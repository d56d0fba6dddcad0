"""The protocol by which networks are compared: every case with every subset of its modalities, on one crop.

A study is read and preprocessed once, with all its modalities. Every subset sees the same crop with the other
modalities blanked, so that scores differ by what the network knows and not by how the images were cut. Scores are taken
on the crop, at the spacing of the network's card, which is 1 mm for the shipped networks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from GSSCore.cancellation import IsCancelled, never
from GSSCore.dataset import Case, preprocess_case
from GSSCore.evaluation.reliability import ReliabilityRow, ReliabilityScorer
from GSSCore.evaluation.rows import Row
from GSSCore.evaluation.scoring import Scorer
from GSSCore.imaging.arrays import Labels, Levels
from GSSCore.inference.aggregator import winning_class
from GSSCore.inference.confidence import confidence_levels, sure_of, threshold
from GSSCore.inference.ensemble import mean_logits, members
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
CaseProgress = Callable[[str, float], None]
"""Is called with the name of the current case and the share of all work that is done, 0 to 1."""


def evaluate(
    cases: Sequence[Case],
    network: Network,
    subsets: Sequence[Subset] = SUBSETS,
    settings: InferenceSettings = InferenceSettings(),
    *,
    label_map: LabelMap | None = None,
    quick: bool = False,
    progress: CaseProgress | None = None,
    cancelled: IsCancelled | None = None,
    on_note: OnNote | None = None,
) -> list[Row]:
    """Score a network on cases. A subset for which a case lacks a modality has no row.

    Args:
        cases: the cases.
        network: it is not changed.
        subsets: the subsets of modalities.
        settings: how the network runs. Clean-up applies to the crop; `confidence` has no effect.
        label_map: what the values in the segmentations mean; None for what their data set declares, and for
            `study.labels.DEFAULT_LABEL_MAP` where it declares nothing.
        quick: leave out HD95 and lesion-wise scores.
        progress: called as work proceeds.
        cancelled: called throughout; True stops the evaluation.
        on_note: called at the end with each note on what sets these scores apart from those of whole crops with the
            default settings.

    Returns:
        Rows in the order of cases, subsets and regions.

    Raises:
        InputError: when a case can't be read or holds an undeclared label.
        Cancelled: as soon as `cancelled` returns True.
    """
    walk = _Walk(cases, network, settings, label_map, progress, cancelled)
    rows: list[Row] = []
    for case, preprocessed, truth, advance in walk:
        wanted = [s for s in subsets if set(s) <= set(preprocessed.modalities)]
        if not wanted:
            logger.warning("%s offers none of the subsets asked for and has no score", case.name)
        scorer = Scorer(case.name, truth, preprocessed.grid, quick=quick)
        advance(0.0)
        predicted = predict_subsets(walk.predictor, preprocessed, wanted, settings)
        for done, (subset, labels) in enumerate(predicted, start=1):
            rows += scorer.rows(subset, labels)
            advance(done / len(wanted))
    walk.tell(on_note)
    return rows


def evaluate_confidence(
    cases: Sequence[Case],
    network: Network,
    settings: InferenceSettings = InferenceSettings(),
    *,
    label_map: LabelMap | None = None,
    progress: CaseProgress | None = None,
    cancelled: IsCancelled | None = None,
    on_note: OnNote | None = None,
) -> list[ReliabilityRow]:
    """Count how often each confidence level is right, for every subset of each case's modalities.

    Arguments and errors are those of `evaluate`.
    """
    walk = _Walk(cases, network, settings, label_map, progress, cancelled)
    rows: list[ReliabilityRow] = []
    for case, preprocessed, truth, advance in walk:
        scorer = ReliabilityScorer(case.name, truth, preprocessed.grid.spacing)
        subsets = [s for s in SUBSETS if set(s) <= set(preprocessed.modalities)]
        predicted = _with_confidence(walk.predictor, preprocessed, subsets, settings)
        for done, (subset, labels, levels) in enumerate(predicted, start=1):
            rows += scorer.rows(subset, labels, levels)
            advance(done / len(subsets))
    walk.tell(on_note)
    return rows


class _Walk:
    """Goes through cases, tells the progress, and notes what sets their scores apart; arguments are `evaluate`'s.

    Attributes:
        predictor: of the network.
    """

    def __init__(
        self,
        cases: Sequence[Case],
        network: Network,
        settings: InferenceSettings,
        label_map: LabelMap | None,
        progress: CaseProgress | None,
        cancelled: IsCancelled | None,
    ) -> None:
        self.predictor = Predictor(network.module, settings, cancelled or never)
        self._cases, self._settings, self._label_map, self._progress = cases, settings, label_map, progress
        self._preprocessing = network.preprocessing
        self._windowed, self._lacking = list[str](), list[str]()

    def __iter__(self) -> Iterator[tuple[Case, Preprocessed, Labels, Callable[[float], None]]]:
        """Yield each case, preprocessed, its truth, and what to call with the share of it that is done."""
        for number, case in enumerate(self._cases):
            labels = case.labels(self._label_map, DEFAULT_LABEL_MAP)
            preprocessed, truth = preprocess_case(case, self._preprocessing, labels)

            def advance(share: float, case: Case = case, number: int = number) -> None:
                if self._progress is not None:
                    self._progress(case.name, (number + share) / len(self._cases))

            yield case, preprocessed, truth, advance
            if self.predictor.execution_plan.used is not None:
                self._windowed.append(case.name)
            if preprocessed.modalities != case.available:
                self._lacking.append(case.name)

    def tell(self, on_note: OnNote | None) -> None:
        """Tell what sets the scores apart: fallbacks, windows in place of the whole crop, images left out, clean-up."""
        notes = [as_message(warning) for warning in self.predictor.warnings]
        if self._windowed:
            notes.append(
                Message(
                    "evaluation.windows",
                    "Predicted in windows, not in the whole crop: {cases}. Scores in windows may be others.",
                    cases=self._windowed,
                )
            )
        if self._lacking:
            notes.append(
                Message(
                    "evaluation.left-out",
                    "Without the subsets of an image that shows next to nothing of the brain and was left out: "
                    "{cases}.",
                    cases=self._lacking,
                )
            )
        if self._settings.minimum_component_ml or self._settings.et_minimum_ml:
            notes.append(
                Message(
                    "evaluation.clean-up",
                    "Scored after a clean-up: tumour components below {component:g} ml dropped, components of ET below "
                    "{et:g} ml turned into NCR.",
                    component=float(self._settings.minimum_component_ml),
                    et=float(self._settings.et_minimum_ml),
                )
            )
        for note in notes:
            logger.info(note)
            if on_note is not None:
                on_note(note)


def predict_subsets(
    predictor: Predictor, preprocessed: Preprocessed, subsets: Sequence[Subset], settings: InferenceSettings
) -> Iterator[tuple[Subset, Labels]]:
    """Yield each subset's label map, uint8 (D, H, W), on the crop; features that subsets share are computed once."""
    averaged, masks = _averaged(subsets, settings)
    logits = predictor.logits(preprocessed, masks, scaled=len(masks) > len(subsets))
    for subset, each in zip(subsets, averaged, strict=True):
        labels = labels_of(winning_class(mean_logits(islice(logits, len(each)))), preprocessed.brain)
        clean_up(labels, None, preprocessed.grid.voxel_ml, settings)
        yield subset, labels


def _with_confidence(
    predictor: Predictor, preprocessed: Preprocessed, subsets: Sequence[Subset], settings: InferenceSettings
) -> Iterator[tuple[Subset, Labels, Levels]]:
    """Yield each subset's label map and confidence levels, both uint8 (D, H, W); single modalities are run once."""
    averaged, masks = _averaged(subsets, settings)
    available = [m for m in MODALITIES if (m,) in subsets]
    logits = predictor.logits(preprocessed, [*(subset_mask((m,)) for m in available), *masks])
    singles = {m: next(logits) for m in available}
    for subset, each in zip(subsets, averaged, strict=True):
        winner = winning_class(mean_logits(islice(logits, len(each))))
        sure = {m: sure_of(singles[m], winner, threshold(m)) for m in subset}
        labels, levels = labels_of(winner, preprocessed.brain), confidence_levels(sure, preprocessed.brain)
        clean_up(labels, levels, preprocessed.grid.voxel_ml, settings)
        yield subset, labels, levels


def _averaged(
    subsets: Sequence[Subset], settings: InferenceSettings
) -> tuple[list[tuple[Subset, ...]], list[tuple[bool, ...]]]:
    """Return for each subset those whose predictions are averaged, and masks for all of them, one after the other."""
    averaged = [members(subset, settings.ensemble) for subset in subsets]
    return averaged, [subset_mask(one) for each in averaged for one in each]
