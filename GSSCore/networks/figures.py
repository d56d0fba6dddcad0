"""What the networks cost at their default width, as counted once; `Testing/core/test_network_cost.py` counts again.

Counting loads PyTorch's tracing, which takes several seconds; this file needs no PyTorch.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

SIZE = 80
"""Edge in voxels of the volume for which `COSTS` was counted: the crop of most recipes."""


@dataclass(frozen=True)
class Cost:
    """The cost of a network.

    Attributes:
        parameters: trained values.
        gmacs: thousand million multiply-accumulates of the fused prediction of one volume from all modalities, as
            convolutions and matrix products have them.
        single_gmacs: the same with one modality alone.
    """

    parameters: int
    gmacs: float
    single_gmacs: float


COSTS = MappingProxyType(
    {
        "unet": Cost(1_863_268, 4.206661824, 4.206661824),
        "mmformer": Cost(36_391_760, 30.30747136, 16.40782336),
        "rfnet": Cost(8_984_960, 102.13381376, 57.01227776),
        "m2ftrans": Cost(43_035_944, 104.38363776, 57.60322176),
        "shaspec": Cost(113_249_608, 365.634588672, 112.937223168),
    }
)
"""Network -> its cost for one volume of `SIZE` voxels along each axis."""
