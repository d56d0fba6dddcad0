"""From the files of a series to the volumes in it, each with what keeps it from being read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from GSSCore.dicom.faults import FILE_FAULTS, STACK_FAULTS, called, fewer_images, no_mr
from GSSCore.dicom.frames import Frame, Header
from GSSCore.dicom.headers import hints_of
from GSSCore.dicom.series import DicomStudy, Series
from GSSCore.dicom.stacks import Geometry, NoStack, geometry_of, in_order, split
from GSSCore.messages import Message
from GSSCore.sequences.hints import Hints


def volumes_in(headers: Sequence[Header]) -> list[Series]:
    """Return the volumes in the files of one series, which are all of one kind of object.

    What can't be read is one volume without geometry, which says why.
    """
    frames = [frame for header in headers for frame in header.frames]
    fault = _fault_of_files(headers)
    if fault is not None or not frames:
        return [_series(headers, frames, None, fault)]
    three_dimensional = any(header.three_dimensional for header in headers)
    name = called(headers[0])
    stacks = [part for stack in split(frames) for part in _by_stack(stack, three_dimensional)]
    found = []
    for stack in stacks:
        slices = in_order(stack)
        geometry, fault = _placed(name, slices, three_dimensional)
        found.append(_series(headers, slices, geometry, fault))
    return _told_apart(found)


def _by_stack(frames: list[Frame], three_dimensional: bool) -> list[list[Frame]]:
    """Return images that make no volume together by their stacks, as enhanced objects name them."""
    stacks: dict[str, list[Frame]] = {}
    for frame in frames:
        stacks.setdefault(frame.stack, []).append(frame)
    if len(stacks) == 1 or _placed("", in_order(frames), three_dimensional)[0] is not None:
        return [frames]
    return list(stacks.values())


def _placed(name: str, slices: Sequence[Frame], three_dimensional: bool) -> tuple[Geometry | None, Message | None]:
    try:
        return geometry_of(slices, three_dimensional=three_dimensional), None
    except NoStack as why:
        return None, STACK_FAULTS[why.args[0]](name, slices, *why.args[1:])


def _series(
    headers: Sequence[Header], frames: Sequence[Frame], geometry: Geometry | None, fault: Message | None
) -> Series:
    of_file = {header.file: header for header in headers}
    first = of_file[frames[0].file] if frames else headers[0]
    date = first.study_date
    return Series(
        "",
        first.series,
        first.number,
        first.description,
        "",
        DicomStudy(first.study, f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 else ""),
        tuple(frames),
        _hints(first, frames),
        geometry,
        fault,
        _fewer_than_declared(headers, frames),
    )


def _hints(header: Header, frames: Sequence[Frame]) -> Hints:
    """Return what the headers say of the sequence; what differs between frames is told by the first of these."""
    hints = hints_of(header.attributes)
    if not frames:
        return hints
    first = frames[0]
    return replace(
        hints,
        te_ms=first.echo_ms,
        ti_ms=first.inversion_ms,
        b_value=first.b_value,
        image_type=first.image_type,
        acquired=min((frame.acquired for frame in frames if frame.acquired), default=""),
    )


def _told_apart(volumes: list[Series]) -> list[Series]:
    """Return the volumes of one series, each with what tells it from the others."""
    if len(volumes) == 1:
        return volumes
    facts: list[Callable[[Frame], str]] = [
        lambda frame: "" if frame.echo_ms is None else f"TE {frame.echo_ms:g} ms",
        lambda frame: "" if frame.inversion_ms is None else f"TI {frame.inversion_ms:g} ms",
        lambda frame: "" if frame.b_value is None else f"b {frame.b_value:g}",
        lambda frame: "\\".join(frame.image_type),
        lambda frame: "" if frame.stack == "" else f"stack {frame.stack}",
        lambda frame: f"{frame.columns} x {frame.rows}",
        _plane,
    ]
    told = [[fact(volume.frames[0]) for volume in volumes] for fact in facts]
    differing = [values for values in told if len(set(values)) > 1]
    several_planes = len({_plane(volume.frames[0]) for volume in volumes}) > 1
    return [
        replace(
            volume,
            part=", ".join(values[place] for values in differing if values[place]),
            several_planes=several_planes,
        )
        for place, volume in enumerate(volumes)
    ]


def _plane(frame: Frame) -> str:
    """Return how an image lies in the patient: axial, sagittal, coronal."""
    if frame.along_row is None or frame.along_column is None:
        return ""
    (a, b, c), (d, e, f) = frame.along_row, frame.along_column
    normal = (abs(b * f - c * e), abs(c * d - a * f), abs(a * e - b * d))
    return ("sagittal", "coronal", "axial")[normal.index(max(normal))]


def _fewer_than_declared(headers: Sequence[Header], frames: Sequence[Frame]) -> tuple[Message, ...]:
    declared = max((header.declared or 0 for header in headers), default=0)
    held = sum(len(header.frames) for header in headers)
    if declared <= held or not frames:
        return ()
    return (fewer_images(called(headers[0]), declared, held),)


def _fault_of_files(headers: Sequence[Header]) -> Message | None:
    """Return what keeps all of a series from being read."""
    first = headers[0]
    if not first.holds_mr or first.modality not in ("MR", ""):
        return no_mr(called(first), first.kind, first.modality)
    faulty = next((header for header in headers if header.fault), None)
    return None if faulty is None else FILE_FAULTS[faulty.fault](called(first), faulty.file)
