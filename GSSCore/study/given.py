"""A modality as it was given: read, checked by itself, and as yet on a grid of its own."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Array
from GSSCore.imaging.reading import content_sha256, read_volume
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.messages import Message
from GSSCore.sequences import meant_by
from GSSCore.study.checks.background import clear_background
from GSSCore.study.checks.given import finite, require_array, require_contrast, require_files
from GSSCore.study.checks.likeness import require_distinct_hashes
from GSSCore.study.checks.outliers import clip_outliers
from GSSCore.study.checks.scale import require_scale
from GSSCore.study.checks.thumbnail import Thumbnail
from GSSCore.vocabulary import MODALITIES, Modality


@dataclass(frozen=True, eq=False)
class Given:
    """One modality as it was given.

    Attributes:
        modality: which one it is.
        volume: as read.
        array: (I, J, K), the volume's as far as it is sound: finite, without voxels far outside, a constant background
            set to 0.
        warnings: what was changed.
        sha256: of the file, see `GSSCore.study.study.ImageSource`; None for an array.
    """

    modality: Modality
    volume: Volume
    array: Array
    warnings: tuple[Message, ...] = ()
    sha256: str | None = None

    @classmethod
    def of(cls, modality: Modality, volume: Volume) -> Given:
        """Check a volume by itself. Raises InputError where no sound result could come from it."""
        array, warnings = clear_background(volume, modality)
        array, infinite = finite(array, volume, modality)
        require_contrast(array, volume, modality)
        array, clipped = clip_outliers(array, volume, modality)
        require_scale(array, volume, modality)
        warnings += [warning for warning in (infinite, clipped) if warning is not None]
        return cls(modality, volume, array, tuple(warnings))

    @property
    def scan(self) -> Volume:
        """The sound array on its own grid."""
        return replace(self.volume, array=self.array)

    @cached_property
    def thumbnail(self) -> Thumbnail:
        """The sound array, thinned out."""
        return Thumbnail.of(self.array, self.volume.grid)

    def thumbnail_of(self, image: Array, grid: Grid) -> Thumbnail:
        """Return an image of this modality on a grid, thinned out; that of the sound array is known already."""
        known = image is self.array and grid.spacing == self.volume.grid.spacing
        return self.thumbnail if known else Thumbnail.of(image, grid)


def read_given(paths: Mapping[Modality, Path]) -> list[Given]:
    """Read, check and hash all files at once, each in a thread. Raises InputError for the first that is no image."""
    require_files(paths)
    with ThreadPoolExecutor(max_workers=2 * max(1, len(paths))) as pool:
        hashes = {modality: pool.submit(_sha256, modality, path) for modality, path in paths.items()}
        reads = [pool.submit(_read, modality, path) for modality, path in paths.items()]
        digests = {modality: future.result() for modality, future in hashes.items()}
        require_distinct_hashes({m: (paths[m], digest) for m, digest in digests.items()})
        return [replace(future.result(), sha256=digests[m]) for m, future in zip(paths, reads, strict=True)]


def given_arrays(arrays: Mapping[Modality, tuple[Any, Any]] | Mapping[str, tuple[Any, Any]]) -> list[Given]:
    """Check arrays (I, J, K), each with its affine (4, 4) from voxel index to RAS mm, by modality or its name."""
    named = {named_modality(key): value for key, value in arrays.items()}
    volumes = {m: require_array(*named[m], m) for m in MODALITIES if m in named}
    return [Given.of(modality, volume) for modality, volume in volumes.items()]


def named_modality(name: Modality | str) -> Modality:
    """Return the modality of that name. Raises InputError for any other, with the one that may have been meant."""
    try:
        return Modality(name.lower())
    except (ValueError, AttributeError) as error:
        meant = meant_by(str(name))
        if meant is not None:
            raise InputError(
                Message(
                    "study.modality-like",
                    "'{name}' is no sequence: use '{meant}', or another one of flair, t1ce, t1, t2.",
                    name=name,
                    meant=meant.value,
                )
            ) from error
        raise InputError(
            Message("study.modality", "'{name}' is no sequence: use one of flair, t1ce, t1, t2.", name=name)
        ) from error


def _read(modality: Modality, path: Path) -> Given:
    return Given.of(modality, read_volume(path, what=modality.display))


def _sha256(modality: Modality, path: Path) -> str:
    try:
        return content_sha256(path)
    except OSError as error:
        raise InputError(
            Message(
                "study.unreadable",
                "{sequence}: {file} cannot be read ({reason}); check its permissions.",
                sequence=modality.display,
                file=path,
                reason=str(error.strerror),
            )
        ) from error
