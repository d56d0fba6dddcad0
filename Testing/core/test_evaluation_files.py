"""The files of an evaluation are whole or not there, the same every time, and can be read back."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from evaluation_rows import random_rows
from GSSCore import files
from GSSCore.errors import EnvironmentRefused, InputError
from GSSCore.evaluation.files import COLUMNS, PICTURES, read_rows, rows_csv, summary_json, write_report
from GSSCore.evaluation.rows import Row
from GSSCore.evaluation.tables import score_table, subset_table
from GSSCore.metrics.overlap import EmptyRule
from GSSCore.vocabulary import MODALITIES, Modality, Region

HEAD = ",".join(COLUMNS)
LINE = "A,FLAIR,WT,0.500000,,,,,1.000,1.000,,,,"


def write(folder: Path, rows: list[Row], pictures: dict[str, bytes] | None = None) -> list[Path]:
    return write_report(folder, rows, "A title", {"part": "validation"}, pictures or {})


def test_csv_has_a_line_per_score_and_nothing_for_what_has_no_value() -> None:
    given = [
        Row("A", MODALITIES, Region.WT, 0.9, 10.0, 11.25, EmptyRule.NONE, 0.875, 4.5, 0.25, 280.0, 1, 0, 3),
        Row("B", (Modality.FLAIR,), Region.ET, 1.0, 0.0, 0.0, EmptyRule.BOTH_EMPTY),
    ]
    assert rows_csv(given).splitlines() == [
        "case,subset,region,dice,sensitivity,hd95_mm,lesion_dice,lesion_hd95_mm,truth_ml,predicted_ml,lesions,missed,"
        "false_lesions,empty_rule",
        "A,FLAIR+T1ce+T1+T2,WT,0.900000,0.875000,4.500,0.250000,280.000,10.000,11.250,1,0,3,",
        "B,FLAIR,ET,1.000000,,,,,0.000,0.000,,,,both empty",
    ]


@pytest.mark.parametrize("quick", [False, True])
def test_scores_are_read_back_as_they_were_from_the_folder_or_the_file(tmp_path: Path, quick: bool) -> None:
    given = random_rows(3, quick=quick)
    table, *_ = write(tmp_path, given)
    assert read_rows(tmp_path) == given
    assert read_rows(table) == given


def test_names_with_commas_quotes_and_other_letters_come_back(tmp_path: Path) -> None:
    given = [Row(name, MODALITIES, Region.WT, 0.5, 1.0, 1.0) for name in ('a,b"c', "Fälle 7", "=1+1")]
    write(tmp_path, given)
    assert [row.case for row in read_rows(tmp_path)] == [row.case for row in given]


def test_a_mark_that_a_spreadsheet_put_in_front_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_bytes(b"\xef\xbb\xbf" + f"{HEAD}\r\n{LINE}\r\n".encode())
    assert len(read_rows(tmp_path)) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the columns are not case,subset"),
        ("case;subset;region\n", "line 1: the columns are not"),
        ("case,subset,region,dice,truth_ml,predicted_ml,empty_rule\n", "the columns are not"),
        (f"{HEAD}\n", "it holds no score"),
        (f"{HEAD}\n{LINE}\n{LINE}\n", "line 3: A, FLAIR, WT comes twice"),
        (f"{HEAD}\nA,FLAIR,WT\n", "line 2: 3 cells instead of 14"),
        (f"{HEAD}\n{LINE.replace('FLAIR', 'T2+FLAIR')}\n", "'T2\\+FLAIR' is no subset"),
        (f"{HEAD}\n{LINE.replace('WT', 'XX')}\n", "'XX' is not a valid Region"),
        (f"{HEAD}\n{LINE}who knows\n", "'who knows' is not a valid EmptyRule"),
        (f"{HEAD}\n{LINE.replace('0.500000', 'good')}\n", "dice is 'good', no number"),
        (f"{HEAD}\n{LINE.replace('0.500000', '')}\n", "dice is '', no number"),
        (f"{HEAD}\n{LINE.replace('0.500000', '1.5')}\n", "dice is 1.5, out of its range"),
        (f"{HEAD}\n{LINE.replace('0.500000', 'nan')}\n", "dice is nan, out of its range"),
        (f"{HEAD}\n{LINE.replace(',1.000,1.000', ',-1,1.000')}\n", "truth_ml is -1, out of its range"),
        (f"{HEAD}\n{LINE.replace('A,', ',')}\n", "the case has no name"),
        (f'{HEAD}\n"A', "unexpected end of data"),
    ],
)
def test_what_is_no_evaluation_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words) as refused:
        read_rows(path)
    assert str(refused.value).startswith(f"{path} is no evaluation (line ")
    assert str(refused.value).count("\n") == 0


def test_what_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"scores\.csv can't be read .* name the folder that `gss evaluate --output`"):
        read_rows(tmp_path)
    (tmp_path / "scores.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="can't be read"):
        read_rows(tmp_path)


def test_json_holds_what_a_card_needs_and_how_it_was_computed() -> None:
    given = random_rows(3)
    content = json.loads(summary_json(given, "A title", {"network": {"name": "unet"}}))
    assert content["network"] == {"name": "unet"}
    assert content["cases"] == ["case0", "case1", "case2"]
    assert content["subset_table"] == subset_table(given)
    assert content["scores"]["hd95_mm"] == score_table(given)["hd95_mm"]
    assert content["interval"]["resamples"] == 10000
    assert set(content["rules"]) == set(content["scores"])
    assert content["counts"]["ET"]["sensitivity not defined"] == 15


def test_files_are_the_same_every_time(tmp_path: Path) -> None:
    first, again = (write(tmp_path / name, random_rows(2)) for name in ("one", "two"))
    assert [path.name for path in first] == ["scores.csv", "scores.md", "scores.json"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert {path.name for path in (tmp_path / "one").iterdir()} == {path.name for path in first}


def test_pictures_of_an_older_evaluation_do_not_stay(tmp_path: Path) -> None:
    write(tmp_path, random_rows(2), dict.fromkeys(PICTURES, b"old"))
    (tmp_path / "notes.txt").touch()
    write(tmp_path, random_rows(2), {PICTURES[0]: b"new"})
    assert {path.name for path in tmp_path.iterdir() if path.suffix in (".png", ".txt")} == {PICTURES[0], "notes.txt"}
    assert (tmp_path / PICTURES[0]).read_bytes() == b"new"


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentRefused):
        write(tmp_path / "file", random_rows(1))


def test_a_full_disk_leaves_the_older_evaluation_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, random_rows(2), dict.fromkeys(PICTURES, b"old"))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    written: list[Path] = []

    def full(path: Path, data: bytes) -> None:
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        path.write_bytes(data)

    monkeypatch.setattr(files, "_write_flushed", full)
    with pytest.raises(EnvironmentRefused, match="free some space"):
        write(tmp_path, random_rows(3))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
