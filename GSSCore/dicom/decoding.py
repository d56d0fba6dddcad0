"""Stored numbers of a frame, uncompressed or compressed.

What is not compressed, and run lengths, pydicom decodes. JPEG of all kinds it hands to packages that may be there or
not; GDCM, which is part of SimpleITK, decodes them wherever the project runs, so it comes first.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from GSSCore.dicom.headers import CLASSIC
from GSSCore.dicom.pydicom_needed import pydicom
from GSSCore.imaging.arrays import Array

_COPIED = """
    Rows Columns SamplesPerPixel BitsAllocated BitsStored HighBit PixelRepresentation PhotometricInterpretation
    """


class Undecodable(Exception):
    """Compressed voxels that nothing here can decode; holds the name of the compression and the reason."""


def decode(dataset: Any, index: int) -> Array:
    """Return the stored numbers (J, I) of a frame, in native byte order.

    Args:
        dataset: the file, as pydicom reads it.
        index: which frame, from 0.

    Raises:
        Undecodable: when there is no decoder for the compression.
        Exception: of pydicom's, when the voxels are damaged.
    """
    syntax = _syntax(dataset)
    if not syntax.is_encapsulated or syntax == pydicom().uid.RLELossless:
        return _by_pydicom(dataset, index)
    try:
        return _by_gdcm(dataset, index, syntax)
    except RuntimeError as error:
        try:
            return _by_pydicom(dataset, index)
        except (RuntimeError, NotImplementedError, AttributeError):
            raise Undecodable(syntax.name, str(error).strip().split("\n")[-1].rstrip(".")) from error


def _by_pydicom(dataset: Any, index: int) -> Array:
    array: Array = pydicom().pixels.pixel_array(dataset, index=index, raw=True)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _by_gdcm(dataset: Any, index: int, syntax: Any) -> Array:
    """Decode a frame with GDCM, from a file that holds this frame alone and no scale, which GDCM would apply."""
    import SimpleITK

    dicom = pydicom()
    frames = int(dataset.get("NumberOfFrames") or 1)
    one = dicom.Dataset()
    one.SOPClassUID, one.SOPInstanceUID = CLASSIC, dicom.uid.generate_uid()
    for keyword in _COPIED.split():
        if keyword in dataset:
            setattr(one, keyword, dataset[keyword].value)
    encoded = dicom.encaps.get_frame(dataset.PixelData, index, number_of_frames=frames)
    one.PixelData = dicom.encaps.encapsulate([encoded])
    one["PixelData"].VR = "OB"
    one.file_meta = dicom.dataset.FileMetaDataset()
    one.file_meta.TransferSyntaxUID = syntax
    with tempfile.TemporaryDirectory(prefix="gss-") as folder:
        file = Path(folder, "frame.dcm")
        one.save_as(file, enforce_file_format=True)
        array: Array = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(file), imageIO="GDCMImageIO"))
    return np.asarray(array.reshape(array.shape[-2:]))


def _syntax(dataset: Any) -> Any:
    """Return the transfer syntax; of a file that does not name it, as it was parsed."""
    meta = getattr(dataset, "file_meta", None)
    uid = pydicom().uid
    if meta and "TransferSyntaxUID" in meta:
        return meta.TransferSyntaxUID
    implicit, little = dataset.original_encoding
    syntax = (
        uid.ImplicitVRLittleEndian if implicit else uid.ExplicitVRLittleEndian if little else uid.ExplicitVRBigEndian
    )
    dataset.file_meta = meta or pydicom().dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    return syntax
