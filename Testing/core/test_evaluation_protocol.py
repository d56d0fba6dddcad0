"""The protocol scores every case with every subset that it can offer, on one crop, as a loop by hand would."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import softmax

from GSSCore.dataset import Case, find_cases
from GSSCore.errors import Cancelled, InputError
from GSSCore.evaluation.protocol import evaluate, evaluate_confidence
from GSSCore.evaluation.reliability import ReliabilityRow, ReliabilityScorer
from GSSCore.evaluation.rows import Row
from GSSCore.inference.pipeline import segment
from GSSCore.inference.settings import InferenceSettings
from GSSCore.metrics.overlap import EmptyRule
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import Card
from GSSCore.networks.layers.encoders import Encoder
from GSSCore.networks.registry import names
from GSSCore.preprocessing.pipeline import preprocess
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.labels import parse_label_map
from GSSCore.vocabulary import MODALITIES, REGIONS, SUBSETS, Label, Modality, Region, Subset, subset_mask, subset_name
from inference_networks import Pointwise
from small_networks import small

SHAPE = (20, 24, 16)
PLAIN = InferenceSettings(device="cpu", precision="fp32")
WEIGHTS = torch.tensor(
    [[0.3, 0.2, 0.1, 0.2], [0.1, -0.9, -0.4, 0.3], [0.9, 0.0, -0.2, 0.4], [0.2, 1.1, 0.3, -0.1]]
)  # fmt: skip


def make_case(
    folder: Path, modalities: Subset = MODALITIES, seed: int = 0, et: int = 3, truth: NDArray[np.uint8] | None = None
) -> Case:
    """A case of smooth noise in LPS with 3 voxels of background around it, and a truth of blocks."""
    rng = np.random.default_rng(seed)
    affine = np.diag([-1.0, -1.0, 1.0, 1.0])
    inside = tuple(slice(3, -3) for _ in range(3))
    folder.mkdir(parents=True)
    for modality in MODALITIES:
        image = np.zeros(SHAPE, np.int16)
        image[inside] = rng.integers(50, 1000, tuple(n - 6 for n in SHAPE))
        if modality in modalities:
            nib.save(nib.Nifti1Image(image, affine), folder / f"{folder.name}_{modality.value}.nii.gz")
    if truth is None:
        truth = np.zeros(SHAPE, np.uint8)
        truth[4:14, 5:15, 4:12] = Label.ED
        truth[6:11, 7:12, 5:10] = et
        truth[7:9, 8:10, 6:9] = Label.NCR
    nib.save(nib.Nifti1Image(truth, affine), folder / f"{folder.name}_seg.nii.gz")
    return find_cases(folder)[0]


def make_network(module: Pointwise | None = None, spacing: float = 1.0) -> Network:
    card = Card("toy", "1", {"name": "pointwise", "options": {}}, PreprocessingSettings((spacing,) * 3), 20, "")
    return Network((module or Pointwise(weights=WEIGHTS)).eval(), card)


def by_hand(case: Case, wanted: Subset, averaged: Sequence[Subset] = ()) -> dict[Region, float]:
    """Preprocess, apply the toy network's formula, and count sets of voxels, in numpy, scipy and nibabel alone."""
    preprocessed = preprocess(case.study())
    probabilities = []
    for subset in averaged or [wanted]:
        present = np.array(subset_mask(subset))
        weights = WEIGHTS.double().numpy()[:, present]
        logits = np.tensordot(weights, preprocessed.images[present].astype(np.float64), axes=1)
        probabilities.append(softmax(logits, axis=0))
    prediction = np.mean(probabilities, axis=0).argmax(axis=0) * preprocessed.brain
    image = nib.as_closest_canonical(nib.load(case.truth))
    truth = np.asarray(image.dataobj)[3:-3, 3:-3, 3:-3]
    scores = {}
    for region in REGIONS:
        first, second = np.isin(prediction, region.labels), np.isin(truth, region.labels)
        total = int(first.sum() + second.sum())
        scores[region] = 2.0 * int((first & second).sum()) / total if total else 1.0
    return scores


def test_scores_are_what_a_loop_by_hand_gives(tmp_path: Path) -> None:
    cases = [make_case(tmp_path / name, seed=seed) for seed, name in enumerate(("A", "B"))]
    rows = evaluate(cases, make_network(), settings=PLAIN)
    assert [(r.case, r.subset, r.region) for r in rows] == [
        (case.name, s, region) for case in cases for s in SUBSETS for region in REGIONS
    ]
    expected = [by_hand(case, s)[region] for case in cases for s in SUBSETS for region in REGIONS]
    assert [row.dice for row in rows] == pytest.approx(expected, abs=2e-3)
    assert len({round(row.dice, 6) for row in rows}) > 20
    assert rows[0].truth_ml == pytest.approx(0.8)


def test_an_ensemble_is_scored_where_it_is_asked_for(tmp_path: Path) -> None:
    case = make_case(tmp_path / "A")
    rows = evaluate([case], make_network(), settings=replace(PLAIN, ensemble="leave-one-out"))
    averaged = {s: [s, *(combinations(s, len(s) - 1) if len(s) > 1 else ())] for s in SUBSETS}
    expected = [by_hand(case, s, averaged[s])[region] for s in SUBSETS for region in REGIONS]
    assert [row.dice for row in rows] == pytest.approx(expected, abs=5e-4)
    plain = [row.dice for row in evaluate([case], make_network(), settings=PLAIN)]
    assert max(abs(row.dice - one) for row, one in zip(rows, plain, strict=True)) > 2e-3


def test_only_subsets_that_a_case_can_offer_are_scored(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    case = make_case(tmp_path / "A", (Modality.T1CE, Modality.T1))
    rows = evaluate([case], make_network(), settings=PLAIN)
    assert [subset_name(row.subset) for row in rows[::3]] == ["T1ce", "T1", "T1ce+T1"]
    with caplog.at_level(logging.WARNING):
        assert evaluate([case], make_network(), [(Modality.FLAIR,)], PLAIN) == []
    assert "A offers none of the subsets" in caplog.text


def test_each_case_is_encoded_once_for_all_subsets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[torch.Size] = []
    original = Pointwise.encode

    def encode(self: Pointwise, images: torch.Tensor, available: torch.Tensor) -> torch.Tensor:
        encoded.append(images.shape)
        return original(self, images, available)

    monkeypatch.setattr(Pointwise, "encode", encode)
    decoded: list[int] = []
    network = make_network(Pointwise(before_decode=lambda images: decoded.append(1), weights=WEIGHTS))
    evaluate([make_case(tmp_path / "A"), make_case(tmp_path / "B", seed=1)], network, settings=PLAIN)
    assert len(encoded) == 2
    assert len(decoded) == 30


@pytest.mark.parametrize("name", names())
def test_with_every_network_a_case_is_encoded_once_and_each_modality_by_its_own_encoder_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = small(name)
    calls: list[str] = []

    def counted(owner: type, method: str, word: str) -> None:
        original = getattr(owner, method)
        monkeypatch.setattr(owner, method, lambda *words, **named: (calls.append(word), original(*words, **named))[1])

    counted(type(module), "encode", "encode")
    counted(type(module), "decode", "decode")
    counted(Encoder, "forward", "modality")
    card = Card(name, "1", {"name": name, "options": {}}, PreprocessingSettings(), 0, "")
    rows = evaluate([make_case(tmp_path / "A")], Network(module, card), settings=PLAIN, quick=True)
    separate = any(isinstance(part, Encoder) for part in module.modules())
    assert (calls.count("encode"), calls.count("decode")) == (1, 15)
    assert calls.count("modality") == (4 if separate else 0)
    assert len(rows) == 45 and len({row.dice for row in rows}) > 2


def test_distances_and_lesions_are_left_out_when_it_is_to_be_quick(tmp_path: Path) -> None:
    case = make_case(tmp_path / "A")
    full, quick = (evaluate([case], make_network(), [MODALITIES], PLAIN, quick=q) for q in (False, True))
    assert all(row.hd95_mm is not None and row.lesion_dice is not None for row in full)
    assert all(row.hd95_mm is None and row.lesion_dice is None for row in quick)
    assert [row.dice for row in full] == [row.dice for row in quick]


def test_an_empty_truth_is_scored_by_the_rule(tmp_path: Path) -> None:
    case = make_case(tmp_path / "A", truth=np.zeros(SHAPE, np.uint8))
    silent = make_network(Pointwise(weights=torch.zeros(4, 4), bias=torch.tensor([1.0, 0.0, 0.0, 0.0])))
    both = evaluate([case], silent, [MODALITIES], PLAIN)
    assert [(row.dice, row.rule) for row in both] == [(1.0, EmptyRule.BOTH_EMPTY)] * 3
    loud = make_network(Pointwise(weights=torch.zeros(4, 4), bias=torch.tensor([0.0, 0.0, 0.0, 1.0])))
    one = evaluate([case], loud, [MODALITIES], PLAIN)
    assert [(row.dice, row.rule) for row in one] == [(0.0, EmptyRule.TRUTH_EMPTY)] * 3
    assert one[0].predicted_ml == pytest.approx(14 * 18 * 10 / 1000)


def test_a_label_that_is_not_declared_is_refused_with_the_hint(tmp_path: Path) -> None:
    case = make_case(tmp_path / "A", et=4)
    with pytest.raises(InputError, match="--truth-labels NCR=1,ED=2,ET=4"):
        evaluate([case], make_network(), [MODALITIES], PLAIN)
    declared = evaluate([case], make_network(), [MODALITIES], PLAIN, label_map=parse_label_map("NCR=1,ED=2,ET=4"))
    plain = evaluate([make_case(tmp_path / "other" / "A")], make_network(), [MODALITIES], PLAIN)
    assert declared == plain


def test_clean_up_applies_to_the_crop(tmp_path: Path) -> None:
    case = make_case(tmp_path / "A")
    cleaned = evaluate(
        [case], make_network(), [MODALITIES], InferenceSettings("cpu", "fp32", minimum_component_ml=50.0)
    )
    assert [row.predicted_ml for row in cleaned] == [0.0] * 3
    no_et = evaluate([case], make_network(), [MODALITIES], InferenceSettings("cpu", "fp32", et_minimum_ml=50.0))
    plain = evaluate([case], make_network(), [MODALITIES], PLAIN)
    assert no_et[2].predicted_ml == 0.0
    assert no_et[1].predicted_ml == pytest.approx(plain[1].predicted_ml)


def test_scores_are_taken_at_the_spacing_of_the_card(tmp_path: Path) -> None:
    case = make_case(tmp_path / "A")
    coarse = evaluate([case], make_network(spacing=2.0), [MODALITIES], PLAIN)
    assert coarse[0].truth_ml == pytest.approx(0.8, rel=0.15)
    voxels = coarse[0].predicted_ml / 0.008
    assert voxels == pytest.approx(round(voxels))


def test_an_image_that_shows_next_to_nothing_has_no_score_and_the_notes_say_so(tmp_path: Path) -> None:
    case, notes = make_case(tmp_path / "A"), list[str]()
    image = nib.load(case.images[Modality.T2].path)
    sliver = np.asarray(image.dataobj).copy()
    sliver[10:] = sliver[:, :8] = sliver[:, 9:] = 0
    nib.save(nib.Nifti1Image(sliver, image.affine), case.images[Modality.T2].path)
    rows = evaluate([case], make_network(), settings=PLAIN, quick=True, on_note=notes.append)
    assert len(rows) == 3 * 7 and not any(Modality.T2 in row.subset for row in rows)
    reliability = evaluate_confidence([case], make_network(), PLAIN)
    assert not any(Modality.T2 in row.subset for row in reliability)
    assert any("was left out: A." in note for note in notes)


def test_truth_outside_the_brain_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    truth = np.zeros(SHAPE, np.uint8)
    truth[:, 8:12, 6:10] = Label.ED
    case = make_case(tmp_path / "A", truth=truth)
    with caplog.at_level(logging.WARNING):
        rows = evaluate([case], make_network(), [MODALITIES], PLAIN)
    assert rows[0].truth_ml == pytest.approx(14 * 16 / 1000)
    assert "A: 0.1 of the truth's 0.3 ml lie outside the brain" in caplog.text


def test_progress_runs_from_0_to_1_and_cancelling_stops(tmp_path: Path) -> None:
    cases = [make_case(tmp_path / name) for name in ("A", "B")]
    told: list[tuple[str, float]] = []
    evaluate(cases, make_network(), [MODALITIES, (Modality.T2,)], PLAIN, progress=lambda *step: told.append(step))
    assert told == [("A", 0.0), ("A", 0.25), ("A", 0.5), ("B", 0.5), ("B", 0.75), ("B", 1.0)]
    with pytest.raises(Cancelled):
        evaluate(cases, make_network(), settings=PLAIN, cancelled=lambda: True)


def test_the_network_is_left_as_it_is(tmp_path: Path) -> None:
    network = make_network()
    before = {name: value.clone() for name, value in network.module.state_dict().items()}
    first: list[Row] = evaluate([make_case(tmp_path / "A")], network, [MODALITIES], PLAIN)
    assert all(torch.equal(before[name], value) for name, value in network.module.state_dict().items())
    assert evaluate(find_cases(tmp_path), network, [MODALITIES], PLAIN) == first


def test_a_published_case_is_scored_on_its_whole_truth(real_cases: Path) -> None:
    case = find_cases(real_cases / "original", ["BraTS2021_00006"])
    declared = parse_label_map("NCR=1,ED=2,ET=4")
    rows = evaluate(case, make_network(), [(Modality.FLAIR,)], PLAIN, label_map=declared)
    truth = np.asarray(nib.load(case[0].truth).dataobj)
    expected = [np.isin(truth, values).sum() / 1000.0 for values in ((1, 2, 4), (1, 4), (4,))]
    assert [row.truth_ml for row in rows] == pytest.approx(expected, rel=1e-3)
    with pytest.raises(InputError, match="undeclared values, 4"):
        evaluate(case, make_network(), [(Modality.FLAIR,)], PLAIN)


@pytest.mark.parametrize("settings", [PLAIN, replace(PLAIN, minimum_component_ml=0.01, et_minimum_ml=0.01)])
def test_confidence_is_counted_on_the_maps_that_a_segmentation_shows(
    tmp_path: Path, settings: InferenceSettings
) -> None:
    # Steep enough for probabilities above the thresholds.
    case, network = make_case(tmp_path / "a"), make_network(Pointwise(weights=8 * WEIGHTS))
    inner = tuple(slice(3, -3) for _ in range(3))
    truth = np.asarray(nib.load(case.truth).dataobj)[inner]
    expected: list[ReliabilityRow] = []
    for wanted in SUBSETS:
        result = segment(case.study().restrict(wanted), network, settings)
        assert result.confidence is not None
        scorer = ReliabilityScorer("a", truth, (1.0, 1.0, 1.0))
        expected += scorer.rows(wanted, result.labels[inner], result.confidence[inner])
    assert evaluate_confidence([case], network, settings) == expected
    assert len({row.level for row in expected if row.voxels}) == 3


def test_confidence_is_counted_for_what_a_case_has_and_progress_only_grows(tmp_path: Path) -> None:
    cases = [make_case(tmp_path / "a"), make_case(tmp_path / "b", (Modality.FLAIR, Modality.T2), seed=1)]
    told: list[tuple[str, float]] = []
    rows = evaluate_confidence(cases, make_network(), PLAIN, progress=lambda *what: told.append(what))
    assert {row.subset for row in rows if row.case == "b"} == {
        s for s in SUBSETS if set(s) <= {Modality.FLAIR, Modality.T2}
    }
    assert [share for _, share in told] == sorted(share for _, share in told) and told[-1] == ("b", 1.0)
