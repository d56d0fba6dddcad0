"""Volumes in every orientation, files of every format written by nibabel and SimpleITK, and what SimpleITK reads.

The project reads and writes NIfTI with nibabel, so SimpleITK, which has a reader of its own, is the reference there.
"""

from __future__ import annotations

import gzip
from itertools import permutations, product
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

Affine = NDArray[np.float64]

SHAPE = (5, 6, 7)
ORIGIN = (-12.5, 30.25, 7.75)
SPACING = (0.5, 1.25, 3.0)


def signed_permutations() -> list[NDArray[np.float64]]:
    """All 48 ways in which three array axes can lie along the patient's axes, as matrices (3, 3)."""
    return [
        np.eye(3)[:, order] * np.array(signs)
        for order in permutations(range(3))
        for signs in product((1, -1), repeat=3)
    ]


def rotation(degrees: tuple[float, float, float]) -> NDArray[np.float64]:
    """A rotation (3, 3) about the patient's axes, one after the other."""
    x, y, z = np.radians(degrees)
    about_x = [[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]]
    about_y = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    about_z = [[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]]
    return np.array(about_z) @ np.array(about_y) @ np.array(about_x)


def affine_of(
    axes: NDArray[np.float64],
    spacing: tuple[float, float, float] = SPACING,
    origin: tuple[float, float, float] = ORIGIN,
) -> Affine:
    """Axes (3, 3) as unit columns, spacing and origin as one affine (4, 4)."""
    affine = np.eye(4)
    affine[:3, :3] = axes * np.array(spacing)
    affine[:3, 3] = origin
    return affine


AFFINES: list[Affine] = [affine_of(axes) for axes in signed_permutations()]
OBLIQUE: Affine = affine_of(rotation((12.0, -20.0, 31.0)))
OBLIQUE_LEFT_HANDED: Affine = affine_of(rotation((12.0, -20.0, 31.0)) @ np.diag([1, 1, -1]))


def name_of(affine: Affine) -> str:
    """Orientation of an affine for the name of a test, as nibabel calls it."""
    return "".join(nib.aff2axcodes(affine))


def values(shape: tuple[int, int, int] = SHAPE, dtype: Any = np.int16, seed: int = 0) -> NDArray[Any]:
    """Random numbers that every real type holds, 0 among them."""
    return np.random.default_rng(seed).integers(0, 100, shape).astype(dtype)


def nifti(array: NDArray[Any], affine: Affine, *, version: int = 1, order: str = "<") -> Any:
    """An image of nibabel, sform and qform both set."""
    kind = nib.Nifti1Image if version == 1 else nib.Nifti2Image
    header = kind.header_class(endianness=order)
    header.set_data_dtype(array.dtype)
    image = kind(array, affine, header)
    image.set_sform(affine, 1)
    image.set_qform(affine, 1)
    return image


def save_nifti(
    path: Path, array: NDArray[Any], affine: Affine, *, version: int = 1, order: str = "<", **fields: Any
) -> Path:
    """Write a NIfTI file with nibabel, then set header fields to any value, as nibabel itself would correct some."""
    image = nifti(array, affine, version=version, order=order)
    data = bytearray(image.to_bytes())
    layout = image.header.template_dtype.newbyteorder(order)
    for name, value in fields.items():
        kind, start = layout.fields[name][:2]
        packed = np.array(value, kind.base).tobytes().ljust(kind.itemsize, b"\0")
        data[start : start + kind.itemsize] = packed
    path.write_bytes(gzip.compress(bytes(data)) if path.suffix == ".gz" else data)
    return path


def save_itk(path: Path, array: NDArray[Any], affine: Affine, *, compressed: bool = False) -> Path:
    """Write NIfTI, NRRD, MHA or MHD with SimpleITK, which keeps positions as left, posterior, superior."""
    import SimpleITK as sitk

    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    image = sitk.GetImageFromArray(np.ascontiguousarray(array.T))
    image.SetSpacing(spacing.tolist())
    image.SetDirection((lps[:3, :3] / spacing).ravel().tolist())
    image.SetOrigin(lps[:3, 3].tolist())
    sitk.WriteImage(image, str(path), useCompression=compressed)
    return path


def read_with_itk(path: Path) -> tuple[NDArray[Any], Affine]:
    """Array (I, J, K) and affine to RAS, as ITK and with it 3D Slicer see a file."""
    import SimpleITK as sitk

    image = sitk.ReadImage(str(path))
    affine = np.eye(4)
    affine[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    return sitk.GetArrayFromImage(image).T, np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine


def value_at(array: NDArray[Any], affine: Affine, position: NDArray[np.float64]) -> Any:
    """The value of the voxel whose centre lies at an RAS position in mm, rounded to the nearest."""
    index = np.rint(np.linalg.solve(affine, [*position, 1.0])[:3]).astype(int)
    return array[tuple(index)]


def reordered(array: NDArray[Any], affine: Affine, like: Affine) -> tuple[NDArray[Any], Affine]:
    """The same voxels at the same places, with array axes in the order and direction of another affine, by nibabel."""
    change = nib.orientations.ornt_transform(nib.io_orientation(affine), nib.io_orientation(like))
    turned = nib.orientations.apply_orientation(array, change)
    return turned, affine @ nib.orientations.inv_ornt_aff(change, array.shape)
