"""One row of scores: a case, a subset of its modalities, a region. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from GSSCore.metrics.overlap import EmptyRule
from GSSCore.vocabulary import Region, Subset


class Metric(str, Enum):
    """What is measured. The value is the name in files, and of the field in `Row`."""

    DICE = "dice"
    SENSITIVITY = "sensitivity"
    HD95 = "hd95_mm"
    LESION_DICE = "lesion_dice"
    LESION_HD95 = "lesion_hd95_mm"

    @property
    def display(self) -> str:
        """The name in sentences."""
        return _DISPLAY[self]

    @property
    def heading(self) -> str:
        """The name above a table, with its unit."""
        return f"{self.display}, mm" if self.in_mm else self.display

    @property
    def option(self) -> str:
        """The name on the command line, such as `lesion-hd95`."""
        return self.value.removesuffix("_mm").replace("_", "-")

    @property
    def in_mm(self) -> bool:
        """Whether it is a distance in mm, better when smaller; else it is a share, 0 to 1, better when larger."""
        return self.value.endswith("_mm")

    @property
    def decimals(self) -> int:
        """Number of decimals in tables."""
        return 1 if self.in_mm else 3


_DISPLAY = {
    Metric.DICE: "Dice",
    Metric.SENSITIVITY: "Sensitivity",
    Metric.HD95: "HD95",
    Metric.LESION_DICE: "Lesion-wise Dice",
    Metric.LESION_HD95: "Lesion-wise HD95",
}


@dataclass(frozen=True)
class Row:
    """The scores of a case, a subset and a region. None stands for what is not defined, or was not measured.

    Attributes:
        case: its name.
        subset: the modalities that the network was given.
        region: the region.
        dice: 0 to 1.
        truth_ml, predicted_ml: volumes on the crop.
        rule: the rule that made the score where truth or prediction is empty.
        sensitivity: the share of the truth that was found, 0 to 1; None where the truth is empty.
        hd95_mm: see `metrics.surface`.
        lesion_dice, lesion_hd95_mm: see `metrics.lesions`.
        lesions: number of lesions of the truth, without small ones.
        missed: number of these for which nothing was predicted.
        false_lesions: number of parts of the prediction that belong to no lesion.
    """

    case: str
    subset: Subset
    region: Region
    dice: float
    truth_ml: float
    predicted_ml: float
    rule: EmptyRule = EmptyRule.NONE
    sensitivity: float | None = None
    hd95_mm: float | None = None
    lesion_dice: float | None = None
    lesion_hd95_mm: float | None = None
    lesions: int | None = None
    missed: int | None = None
    false_lesions: int | None = None

    def value(self, metric: Metric) -> float | None:
        """Return the value of a metric, None where it has none."""
        found: float | None = getattr(self, metric.value)
        return found
