"""DICOM folders on the command line: listed, segmented as the same images in other files are, and as cohorts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from dicom_files import FLAIR_TIMES, T1_TIMES, T2_TIMES, save, slices, uid
from GSSCore.cli import main
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.raw.from_dicom import read_dicom_study
from GSSCore.vocabulary import Modality
from report_schema import problems
from small_networks import save_untrained
from study_heads import centred_affine, head

SHAPE = (44, 54, 40)
AFFINE = centred_affine(SHAPE, (3.5, 3.5, 3.5))
SERIES: dict[Modality, tuple[int, str, dict[str, Any]]] = {
    Modality.FLAIR: (3, "t2_tirm_dark-fluid", FLAIR_TIMES),
    Modality.T1CE: (5, "t1_se KM", T1_TIMES),
    Modality.T1: (4, "t1_se", T1_TIMES),
    Modality.T2: (2, "t2_tse", T2_TIMES),
}


def write_patient(folder: Path, seed: int = 0, **attributes: Any) -> dict[Modality, np.ndarray[Any, Any]]:
    """Write a prepared head as DICOM series, a folder each; return its images."""
    images = {m: np.rint(image).astype(np.uint16) for m, image in head(SHAPE, AFFINE, seed=seed).items()}
    for modality, (number, description, times) in SERIES.items():
        objects = slices(images[modality], AFFINE, number, description, times, **attributes)
        save(folder / description, objects)
    return images


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `patient/dicom` with DICOM, and the same images as NIfTI in `patient/nifti`."""
    folder = tmp_path_factory.mktemp("patient")
    for modality, image in write_patient(folder / "dicom").items():
        write_nifti(Volume(image, AFFINE), folder / "nifti" / f"p_{modality.value}.nii.gz")
    return folder


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_untrained(tmp_path_factory.mktemp("network"))


def run(*words: object) -> int:
    return main([str(word) for word in words])


def segment(network: Path, output: Path, *words: object) -> dict[str, Any]:
    assert run("segment", *words, "--network", network, "--device", "cpu", "--no-confidence", "--output", output) == 0
    report: dict[str, Any] = json.loads((output / "report.json").read_text(encoding="utf-8"))
    return report


def labels(folder: Path) -> np.ndarray[Any, Any]:
    return np.asanyarray(nib.load(folder / "labels.nii.gz").dataobj)  # type: ignore[attr-defined]


def test_series_give_the_labels_that_the_same_images_give_as_files(
    patient: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = segment(network, tmp_path / "a", "--dicom", patient / "dicom", "--reference", "flair")
    printed = capsys.readouterr().out
    assert "FLAIR: series 3 (t2_tirm_dark-fluid) is taken, by its description." in printed
    segment(network, tmp_path / "b", "--case", patient / "nifti", "--reference", "flair")
    assert np.array_equal(labels(tmp_path / "a"), labels(tmp_path / "b"))
    assert not problems(tmp_path / "a")
    assert report["case"] == "dicom" and report["used_modalities"] == ["FLAIR", "T1ce", "T1", "T2"]
    told = report["input"]["dicom"]
    assert {name: one["series"] for name, one in told["taken"].items()} == {
        "flair": "3", "t1ce": "5", "t1": "4", "t2": "2",
    }  # fmt: skip
    text = (tmp_path / "a" / "report.json").read_text(encoding="utf-8")
    assert not any(word in text for word in ("Doe", "Jane", "19700101"))


def test_named_series_are_taken_and_sequences_left_out(patient: Path, network: Path, tmp_path: Path) -> None:
    report = segment(network, tmp_path, "--dicom", patient / "dicom", "--t1ce", "t1_se", "--t1", "none")
    assert report["used_modalities"] == ["FLAIR", "T1ce", "T2"]
    assert report["input"]["dicom"]["taken"]["t1ce"]["series"] == "4"
    assert "5" in [one["series"] for one in report["input"]["dicom"]["left_out"]]


def test_json_lines_stay_json_lines(
    patient: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    segment(network, tmp_path, "--dicom", patient / "dicom", "--progress", "jsonl")
    assert all(json.loads(line) for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--case", "x", "--dicom", "x"), 2, "Both --case and --dicom were given"),
        (("--study", "2026-01-02"), 2, "--study chooses among the studies of --dicom"),
        (("--dicom", "missing"), 3, "missing is not there"),
    ],
)
def test_what_makes_no_sense_is_refused(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("segment", *words, "--output", tmp_path / "out") == code
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_reference_that_no_series_is_taken_for_is_refused_before_anything_is_read(
    patient: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--dicom", patient / "dicom", "--t1", "none", "--reference", "t1", "--output", tmp_path / "out")
    assert run("segment", *words) == 3
    assert "T1" in capsys.readouterr().err


def test_the_series_are_listed_with_what_is_taken(patient: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("dicom", patient / "dicom", "--t2", "none") == 0
    lines = capsys.readouterr().out.splitlines()
    assert " ".join(lines[0].split()) == "series study description images slices mm cover mm by its header"
    assert lines[2].split() == ["2", "2026-01-02", "t2_tse", "40", "3.5", "140", "T2"]
    assert "FLAIR: series 3 (t2_tirm_dark-fluid) is taken, by its description." in lines
    assert "Series 2 (t2_tse) is left out: another series was named as T2, or none of them." in lines


def test_the_list_as_json(patient: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("dicom", patient / "dicom", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["taken"]["t2"]["uid"] == uid("series", 2, "t2_tse") and told["warnings"] == []


def test_a_study_can_be_read_in_python(patient: Path) -> None:
    study = read_dicom_study(patient / "dicom", series={Modality.T1: "none"})
    assert (study.case, study.available) == ("dicom", (Modality.FLAIR, Modality.T1CE, Modality.T2))
    assert study.dicom is not None and all(source.sha256 for source in study.sources.values())


def test_a_cohort_of_patients_skips_what_is_up_to_date(
    network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patients = tmp_path / "patients"
    for seed, name in enumerate(("a", "b")):
        write_patient(patients / name, seed, StudyInstanceUID=uid(name), PatientID=name)
    (patients / "notes").mkdir()
    words = ("cohort", patients, "--dicom", "--network", network, "--no-confidence", "--output", tmp_path / "out")
    assert run(*words) == 0
    assert "2 done, 0 skipped, 0 failed" in capsys.readouterr().out
    file = next((patients / "b" / "t2_tse").iterdir())
    file.write_bytes(file.read_bytes()[:-2] + b"\1\1")
    assert run(*words, "--skip-existing") == 0
    printed = capsys.readouterr().out
    assert "a: FLAIR+T1ce+T1+T2" in printed and "1 done, 1 skipped, 0 failed" in printed
    assert "T2 was replaced." in printed


def test_the_series_folders_of_one_patient_are_no_cohort(
    patient: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("cohort", patient / "dicom", "--dicom", "--output", tmp_path / "out") == 3
    assert "hold series of one study" in capsys.readouterr().err
    assert run("cohort", patient / "nifti", "--dicom", "--output", tmp_path / "out") == 3
    assert "holds no folder with DICOM files" in capsys.readouterr().err
    table = tmp_path / "table.csv"
    table.write_text("id,flair\n", encoding="utf-8")
    assert run("cohort", table, "--dicom", "--output", tmp_path / "out") == 3
    assert "of DICOM series, name the folder" in capsys.readouterr().err
