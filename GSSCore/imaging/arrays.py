"""Names of the arrays, and of the places in them, that signatures speak of; shapes are said where they occur."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""Numbers of any real type."""
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Reals = NDArray[np.floating[Any]]
"""float32 or float64."""
Mask = NDArray[np.bool_]
Labels = NDArray[np.uint8]
"""Values of `vocabulary.Label`."""
Levels = NDArray[np.uint8]
"""Values of `vocabulary.Confidence`."""
Affine = NDArray[np.float64]
"""(4, 4), from voxel index to RAS in mm, or from the voxels of one grid to those of another."""

Index = tuple[int, int, int]
"""A voxel."""
Size = tuple[int, int, int]
"""Voxels along each axis."""
Spacing = tuple[float, float, float]
"""Distance between voxel centres along each axis, in mm."""
Box = tuple[slice, slice, slice]
"""The voxels between a first and a last one along each axis: both ends of each slice are given, and the step is 1."""
