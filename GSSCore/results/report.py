"""The report of a result: everything one needs to know to judge it or to repeat it, as JSON values."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from GSSCore.imaging.orientation import axis_codes
from GSSCore.imaging.volume import Grid
from GSSCore.measurements import Measurements
from GSSCore.messages import as_message
from GSSCore.results.doubts import in_doubt, unreliable_regions
from GSSCore.study.study import ImageSource, Study
from GSSCore.version import VERSION, package_versions
from GSSCore.vocabulary import MODALITIES, RESEARCH_USE, subset_name

if TYPE_CHECKING:
    from GSSCore.networks.bundle import Network
    from GSSCore.networks.card import Card

SCHEMA = "gss-report-2"
"""Changes when a reader of older reports could misread a new one."""


def build_report(
    *,
    study: Study,
    network: Network,
    told: Mapping[str, Mapping[str, Any]],
    execution_plan: Mapping[str, Any],
    seconds: Mapping[str, float],
    volumes_ml: Mapping[str, float],
    measurements: Measurements,
    warnings: Sequence[str],
) -> dict[str, Any]:
    """Return the report, which JSON can hold as it is.

    Args:
        study: what was segmented.
        network: by what.
        told: of what was asked for, the parts that belong here, see `GSSCore.inference.asked.told`.
        execution_plan: how the network was run in the end; device, precision and windows.
        seconds: wall time by stage.
        volumes_ml: by region and label.
        measurements: of the labels.
        warnings: sentences for the reader, see `GSSCore.results.doubts.in_order`.
    """
    messages = [as_message(warning) for warning in warnings]
    missing = [m.display for m in MODALITIES if m not in study.images]
    return {
        "schema": SCHEMA,
        "research_use": RESEARCH_USE,
        "case": study.case,
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "used_modalities": [m.display for m in study.available],
        "missing_modalities": missing,
        "reference": study.reference.display,
        "grid": _grid(study.grid),
        "inputs": {m.display: _input(study.sources[m]) for m in study.available},
        "left_out": {m.display: _input(source) for m, source in study.sources.items() if m not in study.images},
        "input": _treatment(study),
        "volumes_ml": {name: round(ml, 4) for name, ml in volumes_ml.items()},
        "measurements": measurements.to_json(),
        "warnings": [str(message) for message in messages],
        "messages": [message.to_json() for message in messages],
        "unreliable": [region.value for region in unreliable_regions(network.card, study.available, messages)],
        "network": _network(network.card, study, known=study.alignment is None and not in_doubt(messages)),
        "execution_plan": dict(execution_plan),
        **told,
        "seconds": {stage: round(value, 4) for stage, value in (_own_seconds(study) | dict(seconds)).items()},
        "versions": _versions(),
    }


def with_warnings(report: Mapping[str, Any], more: Sequence[str]) -> dict[str, Any]:
    """Return the report with further warnings, after those that it has."""
    messages = [as_message(warning) for warning in more]
    return {
        **report,
        "warnings": [*report["warnings"], *map(str, messages)],
        "messages": [*report["messages"], *(message.to_json() for message in messages)],
    }


def _own_seconds(study: Study) -> dict[str, float]:
    return {} if study.alignment is None else dict(study.alignment.seconds)


def _treatment(study: Study) -> dict[str, Any]:
    """Return what was asked for of how the images are treated, what was done, and how DICOM series were chosen."""
    alignment = study.alignment
    told: dict[str, Any] = {"asked": dict(study.asked), "treated_as": "prepared" if alignment is None else "raw"}
    if alignment is not None:
        told["brain_ml"] = round(float(np.count_nonzero(study.brain)) * study.grid.voxel_ml, 2)
        told |= alignment.to_json()
    return told if study.dicom is None else {**told, "dicom": dict(study.dicom)}


def _input(source: ImageSource) -> dict[str, Any]:
    return {
        "file": None if source.path is None else str(source.path),
        "sha256": source.sha256,
        **_grid(source.grid),
        "resampled": source.resampled,
    }


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "shape": list(grid.shape),
        "spacing_mm": [round(mm, 5) for mm in grid.spacing],
        "axes": axis_codes(grid.affine),
        "affine": [[round(float(value), 6) for value in row] for row in grid.affine],
    }


def _network(card: Card, study: Study, *, known: bool) -> dict[str, Any]:
    """Return what is known of the network; nothing is expected of doubtful images, nor of raw scans."""
    expected = card.expected_dice(study.available) if known else None
    return {
        "name": card.name,
        "version": card.version,
        "sha256": card.sha256,
        "architecture": card.network["name"],
        "licence": card.licence,
        "limits": list(card.limits),
        "subset": subset_name(study.available),
        "expected_dice": None if expected is None else {r.value: round(v, 4) for r, v in expected.items()},
        "expected_dice_from": card.evaluated_on,
    }


def _versions() -> dict[str, str]:
    found = {"GSSCore": VERSION, "python": platform.python_version(), "platform": platform.platform()}
    return found | {name: version or "missing" for name, version in package_versions().items()}
