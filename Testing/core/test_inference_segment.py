"""From a study to a segmentation: the same head gives the same answer, and the caller is kept informed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import scipy.special
import torch
from numpy.typing import NDArray

from GSSCore.errors import Cancelled
from GSSCore.imaging.volume import Volume
from GSSCore.inference.confidence import confidence_levels, threshold
from GSSCore.inference.ensemble import mean_logits, members
from GSSCore.inference.pipeline import segment
from GSSCore.inference.predictor import Predictor
from GSSCore.inference.settings import InferenceSettings
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import Card
from GSSCore.preprocessing.pipeline import preprocess, preprocess_labels
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.study import Study
from GSSCore.vocabulary import SUBSETS, Confidence, Modality, Subset, subset_mask, subset_name
from inference_networks import Pointwise
from study_heads import centred_affine, head, oriented, truth

SHAPE = (36, 44, 34)
AFFINE = centred_affine(SHAPE, (4.0, 4.0, 4.0))
HEAD = head(SHAPE, AFFINE, cortex=False)
AT_4_MM = PreprocessingSettings((4.0, 4.0, 4.0))
SETTINGS = InferenceSettings(device="cpu", precision="fp32")


def study_of(images: dict[Modality, NDArray[np.int16]] = HEAD, affine: NDArray[np.float64] = AFFINE) -> Study:
    return Study.from_arrays({modality: (image, affine) for modality, image in images.items()})


@pytest.fixture(scope="module")
def network() -> Network:
    """A network of one layer that assigns each voxel to the class with the nearest mean intensities."""
    preprocessed = preprocess(study_of(), AT_4_MM)
    labels = preprocess_labels(Volume(truth(SHAPE, AFFINE), AFFINE), preprocessed)
    means = np.array([preprocessed.images[:, (labels == c) & preprocessed.brain].mean(1) for c in range(4)])
    module = Pointwise(weights=torch.tensor(4.0 * means).float(), bias=torch.tensor(-2.0 * (means**2).sum(1)).float())
    return Network(module, Card("nearest mean", "1.0", {"name": "pointwise", "options": {}}, AT_4_MM, 20, "0" * 64))


def test_labels_volumes_and_confidence_fit_together(network: Network) -> None:
    study = study_of()
    result = segment(study, network, SETTINGS)
    labels, expected = result.labels, truth(SHAPE, AFFINE)
    assert labels.shape == SHAPE
    assert labels.dtype == np.uint8
    np.testing.assert_array_equal(result.affine, study.grid.affine)
    brain = np.any([image != 0 for image in HEAD.values()], axis=0)
    assert not labels[~brain].any()
    # NCR is as bright as the ventricles, which a network that sees single voxels cannot tell apart.
    for label in (2, 3):
        both = np.count_nonzero((labels == label) & (expected == label))
        assert 2 * both / (np.count_nonzero(labels == label) + np.count_nonzero(expected == label)) > 0.9
    count = {label: np.count_nonzero(labels == label) * 0.064 for label in (1, 2, 3)}
    assert result.volumes_ml == pytest.approx(
        {"WT": sum(count.values()), "TC": count[1] + count[3], "ET": count[3], "NCR": count[1], "ED": count[2]}
    )
    assert result.confidence is not None
    np.testing.assert_array_equal(result.confidence > 0, brain)


@pytest.mark.parametrize("subset", SUBSETS, ids=subset_name)
def test_every_subset_is_segmented_on_the_reference_grid(network: Network, subset: Subset) -> None:
    result = segment(study_of().restrict(subset), network, SETTINGS)
    assert result.labels.shape == SHAPE
    assert result.confidence is not None
    levels = set(np.unique(result.confidence))
    assert levels <= ({0, 1, 3} if len(subset) == 1 else {0, 1, 2, 3})


def softmaxes(network: Network, study: Study, subsets: Sequence[Subset]) -> NDArray[np.float64]:
    """Return the probabilities (S, C, D, H, W) of each of the subsets, by scipy."""
    predictor = Predictor(network.module, SETTINGS)
    logits = predictor.logits(preprocess(study, AT_4_MM), [subset_mask(subset) for subset in subsets])
    return np.stack([scipy.special.softmax(one.double().numpy(), axis=0) for one in logits])


@pytest.mark.parametrize("subset", [s for s in SUBSETS if len(s) > 1], ids=subset_name)
def test_the_ensemble_is_the_mean_of_the_probabilities(network: Network, subset: Subset) -> None:
    study = study_of().restrict(subset)
    averaged = [subset, *combinations(subset, len(subset) - 1)]
    mean = softmaxes(network, study, averaged).mean(0)
    result = segment(study, network, replace(SETTINGS, ensemble="leave-one-out"))
    crop = preprocess_labels(Volume(result.labels, study.grid.affine), preprocess(study, AT_4_MM))
    brain = preprocess(study, AT_4_MM).brain
    margin = np.diff(np.sort(mean, axis=0)[-2:], axis=0)[0]
    clear = brain & (margin > 1e-5)
    assert clear.sum() > 0.99 * brain.sum()
    np.testing.assert_array_equal(crop[clear], mean.argmax(0)[clear])
    told = result.report["execution_plan"]["averaged"]
    assert told[0] == subset_name(subset)
    assert sorted(told) == sorted(map(subset_name, averaged))


@pytest.mark.parametrize("subset", [s for s in SUBSETS if len(s) > 1], ids=subset_name)
def test_the_ensembles_confidence_is_that_of_its_own_labels(network: Network, subset: Subset) -> None:
    """Of two modalities the parts of the mean are the predictions that the confidence needs: none is made twice."""
    study = study_of().restrict(subset)
    result = segment(study, network, replace(SETTINGS, ensemble="leave-one-out"))
    preprocessed = preprocess(study, AT_4_MM)
    winner = softmaxes(network, study, [subset, *combinations(subset, len(subset) - 1)]).mean(0).argmax(0)
    alone = softmaxes(network, study, [(m,) for m in subset])
    of_winner = np.take_along_axis(alone, winner[None, None], axis=1)[:, 0]
    levels = confidence_levels(
        {m: sure > threshold(m) for m, sure in zip(subset, of_winner, strict=True)}, preprocessed.brain
    )
    assert result.confidence is not None
    same = result.confidence[study.brain] == levels[preprocessed.brain]
    assert same.mean() > 0.999


def test_without_being_asked_one_prediction_is_made(network: Network) -> None:
    result = segment(study_of(), network, SETTINGS)
    assert result.report["execution_plan"]["averaged"] == ["FLAIR+T1ce+T1+T2"]


@pytest.mark.parametrize("subset", SUBSETS, ids=subset_name)
def test_members_of_an_ensemble_are_what_is_there_and_all_but_one_of_it(subset: Subset) -> None:
    averaged = members(subset, "leave-one-out")
    assert averaged[0] == subset
    expected = {subset, *combinations(subset, len(subset) - 1)} if len(subset) > 1 else {subset}
    assert set(averaged) == expected
    assert len(averaged) == len(expected)
    assert members(subset, "off") == (subset,)


def test_one_prediction_is_left_as_it_is_and_none_is_refused() -> None:
    logits = torch.randn(4, 2, 3, 4)
    assert mean_logits([logits]) is logits
    with pytest.raises(ValueError, match="no prediction"):
        mean_logits([])


@pytest.mark.parametrize("confidence", [True, False])
def test_windows_and_the_whole_crop_give_the_same_result(network: Network, confidence: bool) -> None:
    whole = segment(study_of(), network, replace(SETTINGS, confidence=confidence))
    parts = segment(study_of(), network, replace(SETTINGS, confidence=confidence, window=(16, 12, 20), batch=2))
    np.testing.assert_array_equal(whole.labels, parts.labels)
    if confidence:
        np.testing.assert_array_equal(whole.confidence, parts.confidence)
    else:
        assert whole.confidence is None
        assert parts.confidence is None


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 0, 2)])
@pytest.mark.parametrize("flips", [(1, 1, 1), (-1, -1, 1), (1, -1, -1)])
@pytest.mark.parametrize("spacing", [4.0, 3.0])
def test_any_orientation_gives_the_same_labels(
    network: Network, spacing: float, order: tuple[int, ...], flips: tuple[int, ...]
) -> None:
    there = replace(network, card=replace(network.card, preprocessing=PreprocessingSettings((spacing,) * 3)))
    plain = segment(study_of(), there, SETTINGS)
    turned = Study.from_arrays({m: oriented(image, AFFINE, order, flips) for m, image in HEAD.items()})
    result = segment(turned, there, SETTINGS)
    assert plain.confidence is not None
    np.testing.assert_array_equal(result.labels, oriented(plain.labels, AFFINE, order, flips)[0])
    np.testing.assert_array_equal(result.confidence, oriented(plain.confidence, AFFINE, order, flips)[0])
    assert result.volumes_ml == pytest.approx(plain.volumes_ml)


@pytest.mark.parametrize("spacing", [(2.0, 2.0, 2.0), (4.0, 4.0, 12.0)])
def test_half_the_spacing_and_thick_slices_give_volumes_within_ten_per_cent(
    network: Network, spacing: tuple[float, float, float]
) -> None:
    # The same head in the proportions of 0.5 mm and of 1 x 1 x 3 mm to the network's 1 mm.
    shape = tuple(int(np.ceil(n * 4.0 / s)) for n, s in zip(SHAPE, spacing, strict=True))
    affine = centred_affine((shape[0], shape[1], shape[2]), spacing)
    plain = segment(study_of(), network, SETTINGS)
    other = segment(study_of(head((shape[0], shape[1], shape[2]), affine, cortex=False), affine), network, SETTINGS)
    assert other.labels.shape == shape
    assert other.volumes_ml["WT"] == pytest.approx(plain.volumes_ml["WT"], rel=0.1)


def test_stages_come_in_order_and_each_rises_from_zero_to_one(network: Network) -> None:
    seen: list[tuple[str, float]] = []
    segment(study_of(), network, SETTINGS, progress=lambda stage, share: seen.append((stage, share)))
    stages = ["preprocess", "network", "confidence", "restore"]
    assert list(dict.fromkeys(stage for stage, _ in seen)) == stages
    for stage in stages:
        shares = [share for name, share in seen if name == stage]
        assert shares[0] == 0.0
        assert shares[-1] == 1.0
        assert shares == sorted(set(shares))
    assert [stage for stage, _ in seen] == sorted((stage for stage, _ in seen), key=stages.index)


def test_without_confidence_its_stage_is_left_out_and_the_network_runs_once(network: Network) -> None:
    runs: list[torch.Tensor] = []
    module = Pointwise(runs.append)
    seen: list[str] = []
    counting = replace(network, module=module)
    result = segment(study_of(), counting, replace(SETTINGS, confidence=False), lambda stage, _: seen.append(stage))
    assert "confidence" not in seen
    assert len(runs) == 1
    assert result.confidence is None
    segment(study_of(), counting, SETTINGS)
    assert len(runs) == 1 + 5


def test_one_modality_alone_needs_no_second_run_for_its_confidence(network: Network) -> None:
    runs: list[torch.Tensor] = []
    segment(study_of().restrict((Modality.T2,)), replace(network, module=Pointwise(runs.append)), SETTINGS)
    assert len(runs) == 1


@pytest.mark.parametrize("at", ["preprocess", "network", "confidence", "restore"])
def test_cancelling_in_any_stage_stops_there_and_returns_nothing(network: Network, at: str) -> None:
    stages: list[str] = []
    with pytest.raises(Cancelled):
        segment(study_of(), network, SETTINGS, lambda stage, _: stages.append(stage), lambda: at in stages)
    assert stages[-1] == at


def test_warnings_of_study_and_clean_up_reach_the_result(network: Network) -> None:
    study = replace(study_of(), warnings=("A sentence about a file.",))
    plain = segment(study, network, SETTINGS)
    assert plain.warnings == ("A sentence about a file.",)
    smallest = 1.1 * plain.volumes_ml["WT"]
    result = segment(study, network, replace(SETTINGS, minimum_component_ml=smallest))
    assert result.volumes_ml["WT"] == 0.0
    assert "removed" in result.warnings[1]
    assert result.confidence is not None
    assert set(result.confidence[plain.labels > 0]) == {Confidence.LOW}


def test_small_enhancement_is_turned_into_core_and_reported(network: Network) -> None:
    plain = segment(study_of(), network, SETTINGS)
    result = segment(study_of(), network, replace(SETTINGS, et_minimum_ml=1.1 * plain.volumes_ml["ET"]))
    assert result.volumes_ml["ET"] == 0.0
    assert result.volumes_ml["TC"] == pytest.approx(plain.volumes_ml["TC"])
    assert "enhancing" in result.warnings[-1]


def test_the_manifest_holds_the_policy_and_the_seconds_of_each_stage(network: Network) -> None:
    report = segment(study_of(), network, SETTINGS).report
    assert report["execution_plan"]["precision"] == "fp32"
    assert report["execution_plan"]["device"].startswith("cpu")
    assert set(report["seconds"]) == {"preprocess", "network", "confidence", "restore"}


@pytest.mark.parametrize(("asked", "voxels", "used"), [
    (None, 10**9, None),
    (None, 1000, [16, 16, 16]),
    ((32, 16, 16), 10**9, [32, 16, 16]),
    ((500, 500, 500), 10**9, None),
])  # fmt: skip
def test_the_manifest_tells_the_window_that_was_used_whatever_was_asked_for(
    asked: tuple[int, int, int] | None,
    voxels: int,
    used: list[int] | None,
    network: Network,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A crop beyond the budget of voxels goes through in windows, although none were asked for."""
    monkeypatch.setattr("GSSCore.inference.windows.WHOLE_CROP_VOXELS", voxels)
    monkeypatch.setattr("GSSCore.inference.windows.DEFAULT_WINDOW", (16, 16, 16))
    report = segment(study_of(), network, replace(SETTINGS, window=asked, confidence=False)).report
    assert report["execution_plan"]["window"] == used
    assert report["asked"]["window"] == (None if asked is None else list(asked))


def test_out_of_memory_is_told_in_the_result(network: Network) -> None:
    calls = 0

    def once(images: torch.Tensor) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise torch.OutOfMemoryError("out of memory")

    module = Pointwise(once)
    result = segment(study_of(), replace(network, module=module), replace(SETTINGS, window=(16, 16, 16), batch=2))
    assert any("Out of memory" in sentence for sentence in result.warnings)


def test_what_missing_channels_hold_is_irrelevant(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    study = study_of().restrict((Modality.FLAIR, Modality.T1))
    plain = segment(study, network, SETTINGS)

    def spoilt(study: Study, preprocessing: PreprocessingSettings) -> object:
        preprocessed = preprocess(study, preprocessing)
        preprocessed.images[~preprocessed.available] = np.nan
        return preprocessed

    monkeypatch.setattr("GSSCore.inference.pipeline.preprocess", spoilt)
    result = segment(study, network, SETTINGS)
    np.testing.assert_array_equal(result.labels, plain.labels)
    np.testing.assert_array_equal(result.confidence, plain.confidence)
