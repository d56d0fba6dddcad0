"""How strongly training samples are varied. A file of its own, so that reading a recipe needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from GSSCore.options import NOT_NEGATIVE, SHARE, documented, option, require_allowed


@documented
@dataclass(frozen=True)
class AugmentationSettings:
    """How strongly samples are varied.

    Probabilities are per sample for geometry and per modality for intensities; sizes are the largest that are drawn.
    """

    flip: float = option(
        0.5, "probability of mirroring left and right; the other axes have a meaning in the head", SHARE
    )
    affine: float = option(0.4, "probability of rotation and scaling together", SHARE)
    rotation: float = option(15.0, "angle about each axis", NOT_NEGATIVE, unit="degrees")
    scaling: float = option(0.15, "share by which a length may grow or shrink", "[0, 1)")
    gamma: float = option(0.4, "natural logarithm of the exponent that is applied to the intensities", NOT_NEGATIVE)
    scale: float = option(0.25, "share by which the contrast may change", "[0, 1)")
    shift: float = option(0.3, "shift of the intensities", NOT_NEGATIVE, unit="SD over the brain")
    bias: float = option(0.3, "logarithm of a smooth multiplicative field", NOT_NEGATIVE)
    bias_probability: float = option(0.2, "probability of that field", SHARE)
    noise: float = option(0.15, "standard deviation of independent noise", NOT_NEGATIVE, unit="SD over the brain")
    noise_probability: float = option(0.2, "probability of noise", SHARE)
    blur: int = option(
        4,
        "thickness of the slices that a coarser resolution along one random axis has; clinics have 3 to 6 mm",
        "[0, 1024]",
        unit="voxels",
    )
    blur_probability: float = option(0.1, "probability of a coarser resolution", SHARE)
    enhancement: float = option(
        0.2, "least share that is left of what the contrast agent adds, T1ce less T1, where it is weakened", SHARE
    )
    enhancement_probability: float = option(
        0.0, "probability of weaker enhancement in a sample; cases without T1 or T1ce are left alone", SHARE
    )
    curve: float = option(
        0.5, "how far the knots of a monotone intensity curve may move", NOT_NEGATIVE, unit="SD over the brain"
    )
    curve_probability: float = option(0.0, "probability of such a curve", SHARE)
    misaligned: float = option(
        1.0,
        "how far a modality may be shifted against the others and the labels along each axis, in voxels, and turned "
        "about each, in degrees",
        NOT_NEGATIVE,
    )
    misaligned_probability: float = option(0.0, "probability that a modality is misaligned", SHARE)
    mask: float = option(
        4.0, "how deep an imperfect brain mask cuts into the brain, or reaches beyond it", NOT_NEGATIVE, unit="voxels"
    )
    mask_probability: float = option(0.0, "probability of an imperfect brain mask in a sample", SHARE)

    slices: int = option(
        8, "thickness of the slices of a whole study, as the 2-D series of a session have", "[0, 1024]", unit="voxels"
    )
    slices_probability: float = option(0.0, "probability of thick slices throughout a study", SHARE)

    def __post_init__(self) -> None:
        require_allowed(self)


NO_AUGMENTATION = AugmentationSettings(
    flip=0.0, affine=0.0, rotation=0.0, scaling=0.0, gamma=0.0, scale=0.0, shift=0.0, bias=0.0, bias_probability=0.0,
    noise=0.0, noise_probability=0.0, blur=0, blur_probability=0.0,
)  # fmt: skip
