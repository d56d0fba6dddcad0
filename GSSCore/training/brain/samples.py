"""Samples for the brain network, each from its number alone: an image, and how far its voxels lie inside the brain."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from GSSCore.brain_extraction.distance import REACH_MM, SPACING_MM, signed_distance
from GSSCore.training.brain.appearance import draw_view, vary, vary_scanned
from GSSCore.training.brain.composite import set_in
from GSSCore.training.brain.drawn import draw_head
from GSSCore.training.brain.geometry import centre_of, draw_placement, positions, sample_at
from GSSCore.training.brain.heads import Heads, LabelledHead, ScannedHead
from GSSCore.training.brain.recipe import SampleRecipe

SPACING = (SPACING_MM, SPACING_MM, SPACING_MM)


class BrainSamples(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """Sample number i is drawn from (seed, i) alone, so that a resumed training sees what an uninterrupted one does.

    A sample is an image (1, D, H, W), the signed distance to the brain's surface in units of `REACH_MM` from -1 to 1,
    (1, D, H, W), and whether the voxel lies in the field of view, bool (1, D, H, W).
    """

    def __init__(self, heads: Heads, recipe: SampleRecipe, seed: int, count: int) -> None:
        self.heads, self.recipe, self.seed, self.count = heads, recipe, seed, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return the sample of a number."""
        rng = np.random.default_rng((self.seed, index))
        image, brain = self._head(rng)
        image = vary(rng, image)
        view = draw_view(rng, image.shape)
        seen = torch.zeros(image.shape, dtype=torch.bool)
        seen[view] = True
        distance = torch.from_numpy(signed_distance(brain.numpy(), SPACING) / REACH_MM)
        return (image * seen)[None], distance[None], seen[None]

    def _head(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Return a head's image and brain, of a kind that is drawn too."""
        size = self.recipe.size
        kind, placement = rng.random(), draw_placement(rng, size)
        scanned, labelled, brains = self.heads.scanned, self.heads.labelled, self.heads.brains
        if brains and kind < self.recipe.composite:
            bare = brains[int(rng.integers(len(brains)))]
            hosts: list[ScannedHead | LabelledHead] = [*scanned, *labelled]
            host = hosts[int(rng.integers(len(hosts)))]
            return set_in(rng, bare, host, positions(placement, centre_of(bare.brain), size))
        if scanned and (not labelled or kind < self.recipe.composite + self.recipe.scanned):
            head = scanned[int(rng.integers(len(scanned)))]
            where = positions(placement, centre_of(head.brain), size)
            brain = sample_at(head.brain.astype(np.uint8), where, nearest=False) > 0.5
            return vary_scanned(rng, sample_at(head.image, where, nearest=False) / 255.0), brain
        drawn = labelled[int(rng.integers(len(labelled)))]
        return draw_head(rng, drawn, positions(placement, centre_of(drawn.brain), size))
