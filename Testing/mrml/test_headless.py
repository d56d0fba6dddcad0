"""Slicer's scene without the application."""

from __future__ import annotations

from typing import Any

import pytest
import slicer

from GSSSegmentationLib import headless


def test_there_is_one_scene(scene: Any) -> None:
    assert headless.ensure_scene() is scene
    assert slicer.mrmlScene is scene


@pytest.mark.parametrize("name", ["colors", "volumes", "subjecthierarchy", "segmentations", "terminologies"])
def test_modules_have_their_logics(name: str, scene: Any) -> None:
    assert getattr(slicer.modules, name).logic().IsA("vtkMRMLAbstractLogic")


def test_in_slicer_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicer, "app", object(), raising=False)
    monkeypatch.setattr(slicer, "mrmlScene", "Slicer's own", raising=False)
    assert headless.in_application()
    assert headless.ensure_scene() == "Slicer's own"
