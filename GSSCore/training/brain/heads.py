"""What a brain network is trained on: a folder of .npz files, each a head or a brain at 2 mm, axes R, A, S.

Three kinds, told apart by what a file holds:

- a head as scanned: `image` uint8 (I, J, K), `brain` bool (I, J, K);
- a head as a label map: `labels` uint8 (I, J, K), `brain` bool (I, J, K), and for each label `tissue` uint8 (N,), one
  of `Tissue`;
- a brain without its head: `images` uint8 (M, I, J, K), 0 outside the brain, a modality each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Array, Labels, Mask
from GSSCore.messages import Message
from GSSCore.training.archives import UNREADABLE, read_arrays


class Tissue(IntEnum):
    """What a label of a drawn head is made of; `FLUID` is that of the brain."""

    AIR = 0
    OTHER = 1
    WHITE = 2
    GREY = 3
    FLUID = 4


@dataclass(frozen=True, eq=False)
class ScannedHead:
    """A head as scanned: `image` uint8 (I, J, K) and `brain` bool (I, J, K)."""

    name: str
    image: Labels
    brain: Mask


@dataclass(frozen=True, eq=False)
class LabelledHead:
    """A head as a label map: `labels` uint8 (I, J, K), `brain` bool; `tissue` (N,) says what each label is made of."""

    name: str
    labels: Labels
    tissue: Labels
    brain: Mask


@dataclass(frozen=True, eq=False)
class BareBrain:
    """A brain without its head: `images` uint8 (M, I, J, K), 0 outside."""

    name: str
    images: Labels

    @property
    def brain(self) -> Mask:
        """Where any modality shows something, bool (I, J, K)."""
        return np.asarray((self.images != 0).any(0))


@dataclass(frozen=True)
class Heads:
    """All there is to train on, each kind in the order of the files' names."""

    scanned: tuple[ScannedHead, ...]
    labelled: tuple[LabelledHead, ...]
    brains: tuple[BareBrain, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all of them."""
        return tuple(one.name for kind in (self.scanned, self.labelled, self.brains) for one in kind)


def read_heads(folder: Path) -> Heads:
    """Return what a folder holds.

    Raises:
        InputError: when a file can't be read, or is of none of the kinds; when there is no head at all.
    """
    scanned: list[ScannedHead] = []
    labelled: list[LabelledHead] = []
    brains: list[BareBrain] = []
    for path in sorted(folder.glob("*.npz")):
        arrays = _arrays(path)
        _require_shapes(arrays, path)
        if arrays.keys() == {"image", "brain"}:
            scanned.append(ScannedHead(path.stem, arrays["image"], arrays["brain"]))
        elif arrays.keys() == {"labels", "tissue", "brain"}:
            labelled.append(LabelledHead(path.stem, arrays["labels"], arrays["tissue"], arrays["brain"]))
        elif arrays.keys() == {"images"}:
            brains.append(BareBrain(path.stem, arrays["images"]))
        else:
            raise InputError(
                Message(
                    "heads.kind",
                    "{file} is neither a head nor a brain: it wants image and brain, or labels, tissue and brain, or "
                    "images.",
                    file=path,
                )
            )
    if not scanned and not labelled:
        raise InputError(
            Message("heads.none", "{folder} holds no head (.npz): name the folder of the heads.", folder=folder)
        )
    return Heads(tuple(scanned), tuple(labelled), tuple(brains))


def _require_shapes(arrays: Mapping[str, Array], path: Path) -> None:
    """Refuse arrays that do not lie on one grid, or a brain without a voxel."""
    shapes = {arrays[name].shape[-3:] for name in ("image", "labels", "images", "brain") if name in arrays}
    brain = arrays.get("brain", arrays.get("images"))
    if len(shapes) > 1 or (brain is not None and (brain.ndim < 3 or not brain.any())):
        raise InputError(
            Message("heads.shape", "{file} holds no brain, or arrays of different shapes: make it anew.", file=path)
        )


def _arrays(path: Path) -> dict[str, Array]:
    try:
        return read_arrays(path)
    except UNREADABLE as fault:
        raise InputError(
            Message("heads.unreadable", "{file} can't be read ({fault}): make it anew.", file=path, fault=str(fault))
        ) from fault
