"""The method's numbers, with its own values as defaults. Needs no torch, so that recipes can be read without it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from GSSCore.ranges import NOT_NEGATIVE, POSITIVE, check_ranges, within


@dataclass(frozen=True)
class TeacherSettings:
    """When a prediction counts as sure, and how small a probability may become.

    Attributes:
        flair_threshold: FLAIR, or whoever leads, is sure of a class above this probability (strictly).
        other_threshold: T1ce, T1 and T2, or whoever does not lead, are sure above this one (strictly).
        floor: least value of the teacher before it is normalised, and of what is compared with it.
        leaders: who is believed first: `flair`, for every class; `by-class`, those that show the class: FLAIR the
            background, T1ce NCR and ET, FLAIR and T2 ED (after Qiu et al., ICCV 2023).
    """

    flair_threshold: float = within("[0, 1)", 0.65)
    other_threshold: float = within("[0, 1)", 0.75)
    floor: float = within("(0, 0.25)", 0.005)
    leaders: Literal["flair", "by-class"] = "flair"

    def __post_init__(self) -> None:
        check_ranges(self)


@dataclass(frozen=True)
class LossSettings:
    """What the loss is made of; the defaults are the method's own.

    Attributes:
        distillation_weight: of the pull towards the teacher.
        single_weight: of the single-modality predictions' own overlap with the truth.
        dice_over: the four exclusive `classes`, as the method says, or the nested `regions` WT, TC, ET by which the
            field scores.
        cross_entropy_weight: of a voxel-wise cross-entropy beside each Dice term.
        class_weights: in that cross-entropy, of each class's voxels, in the order of `vocabulary.CLASSES`: a rare class
            can't make itself heard otherwise, for a Dice term hardly moves a probability that is near zero.
        auxiliary_weight: of the same terms on a network's deep-supervision outputs.
        shared_weight: of the distance between the shared features of available modalities, where the network has such
            (shaspec).
        domain_weight: of telling the modality from its specific features, where the network does so (shaspec).
        temperature: divides the logits before teacher and pull are computed.
        teacher_from: `modalities`: the teacher is made of the single-modality predictions, see `GSSCore.gss.teacher`;
            `fused`: it is the fused prediction, without gradient (PASSION, Shi et al. 2024).
        teacher: thresholds and floor.
    """

    distillation_weight: float = within(NOT_NEGATIVE, 0.5)
    single_weight: float = within(NOT_NEGATIVE, 1.0)
    dice_over: Literal["classes", "regions"] = "classes"
    cross_entropy_weight: float = within(NOT_NEGATIVE, 0.0)
    class_weights: tuple[float, float, float, float] = within(POSITIVE, (1.0, 1.0, 1.0, 1.0))
    auxiliary_weight: float = within(NOT_NEGATIVE, 0.0)
    shared_weight: float = within(NOT_NEGATIVE, 0.1)
    domain_weight: float = within(NOT_NEGATIVE, 0.02)
    temperature: float = within(POSITIVE, 1.0)
    teacher_from: Literal["modalities", "fused"] = "modalities"
    teacher: TeacherSettings = field(default_factory=TeacherSettings)

    def __post_init__(self) -> None:
        check_ranges(self)
        if self.dice_over not in ("classes", "regions"):
            raise ValueError(f"dice_over must be 'classes' or 'regions', not {self.dice_over!r}")
