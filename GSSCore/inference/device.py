"""Which device a network runs on, found out by running something on it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from functools import cache

import torch
import torch.nn.functional as F

from GSSCore.errors import EnvironmentRefused
from GSSCore.messages import Message

logger = logging.getLogger(__name__)

CPU = torch.device("cpu")

PROBE_TOLERANCE = 0.02
"""Largest relative deviation from the CPU that passes: TF32, the default of CUDA convolutions, reaches 0.001."""


def choose_device(name: str) -> tuple[torch.device, tuple[Message, ...]]:
    """Return the device that a setting stands for, and warnings.

    A CUDA or MPS device that is present but fails a real computation is replaced by the CPU, with a warning.

    Args:
        name: "auto", "cpu", "mps", "cuda" or "cuda:N".

    Raises:
        EnvironmentRefused: when a device is asked for that this machine, or this build of torch, does not have.
    """
    if name == "cpu":
        return CPU, ()
    if name != "auto":
        _require_present(name)
        device = torch.device(name if name != "cuda" else "cuda:0")
        fault = probe(device)
        return (device, ()) if fault is None else (CPU, (_unusable(device, fault),))
    refused: list[Message] = []
    for device in _accelerators(refused):
        fault = probe(device)
        if fault is None:
            return device, tuple(refused)
        refused.append(_unusable(device, fault))
    return CPU, tuple(refused)


@cache
def probe(device: torch.device) -> str | None:
    """Return what is wrong with a device, or None when a convolution on it gives what the CPU gives.

    Being listed is no proof: a driver may be too old for this torch, or torch may hold no kernel for the chip.
    The answer is kept for the life of the process.
    """
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(1, 8, 12, 12, 12, generator=generator)
    weight = torch.randn(8, 8, 3, 3, 3, generator=generator) / 15.0
    expected = F.conv3d(images, weight, padding=1)
    try:
        found = F.conv3d(images.to(device), weight.to(device), padding=1).cpu()
    except (RuntimeError, AssertionError) as fault:
        # Whatever the reason, out of memory included, the answer is the same here: this device cannot be used.
        return first_line(fault)
    deviation = float((found - expected).abs().max() / expected.abs().max())
    # Written so that NaN counts as a deviation.
    if not deviation <= PROBE_TOLERANCE:
        return f"a convolution deviates from the CPU's by {deviation:.2g}"
    return None


def describe(device: torch.device) -> str:
    """Return the device's name for a report, such as `cuda:0 (NVIDIA H100)`."""
    if device.type == "cuda":
        return f"{device} ({torch.cuda.get_device_name(device)})"
    if device.type == "cpu":
        return f"cpu ({torch.backends.cpu.get_cpu_capability()})"
    return str(device)


def first_line(fault: BaseException) -> str:
    """Return the first line of an error's text, or its type's name: torch's texts go on for pages."""
    return next(iter(str(fault).strip().splitlines()), type(fault).__name__)


def _accelerators(refused: list[Message]) -> list[torch.device]:
    """Return the accelerators that torch lists; what it says of one that it cannot initialise goes to `refused`."""
    found: list[torch.device] = []
    present, complaint = _quietly(torch.cuda.is_available)
    if present:
        found.append(torch.device("cuda:0"))
    elif complaint is not None:
        refused.append(_unusable("cuda", complaint))
    if torch.backends.mps.is_available():
        found.append(torch.device("mps"))
    return found


def _quietly(question: Callable[[], bool]) -> tuple[bool, str | None]:
    """Return the answer to a question, and the first warning that came with it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = question()
    return answer, first_line(caught[0].message) if caught and isinstance(caught[0].message, Warning) else None


def _require_present(name: str) -> None:
    if name == "mps":
        if not torch.backends.mps.is_available():
            raise EnvironmentRefused(
                Message("device.no-mps", "The device mps was asked for, but torch finds none here: choose auto or cpu.")
            )
        return
    present, complaint = _quietly(torch.cuda.is_available)
    if not present:
        raise EnvironmentRefused(_no_cuda(name, complaint))
    index = int(name.partition(":")[2] or 0)
    if index >= torch.cuda.device_count():
        raise EnvironmentRefused(
            Message(
                "device.beyond-last",
                "The device {device} was asked for, but the last of this machine is {last}: choose that, auto or cpu.",
                device=name,
                last=f"cuda:{torch.cuda.device_count() - 1}",
            )
        )


def _no_cuda(name: str, complaint: str | None) -> Message:
    """Return why there is no CUDA device: what torch says, or what it lacks."""
    if complaint:
        return Message(
            "device.cuda-refused",
            "The device {device} was asked for, but {fault}: choose auto or cpu, or mend the driver.",
            device=name,
            fault=complaint.rstrip("."),
        )
    if torch.version.cuda:
        return Message(
            "device.no-driver",
            "The device {device} was asked for, but no NVIDIA device or driver answers: choose auto or cpu, or install "
            "the driver.",
            device=name,
        )
    return Message(
        "device.no-cuda-in-torch",
        "The device {device} was asked for, but this build of torch is without CUDA: choose auto or cpu, or install a "
        "torch with CUDA.",
        device=name,
    )


def _unusable(device: torch.device | str, fault: str) -> Message:
    sentence = Message(
        "device.unusable",
        "The device {device} is present but unusable ({fault}): the network ran on the CPU instead.",
        device=str(device),
        fault=fault,
    )
    logger.warning(sentence)
    return sentence
