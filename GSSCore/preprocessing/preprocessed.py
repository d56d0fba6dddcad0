"""A study as a network sees it, and where in the reference that is: the start of the way back."""

from __future__ import annotations

from dataclasses import dataclass

from GSSCore.imaging.arrays import Affine, Box, Floats, Index, Mask
from GSSCore.imaging.boxes import corner_of, shifted
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid
from GSSCore.vocabulary import Subset, mask_subset


@dataclass(frozen=True, eq=False)
class ReferenceFrame:
    """Where a crop lies in the reference: all that is needed to bring something on the crop back.

    Attributes:
        grid: the reference's own, exactly as given.
        orientation: of the reference; `box`, `brain` and `to_crop` are about its voxels in the order R, A, S.
        box: what was cut out of the reference, the box of the brain.
        brain: bool, of the shape of `box`: where any modality is non-zero.
        to_crop: from a voxel index of the reference to one of the crop; None where the crop's voxels are those of
            `box`, so that nothing has to be interpolated.
        points: along each axis of the reference, how many points of a voxel are asked on the way back: a thick slice
            shows the mean of what lies in it.
    """

    grid: Grid
    orientation: Orientation
    box: Box
    brain: Mask
    to_crop: Affine | None
    points: Index = (1, 1, 1)

    def brain_in(self, box: Box) -> Mask:
        """Return the brain in a box of the reference's voxels that lies inside `self.box`."""
        return self.brain[shifted(box, [-n for n in corner_of(self.box)])]


@dataclass(frozen=True, eq=False)
class Preprocessed:
    """What a network sees of a study.

    Attributes:
        images: float32 (4, D, H, W), axes R, A, S, channels in the order of `MODALITIES`; z-scores inside each
            modality's non-zero voxels, exactly 0 outside them and for a missing modality.
        available: bool (4,), True where the modality is there.
        brain: bool (D, H, W), where any of them was non-zero.
        grid: the crop at the network's spacing, axes R, A, S.
        frame: where the crop lies in the reference.
    """

    images: Floats
    available: Mask
    brain: Mask
    grid: Grid
    frame: ReferenceFrame

    @property
    def modalities(self) -> Subset:
        """The modalities that are there; fewer than there are files, where one shows next to nothing."""
        return mask_subset(self.available.tolist())
