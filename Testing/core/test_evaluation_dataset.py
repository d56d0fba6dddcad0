"""A data set's cases are found by their folders, and what is missing is named."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from GSSCore.dataset import find_cases, find_split, gather_cases, read_split
from GSSCore.errors import InputError
from GSSCore.vocabulary import MODALITIES, Modality


def make_case(folder: Path, *words: str) -> Path:
    """Empty files under BraTS names: only names matter here."""
    folder.mkdir(parents=True)
    for word in words:
        (folder / f"{folder.name}_{word}.nii.gz").touch()
    return folder


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    place = tmp_path / "cases"
    make_case(place / "B", "flair", "t1ce", "t1", "t2", "seg")
    make_case(place / "A", "t1ce", "t1", "seg")
    return place


def test_cases_come_sorted_with_the_modalities_they_have(dataset: Path) -> None:
    first, second = find_cases(dataset)
    assert (first.name, first.available) == ("A", (Modality.T1CE, Modality.T1))
    assert (second.name, second.available) == ("B", MODALITIES)
    assert second.truth == dataset / "B" / "B_seg.nii.gz"


def test_named_cases_come_in_the_order_of_the_names(dataset: Path) -> None:
    assert [case.name for case in find_cases(dataset, ["B", "A", "B"])] == ["B", "A"]


def test_the_folder_of_one_case_is_a_data_set_of_one(dataset: Path) -> None:
    assert [case.name for case in find_cases(dataset / "B")] == ["B"]


def test_folders_without_a_segmentation_are_left_out_and_logged(
    dataset: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_case(dataset / "C", "flair")
    (dataset / ".cache").mkdir()
    with caplog.at_level(logging.WARNING):
        assert [case.name for case in find_cases(dataset)] == ["A", "B"]
    assert [record.getMessage() for record in caplog.records] == [
        f"{dataset / 'C'} holds no segmentation and is left out"
    ]


@pytest.mark.parametrize(
    ("names", "words"),
    [(["b"], "no case 'b'"), (["BB"], "the nearest name is B"), (["C"], "no segmentation such as C_seg")],
)
def test_a_named_case_that_is_not_there_is_refused(dataset: Path, names: list[str], words: str) -> None:
    make_case(dataset / "C", "flair")
    with pytest.raises(InputError, match=words):
        find_cases(dataset, names)


def test_a_segmentation_without_images_is_refused(dataset: Path) -> None:
    make_case(dataset / "D", "seg")
    with pytest.raises(InputError, match="no FLAIR, T1ce, T1 or T2"):
        find_cases(dataset)


def test_what_holds_no_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no case"):
        find_cases(tmp_path)
    with pytest.raises(InputError, match="is no folder"):
        find_cases(tmp_path / "nowhere")


class TestSeveralDataSets:
    def test_are_gathered_by_name(self, dataset: Path, tmp_path: Path) -> None:
        make_case(tmp_path / "more" / "AB", "t2", "seg")
        both = [dataset, tmp_path / "more"]
        assert [case.name for case in gather_cases(both)] == ["A", "AB", "B"]
        assert [case.name for case in gather_cases(both, ["B", "AB"])] == ["B", "AB"]

    def test_must_not_hold_a_case_twice(self, dataset: Path) -> None:
        with pytest.raises(InputError, match="The case A is in"):
            gather_cases([dataset, dataset])

    def test_must_hold_every_case_that_is_named(self, dataset: Path, tmp_path: Path) -> None:
        make_case(tmp_path / "more" / "AB", "t2", "seg")
        with pytest.raises(InputError, match=r"no case 'ABC' in .*, the nearest name is AB.*\(2 missing in all\)"):
            gather_cases([dataset, tmp_path / "more"], ["A", "ABC", "ABD"])


class TestASplit:
    def test_is_found_in_the_data_set_or_beside_it(self, dataset: Path) -> None:
        with pytest.raises(InputError, match="has no split"):
            find_split(dataset)
        beside = dataset.parent / "split.json"
        beside.write_text(json.dumps({"train": ["A"], "validation": ["B"]}), encoding="utf-8")
        assert find_split(dataset) == beside.resolve()
        inside = dataset / "split.json"
        inside.write_text("{}", encoding="utf-8")
        assert find_split(dataset) == inside.resolve()

    def test_names_the_cases_of_its_parts(self, tmp_path: Path) -> None:
        path = tmp_path / "split.json"
        path.write_text(json.dumps({"train": ["A"], "validation": ["B", "C"]}), encoding="utf-8")
        assert read_split(path, "validation") == ("B", "C")
        with pytest.raises(InputError, match="no part 'test': choose one of train, validation"):
            read_split(path, "test")

    @pytest.mark.parametrize(("text", "words"), [("{", "can't be read"), ("[]", "form"), ('{"train": [1]}', "form")])
    def test_of_another_form_is_refused(self, tmp_path: Path, text: str, words: str) -> None:
        path = tmp_path / "split.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=words):
            read_split(path, "train")


def test_the_validation_cases_of_the_real_studies_are_found(real_cases: Path) -> None:
    listed = read_split(find_split(real_cases / "cases"), "validation")
    there = [name for name in listed if (real_cases / "cases" / name).is_dir()]
    cases = find_cases(real_cases / "cases", there)
    assert len(cases) >= 8
    assert all(case.available == MODALITIES for case in cases)
