"""Settings of teacher and loss; the defaults are the method's own. Needs no torch, so that recipes can be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from GSSCore.options import NOT_NEGATIVE, POSITIVE, documented, option, require_allowed


@documented
@dataclass(frozen=True)
class TeacherSettings:
    """When a prediction counts as sure, and how small a probability may become."""

    flair_threshold: float = option(
        0.65, "probability above which FLAIR, or who else leads, is sure of a class", "[0, 1)"
    )
    other_threshold: float = option(0.75, "probability above which the modalities that don't lead are sure", "[0, 1)")
    floor: float = option(
        0.005, "least value of the teacher before it is normalised, and of what is compared with it", "(0, 0.25)"
    )
    leaders: Literal["flair", "by-class"] = option(
        "flair",
        "who is believed first: `flair` for every class; or, `by-class`, the modalities that show the class: FLAIR the "
        "background, T1ce NCR and ET, FLAIR and T2 ED (after Qiu et al., ICCV 2023)",
    )

    def __post_init__(self) -> None:
        require_allowed(self)


@documented
@dataclass(frozen=True)
class LossSettings:
    """What the loss is made of; the defaults are the method's own."""

    distillation_weight: float = option(0.5, "weight of the distillation from the teacher", NOT_NEGATIVE)
    single_weight: float = option(1.0, "weight of the Dice loss of the single-modality predictions", NOT_NEGATIVE)
    dice_over: Literal["classes", "regions"] = option(
        "classes",
        "what the Dice loss is taken over: the four exclusive `classes`, as the method says, or the nested `regions` "
        "WT, TC and ET by which the field scores",
    )
    cross_entropy_weight: float = option(0.0, "weight of a voxel-wise cross-entropy beside each Dice", NOT_NEGATIVE)
    class_weights: tuple[float, float, float, float] = option(
        (1.0, 1.0, 1.0, 1.0),
        "weights of the voxels of background, NCR, ED and ET in that cross-entropy; a rare class needs more, for Dice "
        "hardly moves a probability that is near zero",
        POSITIVE,
    )
    auxiliary_weight: float = option(
        0.0, "weight of the same terms on a network's deep-supervision outputs", NOT_NEGATIVE
    )
    shared_weight: float = option(
        0.1, "weight of the distance between the shared features of the available modalities (shaspec)", NOT_NEGATIVE
    )
    domain_weight: float = option(
        0.02, "weight of telling the modality from its specific features (shaspec)", NOT_NEGATIVE
    )
    temperature: float = option(1.0, "divides the logits before teacher and distillation are computed", POSITIVE)
    teacher_from: Literal["modalities", "fused"] = option(
        "modalities",
        "what the teacher is made of: `modalities`, the single-modality predictions; `fused`, the fused prediction, "
        "without gradient (PASSION, Shi et al. 2024)",
    )
    teacher: TeacherSettings = field(default_factory=TeacherSettings)

    def __post_init__(self) -> None:
        require_allowed(self)
