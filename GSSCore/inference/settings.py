"""What a caller may choose about how a network is run. Needs no torch.

Each option is declared here and nowhere else. The command line, the batch scripts, Slicer's Python and panel,
report.json and the tables of the documentation take name, meaning, range and default from the declaration, see
`GSSCore.options`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from GSSCore.errors import UsageError
from GSSCore.messages import Message
from GSSCore.options import FROM_ONE, NOT_NEGATIVE, NotAllowed, Option, documented, option, require_allowed

Precision = Literal["auto", "fp32", "bf16"]
Ensemble = Literal["off", "leave-one-out"]

ASKED, CLEAN_UP = "asked", "clean_up"
"""Parts of report.json that tell options which change the labels."""

_WINDOWS = "windows, where the whole brain does not fit into memory"
_CLEANING = "clean-up, off by default"


@documented
@dataclass(frozen=True)
class InferenceSettings:
    """How to run a network. The defaults are the execution plan that was measured to be fast at no loss of Dice.

    Raises:
        UsageError: for a value that makes no sense.
    """

    device: str = option(
        "auto",
        "where the network runs: auto takes a GPU that can be used, else the CPU",
        pattern=r"auto|cpu|mps|cuda(:\d+)?",
        forms=("auto", "cpu", "cuda", "cuda:N", "mps"),
    )
    precision: Precision = option(
        "auto", "number format of the network's layers: auto takes bf16 only where it is sound and fast", report=ASKED
    )
    window: tuple[int, int, int] | None = option(
        None,
        "size of a window along right, anterior and superior at the network's spacing, rounded up to what the network "
        "needs; by default as much at once as memory allows",
        FROM_ONE,
        unit="voxels",
        group=_WINDOWS,
        report=ASKED,
    )
    overlap: float = option(
        0.25,
        "share of a window that it has in common with the next",
        "[0, 0.9]",
        group=_WINDOWS,
        report=ASKED,
    )
    batch: int = option(1, "windows that go through the network together", FROM_ONE, unit="windows", group=_WINDOWS)
    ensemble: Ensemble = option(
        "off",
        "mean of the predictions from all sequences and from all but one, each left out in turn",
        report=ASKED,
    )
    confidence: bool = option(True, "map of where the sequences agree, which takes most of the network's time")
    minimum_component_ml: float = option(
        0.0,
        "connected parts of tumour smaller than this become background; 0 is off",
        NOT_NEGATIVE,
        unit="ml",
        group=_CLEANING,
        report=CLEAN_UP,
        code="ml",
    )
    et_minimum_ml: float = option(
        0.0,
        "connected parts of enhancing tumour smaller than this become necrotic and non-enhancing core (NCR); 0 is off",
        NOT_NEGATIVE,
        unit="ml",
        group=_CLEANING,
        report=CLEAN_UP,
        code="ml",
    )
    threads: int | None = option(
        None, "CPU threads of the network, no more than there are cores; by default torch's own choice", FROM_ONE
    )

    def __post_init__(self) -> None:
        try:
            require_allowed(self)
        except NotAllowed as fault:
            raise _refusal(fault) from fault
        if self.window is not None:
            # A list, as it comes out of JSON, would make the settings unhashable.
            object.__setattr__(self, "window", tuple(self.window))


@documented
@dataclass(frozen=True)
class NetworkSettings(InferenceSettings):
    """Which network, and how to run it.

    Raises:
        UsageError: for a value that makes no sense.
    """

    network: Path | None = option(
        None,
        "folder of a network of your own, with card.json and weights.safetensors; by default the shipped one",
        unit="folder",
    )


def _refusal(fault: NotAllowed) -> UsageError:
    """Return the error for a value that an option can't have."""
    option, given = fault.option, repr(fault.value)
    code = f"settings.{option.declared.code or option.name.replace('_', '-')}"
    if option.kind is bool:
        return UsageError(
            Message("setting.no-truth", "{setting} is True or False, not {given}.", setting=option.name, given=given)
        )
    if option.kind in (int, float):
        return UsageError(_no_number(option, code, given))
    choices = ", ".join(map(repr, option.choices or option.declared.forms))
    if choices:
        return UsageError(
            Message(
                code,
                "Inference settings: {name} is one of {choices}, not {value}.",
                name=option.name,
                choices=choices,
                value=given,
            )
        )
    return UsageError(
        Message(code, "Inference settings: {name} is a text, not {value}.", name=option.name, value=given)
    )


def _no_number(option: Option, code: str, given: str) -> Message:
    """Return what is said of a value that is no number that the option can have."""
    values = {"name": option.name, "interval": option.declared.within, "value": given}
    if option.count is not None:
        values |= {"count": str(option.count)}
        if option.kind is int:
            return Message(
                code, "Inference settings: {name} is {count} whole numbers in {interval}, not {value}.", **values
            )
        return Message(code, "Inference settings: {name} is {count} numbers in {interval}, not {value}.", **values)
    if option.kind is int:
        return Message(code, "Inference settings: {name} is a whole number in {interval}, not {value}.", **values)
    return Message(code, "Inference settings: {name} is a number in {interval}, not {value}.", **values)
