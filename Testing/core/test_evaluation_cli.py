"""`gss evaluate` and `gss compare`: what they write, what they refuse, and with which exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from evaluation_rows import random_rows
from GSSCore.cli import main
from GSSCore.cli.compare import METRICS
from GSSCore.evaluation.files import write_report
from GSSCore.evaluation.rows import Metric
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.networks.card import read_card
from GSSCore.vocabulary import SUBSETS, subset_name
from small_networks import save_untrained
from study_heads import centred_affine, head, truth

pytestmark = pytest.mark.long

SHAPE = (44, 54, 40)
AFFINE = centred_affine(SHAPE, (3.5, 3.5, 3.5))
TABLES = {"scores.csv", "scores.md", "scores.json"}
PLOTS = {"heat_map.png", "box_plots.png", "bland_altman.png"}
RELIABILITY = {"confidence.csv", "confidence.md"}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("data")
    for name in ("one", "two"):
        for modality, image in head(SHAPE, AFFINE).items():
            write_nifti(Volume(image, AFFINE), place / name / f"{name}_{modality.value}.nii.gz")
        write_nifti(Volume(truth(SHAPE, AFFINE), AFFINE), place / name / f"{name}_seg.nii.gz")
    return place


@pytest.fixture
def network(tmp_path: Path) -> Path:
    return save_untrained(tmp_path / "network")


@pytest.fixture
def evaluations(tmp_path: Path) -> tuple[Path, Path]:
    for name, seed in (("a", 0), ("b", 1)):
        write_report(tmp_path / name, random_rows(8, seed), name, {}, {})
    return tmp_path / "a", tmp_path / "b"


def run(*words: object) -> int:
    return main([str(word) for word in words])


class TestEvaluate:
    def test_prints_the_tables_and_writes_them_with_plots_and_into_the_card(
        self, dataset: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("evaluate", dataset, "--network", network, "--output", tmp_path / "out", "--write-card") == 0
        printed = capsys.readouterr().out
        assert "2 cases." in printed
        assert (tmp_path / "out" / "scores.md").read_text(encoding="utf-8") == printed.removesuffix("\n")
        assert {path.name for path in (tmp_path / "out").iterdir()} == TABLES | PLOTS
        card = read_card(network)
        assert card.subset_table is not None
        assert list(card.subset_table) == [subset_name(s) for s in SUBSETS]
        assert card.scores is not None
        assert set(card.scores) == {"dice", "hd95_mm"}
        assert card.scores["dice"]["T2"]["WT"]["mean"] == pytest.approx(card.subset_table["T2"]["WT"], abs=1e-5)
        assert card.evaluated_on.startswith("2 cases (all) at 3.5 x 3.5 x 3.5 mm: one, two. Dice of a region is 1")
        content = json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))
        assert content["network"]["sha256"] == card.sha256
        assert content["evaluated_on"] == card.evaluated_on

    def test_counts_how_often_each_level_of_confidence_is_right(
        self, dataset: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ("--quick", "--confidence", "--output", tmp_path / "out", "--write-card", "--progress", "jsonl")
        assert run("evaluate", dataset, "--network", network, *words) == 0
        shares = [json.loads(line).get("fraction", 1.0) for line in capsys.readouterr().out.splitlines()]
        assert shares == sorted(shares)
        assert {path.name for path in (tmp_path / "out").iterdir()} == TABLES | PLOTS | RELIABILITY
        lines = (tmp_path / "out" / "confidence.csv").read_text(encoding="utf-8").splitlines()
        assert len(lines) == 1 + 2 * 15 * 3
        card = read_card(network)
        assert card.confidence is not None
        assert list(card.confidence) == [subset_name(s) for s in SUBSETS]
        for name, levels in card.confidence.items():
            assert sum(level["voxels"] for level in levels.values()) == pytest.approx(1.0, abs=1e-4)
            assert "guided" not in levels or name.startswith("FLAIR+"), "FLAIR and others must differ"
        assert "within 5 mm" in card.evaluated_on
        assert run("evaluate", dataset / "one", "--network", network, "--quick", "--output", tmp_path / "out") == 0
        assert not {path.name for path in (tmp_path / "out").iterdir()} & RELIABILITY, (
            "an older evaluation's would mislead"
        )

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (("--window", "32"), "Predicted in windows, not in the whole crop: one."),
            (("--minimum-component-ml", "0.5"), "Scored after a clean-up: tumour components below 0.5 ml dropped"),
        ],
    )
    def test_says_everywhere_what_sets_the_scores_apart(
        self, words: tuple[str, ...], says: str, dataset: Path, network: Path, tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        more = ("--quick", "--precision", "fp32", "--device", "cpu", "--output", tmp_path / "out", "--write-card")
        assert run("evaluate", dataset / "one", "--network", network, *more, *words) == 0
        captured = capsys.readouterr()
        assert captured.err.startswith(f"warning: {says}")
        assert f"**{says}" in captured.out
        assert (tmp_path / "out" / "scores.md").read_text(encoding="utf-8") == captured.out.removesuffix("\n")
        content = json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))
        assert content["warnings"][0].startswith(says)
        assert says in read_card(network).evaluated_on

    def test_says_nothing_where_nothing_sets_the_scores_apart(
        self, dataset: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        more = ("--quick", "--precision", "fp32", "--device", "cpu", "--output", tmp_path / "out")
        assert run("evaluate", dataset / "one", "--network", network, *more) == 0
        assert capsys.readouterr().err == ""
        assert json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))["warnings"] == []

    def test_can_leave_out_what_takes_long(
        self, dataset: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ("--quick", "--output", tmp_path / "out", "--progress", "jsonl", "--write-card")
        assert run("evaluate", dataset, "--network", network, *words) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["stage"] == "done"
        assert set(json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))["scores"]) == {
            "dice",
            "sensitivity",
        }
        assert set(read_card(network).scores or {}) == {"dice"}

    def test_writes_tables_without_matplotlib_and_says_what_the_plots_need(
        self, dataset: Path, network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        assert run("evaluate", dataset / "one", "--network", network, "--quick", "--output", tmp_path / "out") == 0
        assert {path.name for path in (tmp_path / "out").iterdir()} == TABLES
        errors = capsys.readouterr().err
        assert errors.count("\n") == 1
        assert "pip install 'gsssegmentation[evaluate]'" in errors

    def test_refuses_an_output_that_cannot_be_written_before_it_does_any_work(
        self, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "file").touch()
        words = ("--output", tmp_path / "file" / "out", "--network", tmp_path / "nowhere", "--progress", "jsonl")
        assert run("evaluate", dataset, *words) == 3
        captured = capsys.readouterr()
        assert "choose another folder" in captured.err
        assert json.loads(captured.out)["stage"] == "error"


class TestCompare:
    def test_prints_the_page_and_writes_it(
        self, evaluations: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        a, b = evaluations
        words = (a, b / "scores.csv", "--metric", "lesion-hd95", "--output", tmp_path / "out")
        assert run("compare", *words) == 0
        printed = capsys.readouterr().out
        assert printed.startswith("# Lesion-wise HD95, mm: B minus A")
        assert (tmp_path / "out" / "comparison.md").read_text(encoding="utf-8") == printed.removesuffix("\n")
        assert (tmp_path / "out" / "comparison.csv").read_text(encoding="utf-8").count("\n") == 49

    def test_knows_every_metric(self, evaluations: tuple[Path, Path]) -> None:
        assert tuple(metric.option for metric in Metric) == METRICS
        assert all(run("compare", *evaluations, "--metric", metric) == 0 for metric in METRICS)

    def test_refuses_in_one_line_and_writes_nothing(
        self, evaluations: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "bad.csv").write_text("id,flair\n1,2\n", encoding="utf-8")
        for other in (tmp_path / "bad.csv", tmp_path / "nowhere", tmp_path):
            assert run("compare", evaluations[0], other, "--output", tmp_path / "out") == 3
            captured = capsys.readouterr()
            assert captured.out == ""
            assert captured.err.count("\n") == 1
            assert str(other) in captured.err
        assert not (tmp_path / "out").exists()

    def test_an_unknown_metric_is_wrong_usage(self, evaluations: tuple[Path, Path]) -> None:
        assert run("compare", *evaluations, "--metric", "iou") == 2
