"""A real MRML scene for each test, on slicer-core; its absence is a failure, as half the product is not tested then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

try:
    import slicer  # noqa: F401
except ImportError as fault:
    raise pytest.UsageError(f"slicer-core is needed for Testing/mrml ({fault}): run make setup") from fault

from GSSCore.networks.bundle import Network
from GSSCore.networks.card import Card
from GSSCore.networks.registry import create
from GSSCore.phantom import Phantom, make_phantom, write_phantom
from GSSCore.preparation_settings import Preparation
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.headless import ensure_scene
from scenes import SHAPE, SPACING, add_volume


@pytest.fixture(scope="session")
def phantom() -> Phantom:
    """A coarse head with a tumour, on a grid that is no cube."""
    return make_phantom(seed=3, shape=SHAPE, spacing_mm=SPACING)


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained network on a coarse grid: what it finds is noise, but it is quick, and the same everywhere."""
    folder = tmp_path_factory.mktemp("network")
    torch.manual_seed(0)
    module = create("unet", widths=[8, 8, 8, 8], groups=4)
    options = {"name": "unet", "options": module.options}
    Network(module, Card("noise", "0", options, Preparation((SPACING,) * 3), 0, "")).save(folder)
    return folder


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phantom as a folder of files with BraTS names."""
    folder = tmp_path_factory.mktemp("study") / "case1"
    write_phantom(folder, seed=3, shape=SHAPE, spacing_mm=SPACING)
    return folder


@pytest.fixture
def scene() -> Iterator[Any]:
    """An empty scene with the logics of Slicer's modules."""
    scene = ensure_scene()
    scene.Clear(0)
    yield scene
    scene.Clear(0)


@pytest.fixture
def volumes(scene: Any, phantom: Phantom) -> dict[Modality, Any]:
    """The phantom as scalar volume nodes."""
    return {
        modality: add_volume(np.asarray(image), phantom.study.grid.affine, modality.display)
        for modality, image in phantom.study.images.items()
    }
