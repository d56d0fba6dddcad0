"""The predictor gives a network's own logits, whatever the windows, and copes with memory and impatience."""

from __future__ import annotations

import weakref
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from GSSCore.errors import Cancelled, EnvironmentRefused, InputError
from GSSCore.imaging.arrays import Size
from GSSCore.inference import stepping_down
from GSSCore.inference.device import CPU
from GSSCore.inference.execution_plan import ExecutionPlan
from GSSCore.inference.predictor import Predictor
from GSSCore.inference.settings import InferenceSettings
from GSSCore.inference.stepping_down import step_down
from GSSCore.inference.threads import available_cores
from GSSCore.inference.windows import WindowPlan, plan_windows
from GSSCore.networks import create
from GSSCore.networks.base import NetworkOutput
from GSSCore.vocabulary import SUBSETS, Subset, subset_mask, subset_name
from inference_networks import Pointwise, expected_logits, preprocessed_study

FP32 = InferenceSettings(device="cpu", precision="fp32")
ALL = (True,) * 4
SMALL = replace(FP32, window=(8, 8, 8))


def out_of_memory() -> torch.OutOfMemoryError:
    return torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate 20 GiB")


@pytest.mark.parametrize("subset", SUBSETS, ids=subset_name)
def test_one_window_gives_the_networks_own_logits_for_every_subset(subset: Subset) -> None:
    preprocessed = preprocessed_study(available=subset_mask(subset))
    (logits,) = Predictor(Pointwise(), FP32).logits(preprocessed, [subset_mask(subset)])
    assert logits.shape == (4, 22, 17, 13)
    np.testing.assert_allclose(logits, expected_logits(preprocessed, subset_mask(subset)), atol=1e-5)


@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.6])
@pytest.mark.parametrize("batch", [1, 3, 100])
@pytest.mark.parametrize("window", [(8, 8, 8), (7, 16, 5), (16, 4, 12)])
def test_accumulated_windows_of_a_pointwise_network_equal_it_on_the_whole_crop(
    window: tuple[int, int, int], batch: int, overlap: float
) -> None:
    preprocessed = preprocessed_study()
    settings = replace(FP32, window=window, batch=batch, overlap=overlap)
    (logits,) = Predictor(Pointwise(), settings).logits(preprocessed, [ALL])
    inside = preprocessed.brain
    np.testing.assert_allclose(logits.numpy()[:, inside], expected_logits(preprocessed, ALL)[:, inside], atol=1e-5)


def test_a_real_network_agrees_between_batch_sizes() -> None:
    torch.manual_seed(0)
    network = create("unet", widths=[8, 8, 16, 16], groups=4)
    preprocessed = preprocessed_study((40, 33, 35))
    one, two = (
        next(Predictor(network, replace(FP32, window=(32, 32, 32), batch=batch)).logits(preprocessed, [ALL]))
        for batch in (1, 2)
    )
    torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-5)


def test_a_window_as_large_as_the_crop_is_the_network_called_directly() -> None:
    torch.manual_seed(0)
    network = create("unet", widths=[8, 8, 16, 16], groups=4).eval()
    preprocessed = preprocessed_study((32, 32, 48), available=(True, False, True, True))
    images = torch.from_numpy(np.nan_to_num(preprocessed.images))[None]
    with torch.inference_mode():
        direct = network(images, torch.from_numpy(preprocessed.available)[None]).fused[0]
    for window in (None, (32, 32, 48), (400, 400, 400)):
        (logits,) = Predictor(network, replace(FP32, window=window)).logits(preprocessed, [(True, False, True, True)])
        torch.testing.assert_close(logits, direct, rtol=1e-4, atol=1e-5)


def test_subsets_share_one_encoding_of_the_whole_crop() -> None:
    decoded: list[Tensor] = []
    preprocessed = preprocessed_study()
    subsets = [subset_mask(s) for s in SUBSETS]
    found = list(Predictor(Pointwise(decoded.append), FP32).logits(preprocessed, subsets))
    for subset, logits in zip(subsets, found, strict=True):
        np.testing.assert_allclose(logits, expected_logits(preprocessed, subset), atol=1e-5)
    assert len(decoded) == 15
    assert all(features is decoded[0] for features in decoded)


def test_windows_without_brain_never_reach_the_network() -> None:
    seen: list[Tensor] = []
    preprocessed = preprocessed_study((16, 16, 16))
    preprocessed.brain[:8] = False
    preprocessed.images[:, :8] = 0.0
    (logits,) = Predictor(Pointwise(seen.append), replace(SMALL, overlap=0.0)).logits(preprocessed, [ALL])
    assert len(seen) == 4
    assert not logits[:, :8].any()
    assert logits[:, 8:].any()


def test_the_network_handed_over_is_left_as_it_is() -> None:
    network = create("unet", widths=[8, 8, 16, 16], groups=4).train()
    before = {name: (p.clone(), p.dtype, p.stride()) for name, p in network.named_parameters()}
    settings = InferenceSettings(device="cpu", precision="bf16")
    list(Predictor(network, settings, cancelled=lambda: False).logits(preprocessed_study((32, 32, 32)), [ALL]))
    assert network.training
    for name, parameter in network.named_parameters():
        value, dtype, stride = before[name]
        assert parameter.requires_grad
        assert (parameter.dtype, parameter.stride()) == (dtype, stride)
        assert torch.equal(parameter, value)
    assert not any(m._forward_pre_hooks for m in network.modules())


@pytest.mark.parametrize("subset", [(False,) * 4, (True, True, False, False)])
def test_a_subset_that_is_empty_or_not_available_is_an_error(subset: tuple[bool, ...]) -> None:
    preprocessed = preprocessed_study(available=(True, False, True, True))
    with pytest.raises(ValueError, match="available"):
        Predictor(Pointwise(), FP32).logits(preprocessed, [subset])


def test_output_that_is_not_finite_is_refused() -> None:
    network = Pointwise()
    with torch.no_grad():
        network.weights[2, 1] = torch.nan
    with pytest.raises(InputError, match="not finite"):
        list(Predictor(network, FP32).logits(preprocessed_study(), [ALL]))


@pytest.mark.parametrize("settings", [FP32, SMALL], ids=["whole", "windows"])
def test_progress_never_falls_and_ends_at_one_for_each_subset(settings: InferenceSettings) -> None:
    reports: list[tuple[int, float]] = []
    subsets = [ALL, (True, False, False, False)]
    predictor = Predictor(Pointwise(), settings)
    list(predictor.logits(preprocessed_study(), subsets, on_progress=lambda i, share: reports.append((i, share))))
    assert reports == sorted(set(reports))
    assert reports[0] == (0, 0.0)
    assert (0, 1.0) in reports
    assert (1, 0.0) in reports
    assert reports[-1] == (1, 1.0)
    assert len(reports) == 4 if settings is FP32 else len(reports) > 10


def test_threads_are_set_for_the_network_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    before = torch.get_num_threads()
    monkeypatch.setattr("GSSCore.inference.threads.available_cores", lambda: before + 1)
    network = Pointwise(lambda _: seen.append(torch.get_num_threads()))
    for _ in Predictor(network, replace(FP32, threads=before + 1)).logits(preprocessed_study(), [ALL, ALL]):
        assert torch.get_num_threads() == before
        assert not torch.is_inference_mode_enabled()
    assert seen == [before + 1] * 2


def test_more_threads_than_cores_are_capped_and_said() -> None:
    seen: list[int] = []
    network = Pointwise(lambda _: seen.append(torch.get_num_threads()))
    cores = available_cores()
    for wanted in (cores, cores + 1, 10_000):
        predictor = Predictor(network, replace(FP32, threads=wanted))
        list(predictor.logits(preprocessed_study(), [ALL]))
        said = f"{wanted} threads were asked for, but this process has {cores} cores: {cores} were used."
        assert predictor.warnings == ([said] if wanted > cores else [])
    assert seen == [cores] * 3


# --- cancellation


def test_cancelling_between_windows_stops_at_the_next_one() -> None:
    seen: list[Tensor] = []
    network = Pointwise(seen.append)
    predictor = Predictor(network, SMALL, cancelled=lambda: len(seen) >= 3)
    with pytest.raises(Cancelled):
        list(predictor.logits(preprocessed_study(), [ALL]))
    assert len(seen) == 3


def test_cancelling_between_subsets_stops_within_the_one_window() -> None:
    seen: list[Tensor] = []
    predictor = Predictor(Pointwise(seen.append), FP32, cancelled=lambda: len(seen) >= 1)
    predictions = predictor.logits(preprocessed_study(), [ALL, (True, False, False, False)])
    next(predictions)
    with pytest.raises(Cancelled):
        next(predictions)
    assert len(seen) == 1


def test_cancelling_within_a_window_stops_before_the_next_layer() -> None:
    network = create("unet", widths=[8, 8, 16, 16], groups=4)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 6

    with pytest.raises(Cancelled):
        list(Predictor(network, FP32, cancelled=cancelled).logits(preprocessed_study((32, 32, 32)), [ALL]))
    assert asked == 7


# --- out of memory


class Scarce:
    """Memory that suffices for windows of at most so many voxels together, batch included."""

    def __init__(self, voxels: int) -> None:
        self.voxels = voxels
        self.tried: list[tuple[int, ...]] = []

    def __call__(self, images: Tensor) -> None:
        """Note what was asked for; raise where it is too much."""
        self.tried.append((len(images), *images.shape[2:]))
        if images[:, 0].numel() > self.voxels:
            raise out_of_memory()


def test_out_of_memory_makes_batches_smaller_and_says_so() -> None:
    memory = Scarce(2 * 8**3)
    preprocessed = preprocessed_study()
    predictor = Predictor(Pointwise(memory), replace(SMALL, batch=8))
    (logits,) = predictor.logits(preprocessed, [ALL])
    inside = preprocessed.brain
    np.testing.assert_allclose(logits.numpy()[:, inside], expected_logits(preprocessed, ALL)[:, inside], atol=1e-5)
    assert [shape[0] for shape in memory.tried[:3]] == [8, 4, 2]
    assert predictor.execution_plan.batch == 2
    assert [w for w in predictor.warnings if "Out of memory on cpu" in w] == [
        "Out of memory on cpu: went on with 4 windows at a time.",
        "Out of memory on cpu: went on with 2 windows at a time.",
    ]


def test_out_of_memory_with_the_whole_crop_goes_on_with_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping_down, "SMALL_WINDOWS", ((8, 8, 8),))
    memory = Scarce(8**3)
    preprocessed = preprocessed_study()
    reports: list[tuple[int, float]] = []
    predictor = Predictor(Pointwise(memory), FP32)
    found = predictor.logits(preprocessed, [ALL, ALL], on_progress=lambda i, share: reports.append((i, share)))
    for logits in found:
        inside = preprocessed.brain
        np.testing.assert_allclose(logits.numpy()[:, inside], expected_logits(preprocessed, ALL)[:, inside], atol=1e-5)
    assert memory.tried[0] == (1, 24, 20, 16)
    assert set(memory.tried[1:]) == {(1, 8, 8, 8)}
    assert predictor.warnings == [
        "Out of memory on cpu: went on with windows of 8 x 8 x 8 voxels, which may cost accuracy."
    ]
    assert reports == sorted(set(reports))


def test_out_of_memory_at_the_end_of_the_ladder_is_refused_with_a_remedy() -> None:
    with pytest.raises(EnvironmentRefused, match="smaller windows") as refusal:
        list(Predictor(Pointwise(Scarce(0)), SMALL).logits(preprocessed_study(), [ALL]))
    assert "\n" not in str(refusal.value)


def test_what_was_made_before_is_free_when_the_next_attempt_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping_down, "SMALL_WINDOWS", ((8, 8, 8),))
    features: list[weakref.ref[Tensor]] = []

    def scarce(images: Tensor) -> None:
        if not features:
            features.append(weakref.ref(images))
            raise out_of_memory()
        assert features[0]() is None

    list(Predictor(Pointwise(scarce), FP32).logits(preprocessed_study(), [ALL]))
    assert len(features) == 1


@pytest.mark.parametrize(
    "fault",
    [
        RuntimeError("CUDA error: out of memory? no: an illegal access"),
        ValueError("DefaultCPUAllocator: can't allocate memory"),
        NotImplementedError("The operator 'aten::any' is not currently implemented for the CPU"),
    ],
)
def test_any_other_error_comes_through(fault: Exception) -> None:
    calls = 0

    def broken(images: Tensor) -> None:
        nonlocal calls
        calls += 1
        raise fault

    predictor = Predictor(Pointwise(broken), replace(SMALL, batch=4))
    with pytest.raises(type(fault)) as raised:
        list(predictor.logits(preprocessed_study(), [ALL]))
    assert raised.value is fault
    assert calls == 1
    assert predictor.warnings == []


def test_the_ladder_on_an_accelerator_ends_on_the_cpu() -> None:
    gpu = torch.device("cuda:0")
    assert down((160, 180, 150), ExecutionPlan(gpu, "bf16", None, 0.25, batch=2, store=gpu)) == [
        "windows of 96 x 96 x 96 voxels, which may cost accuracy.", "1 window at a time.",
        "the aggregator on the CPU.", "the CPU.", "windows of 64 x 64 x 64 voxels, which may cost accuracy.",
    ]  # fmt: skip


def test_the_ladder_also_starts_where_a_crop_is_cut_into_windows_already() -> None:
    assert down((320, 320, 260), ExecutionPlan(CPU, "fp32", None, 0.25, batch=1, store=CPU)) == [
        "windows of 96 x 96 x 96 voxels, which may cost accuracy.",
        "windows of 64 x 64 x 64 voxels, which may cost accuracy.",
    ]
    assert down((160, 160, 160), ExecutionPlan(CPU, "fp32", (80, 80, 80), 0.25, batch=2, store=CPU)) == [
        "1 window at a time.", "windows of 64 x 64 x 64 voxels, which may cost accuracy.",
    ]  # fmt: skip
    assert down((160, 160, 160), ExecutionPlan(CPU, "fp32", (48, 48, 48), 0.25, batch=1, store=CPU)) == []


@pytest.mark.parametrize("stride", [1, 7, 16, 40, 100])
def test_the_ladder_ends_whatever_the_stride(stride: int) -> None:
    assert len(down((160, 180, 150), ExecutionPlan(CPU, "fp32", None, 0.25, batch=4, store=CPU), stride)) <= 6


def down(crop: Size, execution_plan: ExecutionPlan | None, stride: int = 16) -> list[str]:
    """What is given up, one after the other."""
    words = []
    while execution_plan is not None:
        step = step_down(
            execution_plan, plan_windows(crop, stride, execution_plan.window, execution_plan.overlap), "fp32"
        )
        execution_plan = None if step is None else step[0]
        words += [] if step is None else [step[1].split("went on with ")[1]]
        assert len(words) < 20
    return words


def test_what_a_device_lacks_is_computed_on_the_cpu_and_said() -> None:
    """The CPU by another name stands for a device that lacks an operation, as MPS lacks some."""
    other, calls = torch.device("cpu:0"), 0
    said = "The operator 'aten::max_pool3d_with_indices' is not currently implemented for the MPS device. If you want"

    def lacking(images: Tensor) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise NotImplementedError(said)

    preprocessed = preprocessed_study()
    predictor = Predictor(Pointwise(lacking), FP32)
    predictor.execution_plan = replace(predictor.execution_plan, device=other, store=other)
    (logits,) = predictor.logits(preprocessed, [ALL])
    inside = preprocessed.brain
    np.testing.assert_allclose(logits.numpy()[:, inside], expected_logits(preprocessed, ALL)[:, inside], atol=1e-5)
    assert predictor.execution_plan.device == predictor.execution_plan.store == CPU and calls == 2
    assert predictor.warnings == [
        "The device cpu:0 cannot compute all that the network pointwise needs (aten::max_pool3d_with_indices): the "
        "network ran on the CPU instead."
    ]


def test_a_crop_that_is_small_already_is_not_cut_further() -> None:
    gpu = torch.device("cuda:0")
    execution_plan = ExecutionPlan(gpu, "bf16", None, 0.25, batch=1, store=gpu)
    step = step_down(execution_plan, WindowPlan((96, 80, 64), (96, 80, 64), ((0, 0, 0),)), "fp32")
    assert step is not None
    assert step[0] == ExecutionPlan(CPU, "fp32", None, 0.25, batch=1, store=CPU)


# --- precision


class WrongInBf16(Pointwise):
    """A network whose bf16 is broken, as some releases of cuDNN were."""

    def __deepcopy__(self, memo: dict[int, object]) -> WrongInBf16:
        return WrongInBf16(self.before_decode)

    def decode(self, features: Tensor, available: Tensor, per_modality: bool = False) -> NetworkOutput:
        """Turn the classes round in bf16."""
        fused = super().decode(features, available).fused
        return NetworkOutput(fused.flip(1) if fused.dtype == torch.bfloat16 else fused)


def test_bf16_that_does_not_agree_is_left_for_fp32_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("GSSCore.inference.precision.native_bf16", lambda device: True)
    preprocessed = preprocessed_study()
    predictor = Predictor(WrongInBf16(), InferenceSettings(device="cpu"))
    before = predictor.execution_plan
    (logits,) = predictor.logits(preprocessed, [ALL])
    assert (before.precision, predictor.execution_plan.precision) == ("bf16", "fp32")
    assert logits.dtype == torch.float32
    np.testing.assert_allclose(logits, expected_logits(preprocessed, ALL), atol=1e-5)
    assert len(predictor.warnings) == 1
    assert "fp32 was used instead" in predictor.warnings[0]


class NanInBf16(Pointwise):
    """A network that sees background everywhere, and whose logits are not numbers in bf16."""

    def __deepcopy__(self, memo: dict[int, object]) -> NanInBf16:
        return NanInBf16(self.before_decode)

    def decode(self, features: Tensor, available: Tensor, per_modality: bool = False) -> NetworkOutput:
        """Let background win by far."""
        fused = super().decode(features, available).fused
        fused = fused + 100.0 * torch.tensor([1.0, 0.0, 0.0, 0.0], dtype=fused.dtype)[:, None, None, None]
        return NetworkOutput(fused * torch.nan if fused.dtype == torch.bfloat16 else fused)


def test_bf16_that_gives_no_numbers_does_not_pass_for_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("GSSCore.inference.precision.native_bf16", lambda device: True)
    predictor = Predictor(NanInBf16(), InferenceSettings(device="cpu"))
    (logits,) = predictor.logits(preprocessed_study(), [ALL])
    assert predictor.execution_plan.precision == "fp32"
    assert logits.isfinite().all()
    assert len(predictor.warnings) == 1
    assert "fp32 was used instead" in predictor.warnings[0]


def test_bf16_that_was_asked_for_is_kept_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("GSSCore.inference.precision.native_bf16", lambda device: True)
    predictor = Predictor(WrongInBf16(), InferenceSettings(device="cpu", precision="bf16"))
    (logits,) = predictor.logits(preprocessed_study(), [ALL])
    assert logits.dtype == torch.bfloat16
    assert len(predictor.warnings) == 1
    assert "asked for" in predictor.warnings[0]


def test_bf16_is_compared_once_per_network_and_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("GSSCore.inference.precision.native_bf16", lambda device: True)
    seen: list[Tensor] = []
    network = Pointwise(seen.append)
    for _ in range(2):
        (logits,) = Predictor(network, InferenceSettings(device="cpu")).logits(preprocessed_study(), [ALL])
        assert logits.dtype == torch.bfloat16
    assert [images.dtype for images in seen] == [torch.float32, torch.bfloat16, torch.bfloat16, torch.bfloat16]
