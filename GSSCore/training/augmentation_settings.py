"""How strongly training samples are varied. Apart from `augmentation`, so that reading a recipe needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from GSSCore.ranges import NOT_NEGATIVE, SHARE, check_ranges, within


@dataclass(frozen=True)
class AugmentationSettings:
    """Probabilities are per sample for geometry and per modality for intensities; sizes are the largest drawn.

    Attributes:
        flip: probability of mirroring left and right. The other axes have a meaning in the head and are left alone.
        affine: probability of rotation and scaling together.
        rotation: degrees about each axis.
        scaling: of 1, by which a length may grow or shrink.
        gamma: of the natural logarithm of the exponent applied to the intensities.
        scale: of 1, by which the contrast may change.
        shift: in standard deviations of the modality over the brain.
        bias: of the logarithm of a smooth multiplicative field; probability `bias_probability`.
        noise: standard deviation, in the same unit, of independent noise; probability `noise_probability`.
        blur_probability: of a coarser resolution along one random axis, by up to `blur` voxels.
        blur: see above. Slices of 3 to 6 mm are what clinics have: 6, on voxels of 1 mm.
        enhancement: the least share that is left of what the contrast agent adds, T1ce less T1, where it is weakened;
            probability `enhancement_probability`, of a sample. Cases without T1 or T1ce are left alone.
        curve: in standard deviations, how far the knots of a monotone intensity curve may move; probability
            `curve_probability`.
        misaligned: in voxels, how far a modality may be shifted against the others and the labels along each axis, and
            in degrees, how far turned about each; probability `misaligned_probability`, of a modality.
        mask: in voxels, how deep the brain mask may cut into the brain, or reach beyond it, see
            `GSSCore.training.imperfect_masks`; probability `mask_probability`, of a sample.
    """

    flip: float = within(SHARE, 0.5)
    affine: float = within(SHARE, 0.4)
    rotation: float = within(NOT_NEGATIVE, 15.0)
    scaling: float = within("[0, 1)", 0.15)
    gamma: float = within(NOT_NEGATIVE, 0.4)
    scale: float = within("[0, 1)", 0.25)
    shift: float = within(NOT_NEGATIVE, 0.3)
    bias: float = within(NOT_NEGATIVE, 0.3)
    bias_probability: float = within(SHARE, 0.2)
    noise: float = within(NOT_NEGATIVE, 0.15)
    noise_probability: float = within(SHARE, 0.2)
    blur: int = within("[0, 1024]", 4)
    blur_probability: float = within(SHARE, 0.1)
    enhancement: float = within(SHARE, 0.2)
    enhancement_probability: float = within(SHARE, 0.0)
    curve: float = within(NOT_NEGATIVE, 0.5)
    curve_probability: float = within(SHARE, 0.0)
    misaligned: float = within(NOT_NEGATIVE, 1.0)
    misaligned_probability: float = within(SHARE, 0.0)
    mask: float = within(NOT_NEGATIVE, 4.0)
    mask_probability: float = within(SHARE, 0.0)

    def __post_init__(self) -> None:
        check_ranges(self)


NO_AUGMENTATION = AugmentationSettings(
    flip=0.0, affine=0.0, rotation=0.0, scaling=0.0, gamma=0.0, scale=0.0, shift=0.0, bias=0.0, bias_probability=0.0,
    noise=0.0, noise_probability=0.0, blur=0, blur_probability=0.0,
)  # fmt: skip
