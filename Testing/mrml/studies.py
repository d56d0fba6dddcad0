"""Studies and a network that several tests share, as fixtures; a conftest imports what it offers."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from GSSCore.phantom import Phantom, RawPhantom, make_phantom, make_raw_phantom, write_phantom
from scenes import SHAPE, SPACING
from small_networks import save_untrained


@pytest.fixture(scope="session")
def phantom() -> Phantom:
    """A coarse head with a tumour, on a grid that is no cube."""
    return make_phantom(seed=3, shape=SHAPE, spacing_mm=SPACING)


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained network on a coarse grid: what it finds is noise, but it is quick, and the same everywhere."""
    torch.manual_seed(0)
    return save_untrained(tmp_path_factory.mktemp("network"), spacing_mm=SPACING)


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phantom as a folder of files with BraTS names."""
    folder = tmp_path_factory.mktemp("study") / "case1"
    write_phantom(folder, seed=3, shape=SHAPE, spacing_mm=SPACING)
    return folder


@pytest.fixture(scope="session")
def raw_phantom() -> RawPhantom:
    """A coarse head as scanned, with a tumour; each sequence on a grid of its own."""
    return make_raw_phantom(seed=3, coarser=3.0)
