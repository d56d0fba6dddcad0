"""A real MRML scene for each test, on slicer-core; its absence is a failure, as half the product is not tested then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

try:
    import slicer  # noqa: F401
except ImportError as fault:
    raise pytest.UsageError(f"slicer-core is needed for Testing/mrml ({fault}): run make setup") from fault

from GSSCore.phantom import Phantom
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.headless import ensure_scene
from kept_answers import answers, kept_answers  # noqa: F401
from scenes import add_volume
from studies import network, phantom, raw_phantom, study_folder  # noqa: F401


@pytest.fixture
def scene() -> Iterator[Any]:
    """An empty scene with the logics of Slicer's modules."""
    scene = ensure_scene()
    scene.Clear(0)
    yield scene
    scene.Clear(0)


@pytest.fixture
def volumes(scene: Any, phantom: Phantom) -> dict[Modality, Any]:  # noqa: F811  pytest hands it over by its name
    """The phantom as scalar volume nodes."""
    return {
        modality: add_volume(np.asarray(image), phantom.study.grid.affine, modality.display)
        for modality, image in phantom.study.images.items()
    }
