"""Splits: whole patients, drawn by a seed, and never the same patient or image on both sides."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from GSSCore.cli import main
from GSSCore.dataset import Case, draw_splits, find_cases, find_twins, patient_of, read_split
from GSSCore.errors import InputError, UsageError
from GSSCore.training.run import train
from GSSCore.training.settings import Running, TrainingPlaces
from training_cases import write_study


def cases_of(*names: str) -> list[Case]:
    return [Case(name, {}, Path(f"{name}_seg.nii.gz")) for name in names]


@pytest.mark.parametrize(
    ("name", "patient"),
    [
        ("BraTS-GLI-00005-000", "BraTS-GLI-00005"),
        ("BraTS-SSA-00115-001", "BraTS-SSA-00115"),
        ("UPENN-GBM-00001_21", "UPENN-GBM-00001"),
        ("sub-01_ses-2", "sub-01"),
        ("sub-01", "sub-01"),
        ("BraTS2021_00006", "BraTS2021_00006"),
        ("Brats18_2013_11_1", "Brats18_2013_11_1"),
        ("BRATS_001", "BRATS_001"),
    ],
)
def test_studies_of_one_patient_are_told_by_their_names(name: str, patient: str) -> None:
    assert patient_of(name) == patient


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2)), min_size=12, max_size=60, unique=True),
    st.integers(2, 5),
    st.integers(0, 99),
)
def test_folds_are_whole_patients_and_validate_everybody_once(studies, folds: int, seed: int) -> None:
    cases = cases_of(*(f"BraTS-GLI-{patient:05d}-{time:03d}" for patient, time in studies))
    if len({case.patient for case in cases}) < folds:
        return
    splits = draw_splits(cases, folds, seed)
    assert sorted(name for split in splits for name in split["validation"]) == sorted(case.name for case in cases)
    for split in splits:
        assert sorted(split["train"] + split["validation"]) == sorted(case.name for case in cases)
        assert not {patient_of(n) for n in split["train"]} & {patient_of(n) for n in split["validation"]}


def test_a_split_depends_on_seed_and_names_alone() -> None:
    cases = cases_of(*(f"c{number}" for number in range(30)))
    first = draw_splits(cases, 1, 7, 0.2)
    assert first == draw_splits(cases[::-1], 1, 7, 0.2)
    assert first != draw_splits(cases, 1, 8, 0.2)
    assert len(first[0]["validation"]) == 6


def test_a_side_without_patients_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^Patients \(number: 2\) can't be split so.*\.$"):
        draw_splits(cases_of("a", "b"), 3, 0)
    with pytest.raises(UsageError, match=r"^Patients \(number: 2\) can't be split so.*\.$"):
        draw_splits(cases_of("a", "b"), 1, 0, 0.1)


@pytest.mark.parametrize(("one", "other"), [("train", "validation"), ("train", "test"), ("validation", "test")])
def test_a_split_that_parts_a_patient_is_refused(one: str, other: str, tmp_path: Path) -> None:
    path = tmp_path / "split.json"
    split = {"train": ["x"], "validation": ["y"], "test": ["z"]}
    split[one].append("BraTS-GLI-00005-000")
    split[other].append("BraTS-GLI-00005-001")
    path.write_text(json.dumps(split), encoding="utf-8")
    for part in split:
        with pytest.raises(InputError, match=f"{one} and {other} share BraTS-GLI-00005:"):
            read_split(path, part)


def test_training_refuses_a_split_that_parts_a_patient(tmp_path: Path) -> None:
    for name in ("sub-01_ses-1", "sub-01_ses-2"):
        write_study(tmp_path / "data", name)
    (tmp_path / "split.json").write_text(
        json.dumps({"train": ["sub-01_ses-1"], "validation": ["sub-01_ses-2"]}), encoding="utf-8"
    )
    (tmp_path / "tiny.toml").write_text('name = "tiny"', encoding="utf-8")
    places = TrainingPlaces([tmp_path / "data"], tmp_path / "out", tmp_path / "split.json")
    with pytest.raises(InputError, match="train and validation share sub-01:"):
        train(tmp_path / "tiny.toml", places, Running("cpu"))
    assert not (tmp_path / "out").exists()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for number, name in enumerate(("a", "b", "c", "d")):
        write_study(tmp_path / "data", name, seed=number)
    return tmp_path / "data"


def copy_image(data: Path, source: str, target: str) -> None:
    """Store one case's T1 as another's, in another type."""
    image = nib.load(data / source / f"{source}_t1.nii.gz")
    array = np.asarray(image.dataobj).astype(np.float32)
    nib.save(nib.Nifti1Image(array, image.affine), data / target / f"{target}_t1.nii.gz")


def test_the_same_image_under_two_names_is_found(data: Path) -> None:
    split = {"train": ("a", "b"), "validation": ("c", "d")}
    assert not list(find_twins(find_cases(data), split))
    copy_image(data, "a", "d")
    assert list(find_twins(find_cases(data), split)) == [("a", "d", "T1")]
    assert not list(find_twins(find_cases(data), {"train": ("a", "d"), "validation": ("b",)}))


def test_the_command_draws_and_checks(data: Path, tmp_path: Path, capsys) -> None:
    path = tmp_path / "split.json"
    assert main(["split", str(data), "--output", str(path), "--validation", "0.5", "--seed", "3"]) == 0
    assert "2 train, 2 validation" in capsys.readouterr().out
    assert main(["split", str(data), "--check", str(path)]) == 0
    assert "no patient and no image" in capsys.readouterr().out
    split = json.loads(path.read_text(encoding="utf-8"))
    copy_image(data, split["train"][0], split["validation"][0])
    assert main(["split", str(data), "--check", str(path)]) == 3
    one, other = sorted((split["train"][0], split["validation"][0]))
    assert f"{one} and {other} (T1)" in capsys.readouterr().err


def test_the_command_draws_folds(data: Path, tmp_path: Path, capsys) -> None:
    assert main(["split", str(data), "--output", str(tmp_path / "fold.json"), "--folds", "4"]) == 0
    validated = [read_split(tmp_path / f"fold-{number}.json", "validation") for number in range(4)]
    assert sorted(validated) == [("a",), ("b",), ("c",), ("d",)]
    assert capsys.readouterr().out.count("3 train, 1 validation") == 4


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--output", "x", "--check", "x"],
        ["--output", "x", "--folds", "0"],
        ["--output", "x", "--validation", "1"],
        ["--output", "x", "--seed", "-1"],
    ],
)
def test_nonsense_is_refused(words: list[str], data: Path, capsys) -> None:
    assert main(["split", str(data), *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_share_and_folds_do_not_go_together(data: Path, capsys) -> None:
    assert main(["split", str(data), "--output", "x", "--validation", "0.3", "--folds", "3"]) == 2
    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_split_is_read_with_a_byte_order_mark_or_none(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "split.json").write_text(json.dumps({"train": ["A"], "validation": ["B"]}), encoding=encoding)
    assert read_split(tmp_path / "split.json", "train") == ("A",)
