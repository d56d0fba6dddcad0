"""Headers of DICOM files, read with pydicom: attributes where classic, enhanced and converted objects have them.

An enhanced object keeps what differs between its frames in a functional group of each frame, and what they share in one
shared group; both are sequences of sequences. Here they are laid flat, the frame's own before the shared before the
object's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from GSSCore.dicom.frames import Frame, Header, Patient, Vector
from GSSCore.dicom.pydicom_needed import pydicom
from GSSCore.sequences.hints import (
    ADMINISTERED,
    AGENTS,
    B_VALUE,
    DESCRIPTION,
    ECHO_TIMES,
    IMAGE_TYPE,
    INVERSION_RECOVERY,
    INVERSION_TIMES,
    REPETITION_TIME,
    SCANNING_SEQUENCE,
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
)
_TAG = {text: int(text.replace(",", ""), 16) for text in _HINTS}

_PRIVATE_B = {0x0019100C: 1, 0x00431039: 10**6, 0x20011003: 0, 0x00651009: 0}
"""Where Siemens, GE, Philips and UIH keep the b-value; GE adds multiples of a thousand million to it."""
_GE_COMPONENT = 0x0043102F
"""GE's number of the kind of image: 0 magnitude, 1 phase, 2 real, 3 imaginary."""
_COMPONENTS = {0: "M", 1: "PHASE", 2: "R", 3: "I"}

_ATTRIBUTES = """
    SpecificCharacterSet SOPClassUID SOPInstanceUID Modality PatientID PatientName PatientBirthDate StudyInstanceUID
    StudyDate SeriesInstanceUID SeriesNumber SeriesDescription ProtocolName SeriesDate SeriesTime AcquisitionDate
    AcquisitionTime AcquisitionDateTime ContentDate ContentTime InstanceNumber ImagesInAcquisition NumberOfFrames Rows
    Columns SamplesPerPixel BitsAllocated ImagePositionPatient ImageOrientationPatient PixelSpacing SliceThickness
    SpacingBetweenSlices FrameOfReferenceUID TemporalPositionIdentifier RescaleSlope RescaleIntercept
    MRAcquisitionType EchoPulseSequence ComplexImageComponent SharedFunctionalGroupsSequence
    PerFrameFunctionalGroupsSequence
    """
_READ = [*_ATTRIBUTES.split(), *_TAG.values(), *_PRIVATE_B, _GE_COMPONENT]

_PIXELS = 0x7FE00010
_LONG_HEADER, _IMPLICIT_HEADER = 12, 8
"""Bytes of the header of the pixel data: explicit and implicit VR."""
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
            dataset = pydicom().dcmread(stream, stop_before_pixels=True, force=bare, specific_tags=_READ)
            if bare and "SeriesInstanceUID" not in dataset:
                return None
            if _text(dataset, "SOPClassUID", file_meta=True) == DICOMDIR:
                return None
            return _header(file, dataset, stream)
        except OSError:
            raise
        except Exception as error:  # pydicom raises whatever the damage happens to lead to
            raise Unreadable(str(error) or type(error).__name__) from error


def _header(file: Path, dataset: Any, stream: BinaryIO) -> Header:
    sop = _text(dataset, "SOPClassUID", file_meta=True)
    fault = _pixel_fault(dataset, stream) if sop in {CLASSIC, *ENHANCED} else ""
    shared = _flat(_first(dataset, "SharedFunctionalGroupsSequence"))
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or []
    places = [_flat(group) for group in groups] if sop in ENHANCED else [{}]
    frames = [_frame(file, index, place, shared, dataset) for index, place in enumerate(places)]
    if sop in ENHANCED and _whole(dataset.get("NumberOfFrames")) != len(frames):
        fault = fault or "frames"
    if sop == CLASSIC and (_whole(dataset.get("NumberOfFrames")) or 1) != 1:
        fault = fault or "frames"
    if any("MOSAIC" in frame.image_type for frame in frames):
        fault = fault or "mosaic"
    return Header(
        file,
        _text(dataset, "SOPInstanceUID"),
        _kind(sop),
        sop in {CLASSIC, *ENHANCED},
        _text(dataset, "Modality"),
        _patient(dataset),
        _text(dataset, "StudyInstanceUID"),
        _digits(_text(dataset, "StudyDate"))[:8],
        _text(dataset, "SeriesInstanceUID"),
        _whole(dataset.get("SeriesNumber")),
        _text(dataset, "SeriesDescription") or _text(dataset, "ProtocolName"),
        _values(places[0] if places else {}, shared, dataset),
        tuple(frames),
        _text(dataset, "MRAcquisitionType").upper() == "3D",
        _whole(dataset.get("ImagesInAcquisition")),
        fault,
    )


def _pixel_fault(dataset: Any, stream: BinaryIO) -> str:
    """Return what is wrong with the pixel data, as far as the header and the length of the file tell."""
    at, size = stream.tell(), os.fstat(stream.fileno()).st_size
    if size - at < _IMPLICIT_HEADER:
        return "pixels"
    if (_whole(dataset.get("SamplesPerPixel")) or 1) != 1:
        return "colour"
    if _compressed(dataset):
        return ""
    bits, frames = (_whole(dataset.get(name)) or least for name, least in (("BitsAllocated", 8), ("NumberOfFrames", 1)))
    wanted = (_whole(dataset.get("Rows")) or 0) * (_whole(dataset.get("Columns")) or 0) * frames * bits // 8
    return "truncated" if size - at - _IMPLICIT_HEADER < wanted else ""


def _compressed(dataset: Any) -> bool:
    """Tell whether the pixel data, or all of the file, are compressed, so that the file's length tells nothing."""
    syntax = dataset.file_meta.get("TransferSyntaxUID") if hasattr(dataset, "file_meta") else None
    return syntax is not None and (syntax.is_encapsulated or syntax.is_deflated)


def _frame(file: Path, index: int, place: Mapping[int, Any], shared: Mapping[int, Any], dataset: Any) -> Frame:
    """Return what is said of a frame; `place` and `shared` hold its functional groups, laid flat."""

    def value(keyword: str) -> Any:
        tag = _tag_of(keyword)
        for source in (place, shared):
            if tag in source:
                return source[tag]
        return dataset.get(keyword)

    orientation = _numbers(value("ImageOrientationPatient"), 6)
    spacing = _numbers(value("PixelSpacing"), 2)
    slope, intercept = (_number(value(keyword)) for keyword in ("RescaleSlope", "RescaleIntercept"))
    return Frame(
        file,
        index,
        _text(dataset, "SOPInstanceUID"),
        _whole(dataset.get("Rows")) or 0,
        _whole(dataset.get("Columns")) or 0,
        _vector(_numbers(value("ImagePositionPatient"), 3)),
        _vector(orientation[:3]),
        _vector(orientation[3:]),
        spacing[0] if spacing else None,
        spacing[1] if spacing else None,
        _number(value("SliceThickness")),
        _number(value("SpacingBetweenSlices")),
        _number(value("EffectiveEchoTime")) or _number(value("EchoTime")),
        _number(value("InversionTimes")) or _number(value("InversionTime")),
        _b_value(value, dataset),
        _image_type(value, dataset),
        _whole(value("TemporalPositionIndex") or value("TemporalPositionIdentifier")),
        str(value("StackID") or ""),
        _text(dataset, "FrameOfReferenceUID"),
        _acquired(value),
        _whole(dataset.get("InstanceNumber")),
        1.0 if slope is None or slope == 0.0 else slope,
        intercept or 0.0,
    )


def _image_type(value: Callable[[str], Any], dataset: Any) -> tuple[str, ...]:
    """Return the image type, of the frame where it has one, with the component where that stands elsewhere."""
    parts = value("FrameType") or dataset.get("ImageType") or ()
    words = [str(part).strip().upper() for part in ([parts] if isinstance(parts, str) else parts)]
    component = str(value("ComplexImageComponent") or "").strip().upper()
    number = _whole(dataset[_GE_COMPONENT].value) if _GE_COMPONENT in dataset else None
    more = component if component in ("PHASE", "REAL", "IMAGINARY") else _COMPONENTS.get(number or 0, "")
    return (*words, more) if more not in ("", "M") and more not in words else tuple(words)


def _b_value(value: Callable[[str], Any], dataset: Any) -> float | None:
    public = _number(value("DiffusionBValue"))
    if public is not None:
        return public
    for tag, modulus in _PRIVATE_B.items():
        if tag in dataset:
            found = dataset[tag].value
            number = _number(found[0] if isinstance(found, (list, tuple)) or hasattr(found, "append") else found)
            if number is not None:
                return number % modulus if modulus > 1 else number
    return None


def _acquired(value: Callable[[str], Any]) -> str:
    """Return date and time of the acquisition, or else of the series or the content."""
    for keyword in ("FrameAcquisitionDateTime", "AcquisitionDateTime"):
        if found := _moment(str(value(keyword) or "")):
            return found
    for stem in ("Acquisition", "Series", "Content"):
        date, time = (str(value(f"{stem}{part}") or "") for part in ("Date", "Time"))
        if found := _moment(_digits(date or str(value("SeriesDate") or value("StudyDate") or ""))[:8] + time):
            return found
    return ""


def _moment(text: str) -> str:
    """Return `YYYYMMDDHHMMSS.ffffff` of a date and time of DICOM; empty for what is none."""
    found = re.match(r"(\d{8})(\d{2})(\d{2})?(\d{2})?(?:\.(\d{1,6}))?", text.replace(":", ""))
    if found is None:
        return ""
    date, hour, minute, second, fraction = found.groups(default="")
    return f"{date}{hour}{minute or '00'}{second or '00'}.{fraction:0<6}"


def _values(place: Mapping[int, Any], shared: Mapping[int, Any], dataset: Any) -> dict[str, str]:
    """Return the texts of the attributes that tell the sequence."""
    found: dict[str, str] = {}
    for text, tag in _TAG.items():
        if tag in place or tag in shared:
            found[text] = _said(place.get(tag, shared.get(tag)))
        elif tag in dataset:
            found[text] = _said(dataset[tag].value)
    echo = str(dataset.get("EchoPulseSequence") or "").strip().upper()
    if echo and not found.get(SCANNING_SEQUENCE):
        found[SCANNING_SEQUENCE] = {"SPIN": "SE", "GRADIENT": "GR", "BOTH": "SE\\GR"}.get(echo, "")
    return found


def _said(value: Any) -> str:
    """Return an attribute's value as text, several values with a backslash between them."""
    if value is None:
        return ""
    if isinstance(value, pydicom().sequence.Sequence):
        return "\\".join(str(item.get("CodeMeaning", "")) for item in value)
    several = isinstance(value, (list, tuple)) or type(value).__name__ == "MultiValue"
    return "\\".join(map(str, value)) if several else str(value)


def _flat(group: Any) -> dict[int, Any]:
    """Return the public attributes in the sequences of a functional group, by tag."""
    found: dict[int, Any] = {}
    for element in _public(group):
        for item in element.value[:1] if element.VR == "SQ" else ():
            found |= {int(one.tag): one.value for one in _public(item)}
    return found


def _public(item: Any) -> Iterator[Any]:
    """Yield the public attributes of an item; private ones may be long, and are not even parsed."""
    for tag in () if item is None else list(item.keys()):
        if not tag.is_private:
            yield item[tag]


def _first(dataset: Any, keyword: str) -> Any:
    items: Any = dataset.get(keyword) or ()
    return items[0] if len(items) else None


def _tag_of(keyword: str) -> int:
    if keyword not in _KNOWN:
        _KNOWN[keyword] = pydicom().datadict.tag_for_keyword(keyword) or 0
    return _KNOWN[keyword]


_KNOWN: dict[str, int] = {}


def _kind(sop: str) -> str:
    return str(pydicom().uid.UID(sop).name) if sop else "an object of unknown kind"


def _patient(dataset: Any) -> Patient:
    name = "".join(letter for letter in _text(dataset, "PatientName").casefold() if letter.isalnum())
    return Patient(_text(dataset, "PatientID"), name, _digits(_text(dataset, "PatientBirthDate"))[:8])


def _text(dataset: Any, keyword: str, *, file_meta: bool = False) -> str:
    value = dataset.get(keyword)
    if value is None and file_meta:
        value = getattr(dataset, "file_meta", {}).get("MediaStorageSOPClassUID")
    return "" if value is None else str(value).strip().strip("\0")


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())


def _number(value: Any) -> float | None:
    """Return a finite number; None for what is none, as in a damaged or anonymised header."""
    if type(value).__name__ == "MultiValue" or isinstance(value, (list, tuple)):
        value = value[0] if len(value) else None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 1e12 else None


def _numbers(value: Any, count: int) -> tuple[float, ...]:
    """Return so many numbers, or none of them."""
    try:
        found = [_number(one) for one in value]
    except TypeError:
        return ()
    numbers = tuple(one for one in found if one is not None)
    return numbers if len(numbers) == len(found) == count else ()


def _vector(numbers: Sequence[float]) -> Vector | None:
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)
