"""Bytes out of a file, plain or compressed, never more of them than were asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.headers import MAX_SURPLUS_BYTES, PLACE, FormatError, Header, surplus, truncated
from GSSCore.messages import Message

GZIP_MAGIC = b"\x1f\x8b"
_READ_BYTES = 2**16
_PIECE_BYTES = 2**20
_GZIP_OR_ZLIB = 47


def read_start(file: BinaryIO, count: int) -> bytes:
    """Return the first `count` bytes of a gzip stream, or all if it has fewer.

    Raises:
        FormatError: when the stream is damaged, or breaks off before.
    """
    start = b""
    for piece in _unpacked(file, count):
        start += piece
        if len(start) >= count:
            break
    return start[:count]


def read_data(header: Header) -> NDArray[np.uint8]:
    """Return the bytes of the voxels that a checked header declares.

    Raises:
        FormatError: when there are fewer, when many more follow, or when a compressed stream is damaged.
        OSError: when the file cannot be read.
    """
    data = np.empty(header.data_bytes, np.uint8)
    with header.path.open("rb") as file:
        file.seek(header.start)
        if header.compressed:
            _fill(data, _unpacked(file, _PIECE_BYTES), header.skip)
        else:
            file.seek(header.skip, 1)
            if file.readinto(data.data) != data.size:
                raise truncated()
    return data


def _fill(data: NDArray[np.uint8], pieces: Iterable[bytes], skip: int) -> None:
    """Fill `data` from the pieces of a stream, without its first `skip` bytes, and read on to the checksum at its end.

    Raises:
        FormatError: when there are too few bytes, or many more.
    """
    target, position = data.data, -skip
    for piece in pieces:
        wanted = memoryview(piece)[max(0, -position) : max(0, data.size - position)]
        if wanted:
            first = max(0, position)
            target[first : first + len(wanted)] = wanted
        position += len(piece)
        if position > data.size + MAX_SURPLUS_BYTES:
            raise surplus()
    if position < data.size:
        raise truncated()


def _unpacked(file: BinaryIO, limit: int) -> Iterator[bytes]:
    """Yield what a gzip or zlib stream expands to, up to `limit` bytes at a time. Its checksum is compared at its end.

    A gzip stream may consist of several members. What follows the last one, such as zeros, is passed over.

    Raises:
        FormatError: when the stream is damaged, or breaks off.
    """
    source, more_members = b"", True
    while more_members:
        stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        while not stream.eof:
            source = source or file.read(_READ_BYTES)
            try:
                piece = stream.decompress(source, limit)
            except zlib.error as error:
                raise _damaged(error) from error
            if not source and not piece:
                raise truncated()
            yield piece
            source = stream.unconsumed_tail
        source = stream.unused_data.lstrip(b"\0")
        while len(source) < len(GZIP_MAGIC) and (read := file.read(_READ_BYTES)):
            source = (source + read).lstrip(b"\0")
        more_members = source.startswith(GZIP_MAGIC)


def _damaged(error: zlib.error) -> FormatError:
    return FormatError(
        Message(
            "image.not-unpacked",
            "{sequence}: {file} is damaged, its compressed content cannot be unpacked ({reason}); copy or download it "
            "again.",
            **PLACE,
            reason=str(error),
        )
    )
