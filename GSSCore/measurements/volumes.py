"""The volume of each region, and of the labels that are no region themselves."""

from __future__ import annotations

import numpy as np

from GSSCore.imaging.arrays import Labels
from GSSCore.vocabulary import REGIONS, TUMOUR_LABELS, Label


def volumes_ml(labels: Labels, voxel_ml: float) -> dict[str, float]:
    """Return the volume in ml of WT, TC and ET and of NCR and ED: voxels times a voxel's volume."""
    voxels = {label: int(np.count_nonzero(labels == label)) for label in TUMOUR_LABELS}
    volumes = {region.value: sum(voxels[label] for label in region.labels) * voxel_ml for region in REGIONS}
    return volumes | {label.name: voxels[label] * voxel_ml for label in (Label.NCR, Label.ED)}
