"""The sheets with every state of the panel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.long


def test_each_language_has_a_sheet_with_every_state(tmp_path: Path) -> None:
    command = [sys.executable, Path(__file__).with_name("panel_pictures.py"), tmp_path]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=280)
    assert run.returncode == 0, run.stderr[-2000:]
    english, german = (Image.open(tmp_path / f"panel-{name}.png").convert("RGB") for name in ("en", "de"))
    for sheet in (english, german):
        assert sheet.width == 4 * (400 + 14) + 14
        pixels = np.asarray(sheet, np.int64)
        assert ((pixels[..., 2] - pixels[..., 0]) > 120).mean() > 0.001, "progress bars"
        red = (pixels[..., 0] - pixels[..., 1:].max(axis=-1)) > 30
        assert red.mean() > 0.00005, "the sentence of the failure"
    assert np.asarray(english).shape != np.asarray(german).shape or (np.asarray(english) != np.asarray(german)).any()
