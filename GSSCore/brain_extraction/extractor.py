"""Brain extraction: a trained brain network, and a scan of any contrast, grid and orientation that it is asked about.

The network looks twice at the scan, resampled to 2 mm along R, A and S. First at all of it, to find the brain; then at
a box round the brain, of the size that it was trained on, and at its mirror image: the mean of both is taken, and what
they differ in tells what is no head.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.brain_extraction.card import SHIPPED, BrainCard, read_brain_card
from GSSCore.brain_extraction.checks import Extraction, checked, dice_of
from GSSCore.brain_extraction.distance import LEAST_MM, REACH_MM, SPACING_MM, distance_of, largest_filled
from GSSCore.brain_extraction.network import BrainNetwork, scaled
from GSSCore.brain_extraction.stripped import is_stripped
from GSSCore.cancellation import IsCancelled, ask_before_layers, check, never
from GSSCore.errors import InputError
from GSSCore.files import encoded, write_files
from GSSCore.imaging.arrays import Floats, Index, Size
from GSSCore.imaging.boxes import bounding_box, box_at, common, corner_of, shifted
from GSSCore.imaging.intensities import lifted
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.messages import Message
from GSSCore.networks.base import parameter_count
from GSSCore.networks.card import CARD_FILE, PRETRAINED, WEIGHTS_FILE
from GSSCore.networks.weights import half_precision, load_weights, require_network

BOX: Size = (96, 112, 96)
"""Voxels of the second look, as in the training: 192 x 224 x 192 mm."""
LOOK = 160
"""Voxels along each axis of a first look at most: a scan that is larger is looked at in pieces that overlap."""


@dataclass(frozen=True, eq=False)
class BrainExtractor:
    """A trained brain network, ready to use.

    Attributes:
        module: in evaluation mode, float32, on the CPU.
        card: tells what is known of the network.
        folder: where it was read from; None for one that has not been saved.
    """

    module: BrainNetwork
    card: BrainCard
    folder: Path | None = None

    @classmethod
    def load(cls, folder: Path | str | None = None) -> BrainExtractor:
        """Return the brain network in `folder`, or the shipped one.

        Raises:
            InputError: when a file is missing, the weights are not those of the card (by SHA-256), or do not fit the
                architecture in name or shape; when the network is of another kind.
        """
        place = PRETRAINED / SHIPPED if folder is None else Path(folder)
        require_network(place)
        card = read_brain_card(place)
        try:
            module = BrainNetwork(**card.options)
        except (TypeError, ValueError) as fault:
            raise InputError(
                Message(
                    "brain.network-options",
                    "Network {folder}: {file} names options that a brain network does not have ({fault}); get the "
                    "network anew.",
                    folder=place,
                    file=CARD_FILE,
                    fault=str(fault),
                )
            ) from fault
        load_weights(module, place, card.sha256, "BrainNetwork")
        return cls(module.eval(), card, place)

    def save(self, folder: Path | str) -> BrainExtractor:
        """Write the network to `folder` in half precision; return it with the hash and the size in its card updated.

        Raises:
            EnvironmentRefused: when the folder can't be written; an older network in it stays as it was.
        """
        place = Path(folder)
        data, sha256 = half_precision(self.module)
        card = dataclasses.replace(
            self.card, sha256=sha256, parameters=parameter_count(self.module), options=self.module.options
        )
        write_files(place, {WEIGHTS_FILE: data, CARD_FILE: encoded(card.to_json())})
        return BrainExtractor(self.module, card, place)

    def distance(self, volume: Volume, cancelled: IsCancelled = never) -> Volume:
        """Return the distance of `extract`, whatever its checks say."""
        return self.extract(volume, cancelled=cancelled).distance

    def extract(self, volume: Volume, *, what: str = "image", cancelled: IsCancelled = never) -> Extraction:
        """Return how far each point of a scan lies inside the brain, see `GSSCore.brain_extraction.distance`.

        Of a scan that is skull-stripped already it is the distance of what is not 0.

        Args:
            volume: a scan of a head, or of a part of one, of any contrast, on any grid.
            what: which scan this is, such as "FLAIR", for messages.
            cancelled: asked before each layer of the network.

        Returns:
            The distance in mm, float32, every 2 mm along R, A and S, as far as the scan reaches, nowhere above 0 where
            no brain was found; and what its checks say.

        Raises:
            InputError: when the scan holds values that are no numbers.
            Cancelled: when `cancelled` says so.
        """
        sequence = what[:1].upper() + what[1:]
        if not np.isfinite(volume.array).all():
            raise InputError(
                Message(
                    "brain.not-finite",
                    "{sequence}: {file} holds values that are no numbers, so the brain can't be looked for in it; "
                    "export it again.",
                    sequence=sequence,
                    file=volume.name,
                )
            )
        check(cancelled)
        image, grid = _at_2_mm(volume)
        asked = [] if cancelled is never else ask_before_layers(self.module, cancelled)
        try:
            found, agreement = self._looked_twice(image)
        finally:
            for handle in asked:
                handle.remove()
        distance = Volume(found, grid.affine)
        if is_stripped(volume, distance):
            return checked(distance_of(volume), None, None, sequence, volume.name)
        return checked(distance, image, agreement, sequence, volume.name)

    def _looked_twice(self, image: Floats) -> tuple[Floats, float]:
        """Return the distance in mm (I, J, K), and how well the mirror image agrees (Dice), from an image at 2 mm.

        Args:
            image: axes R, A, S; 0 where nothing was seen.
        """
        out = np.where(image == 0, np.float32(-REACH_MM), np.float32(LEAST_MM))
        middle = self._middle(image)
        if middle is None:
            return out, 0.0
        box = box_at([at - n // 2 for at, n in zip(middle, BOX, strict=True)], BOX)
        inside = common(box, box_at((0, 0, 0), image.shape))
        padded = np.zeros(BOX, np.float32)
        within = shifted(inside, [-low for low in corner_of(box)])
        padded[within] = image[inside]
        one, other = self._asked(padded), self._asked(np.ascontiguousarray(padded[::-1]))[::-1]
        seen = padded != 0
        agreement = dice_of(largest_filled((one > 0) & seen), largest_filled((other > 0) & seen))
        found = np.maximum((one + other) / 2.0, LEAST_MM, dtype=np.float32)
        out[inside] = np.where(seen, found, np.float32(-REACH_MM))[within]
        return out, agreement

    def _middle(self, image: Floats) -> Index | None:
        """Return the voxel in the middle of the brain's box, by a first look; None where there is no brain."""
        best, middle = 0.0, None
        for box in _pieces(image.shape):
            found = self._asked(image[box])
            brain = largest_filled((found > 0.0) & (image[box] != 0))
            depth = float(found[brain].sum())
            bounds = bounding_box(brain)
            if bounds is not None and depth > best:
                best = depth
                i, j, k = ((side.start + side.stop) // 2 for side in shifted(bounds, corner_of(box)))
                middle = (i, j, k)
        return middle

    def _asked(self, image: Floats) -> Floats:
        """Return what the network says of an image (I, J, K) that is 0 where nothing was seen, in mm."""
        seen = image != 0
        if not seen.any():
            return np.full(image.shape, -REACH_MM, np.float32)
        shown = np.zeros(image.shape, np.float32)
        shown[seen] = scaled(torch.from_numpy(image[seen])).numpy()
        rest = [-n % self.module.stride for n in image.shape]
        padding = [pad for n in reversed(rest) for pad in (n // 2, n - n // 2)]
        with torch.inference_mode():
            whole: Tensor = self.module(F.pad(torch.from_numpy(shown)[None, None], padding))
        start = [n // 2 for n in rest]
        return np.asarray(whole[0, 0].numpy()[box_at(start, image.shape)] * REACH_MM, np.float32)


def _at_2_mm(volume: Volume) -> tuple[Floats, Grid]:
    """Return a scan at 2 mm along R, A, S, above 0 within its field of view and 0 outside, and the grid."""
    grid = _covering(volume.grid)
    return resample(Volume(lifted(volume.array), volume.affine), grid, order=1), grid


def _covering(grid: Grid) -> Grid:
    """Return the grid of 2 mm along R, A, S that covers another one, whatever its axes."""
    corners = grid.corners()
    low, high = corners.min(0), corners.max(0)
    sizes = [int(np.ceil((b - a) / SPACING_MM - 1e-6)) + 1 for a, b in zip(low, high, strict=True)]
    affine = np.diag([SPACING_MM, SPACING_MM, SPACING_MM, 1.0])
    # The first voxel, so that the grid's middle is the scan's.
    affine[:3, 3] = (low + high) / 2.0 - SPACING_MM * (np.array(sizes) - 1) / 2.0
    i, j, k = sizes
    return Grid((i, j, k), affine)


def _pieces(shape: Size) -> list[tuple[slice, slice, slice]]:
    """Return boxes of `LOOK` voxels at most that cover an array and overlap by half of that at least."""
    starts = []
    for n in shape:
        count = 1 if n <= LOOK else 1 + int(np.ceil((n - LOOK) / (LOOK / 2)))
        starts.append([int(start) for start in np.linspace(0, max(0, n - LOOK), count).round()])
    size = [min(n, LOOK) for n in shape]
    return [box_at((i, j, k), size) for i in starts[0] for j in starts[1] for k in starts[2]]
