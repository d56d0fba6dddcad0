"""How raw scans lie to each other and to the atlas: what a study of raw scans keeps beside its images.

The images of such a study are interpolated onto the reference's grid for checks, measures and pictures. What a network
sees is interpolated once, from each scan as it was given, by the transforms kept here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.vocabulary import Modality


@dataclass(frozen=True, eq=False)
class Step:
    """One thing that was done to a raw study, left out, or tried in vain, and what its checks say.

    Attributes:
        name: `look`, `brain_extraction`, `registration`, `bias_field` or `pose`.
        modality: the sequence that it is about; None for all of them.
        done: whether its outcome is used.
        message: what was done and why, for the reader.
        checks: figures by name, such as `dice` or `inverse_consistency_mm`; None where one could not be measured.
    """

    name: str
    modality: Modality | None
    done: bool
    message: Message
    checks: Mapping[str, float | None] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON values."""
        return {
            "step": self.name,
            "modality": None if self.modality is None else self.modality.value,
            "done": self.done,
            "message": str(self.message),
            **self.message.to_json(),
            "checks": {name: None if value is None else round(value, 4) for name, value in self.checks.items()},
        }


@dataclass(frozen=True, eq=False)
class Alignment:
    """Raw scans, where they lie, and where the brain is.

    Attributes:
        scans: each modality on its own grid, its bias field corrected or not; to a head a constant is added, so that
            no voxel of it is 0.
        to_scan: (4, 4) for each of them, rigid, from RAS mm of the reference to RAS mm of that scan.
        distance: how far inside the brain a point lies, in mm, positive inside, float32 on a grid in RAS mm of the
            reference.
        pose: (4, 4), rigid, from RAS mm of the reference to RAS mm in which the head lies as the atlas does.
        steps: what was done, in order.
        brain_from: what told where the brain is, by its hash: `brain_network` or `brain_mask` with SHA-256.
        seconds: wall time of each stage.
    """

    scans: Mapping[Modality, Volume]
    to_scan: Mapping[Modality, Affine]
    distance: Volume
    pose: Affine
    steps: tuple[Step, ...]
    brain_from: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return steps and transforms as JSON values."""
        return {
            "steps": [step.to_json() for step in self.steps],
            "to_scan": {modality.value: _rows(matrix) for modality, matrix in self.to_scan.items()},
            "pose": _rows(self.pose),
            "brain_from": dict(self.brain_from),
        }


def _rows(matrix: Affine) -> list[list[float]]:
    return [[round(float(value), 6) for value in row] for row in matrix]
