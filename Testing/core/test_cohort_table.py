"""Which studies a cohort has, from a folder and from a CSV file."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from GSSCore.cohort.row import CohortRow
from GSSCore.cohort.table import part_of, read_cohort
from GSSCore.errors import InputError, UsageError
from GSSCore.vocabulary import Modality


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    """Three studies, of which one has two T1, and a folder with something else."""
    for name, files in {
        "b": ["b_flair.nii.gz", "b_t2.nii.gz"],
        "a": ["a_t1ce.nii.gz"],
        "double": ["x_t1.nii.gz", "y_t1.nii.gz"],
        "notes": ["notes.txt"],
        ".hidden": ["h_flair.nii.gz"],
    }.items():
        for file in files:
            path = tmp_path / "studies" / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    return tmp_path / "studies"


def csv(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "cohort.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_a_folder_gives_its_studies_by_name(studies: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        a, b, double = read_cohort(studies)
    assert (a.id, set(a.files)) == ("a", {Modality.T1CE})
    assert (b.id, set(b.files)) == ("b", {Modality.FLAIR, Modality.T2})
    assert "more than one T1" in str(double.fault)
    assert "notes holds no image" in caplog.text


def test_a_study_of_its_own_is_a_cohort_of_one(studies: Path) -> None:
    (row,) = read_cohort(studies / "b")
    assert row.id == "b"


def test_results_beside_the_studies_are_no_studies(studies: Path) -> None:
    result = studies / "results"
    result.mkdir()
    for name in ("labels.nii.gz", "confidence.nii.gz", "report.json"):
        (result / name).touch()
    assert [row.id for row in read_cohort(studies)] == ["a", "b", "double"]


@pytest.mark.parametrize(
    "text",
    [
        "id,flair,t1ce,t1,t2\np1,f.nii.gz,,,t.nii.gz\n\np2,,c.nii.gz,,\n",
        "T2; ID; FLAIR; T1CE\r\nt.nii.gz;p1;f.nii.gz;\r\n;p2;;c.nii.gz\r\n",
        "id,flair,t2,t1ce,,\np1,f.nii.gz,t.nii.gz,,,\np2,,,c.nii.gz,,,\n",
        '"id","flair","t2","t1ce"\n"p1","f.nii.gz","t.nii.gz"\n"p2",,,"c.nii.gz"\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_file_gives_its_rows(text: str, encoding: str, tmp_path: Path) -> None:
    for name in ("f", "t", "c"):
        (tmp_path / f"{name}.nii.gz").touch()
    first, second = read_cohort(csv(tmp_path, text, encoding))
    assert first == CohortRow("p1", {Modality.FLAIR: tmp_path / "f.nii.gz", Modality.T2: tmp_path / "t.nii.gz"})
    assert second == CohortRow("p2", {Modality.T1CE: tmp_path / "c.nii.gz"})


def test_absolute_paths_stay(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    file = tmp_path / "far" / "f.nii.gz"
    file.touch()
    (row,) = read_cohort(csv(tmp_path, f"id,flair\np1,{file}\n"))
    assert row.files == {Modality.FLAIR: file}


def test_a_missing_file_or_none_at_all_fails_its_row_alone(tmp_path: Path) -> None:
    (tmp_path / "f.nii.gz").touch()
    good, missing, empty = read_cohort(csv(tmp_path, "id,flair,t2\na,f.nii.gz,\nb,f.nii.gz,no.nii.gz\nc,,\n"))
    assert good.fault is None
    assert "T2: " in str(missing.fault) and "no.nii.gz does not exist; correct line 3" in str(missing.fault)
    assert "line 4: c has no file" in str(empty.fault)


def test_a_path_that_no_file_can_have_fails_its_row_alone(tmp_path: Path) -> None:
    (tmp_path / "f.nii.gz").touch()
    good, wrong = read_cohort(csv(tmp_path, f"id,flair\na,f.nii.gz\nb,{'x' * 300}\n"))
    assert good.fault is None
    assert "FLAIR: " in str(wrong.fault)
    assert "correct line 3" in str(wrong.fault)


def test_a_folder_that_is_closed_fails_alone(studies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated, for no folder is closed to root."""
    iterdir = Path.iterdir

    def refusing(folder: Path) -> Iterator[Path]:
        if folder.name == closed:
            raise PermissionError(13, "Permission denied")
        return iterdir(folder)

    monkeypatch.setattr(Path, "iterdir", refusing)
    closed = "b"
    a, b, _ = read_cohort(studies)
    assert a.fault is None
    assert "b can't be read (Permission denied): check its permissions." in str(b.fault)
    closed = studies.name
    with pytest.raises(InputError, match="check its permissions"):
        read_cohort(studies)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("id,flair\n", "lists no study"),
        ("id,flare\nx,y\n", "unknown column 'flare': did you mean flair"),
        ("id,t1gd\nx,y\n", "unknown column 't1gd': did you mean t1ce"),
        ("id,T2F\nx,y\n", "unknown column 't2f': did you mean flair"),
        ("id,T1-Gd\nx,y\n", "unknown column 't1-gd': did you mean t1ce"),
        ("id,adc\nx,y\n", "unknown column 'adc': there are id, flair, t1ce, t1, t2"),
        ("flair,t2\nx,y\n", "needs a column 'id'"),
        ("id\nx\n", "needs a column 'id' and one of"),
        ("id,t1,t1\nx,y,z\n", "'t1' twice"),
        ("id,flair\nx,a\nX,b\n", "line 3: the id 'X' occurs twice"),
        ("id,flair\nx,a,b\n", "line 2: more cells than columns"),
        ("id,flair\n,a\n", "the id '' can't name a folder"),
        ("id,flair\n../x,a\n", "can't name a folder"),
        ("id,flair\n..,a\n", "can't name a folder"),
        ("id,flair\na/b,a\n", "can't name a folder"),
        ("id,flair\na\\b,a\n", "can't name a folder"),
        ("id,flair\n.x,a\n", "can't name a folder"),
        ("id,flair\nx.,a\n", "can't name a folder"),
        ("id,flair\nCON,a\n", "can't name a folder"),
        ("id,flair\nlpt1.x,a\n", "can't name a folder"),
        ("id,flair\nC:x,a\n", "can't name a folder"),
        ("id,flair\nCOM1 .x,a\n", "can't name a folder"),
        ("id,flair\nsummary.csv,a\n", "can't name a folder"),
        ("id,flair\nSummary-1-of-2.csv,a\n", "can't name a folder"),
        (f"id,flair\n{'x' * 201},a\n", "can't name a folder"),
        ("id,,flair\nx,,a\n", "unknown column ''"),
    ],
)
def test_a_csv_file_that_makes_no_sense_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=sentence.replace("..", r"\.\.")):
        read_cohort(csv(tmp_path, text))


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="can't be read as text"):
        read_cohort(tmp_path / "x.csv")


def test_no_such_source_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_cohort(tmp_path / "no")
    with pytest.raises(InputError, match="holds no study"):
        read_cohort(tmp_path)


@given(st.integers(0, 40), st.integers(1, 12))
def test_parts_together_have_each_entry_once(count: int, parts: int) -> None:
    rows = [CohortRow(str(number)) for number in range(count)]
    split = [part_of(rows, f"{index}/{parts}") for index in range(1, parts + 1)]
    assert sorted(int(row.id) for part in split for row in part) == list(range(count))
    sizes = [len(part) for part in split]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("part", ["0/3", "4/3", "x", "1", "1/0", "-1/3", "1/3/5", "1.0/3", ""])
def test_a_part_that_makes_no_sense_is_refused(part: str) -> None:
    with pytest.raises(UsageError, match="is no part: write 2/4"):
        part_of([], part)


def test_images_that_were_passed_over_go_with_their_entry(studies: Path) -> None:
    (studies / "b" / "b_dwi.nii.gz").touch()
    _, b, _ = read_cohort(studies)
    assert [warning.code for warning in b.warnings] == ["study.passed-over"]
    assert "b_dwi.nii.gz" in b.warnings[0]


def test_a_folder_that_is_a_study_and_holds_studies_is_refused(studies: Path) -> None:
    (studies / "MNI152_T1_1mm.nii.gz").touch()
    with pytest.raises(InputError, match="holds images of a study, and so does its folder a"):
        read_cohort(studies)


def test_a_folder_whose_images_have_no_known_name_is_a_study_that_fails(studies: Path) -> None:
    (studies / "c").mkdir()
    (studies / "c" / "scan.nii.gz").touch()
    row = next(row for row in read_cohort(studies) if row.id == "c")
    assert "images such as scan.nii.gz" in str(row.fault)
