"""The manifest of a result: everything one needs to know to judge it or to repeat it, as JSON values."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from GSSCore.imaging.orientation import axis_codes
from GSSCore.imaging.volume import Grid
from GSSCore.inference.settings import ASKED, CLEAN_UP, InferenceSettings
from GSSCore.messages import as_message
from GSSCore.options import options_of
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
    settings: InferenceSettings,
    execution_plan: Mapping[str, Any],
    seconds: Mapping[str, float],
    volumes_ml: Mapping[str, float],
    warnings: Sequence[str],
) -> dict[str, Any]:
    """Return the manifest, which JSON can hold as it is.

    Args:
        study: what was segmented.
        network: by what.
        settings: what was asked for.
        execution_plan: how the network was run in the end; device, precision and windows.
        seconds: wall time by stage.
        volumes_ml: by region and label.
        warnings: sentences for the reader, see `GSSCore.results.doubts.in_order`.
    """
    messages = [as_message(warning) for warning in warnings]
    missing = [m.display for m in MODALITIES if m not in study.images]
    return {
        "schema": SCHEMA,
        "research_use": RESEARCH_USE,
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "used_modalities": [m.display for m in study.available],
        "missing_modalities": missing,
        "reference": study.reference.display,
        "grid": _grid(study.grid),
        "inputs": {m.display: _input(study.sources[m]) for m in study.available},
        "left_out": {m.display: _input(source) for m, source in study.sources.items() if m not in study.images},
        "volumes_ml": {name: round(ml, 4) for name, ml in volumes_ml.items()},
        "warnings": [str(message) for message in messages],
        "messages": [message.to_json() for message in messages],
        "unreliable": [region.value for region in unreliable_regions(network.card, study.available, messages)],
        "network": _network(network.card, study, doubtful=in_doubt(messages)),
        "execution_plan": dict(execution_plan),
        "clean_up": clean_up(settings),
        "asked": asked(settings),
        "seconds": {stage: round(value, 4) for stage, value in seconds.items()},
        "versions": _versions(),
    }


def clean_up(settings: InferenceSettings) -> dict[str, float]:
    """Return from which volume in ml on components are kept; 0 for all."""
    return _told(settings, CLEAN_UP)


def asked(settings: InferenceSettings) -> dict[str, Any]:
    """Return how the network was asked to run; `execution_plan` says how it ran: memory and device may change it."""
    return _told(settings, ASKED)


def asked_in(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the network of a result that is there was asked to run.

    An option that the report does not tell was not there when it was written: the network ran at its default. Of a
    report that tells none, this is how the network ran, at the precision that was found.
    """
    plan = report.get("execution_plan", {})
    told = report.get("asked") or {"window": plan["window"], "overlap": plan["overlap"]}
    return {**asked(InferenceSettings()), **told}


def clean_up_in(report: Mapping[str, Any]) -> dict[str, float]:
    """Return from which volume in ml on the components of a result that is there were kept."""
    return {**clean_up(InferenceSettings()), **{name: float(ml) for name, ml in report["clean_up"].items()}}


def _told(settings: InferenceSettings, part: str) -> dict[str, Any]:
    """Return the options that a part of the report tells, as JSON values."""
    told: dict[str, Any] = {}
    for option in options_of(InferenceSettings):
        if option.declared.report == part:
            value = getattr(settings, option.name)
            told[option.name] = (
                list(value) if isinstance(value, tuple) else float(value) if option.kind is float else value
            )
    return told


def with_warnings(report: Mapping[str, Any], more: Sequence[str]) -> dict[str, Any]:
    """Return the manifest with further warnings, after those that it has."""
    messages = [as_message(warning) for warning in more]
    return {
        **report,
        "warnings": [*report["warnings"], *map(str, messages)],
        "messages": [*report["messages"], *(message.to_json() for message in messages)],
    }


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


def _network(card: Card, study: Study, *, doubtful: bool) -> dict[str, Any]:
    """Return what is known of the network; of doubtful images nothing is expected."""
    expected = None if doubtful else card.expected_dice(study.available)
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
