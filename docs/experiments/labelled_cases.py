"""What the experiments with a trained network share: their arguments, and preprocessed cases with scorers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

from GSSCore.dataset import Case, gather_cases, preprocess_case, read_split
from GSSCore.evaluation.protocol import predict_subsets
from GSSCore.evaluation.scoring import Scorer
from GSSCore.inference.predictor import Predictor
from GSSCore.inference.settings import InferenceSettings
from GSSCore.networks.bundle import Network
from GSSCore.preprocessing.preprocessed import Preprocessed
from GSSCore.study.labels import DEFAULT_LABEL_MAP
from GSSCore.vocabulary import SUBSETS, Subset

SETTINGS = InferenceSettings(device="auto", confidence=False)
Labels = NDArray[np.uint8]


class Predicting:
    """A network that predicts subsets of cases, as they are, without clean-up."""

    def __init__(self, network: Path | None) -> None:
        loaded = Network.load(network)
        self.name = f"{loaded.card.name} {loaded.card.version}"
        self._preprocessing = loaded.preprocessing
        self._predictor = Predictor(loaded.module, SETTINGS)

    def preprocess(self, case: Case, quick: bool = False) -> LabelledCase:
        """Return a case on the network's grid, with its scorer."""
        preprocessed, truth = preprocess_case(case, self._preprocessing, case.labels(None, DEFAULT_LABEL_MAP))
        return LabelledCase(preprocessed, truth, Scorer(case.name, truth, preprocessed.grid, quick=quick))

    def subsets(self, case: LabelledCase, wanted: set[Subset]) -> Iterator[tuple[Subset, Labels]]:
        """Yield the label map of each wanted subset."""
        return predict_subsets(self._predictor, case.preprocessed, [s for s in SUBSETS if s in wanted], SETTINGS)


class LabelledCase(NamedTuple):
    """A preprocessed case, its truth, and what scores predictions."""

    preprocessed: Preprocessed
    truth: Labels
    scorer: Scorer


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of the arguments that name data, split and network."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--data", type=Path, nargs="+", required=True)
    made.add_argument("--split", type=Path, required=True)
    made.add_argument("--part", default="validation")
    made.add_argument("--network", type=Path)
    return made


def cases(options: argparse.Namespace) -> list[Case]:
    """Return the cases that the parsed arguments name."""
    return gather_cases(options.data, read_split(options.split, options.part))
