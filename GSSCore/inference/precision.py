"""bf16 or fp32: where a device is good at bf16, and whether it gives what fp32 gives."""

from __future__ import annotations

import copy
import logging
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from GSSCore.errors import EnvironmentRefused
from GSSCore.inference.aggregator import winning_class
from GSSCore.inference.settings import Precision
from GSSCore.messages import Message
from GSSCore.networks.base import SegmentationNetwork

logger = logging.getLogger(__name__)

Chosen = Literal["fp32", "bf16"]
DTYPES: dict[Chosen, torch.dtype] = {"fp32": torch.float32, "bf16": torch.bfloat16}

LEAST_AGREEMENT = 0.99
"""Share of voxels whose label must be the same in bf16 and fp32; sound devices reach 0.999."""
TIE = 0.1
"""Lead of a class, in logits, below which it does not count which of the two wins."""
PRECISION_WINDOW = {"cpu": 32, "cuda": 64}
"""Side of the window, in voxels, on which bf16 is compared with fp32: a CPU takes 0.06 s for it."""
CHANNELS_LAST_FROM = 16
"""Width of the narrowest convolution from which channels_last_3d helps; at 8 channels it hurts."""


@dataclass(frozen=True)
class Agreement:
    """What one window says of bf16 against fp32.

    Attributes:
        labels: share of voxels whose label is the same, near ties counted as the same.
        deviation: largest difference of a probability.
    """

    labels: float
    deviation: float

    @property
    def sound(self) -> bool:
        """Whether bf16 may be used."""
        return self.labels >= LEAST_AGREEMENT


def choose_precision(wanted: Precision, device: torch.device) -> tuple[Chosen, tuple[Message, ...]]:
    """Return the precision to run with, and warnings. Half precision in the narrow sense (fp16) is never chosen.

    Raises:
        EnvironmentRefused: when bf16 is asked for on a device that this project does not run it on.
    """
    if wanted == "fp32":
        return "fp32", ()
    if native_bf16(device):
        return "bf16", ()
    if wanted == "auto":
        return "fp32", ()
    if device.type == "mps":
        raise EnvironmentRefused(
            Message(
                "device.no-bf16-on-mps",
                "The precision bf16 was asked for, but is not offered on mps: choose auto or fp32.",
            )
        )
    emulated = Message(
        "device.bf16-emulated",
        "This {device} only emulates bf16, slowly: precision auto or fp32 is faster here.",
        device=device.type.upper(),
    )
    return "bf16", (emulated,)


def native_bf16(device: torch.device) -> bool:
    """Tell whether a device multiplies in bf16 itself: CUDA from Ampere on, CPUs with AVX512-BF16 or AMX."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if device.type != "cpu":
        return False
    if hasattr(torch.cpu, "get_capabilities"):
        capabilities = torch.cpu.get_capabilities()
        return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
    # Older releases of torch have only private questions, and not all of them: a missing one counts as no.
    return any(getattr(torch.cpu, ask, bool)() for ask in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))


def copy_for(network: SegmentationNetwork, device: torch.device, precision: Chosen) -> SegmentationNetwork:
    """Return a copy of `network` to run on `device`, in evaluation mode; the original is left as it is.

    The module itself is cast, for autocast converts at every layer: on a CPU with AVX512-BF16 the default network
    took 0.51 s a case under autocast and 0.43 s cast, at the same agreement with fp32.
    """
    runner = copy.deepcopy(network).eval().requires_grad_(False)
    widths = [m.out_channels for m in runner.modules() if isinstance(m, nn.Conv3d) and max(m.kernel_size) > 1]
    narrow = not widths or min(widths) < CHANNELS_LAST_FROM
    layout = torch.contiguous_format if narrow else torch.channels_last_3d
    runner.to(device, DTYPES[precision])
    runner.to(memory_format=layout)  # type: ignore[call-overload]  # documented, but in no overload of the stubs
    return runner


_AGREEMENTS: WeakKeyDictionary[SegmentationNetwork, dict[torch.device, Agreement]] = WeakKeyDictionary()


def agreement(network: SegmentationNetwork, device: torch.device, images: Tensor, available: Tensor) -> Agreement:
    """Return how bf16 compares with fp32 on one window, computed once per network and device.

    Some releases of cuDNN and torch compute a bf16 convolution wrongly, silently; one small window tells.

    Args:
        network: the network as it was loaded, fp32.
        device: where it is going to run.
        images: (1, M, d, h, w) float32, the window.
        available: bool (1, M).
    """
    known = _AGREEMENTS.setdefault(network, {})
    if device not in known:
        known[device] = _compare(network, device, images, available)
        logger.info(
            "bf16 on %s: %.2f %% of labels as in fp32, largest deviation %.3f",
            device, 100.0 * known[device].labels, known[device].deviation,
        )  # fmt: skip
    return known[device]


@torch.inference_mode()
def _compare(network: SegmentationNetwork, device: torch.device, images: Tensor, available: Tensor) -> Agreement:
    exact, rough = (
        copy_for(network, device, precision)(images.to(device, dtype), available.to(device)).fused[0].float()
        for precision, dtype in DTYPES.items()
    )
    best = exact.topk(2, dim=0).values
    tied = best[0] - best[1] < TIE
    # A NaN wins nowhere, so that it would pass for background.
    same = (winning_class(exact) == winning_class(rough)) | tied
    same &= torch.isfinite(rough).all(0)
    deviation = (exact.softmax(0) - rough.softmax(0)).abs().max()
    return Agreement(float(same.float().mean()), float(deviation))


def disagreement(found: Agreement, device: torch.device, *, insisted: bool) -> Message:
    """Return what the reader has to know where bf16 does not agree: kept for a user who insisted, left otherwise."""
    values = {"device": str(device), "share": found.labels, "deviation": found.deviation}
    if insisted:
        return Message(
            "inference.bf16-kept",
            "On {device} bf16 gives only {share:.1%} of a window the labels of fp32 (largest deviation "
            "{deviation:.2f}): it was used because it was asked for; precision fp32 is safer.",
            **values,
        )
    return Message(
        "inference.bf16-left",
        "On {device} bf16 gives only {share:.1%} of a window the labels of fp32 (largest deviation "
        "{deviation:.2f}): fp32 was used instead.",
        **values,
    )
