"""DICOM files of made-up series: classic objects, a slice each, and enhanced ones, with every oddity on demand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import (
    EnhancedMRImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    generate_uid,
)

SHAPE = (6, 5, 24)
"""Small slices that cover 120 mm."""
T1_TIMES: dict[str, Any] = {"RepetitionTime": 500, "EchoTime": 12, "ScanningSequence": "SE"}
T2_TIMES: dict[str, Any] = {"RepetitionTime": 4000, "EchoTime": 100, "ScanningSequence": "SE"}
FLAIR_TIMES: dict[str, Any] = {
    "RepetitionTime": 9000,
    "EchoTime": 120,
    "InversionTime": 2500,
    "ScanningSequence": ["SE", "IR"],
}


def uid(*words: object) -> str:
    """The same UID for the same words."""
    return str(generate_uid(entropy_srcs=[str(word) for word in words]))


def box(spacing: Sequence[float] = (1.0, 1.5, 5.0), rotation: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """An affine (4, 4), voxel index to RAS in mm: axial slices from foot to head, as scanners have them."""
    affine = np.eye(4)
    affine[:3, :3] = (np.eye(3) if rotation is None else rotation) @ np.diag([-1.0, -1.0, 1.0]) * np.array(spacing)
    affine[:3, 3] = (60.5, 80.25, -40.75)
    return affine


def image(seed: int = 0, shape: tuple[int, int, int] = SHAPE, most: int = 4000) -> NDArray[np.uint16]:
    """Voxels (I, J, K) that differ from each other."""
    return np.random.default_rng(seed).integers(0, most, shape, np.uint16)


def slices(
    array: NDArray[Any],
    affine: NDArray[np.float64],
    number: int = 1,
    description: str = "T1",
    times: dict[str, Any] = T1_TIMES,
    **attributes: Any,
) -> list[Dataset]:
    """A classic series: slice k of an array (I, J, K) as the k-th data set. Any attribute may be given or replaced."""
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    series = attributes.get("SeriesInstanceUID", uid("series", number, description))
    found = []
    for k in range(array.shape[2]):
        one = _object(MRImageStorage, uid(series, description, k, sorted(attributes.items()), times), number, series)
        one.SeriesDescription = description
        one.ImageType = ["ORIGINAL", "PRIMARY", "M"]
        one.InstanceNumber = k + 1
        one.AcquisitionDate, one.AcquisitionTime = "20260102", f"{10 + number // 60:02}{number % 60:02}00.5"
        one.ImagePositionPatient = numbers(lps[:3, 3] + k * lps[:3, 2])
        one.ImageOrientationPatient = numbers(lps[:3, 0] / spacing[0], lps[:3, 1] / spacing[1])
        one.PixelSpacing = numbers([spacing[1], spacing[0]])
        one.SliceThickness = one.SpacingBetweenSlices = numbers([spacing[2]])[0]
        for keyword, value in {**times, **attributes}.items():
            setattr(one, keyword, value)
        set_pixels(one, array[:, :, k].T)
        found.append(one)
    return found


def numbers(*values: Iterable[float]) -> list[str]:
    """Numbers as the texts of at most 16 characters that DICOM has."""
    return [f"{number:.10f}"[:16] for several in values for number in several]


def set_pixels(one: Dataset, stored: NDArray[Any], **format: Any) -> None:
    """Give an object its stored numbers (J, I), or (frames, J, I)."""
    one.Rows, one.Columns = stored.shape[-2:]
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, format.get("PhotometricInterpretation", "MONOCHROME2")
    one.BitsAllocated = stored.dtype.itemsize * 8
    one.BitsStored = format.get("BitsStored", one.BitsAllocated)
    one.HighBit = one.BitsStored - 1
    one.PixelRepresentation = int(stored.dtype.kind == "i")
    one.PixelData = np.ascontiguousarray(stored).tobytes() + b"\0" * (stored.nbytes % 2)
    one["PixelData"].VR = "OW" if one.BitsAllocated > 8 else "OB"


def enhanced(
    array: NDArray[Any],
    affine: NDArray[np.float64],
    number: int = 1,
    description: str = "T1",
    shared: dict[str, dict[str, Any]] | None = None,
    frames: Sequence[dict[str, dict[str, Any]]] | None = None,
    order: Sequence[int] | None = None,
) -> Dataset:
    """An enhanced object with the slices of an array as frames.

    Args:
        array: (I, J, K).
        affine: (4, 4), voxel index to RAS in mm.
        number, description: of the series.
        shared: attributes of the shared functional groups, by sequence.
        frames: attributes of each frame's functional groups, by sequence.
        order: which slice comes where in the file.
    """
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    order = range(array.shape[2]) if order is None else order
    one = _object(EnhancedMRImageStorage, uid("enhanced", number), number, uid("series", number))
    one.SeriesDescription, one.ImageType = description, ["ORIGINAL", "PRIMARY", "T1", "NONE"]
    one.AcquisitionDateTime = "20260102101112.5"
    one.NumberOfFrames, one.MRAcquisitionType, one.EchoPulseSequence = len(order), "3D", "GRADIENT"
    common = {
        "PixelMeasuresSequence": {
            "PixelSpacing": numbers([spacing[1], spacing[0]]),
            "SliceThickness": numbers([spacing[2]])[0],
        },
        "PlaneOrientationSequence": {
            "ImageOrientationPatient": numbers(lps[:3, 0] / spacing[0], lps[:3, 1] / spacing[1])
        },
        "MRTimingAndRelatedParametersSequence": {"RepetitionTime": 1800},
        "MREchoSequence": {"EffectiveEchoTime": 2.5},
        "MRModifierSequence": {"InversionRecovery": "YES", "InversionTimes": 900.0},
    }
    one.SharedFunctionalGroupsSequence = [group({**common, **(shared or {})})]
    own = [{"PlanePositionSequence": {"ImagePositionPatient": numbers(lps[:3, 3] + k * lps[:3, 2])}} for k in order]
    more = frames or [{} for _ in order]
    one.PerFrameFunctionalGroupsSequence = [group({**a, **b}) for a, b in zip(own, more, strict=True)]
    set_pixels(one, array.transpose(2, 1, 0)[list(order)])
    return one


def group(sequences: dict[str, dict[str, Any]]) -> Dataset:
    """A functional group: sequences of one item each."""
    found = Dataset()
    for keyword, attributes in sequences.items():
        item = Dataset()
        for name, value in attributes.items():
            setattr(item, name, value)
        setattr(found, keyword, Items([item]))
    return found


def save(folder: Path, objects: Iterable[Dataset], stem: str = "", syntax: str = ExplicitVRLittleEndian) -> list[Path]:
    """Write objects under names whose order tells nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for place, one in enumerate(objects):
        file = folder / f"{stem}{(place * 7919 + 13) % 9973:05}_{len(list(folder.iterdir()))}"
        if not hasattr(one, "file_meta"):
            one.file_meta = FileMetaDataset()
        if "TransferSyntaxUID" not in one.file_meta:
            one.file_meta.TransferSyntaxUID = syntax
        one.save_as(file, enforce_file_format=True)
        files.append(file)
    return files


def _object(kind: str, instance: str, number: int, series: str) -> Dataset:
    one = Dataset()
    one.SOPClassUID, one.SOPInstanceUID, one.Modality = kind, instance, "MR"
    one.PatientID, one.PatientName, one.PatientBirthDate = "7", "Doe^Jane", "19700101"
    one.StudyInstanceUID, one.StudyDate, one.SeriesInstanceUID = uid("study"), "20260102", series
    one.SeriesNumber, one.FrameOfReferenceUID = number, uid("space")
    return one
