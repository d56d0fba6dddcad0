"""Colours that mean something are told apart by everybody, also by who sees no red or no green."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from GSSCore.vocabulary import REGIONS, TUMOUR_LABELS, Confidence, LineStyle

Colour = tuple[int, int, int]
Vector = NDArray[np.float64]

LEAST = 20.0
"""Distance in CIELAB (CIE 1976) at which small patches are told apart at a glance; 2.3 is just noticeable."""

TO_CONES = np.array([[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]])


def by_vienot(cones: list[list[float]]) -> NDArray[np.float64]:
    return np.linalg.inv(TO_CONES) @ np.array(cones) @ TO_CONES


VISION = {
    "full": np.eye(3),
    # Machado, Oliveira and Fernandes 2009, severity 1, of linear RGB.
    "deuteranopia, Machado": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia, Machado": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    # Vienot, Brettel and Mollon 1999: one kind of cone gets what the two others give for grey and for blue.
    "deuteranopia, Vienot": by_vienot([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]]),
    "protanopia, Vienot": by_vienot([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]]),
}

TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = TO_XYZ.sum(axis=1)


def seen(colour: Colour, vision: str) -> Vector:
    """A colour in CIELAB as it looks with that vision; sRGB, white of D65."""
    share = np.array(colour) / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(VISION[vision] @ linear, 0.0, 1.0) / WHITE
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one: Colour, other: Colour, vision: str) -> float:
    return float(np.linalg.norm(seen(one, vision) - seen(other, vision)))


MEANING = {label.name: label.colour for label in TUMOUR_LABELS}
MEANING |= {level.name: level.colour for level in Confidence if level is not Confidence.OUTSIDE}
GREYS = [(shade, shade, shade) for shade in range(0, 256, 3)]


def test_the_measure_is_the_published_one() -> None:
    assert seen((255, 255, 255), "full") == pytest.approx([100, 0, 0], abs=0.01)
    assert seen((255, 0, 0), "full") == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    for vision in VISION:
        shade = seen((120, 120, 120), vision)
        assert np.hypot(*shade[1:]) < 1.0, f"{vision}: grey stays grey"


@pytest.mark.parametrize("vision", VISION)
def test_labels_and_levels_are_told_apart(vision: str) -> None:
    for (one, first), (other, second) in combinations(MEANING.items(), 2):
        assert distance(first, second, vision) >= LEAST, (one, other)


@pytest.mark.parametrize("vision", VISION)
def test_the_labels_of_one_tumour_are_far_apart(vision: str) -> None:
    for one, other in combinations(TUMOUR_LABELS, 2):
        assert distance(one.colour, other.colour, vision) >= 27.0, (one, other)


@pytest.mark.parametrize("vision", VISION)
def test_no_label_nor_doubt_looks_like_a_shade_of_the_image(vision: str) -> None:
    for name, colour in MEANING.items():
        if name != Confidence.AGREED.name:  # where all is well, the image is left as it is
            assert min(distance(colour, grey, vision) for grey in GREYS) >= LEAST, name


@pytest.mark.parametrize("vision", VISION)
def test_inks_are_told_apart_on_white_paper(vision: str) -> None:
    for one, other in combinations(REGIONS, 2):
        assert distance(one.ink, other.ink, vision) >= LEAST, (one, other)
        assert distance(one.ink, (255, 255, 255), vision) >= 2 * LEAST, one


def test_a_region_is_drawn_like_the_label_that_is_its_own() -> None:
    assert all(region.colour == region.own_label.colour for region in REGIONS)


def test_each_label_has_a_line_of_its_own_and_none_is_dashed() -> None:
    assert len({label.line for label in TUMOUR_LABELS}) == len(TUMOUR_LABELS)
    assert {style.value for style in LineStyle} == {"thin", "thick", "double"}
