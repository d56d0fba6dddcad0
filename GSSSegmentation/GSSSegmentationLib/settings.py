"""What a user may choose about a segmentation in Slicer. Needs neither torch nor Slicer."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from GSSCore.errors import UsageError
from GSSCore.inference.settings import InferenceSettings, Precision
from GSSCore.messages import Message


@dataclass(frozen=True)
class Settings:
    """How to segment. What the network is run with means what it does in `GSSCore.InferenceSettings`.

    Attributes:
        device: "auto", "cpu", "cuda", "cuda:N" or "mps".
        precision: "auto", "fp32" or "bf16".
        network: folder of the network; None is the shipped one.
        confidence: whether to make the confidence map.
        nested: the nested regions WT, TC and ET as segments, instead of the sub-regions NCR, ED and ET.
        minimum_component_ml: tumour components below this volume become background; 0 is off.
        et_minimum_ml: components of enhancing tumour below this volume become NCR; 0 is off.
        threads: CPU threads of the network; None leaves the choice to torch.
        window: voxels per window along right, anterior and superior, where the brain does not fit into memory; None
            takes as much at once as fits.
        overlap: share of a window that it has in common with the next.
        batch: windows that go through the network together.

    Raises:
        UsageError: for a value that makes no sense.
    """

    device: str = "auto"
    precision: Precision = "auto"
    network: Path | None = None
    confidence: bool = True
    nested: bool = False
    minimum_component_ml: float = 0.0
    et_minimum_ml: float = 0.0
    threads: int | None = None
    window: tuple[int, int, int] | None = None
    overlap: float = 0.25
    batch: int = 1

    def __post_init__(self) -> None:
        if self.network is not None:
            # The child process works in another folder.
            object.__setattr__(self, "network", Path(self.network).expanduser().absolute())
        for name in ("confidence", "nested"):
            if not isinstance(getattr(self, name), bool):
                raise UsageError(
                    Message(
                        "setting.no-truth",
                        "{setting} is True or False, not {given}.",
                        setting=name,
                        given=repr(getattr(self, name)),
                    )
                )
        # Raises for the others: one place says what they may be.
        InferenceSettings(
            device=self.device,
            precision=self.precision,
            confidence=self.confidence,
            minimum_component_ml=self.minimum_component_ml,
            et_minimum_ml=self.et_minimum_ml,
            threads=self.threads,
            window=self.window,
            overlap=self.overlap,
            batch=self.batch,
        )

    @classmethod
    def of(cls, values: dict[str, Any]) -> Settings:
        """Return settings from keyword arguments. Raises UsageError for an unknown one, with the nearest name."""
        names = [field.name for field in dataclasses.fields(cls)]
        for name in values:
            if name not in names:
                near = get_close_matches(name, names, n=1)
                if near:
                    raise UsageError(
                        Message(
                            "setting.unknown-near",
                            "There is no setting '{name}'; '{near}' may be meant.",
                            name=name,
                            near=near[0],
                        )
                    )
                raise UsageError(
                    Message(
                        "setting.unknown", "There is no setting '{name}': there are {known}.", name=name, known=names
                    )
                )
        return cls(**values)

    def arguments(self) -> list[str]:
        """Return them as arguments of `gss segment`."""
        words = ["--device", self.device, "--precision", self.precision]
        words += [] if self.network is None else ["--network", str(self.network)]
        words += [] if self.confidence else ["--no-confidence"]
        words += ["--minimum-component", repr(float(self.minimum_component_ml))]
        words += ["--minimum-et", repr(float(self.et_minimum_ml))]
        words += [] if self.threads is None else ["--threads", str(self.threads)]
        words += [] if self.window is None else ["--window", ",".join(map(str, self.window))]
        return [*words, "--overlap", repr(float(self.overlap)), "--batch", str(self.batch)]
