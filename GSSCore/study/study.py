"""The modalities of one patient on one grid, checked: what every later stage starts from."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Array
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.reading import content_sha256, read_volume
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.messages import Message
from GSSCore.sequences import meant_by
from GSSCore.study.checks.background import clear_background
from GSSCore.study.checks.brain import warn_misaligned, warn_not_stripped
from GSSCore.study.checks.coverage import MIN_USED_COVERAGE, coverages, require_reference, warn_coverage
from GSSCore.study.checks.given import finite, require_array, require_contrast, require_files
from GSSCore.study.checks.likeness import compare, require_distinct, require_distinct_hashes
from GSSCore.study.checks.outliers import clip_outliers
from GSSCore.study.checks.scale import require_scale
from GSSCore.study.checks.space import warn_coarse
from GSSCore.study.checks.swap import warn_swapped
from GSSCore.study.checks.thumbnail import Thumbnail
from GSSCore.study.folder import case_name, find_files, named_otherwise
from GSSCore.study.grid import on_grid
from GSSCore.study.plausibility.contrasts import warn_contrasts
from GSSCore.study.plausibility.images import warn_few_values, warn_small_brain
from GSSCore.vocabulary import MODALITIES, REFERENCE_ORDER, Modality, Subset, subset

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class ImageSource:
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
        sources: where each modality that was given came from, also one that was left out as it shows next to nothing.
        warnings: sentences for the reader, about the files as they were given.
        space: NIfTI's code of the space that the reference's affine leads to, 1 for the scanner's.
        case: what the study is called, by its files or folder; None where nothing names it.
    """

    images: Mapping[Modality, Array]
    grid: Grid
    reference: Modality
    sources: Mapping[Modality, ImageSource]
    warnings: tuple[str, ...] = ()
    space: int = 1
    case: str | None = None

    @property
    def available(self) -> Subset:
        """The modalities that were given, in their fixed order."""
        return subset(self.images)

    @cached_property
    def orientation(self) -> Orientation:
        """How the axes of its arrays lie in the patient."""
        return Orientation.of(self.grid.affine)

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
        """Read a case folder by its files' names, see `GSSCore.study.folder.find_files`; otherwise as `from_files`."""
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

    def called(self, case: str) -> Study:
        """Return the same study under another name."""
        return replace(self, case=case)

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
    """One modality as it was given: `array` is the volume's as far as it is sound, 0 outside the brain."""

    modality: Modality
    volume: Volume
    array: Array
    warnings: tuple[Message, ...]
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
    return replace(_assemble(given, reference), case=case_name(paths.values()))


def _read(modality: Modality, path: Path) -> _Given:
    return _clean(modality, read_volume(path, what=modality.display))


def _clean(modality: Modality, volume: Volume) -> _Given:
    array, warnings = clear_background(volume, modality)
    array, infinite = finite(array, volume, modality)
    require_contrast(array, volume, modality)
    array, clipped = clip_outliers(array, volume, modality)
    require_scale(array, volume, modality)
    warnings += [warning for warning in (infinite, clipped) if warning is not None]
    return _Given(modality, volume, array, tuple(warnings))


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
    """Bring all modalities onto the reference's grid, check them against each other, leave out what shows nothing."""
    volumes = {g.modality: g.volume for g in given}
    reference = _choose(chosen, volumes)
    grid = volumes[reference].grid
    warnings: list[Message] = [w for g in given for w in (g.volume.warning, *g.warnings) if w]
    images: dict[Modality, Array] = {}
    sources: dict[Modality, ImageSource] = {}
    for g in given:
        images[g.modality], resampled = on_grid(g.array, g.volume, g.modality, grid, reference, volumes[reference].name)
        sources[g.modality] = ImageSource(g.volume.path, g.sha256, g.volume.grid, resampled is not None)
        warnings += [resampled] if resampled is not None else []
    require_distinct(volumes, images)
    thumbnails = {modality: Thumbnail.of(image, grid) for modality, image in images.items()}
    warnings += compare(volumes, thumbnails) + warn_coarse(volumes)
    shares = coverages(thumbnails, reference)
    require_reference(shares[reference], volumes[reference], reference)
    for modality, share in shares.items():
        warnings += warn_coverage(share, volumes[modality], modality)
    used = {modality: thumbnails[modality] for modality, share in shares.items() if share >= MIN_USED_COVERAGE}
    warnings += warn_not_stripped(used) + warn_misaligned(used, reference) + warn_swapped(used)
    warnings += warn_few_values(used) + warn_small_brain(used) + warn_contrasts(used)
    for warning in warnings:
        logger.info(warning)
    return Study(
        {m: images[m] for m in used},
        grid,
        reference,
        sources,
        tuple(warnings),
        volumes[reference].space,
    )


def _choose(chosen: Modality | str | None, given: Mapping[Modality, object]) -> Modality:
    """Return the modality whose grid the result gets. Raises InputError when nothing is given, or that one is not."""
    if not given:
        raise InputError(
            Message(
                "study.nothing-given",
                "No sequence was given: name at least one file out of FLAIR, T1ce, T1 and T2.",
            )
        )
    if chosen is None:
        return next(modality for modality in REFERENCE_ORDER if modality in given)
    reference = named_modality(chosen)
    if reference not in given:
        raise InputError(
            Message(
                "study.reference-missing",
                "The reference {reference} is not among the sequences given ({sequences}): choose one of these, or "
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
                    "'{name}' is no sequence: use '{meant}', or another one of flair, t1ce, t1, t2.",
                    name=name,
                    meant=meant.value,
                )
            ) from error
        raise InputError(
            Message("study.modality", "'{name}' is no sequence: use one of flair, t1ce, t1, t2.", name=name)
        ) from error
