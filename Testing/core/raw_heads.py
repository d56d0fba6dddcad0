"""Made heads for tests of raw scans: an ellipsoid of a brain with a tumour in a skull, on any grid, in any contrast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from GSSCore.brain_extraction.checks import Extraction
from GSSCore.brain_extraction.distance import distance_of
from GSSCore.cancellation import IsCancelled
from GSSCore.imaging.arrays import Affine, Array, Doubles
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.registration.placing import placed
from GSSCore.registration.registration import Registration
from GSSCore.study.given import Given
from GSSCore.vocabulary import Modality

BRAIN_MM = np.array((65.0, 82.0, 62.0))
"""Half axes: 1384 ml."""
HEAD_MM = BRAIN_MM + 14.0
TUMOUR = np.array((25.0, 20.0, 10.0))
TUMOUR_MM = 16.0


def affine_at(spacing: tuple[float, float, float], shape: tuple[int, int, int], turn: Doubles | None = None) -> Affine:
    """A grid whose middle lies at 0 mm."""
    out = np.eye(4)
    out[:3, :3] = (np.eye(3) if turn is None else turn) @ np.diag(spacing)
    out[:3, 3] = -out[:3, :3] @ ((np.array(shape) - 1) / 2.0)
    return out


def positions(shape: tuple[int, ...], affine: Affine) -> Doubles:
    index = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1)
    return np.asarray(index @ affine[:3, :3].T + affine[:3, 3])


def inside(points: Doubles, half: Doubles) -> Array:
    return np.asarray(np.square(points / half).sum(axis=-1) <= 1.0)


def texture(points: Doubles) -> Array:
    """Something smooth that tells where a point is."""
    x, y, z = np.moveaxis(points, -1, 0)
    return np.asarray(np.sin(x / 9.0) + np.cos(y / 11.0) + np.sin(z / 7.0 + x / 23.0))


def head(
    shape: tuple[int, int, int] = (96, 110, 90),
    spacing: tuple[float, float, float] = (2.0, 2.0, 2.0),
    *,
    gain: float = 10.0,
    moved: Affine | None = None,
    stripped: bool = False,
    turn: Doubles | None = None,
) -> Volume:
    """A head, or its brain alone; `moved` takes RAS mm of the head to RAS mm of the scan."""
    affine = affine_at(spacing, shape, turn)
    own = positions(shape, np.linalg.inv(np.eye(4) if moved is None else moved) @ affine)
    brain = inside(own, BRAIN_MM)
    values = np.where(brain, 100.0 + gain * texture(own), 0.0)
    values = np.where(np.linalg.norm(own - TUMOUR, axis=-1) <= TUMOUR_MM, 180.0, values)
    if not stripped:
        shell = inside(own, HEAD_MM) & ~inside(own, BRAIN_MM + 6.0)
        values = np.where(shell, 150.0, np.where(brain, values, 5.0 + texture(own)))
    return Volume(values.astype(np.float32), affine)


def given(**volumes: Volume) -> list[Given]:
    """What was read, by the names of the modalities."""
    return [Given.of(Modality(name), volume) for name, volume in volumes.items()]


@dataclass
class FindsEllipsoid:
    """Stands in for the brain network: knows where the ellipsoid is, except in what it is told to know nothing of."""

    moved: Mapping[str, Affine] = field(default_factory=dict)
    blind_for: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def extract(self, volume: Volume, *, what: str, cancelled: IsCancelled) -> Extraction:
        self.asked.append(what)
        if what in self.blind_for:
            nothing = Message("brain.none", "{sequence}: no brain was found in it; give a head.", sequence=what)
            return Extraction(distance_of(Volume(np.zeros((4, 4, 4)), np.eye(4))), refusal=nothing)
        to_head = np.linalg.inv(self.moved.get(what, np.eye(4)))
        own = positions(volume.array.shape, to_head @ volume.affine)
        stripped = not volume.array[inside(own, HEAD_MM) & ~inside(own, BRAIN_MM + 6.0)].any()
        grown = BRAIN_MM if stripped else BRAIN_MM + 2.0  # the network counts the fluid in
        return Extraction(distance_of(Volume(inside(own, grown), volume.affine)), stripped)


def registers(**to_moving: Affine) -> object:
    """Stands in for registration: knows how each scan was moved; the identity for those that are not named."""

    def register(*_: object, fixed_name: str, moving_name: str, **__: object) -> Registration:
        found = Registration(to_moving.get(moving_name.lower(), np.eye(4)), {"dice": 1.0}, None, 0.0)
        return placed(found, 1.0, fixed_name, moving_name)

    return register
