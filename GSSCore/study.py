"""The modalities of one patient on one grid, checked: what every later stage starts from."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.orientation import from_ras, to_ras
from GSSCore.imaging.reading import content_sha256, read_volume
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Affine, Array, Grid, Volume
from GSSCore.messages import Message
from GSSCore.plausibility.contrasts import warn_contrasts
from GSSCore.plausibility.images import warn_few_values, warn_small_brain
from GSSCore.sequences import meant_by
from GSSCore.study_checks.brain import warn_misaligned, warn_not_stripped
from GSSCore.study_checks.given import finite, require_array, require_contrast, require_files
from GSSCore.study_checks.likeness import require_distinct, require_distinct_hashes
from GSSCore.study_checks.space import no_overlap, require_overlap, warn_coarse
from GSSCore.study_checks.swap import warn_swapped
from GSSCore.study_checks.thumbnail import Thumbnail
from GSSCore.study_folder import find_files, named_otherwise
from GSSCore.vocabulary import MODALITIES, REFERENCE_ORDER, Modality, Subset, subset

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Source:
    """Where a modality came from.

    Attributes:
        path: the file; None for an array.
        sha256: of the file's bytes, hexadecimal, followed by its voxel file's for a detached header (`.mhd`); None for
            an array.
        grid: as given, before it was resampled.
        resampled: whether its values were interpolated onto the reference's grid.
    """

    path: Path | None
    sha256: str | None
    grid: Grid
    resampled: bool


@dataclass(frozen=True, eq=False)
class Study:
    """One patient's images on the reference's own grid.

    Attributes:
        images: (I, J, K) each, real, finite, background exactly 0, in the order of `MODALITIES`.
        grid: the reference's, exactly as given, in any orientation.
        reference: the modality whose grid it is.
        sources: where each modality came from.
        warnings: sentences for the reader, about the files as they were given.
        space: NIfTI's code of the space that the reference's affine leads to, 1 for the scanner's.
    """

    images: Mapping[Modality, Array]
    grid: Grid
    reference: Modality
    sources: Mapping[Modality, Source]
    warnings: tuple[str, ...] = ()
    space: int = 1

    @property
    def available(self) -> Subset:
        """The modalities that were given, in their fixed order."""
        return subset(self.images)

    @classmethod
    def from_files(
        cls,
        flair: Path | str | None = None,
        t1ce: Path | str | None = None,
        t1: Path | str | None = None,
        t2: Path | str | None = None,
        *,
        reference: Modality | str | None = None,
    ) -> Study:
        """Read any non-empty subset of the four modalities, in parallel.

        Args:
            flair, t1ce, t1, t2: the files; None for a modality that is missing.
            reference: whose grid the result gets; the first of FLAIR, T1ce, T2, T1 when None.

        Raises:
            InputError: for anything that no sound result could come from; the sentence says what to do.
        """
        given = zip(MODALITIES, (flair, t1ce, t1, t2), strict=True)
        paths = {modality: Path(path) for modality, path in given if path is not None}
        return _from_paths(paths, reference).with_warnings(named_otherwise(paths))

    @classmethod
    def from_folder(cls, folder: Path | str, *, reference: Modality | str | None = None) -> Study:
        """Read a case folder by its files' names, see `GSSCore.study_folder.find_files`; otherwise as `from_files`."""
        found = find_files(folder)
        return _from_paths(found, reference).with_warnings(found.warnings)

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[Modality, tuple[Any, Any]] | Mapping[str, tuple[Any, Any]],
        *,
        reference: Modality | str | None = None,
    ) -> Study:
        """Take arrays (I, J, K), each with its affine (4, 4) from voxel index to RAS mm; otherwise as `from_files`.

        An array that needs no change is not copied: leave it as it is while the study is in use.
        """
        given = {named_modality(key): value for key, value in arrays.items()}
        volumes = {m: require_array(*given[m], m) for m in MODALITIES if m in given}
        _choose(reference, volumes)
        return _assemble([_clean(modality, volume) for modality, volume in volumes.items()], reference)

    def with_warnings(self, warnings: Iterable[str]) -> Study:
        """Return the same study with more to say of its files, before what it says already."""
        return replace(self, warnings=(*warnings, *self.warnings))

    def restrict(self, modalities: Iterable[Modality | str]) -> Study:
        """Return the same study with fewer modalities, on the same grid.

        All warnings stay, as they are about the files. When the reference itself is dropped, the first of FLAIR, T1ce,
        T2, T1 that is left is named in its place.

        Raises:
            ValueError: when there is nothing left, or a modality is asked for that the study lacks.
        """
        kept = subset(modalities)
        lacking = [m.display for m in kept if m not in self.images]
        if lacking:
            raise ValueError(f"the study has no {' and no '.join(lacking)}")
        return replace(
            self,
            images={m: self.images[m] for m in kept},
            sources={m: self.sources[m] for m in kept},
            reference=self.reference if self.reference in kept else next(m for m in REFERENCE_ORDER if m in kept),
        )


@dataclass(frozen=True, eq=False)
class _Given:
    """One modality as it was given: `array` is the volume's with NaN and infinities set to zero."""

    modality: Modality
    volume: Volume
    array: Array
    warning: Message | None
    sha256: str | None = None


def _from_paths(paths: Mapping[Modality, Path], reference: Modality | str | None) -> Study:
    """Read and hash all files at once, each in a thread, then assemble the study."""
    _choose(reference, paths)
    require_files(paths)
    with ThreadPoolExecutor(max_workers=2 * len(paths)) as pool:
        hashes = {modality: pool.submit(_sha256, modality, path) for modality, path in paths.items()}
        reads = [pool.submit(_read, modality, path) for modality, path in paths.items()]
        digests = {modality: future.result() for modality, future in hashes.items()}
        require_distinct_hashes({m: (paths[m], digest) for m, digest in digests.items()})
        given = [replace(future.result(), sha256=digests[m]) for m, future in zip(paths, reads, strict=True)]
    return _assemble(given, reference)


def _read(modality: Modality, path: Path) -> _Given:
    return _clean(modality, read_volume(path, what=modality.display))


def _clean(modality: Modality, volume: Volume) -> _Given:
    array, warning = finite(volume, modality)
    require_contrast(array, volume, modality)
    return _Given(modality, volume, array, warning)


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


def _assemble(given: list[_Given], chosen: Modality | str | None) -> Study:
    """Bring all modalities onto the reference's grid and check them against each other."""
    volumes = {g.modality: g.volume for g in given}
    reference = _choose(chosen, volumes)
    grid = volumes[reference].grid
    warnings: list[Message] = [w for g in given for w in (g.volume.warning, g.warning) if w]
    images: dict[Modality, Array] = {}
    sources: dict[Modality, Source] = {}
    for g in given:
        images[g.modality], resampled = _on_grid(g, grid, reference, volumes[reference].name)
        sources[g.modality] = Source(g.volume.path, g.sha256, g.volume.grid, resampled)
        if resampled:
            warnings.append(_resampled(g, grid, reference))
    require_distinct(volumes, images)
    thumbnails = {modality: Thumbnail.of(image, grid) for modality, image in images.items()}
    warnings += warn_coarse(volumes) + warn_not_stripped(thumbnails)
    warnings += warn_misaligned(thumbnails, reference) + warn_swapped(thumbnails)
    warnings += warn_few_values(thumbnails) + warn_small_brain(thumbnails) + warn_contrasts(thumbnails)
    for warning in warnings:
        logger.info(warning)
    return Study(images, grid, reference, sources, tuple(warnings), volumes[reference].space)


def _resampled(given: _Given, grid: Grid, reference: Modality) -> Message:
    """Return the warning about a modality that had to be interpolated."""
    return Message(
        "study.resampled",
        "{sequence} lies on another grid ({shape} voxels of {spacing} mm) and was resampled onto that of {reference} "
        "({reference_shape} voxels of {reference_spacing} mm).",
        sequence=given.modality.display,
        shape=_times(given.volume.grid.shape),
        spacing=_times(f"{mm:.3g}" for mm in given.volume.grid.spacing),
        reference=reference.display,
        reference_shape=_times(grid.shape),
        reference_spacing=_times(f"{mm:.3g}" for mm in grid.spacing),
    )


def _on_grid(given: _Given, grid: Grid, reference: Modality, reference_name: str) -> tuple[Array, bool]:
    """Return a modality's array on the reference's grid, and whether it had to be interpolated for that."""
    own = given.volume.grid
    if own.matches(grid):
        return given.array, False
    turned = _turned(given.array, own.affine, grid)
    if turned is not None:
        return turned, False
    require_overlap(given.volume, given.modality, grid, reference, reference_name)
    image = resample(Volume(given.array, own.affine, given.volume.path), grid, order=1)
    if not image.any():
        raise InputError(no_overlap(given.volume, given.modality, reference, reference_name))
    return image, True


def _turned(array: Array, affine: Affine, grid: Grid) -> Array | None:
    """Return the array in the axis order of `grid` if its voxels are at the very same places, else None."""
    in_ras, ras_affine = to_ras(array, affine)
    like, like_affine = to_ras(np.broadcast_to(np.uint8(0), grid.shape), grid.affine)
    i, j, k = in_ras.shape
    if not Grid((i, j, k), ras_affine).matches(Grid(like.shape, like_affine)):
        return None
    return from_ras(in_ras, grid.affine)


def described(grid: Grid) -> str:
    """Return shape and spacing in words: `240 x 240 x 155 voxels of 1 x 1 x 1 mm`."""
    return f"{_times(grid.shape)} voxels of {_times(f'{mm:.3g}' for mm in grid.spacing)} mm"


def _times(numbers: Iterable[object]) -> str:
    return " x ".join(str(number) for number in numbers)


def _choose(chosen: Modality | str | None, given: Mapping[Modality, object]) -> Modality:
    """Return the modality whose grid the result gets. Raises InputError when nothing is given, or that one is not."""
    if not given:
        raise InputError(
            Message(
                "study.nothing-given",
                "No modality was given: name at least one file out of FLAIR, T1ce, T1 and T2.",
            )
        )
    if chosen is None:
        return next(modality for modality in REFERENCE_ORDER if modality in given)
    reference = named_modality(chosen)
    if reference not in given:
        raise InputError(
            Message(
                "study.reference-missing",
                "The reference {reference} is not among the modalities given ({sequences}): choose one of these, or "
                "add its file.",
                reference=reference.display,
                sequences=[m.display for m in subset(given)],
            )
        )
    return reference


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
                    "'{name}' is no modality: use '{meant}', or another one of flair, t1ce, t1, t2.",
                    name=name,
                    meant=meant.value,
                )
            ) from error
        raise InputError(
            Message("study.modality", "'{name}' is no modality: use one of flair, t1ce, t1, t2.", name=name)
        ) from error
