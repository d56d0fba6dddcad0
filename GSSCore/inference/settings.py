"""What a caller may choose about how a network is run. Needs no torch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from GSSCore.errors import UsageError
from GSSCore.messages import Message

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
        threads: CPU threads for the network, no more than there are cores; None leaves torch's own choice.

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
        if not (isinstance(self.device, str) and _DEVICE.fullmatch(self.device)):
            raise UsageError(
                Message(
                    "settings.device",
                    "Inference settings: device is 'auto', 'cpu', 'cuda', 'cuda:N' or 'mps', not {value}.",
                    value=repr(self.device),
                )
            )
        if self.precision not in get_args(Precision):
            raise UsageError(
                Message(
                    "settings.precision",
                    "Inference settings: precision is 'auto', 'fp32', 'bf16', not {value}.",
                    value=repr(self.precision),
                )
            )
        self._require_windows()
        for name in ("minimum_component_ml", "et_minimum_ml"):
            ml = getattr(self, name)
            if not (_is_real(ml) and 0.0 <= ml < float("inf")):
                raise UsageError(
                    Message(
                        "settings.ml",
                        "Inference settings: {name} is a number of ml, 0 or more, not {value}.",
                        name=name,
                        value=repr(ml),
                    )
                )
        if not (self.threads is None or _is_count(self.threads)):
            raise UsageError(
                Message(
                    "settings.threads",
                    "Inference settings: threads is a positive whole number, or None, not {value}.",
                    value=repr(self.threads),
                )
            )

    def _require_windows(self) -> None:
        if self.window is not None:
            window = tuple(self.window)
            if not (len(window) == 3 and all(_is_count(n) for n in window)):
                raise UsageError(
                    Message(
                        "settings.window",
                        "Inference settings: window is three positive whole numbers of voxels, or None, not {value}.",
                        value=repr(window),
                    )
                )
            # A list, as it comes out of JSON, would make the settings unhashable.
            object.__setattr__(self, "window", window)
        if not (_is_real(self.overlap) and 0.0 <= self.overlap <= 0.9):
            raise UsageError(
                Message(
                    "settings.overlap",
                    "Inference settings: overlap lies in 0 to 0.9, not {value}.",
                    value=repr(self.overlap),
                )
            )
        if not _is_count(self.batch):
            raise UsageError(
                Message(
                    "settings.batch",
                    "Inference settings: batch is a positive whole number of windows, not {value}.",
                    value=repr(self.batch),
                )
            )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_real(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
