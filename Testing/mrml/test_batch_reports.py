"""The reports of batch runs in Slicer have the form that docs/report.schema.json describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from GSSCore.vocabulary import Modality
from GSSSegmentationLib.batch import segment_files
from GSSSegmentationLib.settings import Settings
from report_schema import problems


def test_the_report_of_a_batch_run_names_the_files_that_slicer_read(
    scene: Any, study_folder: Path, network: Path, tmp_path: Path
) -> None:
    files = {m: next(study_folder.glob(f"*_{m.value}.nii.gz")) for m in (Modality.FLAIR, Modality.T1CE)}
    segment_files(files, tmp_path / "out", Settings(device="cpu", network=network))
    assert not problems(tmp_path / "out")
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["sources"].keys() == report["inputs"].keys() == {"FLAIR", "T1ce"}
    assert "segmentation.seg.nrrd" in report["files"]
