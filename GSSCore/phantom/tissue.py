"""The tissues in each voxel of the phantom's brain, and their signal in a sequence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Floats
from GSSCore.phantom import contrast
from GSSCore.phantom.anatomy import Anatomy
from GSSCore.phantom.atlas import FLUID
from GSSCore.phantom.contrast import Sequence, signal
from GSSCore.phantom.fields import Axes, smooth_noise, smooth_step
from GSSCore.phantom.tumour import Tumour
from GSSCore.vocabulary import Label

VESSEL_LATTICE_MM, VESSEL_WIDTH = 8.0, 0.2
"""Vessels run where two random fields are both near zero: curves of some 1 mm in radius."""
PLEXUS_MM = ((22.0, -40.0, 12.0), (5.0, 8.0, 5.0))
"""Centre and extent, in the atlas, of the right choroid plexus in the atrium of the lateral ventricle."""
WEAK_AGENT = 0.4
"""Least concentration of the contrast agent in the rim, relative to the largest."""
TEXTURE = ((22.0, 0.025), (5.0, 0.025))
"""Lattice spacing in mm and standard deviation of the unevenness of healthy tissue, drawn anew for each sequence."""


@dataclass(frozen=True, eq=False)
class Composition:
    """Shares per brain voxel, float32 (N,) each unless said otherwise.

    Attributes:
        healthy: (N, 3) grey matter, white matter, fluid, adding up to 1.
        vessel: of the healthy tissue.
        oedema: of what is neither necrosis nor rim.
        necrosis, rim: of the voxel.
        swelling: how far oedematous tissue is from healthy, 0 to 1.
        liquid: of necrosis, 0 to 1; the rest is debris.
        uptake: of contrast agent by the rim, 0 least to 1 most.
    """

    healthy: Floats
    vessel: Floats
    oedema: Floats
    necrosis: Floats
    rim: Floats
    swelling: Floats
    liquid: Floats
    uptake: Floats

    def signals(self, sequence: Sequence) -> Floats:
        """Return the signal (N,) of each voxel: the sum of its tissues' signals by their shares."""
        tissues = (contrast.GREY, contrast.WHITE, contrast.FLUID)
        values = self.healthy @ np.array([signal(tissue, sequence) for tissue in tissues], np.float32)
        values = _mixed(values, signal(contrast.VESSEL, sequence), self.vessel)
        values = _mixed(values, signal(contrast.OEDEMA, sequence), self.oedema * self.swelling)
        debris, liquid = signal(contrast.DEBRIS, sequence), signal(contrast.NECROSIS, sequence)
        weak = replace(contrast.RIM, agent=WEAK_AGENT * contrast.RIM.agent)
        least, most = signal(weak, sequence), signal(contrast.RIM, sequence)
        values = values * (1.0 - self.necrosis - self.rim)
        values += self.necrosis * (debris + (liquid - debris) * self.liquid)
        values += self.rim * (least + (most - least) * self.uptake)
        return np.asarray(values, np.float32)

    def labels(self) -> NDArray[np.uint8]:
        """Return the class (N,) of each voxel: of the core where that fills most of it, else oedema or background."""
        labels = np.where(self.oedema > 0.5, np.uint8(Label.ED), np.uint8(Label.BACKGROUND))
        core = self.necrosis + self.rim > 0.5
        labels[core] = np.where(self.necrosis > self.rim, np.uint8(Label.NCR), np.uint8(Label.ET))[core]
        return labels


def compose(anatomy: Anatomy, tumour: Tumour, axes: Axes, seed: tuple[int, ...]) -> Composition:
    """Combine tissue, tumour and vessels; `seed` draws the vessels and the texture of the tumour."""

    def mottled(stream: int, scale_mm: float, middle: float, spread: float) -> Floats:
        noise = smooth_noise(np.random.default_rng((*seed, stream)), axes, scale_mm)[anatomy.brain]
        return smooth_step(np.float32(middle) + np.float32(spread) * noise)

    return Composition(
        healthy=anatomy.shares,
        vessel=_vessels(anatomy, axes, np.random.default_rng((*seed, 0))),
        oedema=tumour.oedema[anatomy.brain],
        necrosis=tumour.necrosis[anatomy.brain],
        rim=tumour.rim[anatomy.brain],
        swelling=np.float32(0.6) + np.float32(0.4) * mottled(1, 9.0, 0.6, 0.35),
        liquid=mottled(2, 6.0, 0.6, 0.4),
        uptake=mottled(3, 4.0, 0.6, 0.35),
    )


def textured(values: Floats, brain: NDArray[np.bool_], axes: Axes, rng: np.random.Generator) -> Floats:
    """Return signals (N,) with the slight unevenness of real tissue."""
    for scale, sd in TEXTURE:
        values = values * (1.0 + np.float32(sd) * smooth_noise(rng, axes, scale)[brain])
    return values


def _vessels(anatomy: Anatomy, axes: Axes, rng: np.random.Generator) -> Floats:
    """Return the share of blood: vessels in the sulci, faint ones elsewhere, falx and sinuses, choroid plexus."""
    first, second = (smooth_noise(rng, axes, VESSEL_LATTICE_MM)[anatomy.brain] for _ in range(2))
    fluid = anatomy.shares[:, FLUID]
    tubes = np.exp(-(first**2 + second**2) / np.float32(VESSEL_WIDTH**2))
    x, y, z = anatomy.atlas_mm.T
    outward = smooth_step((np.hypot(y + 18.0, z - 5.0) - 66.0) / np.float32(14.0))
    falx = np.exp(-((x / np.float32(2.5)) ** 2)) * outward * (z > 0)
    (px, py, pz), (wx, wy, wz) = PLEXUS_MM
    plexus = np.exp(-(((np.abs(x) - px) / wx) ** 2) - ((y - py) / wy) ** 2 - ((z - pz) / wz) ** 2)
    in_fluid = np.maximum(0.9 * tubes, np.maximum(0.8 * falx, 0.45 * plexus)) * smooth_step(5.0 * fluid)
    return np.asarray(np.maximum(in_fluid, 0.12 * tubes), np.float32)


def _mixed(values: Floats, other: float, share: Floats) -> Floats:
    return np.asarray(values + share * (np.float32(other) - values), np.float32)
