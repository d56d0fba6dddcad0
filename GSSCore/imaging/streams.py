"""Bytes out of a file, plain or compressed, never more of them than were asked for."""

from __future__ import annotations

import zlib
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.headers import MAX_SURPLUS_BYTES, PLACE, FormatError, Header, surplus, truncated
from GSSCore.messages import Message

GZIP_MAGIC = b"\x1f\x8b"
_READ_BYTES = 2**16
_PIECE_BYTES = 2**20
_GZIP_OR_ZLIB = 47


class Inflater:
    """A gzip or zlib stream, read forwards. A gzip stream may consist of several members.

    Whatever the stream would expand to, `read` makes no more than was asked for. The checksum is compared when the
    stream's end is reached.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)

    def read(self, limit: int) -> bytes:
        """Return 1 to `limit` bytes, or none at the end of the stream.

        Raises:
            FormatError: when the stream is damaged, or breaks off.
        """
        while True:
            if self._stream.eof and not self._next_member():
                return b""
            source = self._stream.unconsumed_tail or self._file.read(_READ_BYTES)
            try:
                piece = self._stream.decompress(source, limit)
            except zlib.error as error:
                raise FormatError(
                    Message(
                        "image.not-unpacked",
                        "{sequence}: {file} is damaged, its compressed content cannot be unpacked ({reason}); copy "
                        "or download it again.",
                        **PLACE,
                        reason=str(error),
                    )
                ) from error
            if piece:
                return piece
            if not source and not self._stream.eof:
                raise truncated()

    def _next_member(self) -> bool:
        """Go on to the next member of a gzip stream; tell whether there is one. Zeros may pad the file's end."""
        rest = self._stream.unused_data.lstrip(b"\0")
        while len(rest) < len(GZIP_MAGIC) and (more := self._file.read(_READ_BYTES)):
            rest = (rest + more).lstrip(b"\0")
        if not rest.startswith(GZIP_MAGIC):
            return False
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._file.seek(-len(rest), 1)
        return True


def read_start(file: BinaryIO, count: int) -> bytes:
    """Return the first `count` bytes of a gzip stream, or all if it has fewer."""
    stream, start = Inflater(file), b""
    while len(start) < count and (piece := stream.read(count - len(start))):
        start += piece
    return start


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
            _inflate(Inflater(file), header.skip, data)
        else:
            file.seek(header.skip, 1)
            if file.readinto(data.data) != data.size:
                raise truncated()
    return data


def _inflate(stream: Inflater, skip: int, data: NDArray[np.uint8]) -> None:
    """Fill `data` from a stream, leaving out its first `skip` bytes, and read on to its checksum."""
    while skip:
        skip -= len(_some(stream, min(skip, _PIECE_BYTES)))
    target, filled = data.data, 0
    while filled < data.size:
        piece = _some(stream, min(data.size - filled, _PIECE_BYTES))
        target[filled : filled + len(piece)] = piece
        filled += len(piece)
    rest = MAX_SURPLUS_BYTES
    while piece := stream.read(_READ_BYTES):
        rest -= len(piece)
        if rest < 0:
            raise surplus()


def _some(stream: Inflater, limit: int) -> bytes:
    """Return 1 to `limit` bytes; FormatError where the stream has ended."""
    piece = stream.read(limit)
    if not piece:
        raise truncated()
    return piece
