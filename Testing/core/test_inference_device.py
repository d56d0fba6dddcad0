"""A device is used when something has run on it, and is otherwise replaced or refused with a remedy."""

from __future__ import annotations

import warnings

import pytest
import torch

from GSSCore.errors import EnvironmentRefused
from GSSCore.inference import device as module
from GSSCore.inference.device import CPU, choose_device, probe
from GSSCore.inference.precision import choose_precision, native_bf16

CUDA = torch.device("cuda:0")


@pytest.fixture(autouse=True)
def forget_probes() -> None:
    module.probe.cache_clear()


@pytest.fixture
def one_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_the_cpu_passes_the_probe() -> None:
    assert probe(CPU) is None


def test_auto_takes_a_cuda_that_works(one_cuda: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "probe", lambda device: None)
    assert choose_device("auto") == (CUDA, ())
    assert choose_device("cuda") == (CUDA, ())


@pytest.mark.parametrize("name", ["auto", "cuda", "cuda:0"])
def test_a_cuda_that_is_present_but_unusable_gives_way_to_the_cpu_with_a_warning(
    one_cuda: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fault = "CUDA error: no kernel image is available for execution on the device"
    monkeypatch.setattr(module, "probe", lambda device: fault)
    device, said = choose_device(name)
    assert device == CPU
    assert len(said) == 1
    assert fault in said[0]
    assert "CPU" in said[0]


def test_a_kernel_that_fails_is_reported_by_the_probe_in_one_line() -> None:
    # The meta device has no data to compute with: a real failure of a real kernel call.
    fault = probe(torch.device("meta"))
    assert fault is not None
    assert "\n" not in fault


def test_a_kernel_that_computes_wrongly_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = torch.nn.functional.conv3d
    factors = iter([1.0, 1.05])
    monkeypatch.setattr(torch.nn.functional, "conv3d", lambda *args, **kwargs: right(*args, **kwargs) * next(factors))
    fault = probe(CPU)
    assert fault is not None
    assert "deviates" in fault


def test_nan_counts_as_computed_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    right = torch.nn.functional.conv3d
    factors = iter([1.0, float("nan")])
    monkeypatch.setattr(torch.nn.functional, "conv3d", lambda *args, **kwargs: right(*args, **kwargs) * next(factors))
    assert probe(CPU) is not None


def test_auto_without_an_accelerator_is_the_cpu_without_a_word(nothing: None) -> None:
    assert choose_device("auto") == (CPU, ())


def test_what_torch_says_of_a_driver_reaches_the_reader(nothing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_old() -> bool:
        warnings.warn("The NVIDIA driver on your system is too old", stacklevel=1)
        return False

    monkeypatch.setattr(torch.cuda, "is_available", too_old)
    device, said = choose_device("auto")
    assert device == CPU
    assert len(said) == 1
    assert "too old" in said[0]
    with pytest.raises(EnvironmentRefused, match="too old"):
        choose_device("cuda")


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps"])
def test_a_device_that_does_not_exist_is_refused_with_a_remedy(nothing: None, name: str) -> None:
    with pytest.raises(EnvironmentRefused, match=rf"{name}\b.*choose.*auto or cpu") as refusal:
        choose_device(name)
    assert "\n" not in str(refusal.value)


def test_a_cuda_beyond_the_last_is_refused(one_cuda: None) -> None:
    with pytest.raises(EnvironmentRefused, match=r"cuda:3.*cuda:0"):
        choose_device("cuda:3")


def test_a_cpu_runs_in_bf16_only_where_it_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for capabilities, expected in [
        ({"avx512_bf16": True}, "bf16"),
        ({"amx_bf16": True}, "bf16"),
        ({"avx512_f": True, "avx2": True}, "fp32"),
    ]:
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda held=capabilities: held, raising=False)
        assert choose_precision("auto", CPU) == (expected, ())
        assert choose_precision("fp32", CPU) == ("fp32", ())


@pytest.mark.parametrize("supported", [True, False])
def test_older_releases_of_torch_are_asked_in_their_own_way(monkeypatch: pytest.MonkeyPatch, supported: bool) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported", raising=False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: supported, raising=False)
    assert native_bf16(CPU) is supported


def test_bf16_that_a_cpu_only_emulates_is_used_when_asked_for_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    precision, said = choose_precision("bf16", CPU)
    assert precision == "bf16"
    assert len(said) == 1
    assert "slow" in said[0]


@pytest.mark.parametrize(("capability", "expected"), [((7, 5), False), ((8, 0), True), ((9, 0), True)])
def test_cuda_has_bf16_from_ampere_on(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], expected: bool
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert native_bf16(CUDA) is expected


def test_bf16_on_mps_is_refused_and_auto_is_fp32() -> None:
    mps = torch.device("mps")
    assert choose_precision("auto", mps) == ("fp32", ())
    with pytest.raises(EnvironmentRefused, match="mps"):
        choose_precision("bf16", mps)
