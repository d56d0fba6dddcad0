"""The modalities of one patient on one grid, checked: what every later stage starts from."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Array, Mask
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid
from GSSCore.messages import Message
from GSSCore.study.alignment import Alignment
from GSSCore.study.checks.brain import warn_misaligned, warn_not_stripped
from GSSCore.study.checks.coverage import MIN_USED_COVERAGE, coverages, require_reference, warn_coverage
from GSSCore.study.checks.likeness import compare, require_distinct
from GSSCore.study.checks.space import warn_coarse, warn_few_slices
from GSSCore.study.checks.swap import warn_swapped
from GSSCore.study.folder import case_name, find_files, named_otherwise
from GSSCore.study.given import Given, given_arrays, named_modality, read_given
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
        alignment: of raw scans, where they lie to each other and to the atlas, and what was done to find out; None for
            images that were skull-stripped and aligned as they were given.
        asked: what the caller asked for of how the images are treated, as JSON values by option.
        dicom: of a folder of DICOM series, which of them are taken and which left out, and why, as JSON values; None
            for images that were named one by one or by their files' names.
    """

    images: Mapping[Modality, Array]
    grid: Grid
    reference: Modality
    sources: Mapping[Modality, ImageSource]
    warnings: tuple[str, ...] = ()
    space: int = 1
    case: str | None = None
    alignment: Alignment | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)
    dicom: Mapping[str, Any] | None = None

    @property
    def available(self) -> Subset:
        """The modalities that were given, in their fixed order."""
        return subset(self.images)

    @property
    def brain(self) -> Mask:
        """Where any of its images shows something, bool (I, J, K)."""
        return np.asarray(np.logical_or.reduce([image != 0 for image in self.images.values()]))

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
        chosen_reference(reference, [named_modality(key) for key in arrays])
        return cls.from_given(given_arrays(arrays), reference=reference)

    @classmethod
    def from_given(cls, given: Sequence[Given], *, reference: Modality | str | None = None) -> Study:
        """Take modalities that were read and checked by themselves; otherwise as `from_files`."""
        return _assemble(given, reference)

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


def _from_paths(paths: Mapping[Modality, Path], reference: Modality | str | None) -> Study:
    """Read and hash all files at once, each in a thread, then assemble the study."""
    chosen_reference(reference, paths)
    study = _assemble(read_given(paths), reference)
    return study.called(case) if (case := case_name(paths.values())) is not None else study


def _assemble(given: Sequence[Given], chosen: Modality | str | None) -> Study:
    """Bring all modalities onto the reference's grid by their headers, and check them against each other."""
    volumes = {g.modality: g.volume for g in given}
    reference = chosen_reference(chosen, volumes)
    grid = volumes[reference].grid
    images: dict[Modality, Array] = {}
    resampled: dict[Modality, Message] = {}
    for g in given:
        images[g.modality], warning = on_grid(g.array, g.volume, g.modality, grid, reference, volumes[reference].name)
        resampled |= {} if warning is None else {g.modality: warning}
    return checked(given, images, reference, resampled)


def checked(
    given: Sequence[Given],
    images: Mapping[Modality, Array],
    reference: Modality,
    resampled: Mapping[Modality, Message | None],
    alignment: Alignment | None = None,
) -> Study:
    """Check modalities that are on one grid against each other, and leave out what shows next to nothing.

    Args:
        given: as they were given.
        images: (I, J, K) each, on the reference's grid, background exactly 0.
        reference: the modality whose grid it is.
        resampled: those that were interpolated, with what is said of it; None where a step of `alignment` says it.
        alignment: of raw scans.

    Raises:
        InputError: for what no sound result could come from.
    """
    volumes = {g.modality: g.volume for g in given if g.modality in images}
    grid = volumes[reference].grid
    warnings: list[Message] = [w for g in given for w in (g.volume.warning, *g.warnings) if w]
    warnings += [warning for warning in resampled.values() if warning is not None]
    require_distinct(volumes, images)
    thumbnails = {g.modality: g.thumbnail_of(images[g.modality], grid) for g in given if g.modality in images}
    warnings += warn_few_slices(volumes) + compare(volumes, thumbnails) + warn_coarse(volumes)
    shares = coverages(thumbnails, reference)
    require_reference(shares[reference], volumes[reference], reference)
    for modality, share in shares.items():
        warnings += warn_coverage(share, volumes[modality], modality)
    used = {modality: thumbnails[modality] for modality, share in shares.items() if share >= MIN_USED_COVERAGE}
    warnings += warn_not_stripped(used) + warn_misaligned(used, reference) + warn_swapped(used)
    warnings += warn_few_values(used) + warn_small_brain(used) + warn_contrasts(used)
    for warning in warnings:
        logger.info(warning)
    sources = {g.modality: ImageSource(g.volume.path, g.sha256, g.volume.grid, g.modality in resampled) for g in given}
    return Study(
        {m: images[m] for m in used},
        grid,
        reference,
        sources,
        tuple(warnings),
        volumes[reference].space,
        alignment=alignment,
    )


def chosen_reference(chosen: Modality | str | None, given: Collection[Modality]) -> Modality:
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
