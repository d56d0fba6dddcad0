"""What a caller may choose about how a network is run. Needs no torch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from GSSCore.errors import UsageError

Precision = Literal["auto", "fp32", "bf16"]

_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


@dataclass(frozen=True)
class InferenceSettings:
    """How to run a network. The defaults are the policy that was measured to be fast at no loss of Dice.

    Attributes:
        device: "auto" (a usable CUDA or MPS device, else the CPU), "cpu", "cuda", "cuda:N" or "mps".
        precision: "auto" takes bf16 where the device computes it natively and agrees with fp32.
        window: voxels (D, H, W) per window at the network's spacing, rounded up to the network's stride; None is the
            whole brain crop in one window, up to a voxel budget (see `windows.WHOLE_CROP_VOXELS`).
        overlap: share of a window that it has in common with the next; matters with several windows only.
        batch: windows that go through the network together.
        confidence: whether to make the confidence map, which costs one prediction per available modality.
        minimum_component_ml: clean-up: connected tumour components below this many ml become background; 0 is off.
        et_minimum_ml: clean-up: connected components of enhancing tumour below this many ml become NCR; 0 is off.
        threads: CPU threads for the network; None leaves torch's own choice.

    Raises:
        UsageError: for a value that makes no sense.
    """

    device: str = "auto"
    precision: Precision = "auto"
    window: tuple[int, int, int] | None = None
    overlap: float = 0.25
    batch: int = 1
    confidence: bool = True
    minimum_component_ml: float = 0.0
    et_minimum_ml: float = 0.0
    threads: int | None = None

    def __post_init__(self) -> None:
        _require(
            isinstance(self.device, str) and _DEVICE.fullmatch(self.device) is not None,
            f"device is 'auto', 'cpu', 'cuda', 'cuda:N' or 'mps', not {self.device!r}",
        )
        _require(
            self.precision in get_args(Precision),
            f"precision is {', '.join(map(repr, get_args(Precision)))}, not {self.precision!r}",
        )
        if self.window is not None:
            window = tuple(self.window)
            _require(
                len(window) == 3 and all(_is_count(n) for n in window),
                f"window is three positive whole numbers of voxels, or None, not {self.window!r}",
            )
            # A list, as it comes out of JSON, would make the settings unhashable.
            object.__setattr__(self, "window", window)
        _require(
            _is_real(self.overlap) and 0.0 <= self.overlap <= 0.9, f"overlap lies in 0 to 0.9, not {self.overlap!r}"
        )
        _require(_is_count(self.batch), f"batch is a positive whole number of windows, not {self.batch!r}")
        for name in ("minimum_component_ml", "et_minimum_ml"):
            ml = getattr(self, name)
            _require(_is_real(ml) and 0.0 <= ml < float("inf"), f"{name} is a number of ml, 0 or more, not {ml!r}")
        _require(
            self.threads is None or _is_count(self.threads),
            f"threads is a positive whole number, or None, not {self.threads!r}",
        )


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise UsageError(f"Inference settings: {sentence}.")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_real(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
