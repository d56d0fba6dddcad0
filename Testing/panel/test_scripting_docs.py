"""The lines that docs/scripting.md tells a user to type, typed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util

from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.phantom import Phantom
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.batch import load_volume
from opened import Opened

pytestmark = pytest.mark.long

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scripting.md"


@pytest.fixture
def console(opened: Opened, phantom: Phantom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A console as the page expects it: Slicer's names, and the files in the current folder."""
    # The lines take the shipped network, which works at 1 mm and is sooner done with a head that is small.
    affine = np.diag([0.7, 0.7, 0.7, 1.0]) @ phantom.study.grid.affine
    for modality in (Modality.FLAIR, Modality.T2):
        write_nifti(Volume(np.asarray(phantom.study.images[modality]), affine), tmp_path / f"{modality.value}.nii.gz")
    monkeypatch.chdir(tmp_path)
    # Slicer loads files through its own input and output manager, which slicer-core does not have.
    monkeypatch.setattr(slicer.util, "loadVolume", lambda name: load_volume(Path(name), Modality.FLAIR))
    return {"slicer": slicer}


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_every_line_of_the_page_works(
    console: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert len(blocks()) >= 8
    for block in blocks():
        exec(compile(block, str(PAGE), "exec"), console)
    shown = capsys.readouterr().out
    assert "FLAIR+T2 gss-unet" in shown
    assert re.search(r"WT \d+\.\d+ ml, expected Dice 0\.\d+", shown)
    assert "was given as FLAIR and as T2" in shown
    assert "network" in shown
    assert console["confidence"].IsA("vtkMRMLLabelMapVolumeNode")
    assert (tmp_path / "report" / "report.html").is_file()
    assert set(console["result"].volumes_ml) == {"WT", "TC", "ET", "NCR", "ED"}
