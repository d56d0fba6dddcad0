"""What report.json tells of the settings that change the labels, of a run and of a result that is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from GSSCore.inference.settings import ASKED, CLEAN_UP, InferenceSettings
from GSSCore.options import told_part


def told(settings: InferenceSettings) -> dict[str, dict[str, Any]]:
    """Return the parts of a report that tell the settings, by name."""
    return {CLEAN_UP: clean_up_asked(settings), ASKED: asked(settings)}


def clean_up_asked(settings: InferenceSettings) -> dict[str, float]:
    """Return from which volume in ml on components are kept; 0 for all."""
    return told_part(settings, CLEAN_UP)


def asked(settings: InferenceSettings) -> dict[str, Any]:
    """Return how the network was asked to run; `execution_plan` says how it ran: memory and device may change it."""
    return told_part(settings, ASKED)


def asked_in(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the network of a result that is there was asked to run.

    An option that the report does not tell was not there when it was written: the network ran at its default. Of a
    report that tells none, this is how the network ran, at the precision that was found.
    """
    plan = report.get("execution_plan", {})
    known = report.get("asked") or {"window": plan["window"], "overlap": plan["overlap"]}
    return {**asked(InferenceSettings()), **known}


def clean_up_in(report: Mapping[str, Any]) -> dict[str, float]:
    """Return from which volume in ml on the components of a result that is there were kept."""
    return {**clean_up_asked(InferenceSettings()), **{name: float(ml) for name, ml in report["clean_up"].items()}}
