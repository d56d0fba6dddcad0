"""Headers of DICOM files, read with pydicom, of classic objects, which hold an image, and enhanced ones, with many."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from GSSCore.dicom.attributes import Attributes, flat
from GSSCore.dicom.frames import Frame, Header, Patient
from GSSCore.dicom.pydicom_needed import pydicom
from GSSCore.errors import EnvironmentRefused
from GSSCore.sequences.hints import (
    ACQUIRED,
    ADMINISTERED,
    AGENTS,
    B_VALUE,
    DAYS_AND_TIMES,
    DESCRIPTION,
    ECHO_TIMES,
    IMAGE_TYPE,
    INVERSION_RECOVERY,
    INVERSION_TIMES,
    REPETITION_TIME,
    SCANNING_SEQUENCE,
    STUDY_DATE,
    Hints,
    acquired_in,
    hints_from,
)

CLASSIC = "1.2.840.10008.5.1.4.1.1.4"
ENHANCED = frozenset({"1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.4.4"})
"""Enhanced MR Image Storage, and Legacy Converted Enhanced MR Image Storage."""
DICOMDIR = "1.2.840.10008.1.3.10"

_HINTS = (
    DESCRIPTION,
    IMAGE_TYPE,
    *AGENTS,
    ADMINISTERED,
    *REPETITION_TIME,
    *ECHO_TIMES,
    *INVERSION_TIMES,
    SCANNING_SEQUENCE,
    INVERSION_RECOVERY,
    B_VALUE,
    *ACQUIRED,
    *(tag for pair in DAYS_AND_TIMES for tag in pair),
    STUDY_DATE,
)
_TAG = {text: int(text.replace(",", ""), 16) for text in _HINTS}

_PRIVATE_B = {0x0019100C: 0, 0x00431039: 10**6, 0x20011003: 0, 0x00651009: 0}
"""Where Siemens, GE, Philips and UIH keep the b-value; GE adds multiples of a thousand million to
it."""
_GE_COMPONENT = 0x0043102F
"""GE's number of the kind of image: 0 magnitude, 1 phase, 2 real, 3 imaginary."""
_COMPONENTS = {1: "PHASE", 2: "R", 3: "I"}
_ECHO_PULSES = {"SPIN": "SE", "GRADIENT": "GR", "BOTH": "SE\\GR"}
"""What Echo Pulse Sequence, of enhanced objects, says in the words of Scanning Sequence."""

_ATTRIBUTES = """
    SpecificCharacterSet SOPClassUID SOPInstanceUID Modality PatientID PatientName PatientBirthDate StudyInstanceUID
    SeriesInstanceUID SeriesNumber ProtocolName ImagesInAcquisition NumberOfFrames Rows Columns SamplesPerPixel
    BitsAllocated ImagePositionPatient ImageOrientationPatient PixelSpacing SliceThickness SpacingBetweenSlices
    FrameOfReferenceUID TemporalPositionIdentifier RescaleSlope RescaleIntercept
    MRAcquisitionType EchoPulseSequence ComplexImageComponent SharedFunctionalGroupsSequence
    PerFrameFunctionalGroupsSequence
    """

_IMPLICIT_HEADER = 8
"""Bytes that the header of the pixel data takes at least."""
_NO_PREFIX = re.compile(rb"\x08\x00[\x00-\x18]\x00")
"""How files start that have no preamble and no prefix: with an attribute of group 0008."""


class Unreadable(Exception):
    """A file that begins as DICOM does, and cannot be parsed."""


def read_header(file: Path) -> Header | None:
    """Return what the header of a file says; None for a file that is no DICOM, and for a DICOMDIR.

    Raises:
        Unreadable: for a damaged DICOM file.
        OSError: when the file can't be read.
    """
    with file.open("rb") as stream:
        start = stream.read(132)
        bare = _NO_PREFIX.match(start) is not None and start[128:] != b"DICM"
        if start[128:] != b"DICM" and not bare:
            return None
        stream.seek(0)
        try:
            dataset = pydicom().dcmread(stream, stop_before_pixels=True, force=bare, specific_tags=_read_tags())
            if bare and "SeriesInstanceUID" not in dataset:
                return None
            if _sop_class(dataset) == DICOMDIR:
                return None
            if "SeriesInstanceUID" not in dataset:
                raise Unreadable("it has no SeriesInstanceUID")
            return _header(file, dataset, stream)
        except (OSError, Unreadable):
            raise
        except Exception as error:  # pydicom raises whatever the damage happens to lead to
            raise Unreadable(str(error) or type(error).__name__) from error


@lru_cache(1)
def _read_tags() -> list[Any]:
    """Return the tags that are read, as pydicom has them."""
    names = (*_ATTRIBUTES.split(), *_TAG.values(), *_PRIVATE_B, _GE_COMPONENT)
    return [pydicom().tag.Tag(name) for name in names]


def _header(file: Path, dataset: Any, stream: BinaryIO) -> Header:
    sop = _sop_class(dataset)
    attributes = Attributes(dataset)
    frames: tuple[Attributes, ...] = (attributes,)
    fault = ""
    if sop in ENHANCED:
        shared = flat(next(iter(dataset.get("SharedFunctionalGroupsSequence") or ()), None))
        groups = dataset.get("PerFrameFunctionalGroupsSequence") or ()
        frames = tuple(Attributes(dataset, flat(group), shared) for group in groups)
    if sop in {CLASSIC, *ENHANCED}:
        fault = _pixel_fault(attributes, stream)
        if (attributes.whole("NumberOfFrames") or 1) != len(frames):
            fault = fault or "frames"
    read = tuple(_frame(file, index, frame) for index, frame in enumerate(frames))
    if any("MOSAIC" in frame.image_type for frame in read):
        fault = fault or "mosaic"
    return Header(
        file,
        attributes.text("SOPInstanceUID"),
        _kind(sop),
        sop in {CLASSIC, *ENHANCED},
        attributes.text("Modality"),
        _patient(attributes),
        attributes.text("StudyInstanceUID"),
        _digits(attributes.text("StudyDate"))[:8],
        attributes.text("SeriesInstanceUID"),
        attributes.whole("SeriesNumber"),
        attributes.text("SeriesDescription") or attributes.text("ProtocolName"),
        frames[0] if frames else attributes,
        read,
        attributes.text("MRAcquisitionType").upper() == "3D",
        attributes.whole("ImagesInAcquisition"),
        fault,
    )


def _pixel_fault(attributes: Attributes, stream: BinaryIO) -> str:
    """Return what is wrong with the pixel data, as far as the header and the length of the file tell."""
    syntax = getattr(attributes.dataset, "file_meta", {}).get("TransferSyntaxUID")
    if (attributes.whole("SamplesPerPixel") or 1) != 1:
        return "colour"
    if syntax is not None and syntax.is_deflated:
        return ""  # all of the file is compressed, so its length tells nothing
    left = os.fstat(stream.fileno()).st_size - stream.tell() - _IMPLICIT_HEADER
    if left < 0:
        return "pixels"
    bits, frames = attributes.whole("BitsAllocated") or 8, attributes.whole("NumberOfFrames") or 1
    wanted = (attributes.whole("Rows") or 0) * (attributes.whole("Columns") or 0) * frames * bits // 8
    return "truncated" if left < wanted and not (syntax is not None and syntax.is_encapsulated) else ""


def _frame(file: Path, index: int, said: Attributes) -> Frame:
    (position,) = said.vectors("ImagePositionPatient", 1)
    along_row, along_column = said.vectors("ImageOrientationPatient", 2)
    spacing = said.numbers("PixelSpacing", 2) or (None, None)
    time_point = said.whole("TemporalPositionIndex")
    return Frame(
        file,
        index,
        said.text("SOPInstanceUID"),
        said.whole("Rows") or 0,
        said.whole("Columns") or 0,
        position,
        along_row,
        along_column,
        spacing[0],
        spacing[1],
        said.number("SliceThickness"),
        said.number("SpacingBetweenSlices"),
        said.number("EffectiveEchoTime") or said.number("EchoTime"),
        said.number("InversionTimes") or said.number("InversionTime"),
        _b_value(said),
        _image_type(said),
        said.whole("TemporalPositionIdentifier") if time_point is None else time_point,
        said.text("StackID"),
        said.text("FrameOfReferenceUID"),
        acquired_in(lambda tag: said.text(_TAG[tag])),
        said.number("RescaleSlope") or 1.0,
        said.number("RescaleIntercept") or 0.0,
    )


def _image_type(said: Attributes) -> tuple[str, ...]:
    """Return the image type, of the frame where it has one, with the component where that stands elsewhere."""
    words = said.words("FrameType") or said.words("ImageType")
    component = said.text("ComplexImageComponent").upper()
    more = component if component in ("PHASE", "REAL", "IMAGINARY") else _COMPONENTS.get(said.whole(_GE_COMPONENT) or 0)
    return (*words, more) if more and more not in words else words


def _b_value(said: Attributes) -> float | None:
    public = said.number("DiffusionBValue")
    if public is not None:
        return public
    found = ((said.number(tag), modulus) for tag, modulus in _PRIVATE_B.items() if tag in said)
    return next((b % modulus if modulus else b for b, modulus in found if b is not None), None)


def hints_of(said: Attributes) -> Hints:
    """Return what the attributes of a frame say of the sequence."""

    def value(text: str) -> str:
        found = _said(said.value(_TAG[text]))
        if text == SCANNING_SEQUENCE and not found:  # enhanced objects tell it otherwise
            found = _ECHO_PULSES.get(said.text("EchoPulseSequence").upper(), "")
        return found

    hints = hints_from(value)
    return replace(
        hints,
        description=hints.description or said.text("ProtocolName"),
        b_value=_b_value(said),
        image_type=_image_type(said),
    )


def hints_in(file: Path) -> Hints | None:
    """Return what a file says of its sequence, of an enhanced object its first frame; None where it can't be read."""
    try:
        header = read_header(file)
    except (Unreadable, OSError, EnvironmentRefused):
        return None
    return None if header is None else hints_of(header.attributes)


def _said(value: Any) -> str:
    """Return an attribute's value as text, several values with a backslash between them."""
    if value is None:
        return ""
    if isinstance(value, pydicom().sequence.Sequence):
        return "\\".join(str(item.get("CodeMeaning", "")) for item in value)
    several = not isinstance(value, str) and hasattr(value, "__len__")
    return "\\".join(map(str, value)) if several else str(value)


@lru_cache(64)
def _kind(sop: str) -> str:
    return str(pydicom().uid.UID(sop).name) if sop else "an object of unknown kind"


def _sop_class(dataset: Any) -> str:
    value = dataset.get("SOPClassUID") or getattr(dataset, "file_meta", {}).get("MediaStorageSOPClassUID")
    return "" if value is None else str(value).strip(" \0")


def _patient(said: Attributes) -> Patient:
    name = "".join(letter for letter in said.text("PatientName").casefold() if letter.isalnum())
    return Patient(said.text("PatientID"), name, _digits(said.text("PatientBirthDate"))[:8])


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())
