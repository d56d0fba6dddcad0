"""A small head with its truth, confidence and report, for the tests of results."""

from __future__ import annotations

import io
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from GSSCore.inference.asked import told
from GSSCore.inference.settings import InferenceSettings
from GSSCore.measurements import measure
from GSSCore.networks.card import Card
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.results.report import build_report
from GSSCore.results.result import SegmentationResult
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, REGIONS, TUMOUR_LABELS, Modality, subset_name
from study_heads import centred_affine, head, truth

if TYPE_CHECKING:
    from GSSCore.networks.bundle import Network

Shape = tuple[int, int, int]
Spacing = tuple[float, float, float]

SHAPE: Shape = (46, 58, 44)
SPACING: Spacing = (3.0, 3.0, 3.0)
AFFINE = centred_affine(SHAPE, SPACING)
IMAGES = head(SHAPE, AFFINE)
TRUTH = truth(SHAPE, AFFINE)
BRAIN = IMAGES[Modality.FLAIR] != 0
CONFIDENCE = np.where(BRAIN, np.where(TRUTH == 2, 1, np.where(TRUTH > 0, 2, 3)), 0).astype(np.uint8)


def study(*modalities: Modality) -> Study:
    """The head with the given modalities; with all four when none is named."""
    return Study.from_arrays({m: (IMAGES[m], AFFINE) for m in modalities or MODALITIES})


def volumes(labels: NDArray[np.uint8], voxel_ml: float) -> dict[str, float]:
    """By name, counted here on its own."""
    found = {r.value: float(np.isin(labels, r.labels).sum() * voxel_ml) for r in REGIONS}
    return found | {label.name: float((labels == label).sum() * voxel_ml) for label in TUMOUR_LABELS}


VOLUMES = volumes(TRUTH, 0.027)


def card(measured: bool = True) -> Card:
    """A card of a network that was never trained."""
    table = {subset_name(MODALITIES): {"WT": 0.91, "TC": 0.82, "ET": 0.73}} if measured else None
    return Card(
        name="test network", version="1.2", network={"name": "unet", "options": {}}, parameters=1,
        preprocessing=PreprocessingSettings(), sha256="cd" * 32, limits=("adults only",), subset_table=table,
        evaluated_on="16 cases",
    )  # fmt: skip


def report(of: Study, warnings: tuple[str, ...] = (), measured: bool = True) -> dict[str, Any]:
    """What `segment` would put together."""
    return build_report(
        study=of,
        # Of a network only the card is asked.
        network=cast("Network", SimpleNamespace(card=card(measured))),
        told=told(InferenceSettings(device="cpu", minimum_component_ml=0.5)),
        execution_plan={"device": "cpu (AVX2)", "precision": "fp32", "window": None, "overlap": 0.25, "batch": 1},
        seconds={"preprocess": 0.25, "network": 0.5},
        volumes_ml=VOLUMES,
        measurements=measure(TRUTH, of.grid, BRAIN),
        warnings=warnings,
    )


def result(**changes: Any) -> SegmentationResult:
    """A result with everything in it, and changes to that."""
    warnings = ("The head is upside down.",)
    plain = SegmentationResult(study(), TRUTH, AFFINE, CONFIDENCE, VOLUMES, warnings, report(study(), warnings))
    return replace(plain, **changes)


def pixels(png: bytes) -> NDArray[np.int64]:
    """Rows, columns and RGB of a picture."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int64)
