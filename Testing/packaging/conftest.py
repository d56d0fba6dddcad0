"""Builds and installs the extension once for all tests."""

from __future__ import annotations

import pytest
from extension_build import Extension


@pytest.fixture(scope="session")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Extension:
    """The extension, built and installed from a copy of the tree."""
    return Extension.copied_to(tmp_path_factory.mktemp("extension")).installed()
