"""The command line: exit codes, one line for each refusal, JSON lines for programs, nothing left behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from GSSCore.cli import main
from GSSCore.cli.arguments import plain_table
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import read_card
from GSSCore.study.study import Study
from GSSCore.vocabulary import SUBSETS, subset_name
from small_networks import save_untrained
from study_heads import centred_affine, head, truth

pytestmark = pytest.mark.long

SHAPE = (44, 54, 40)
AFFINE = centred_affine(SHAPE, (3.5, 3.5, 3.5))
RESULTS = {"labels.nii.gz", "confidence.nii.gz", "report.json", "overview.png", "montage.png", "report.html"}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "case7"
    for modality, image in head(SHAPE, AFFINE).items():
        write_nifti(Volume(image, AFFINE), folder / f"case7_{modality.value}.nii.gz")
    labels = truth(SHAPE, AFFINE)
    write_nifti(Volume(labels, AFFINE), folder / "case7_seg.nii.gz")
    write_nifti(
        Volume(np.where(labels == 3, 4, labels).astype(np.uint8), AFFINE), folder.parent / "other" / "old.nii.gz"
    )
    return folder


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_untrained(tmp_path_factory.mktemp("network"))


def run(*words: object) -> int:
    return main([str(word) for word in words])


def test_a_case_becomes_a_folder_of_results(case: Path, network: Path, tmp_path: Path, capsys) -> None:
    assert run("segment", "--case", case, "--output", tmp_path / "out", "--network", network, "--device", "cpu") == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == RESULTS
    printed = capsys.readouterr().out
    assert "FLAIR+T1ce+T1+T2" in printed
    assert "not for clinical use" in printed
    assert str(tmp_path / "out") in printed


def test_a_name_and_words_can_be_handed_over(case: Path, network: Path, tmp_path: Path) -> None:
    """As the Slicer module does, whose files have no name of their own."""
    table = tmp_path / "de.json"
    table.write_text(
        json.dumps({"Brain tumour segmentation": "Hirntumor-Segmentierung", "Case:": "Fall:"}), encoding="utf-8"
    )
    words = ("segment", "--case", case, "--network", network, "--device", "cpu", "--no-confidence")
    assert run(*words, "--output", tmp_path / "plain") == 0
    assert run(*words, "--output", tmp_path / "told", "--name=case 8", "--translations", table) == 0
    for folder, title in (("plain", "case7 – Brain tumour segmentation"), ("told", "case 8 – Hirntumor-Segmentierung")):
        assert f"<title>{title}" in (tmp_path / folder / "report.html").read_text(encoding="utf-8")
    plain, told = ((tmp_path / folder / "overview.png").read_bytes() for folder in ("plain", "told"))
    assert plain != told


def test_json_lines_tell_stages_in_order_and_end_with_done(case: Path, network: Path, tmp_path: Path, capsys) -> None:
    files = {m: case / f"case7_{m}.nii.gz" for m in ("flair", "t2")}
    code = run("segment", "--flair", files["flair"], "--t2", files["t2"], "--output", tmp_path, "--network", network,
               "--progress", "jsonl")  # fmt: skip
    assert code == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    stages = list(dict.fromkeys(line["stage"] for line in lines))
    assert stages == ["read", "preprocess", "network", "confidence", "restore", "write", "done"]
    for line in lines:
        assert 0.0 <= line["fraction"] <= 1.0
        assert line["seconds_left"] is None or line["seconds_left"] >= 0.0
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["missing_modalities"] == ["T1ce", "T1"]


def test_a_truth_gives_dice_when_its_labels_are_declared(case: Path, network: Path, tmp_path: Path, capsys) -> None:
    old = case.parent / "other" / "old.nii.gz"
    words = ("segment", "--case", case, "--output", tmp_path / "o", "--network", network, "--truth", old)
    assert run(*words) == 3
    assert "--truth-labels NCR=1,ED=2,ET=4" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()
    assert run(*words, "--truth-labels", "NCR=1,ED=2,ET=4", "--no-confidence") == 0
    assert set(json.loads((tmp_path / "o" / "report.json").read_text(encoding="utf-8"))["dice"]) == {"WT", "TC", "ET"}
    assert not (tmp_path / "o" / "confidence.nii.gz").exists()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--flair", "nowhere.nii.gz"], 3, "nowhere.nii.gz"),
        ([], 3, "FLAIR"),
        (["--case", "CASE", "--t1", "x.nii.gz"], 2, "Both --case and --t1"),
        (["--case", "CASE", "--truth-labels", "NCR=1"], 2, "--truth"),
        (["--case", "CASE", "--network", "nowhere"], 3, "card.json"),
        (["--case", "CASE", "--device", "cuda:77"], 3, "cuda:77"),
        (["--case", "CASE", "--device", "abacus"], 2, "abacus"),
        (["--flair", "CASE/case7_t2.nii.gz", "--t2", "CASE/case7_t2.nii.gz"], 3, "T2"),
    ],
)
def test_what_is_refused_is_one_line_and_leaves_nothing(
    words: list[str], code: int, says: str, case: Path, network: Path, tmp_path: Path, capsys
) -> None:
    words = [word.replace("CASE", str(case)) for word in words]
    default = [] if "--network" in words else ["--network", network]
    assert run("segment", *words, *default, "--output", tmp_path / "out", "--progress", "jsonl") == code
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert says in captured.err
    assert json.loads(captured.out.splitlines()[-1])["stage"] == "error"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [["segmentt"], ["segment", "--outptu", "x"], [], ["segment", "--output"]])
def test_an_unknown_command_or_option_is_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("usage: gss")
    assert captured.err.splitlines()[-1].startswith("gss: Wrong usage: ")


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ on Windows")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_within_a_window_and_leaves_nothing(
    number: int, case: Path, network: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "GSSCore", "segment", "--case", case, "--network", network, "--output",
               tmp_path / "out", "--progress", "jsonl"]  # fmt: skip
    with subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if json.loads(line)["stage"] in ("preprocess", "network"):
                break
        start = time.monotonic()
        child.send_signal(number)
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 130, errors
    assert time.monotonic() - start < 30
    assert errors.endswith("gss: Cancelled.\n")
    assert not (tmp_path / "out").exists()


def test_evaluate_prints_all_subsets_and_can_write_them_into_the_card(
    case: Path, network: Path, tmp_path: Path, capsys
) -> None:
    assert run("evaluate", case.parent, "--network", network, "--output", tmp_path, "--write-card") == 0
    table = read_card(network).subset_table
    assert table is not None
    assert set(table) == {subset_name(s) for s in SUBSETS}
    assert "1 case" in capsys.readouterr().out
    rows = (tmp_path / "scores.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + 15 * 3
    assert Network.load(network).card.evaluated_on.startswith("1 cases (all) at 3.5 x 3.5 x 3.5 mm: case7.")


def test_info_lists_versions_and_networks(capsys) -> None:
    assert run("info", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["packages"]["torch"]
    assert "not for clinical use" in facts["research_use"]
    assert facts["networks"][0]["sha256"]
    assert run("info") == 0
    assert "mean Dice for" in capsys.readouterr().out


def test_a_phantom_is_a_study_with_a_truth(tmp_path: Path, capsys) -> None:
    assert run("phantom", tmp_path, "--seed", 3) == 0
    assert len(Study.from_folder(tmp_path).images) == 4
    assert list(tmp_path.glob("*_seg.nii.gz"))


def test_a_raw_phantom_is_asked_for_by_a_word(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    import GSSCore.phantom

    monkeypatch.setattr(GSSCore.phantom, "write_raw_phantom", partial(GSSCore.phantom.write_raw_phantom, coarser=4.0))
    assert run("phantom", tmp_path, "--raw", "--seed", 3) == 0
    assert capsys.readouterr().out == f"raw_phantom_00003 written to {tmp_path}\n"
    assert (tmp_path / "raw_phantom_00003_brain_mask.nii.gz").is_file()


def test_the_demo_compares_all_with_few_modalities_on_a_case(tmp_path: Path, capsys) -> None:
    # The shipped network works at 1 mm and is sooner done with a head that is small.
    case, small = tmp_path / "case7", centred_affine(SHAPE, (2.5, 2.5, 2.5))
    write_nifti(Volume(truth(SHAPE, AFFINE), small), case / "case7_seg.nii.gz")
    images = {modality.value: Volume(image, small) for modality, image in head(SHAPE, AFFINE).items()}
    write_nifti(images.pop("flair"), case / "case7_flair.nii.gz")
    assert run("demo", tmp_path, "--case", case) == 0
    assert "case7_seg.nii.gz was not compared with" in capsys.readouterr().out
    for name, image in images.items():
        write_nifti(image, case / f"case7_{name}.nii.gz")
    assert run("demo", tmp_path, "--case", case, "--truth-labels", "NCR=1,ED=2,ET=3") == 0
    printed = capsys.readouterr().out
    assert "was not compared with" not in printed
    for words in ("FLAIR+T1ce+T1+T2", "FLAIR+T2", "WT Dice", "seconds", str(tmp_path / "flair-t2")):
        assert words in printed
    assert {path.name for path in (tmp_path / "flair-t2").iterdir()} == RESULTS


def test_training_refuses_a_recipe_before_it_looks_at_the_data(tmp_path: Path, capsys) -> None:
    (tmp_path / "r.toml").write_text("[schedule]\nstepz = 3\n", encoding="utf-8")
    assert run("train", tmp_path / "r.toml", "--data", tmp_path, "--output", tmp_path / "out") == 3
    assert "write schedule.steps" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_fault_of_the_program_itself_is_not_dressed_up(case: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    from GSSCore.inference import pipeline

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline, "segment", broken)
    with pytest.raises(ZeroDivisionError):
        run("segment", "--case", case, "--output", tmp_path / "out", "--progress", "jsonl")
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["stage"], last["code"]) == ("error", "cli.unexpected")
    assert last["values"] == {"kind": "ZeroDivisionError", "fault": ""}


def test_tables_line_up() -> None:
    assert plain_table(["a", "bb"], [["xyz", "1"]]).splitlines() == ["a    bb", "---  --", "xyz   1"]
