"""From scans as they come to a study: look at them, find each brain, register, pose, and bring all onto one grid."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import combinations
from pathlib import Path

import numpy as np

from GSSCore.brain_extraction.distance import brain_mask, distance_of
from GSSCore.brain_extraction.extractor import BrainExtractor
from GSSCore.brain_extraction.mask import read_brain_mask, require_overlap
from GSSCore.cancellation import IsCancelled, never
from GSSCore.imaging.arrays import Array, Mask
from GSSCore.imaging.intensities import lifted
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.options import told_part
from GSSCore.raw.bias_field import even_out
from GSSCore.raw.brains import OwnMask, brain_from, find_brains, fused_distance, shows_head, warn_unlike
from GSSCore.raw.look import NOTHING_EXPECTED, Look, look
from GSSCore.raw.pose import pose_of, step_of
from GSSCore.raw.reference import raw_reference
from GSSCore.raw.registering import register_all
from GSSCore.raw.settings import INPUT, InputSettings
from GSSCore.stages import StageProgress, Stages
from GSSCore.study.alignment import Alignment, Step
from GSSCore.study.checks.likeness import compare, require_distinct
from GSSCore.study.folder import case_name, named_otherwise
from GSSCore.study.given import Given, named_modality, read_given
from GSSCore.study.study import Study, checked, chosen_reference
from GSSCore.vocabulary import Modality


def read_study(
    files: Mapping[Modality, Path],
    settings: InputSettings = InputSettings(),
    *,
    reference: Modality | str | None = None,
    progress: StageProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> Study:
    """Read files, prepared or raw, and return the study that they make.

    Args:
        files: one or more, by modality.
        settings: how scans become a study.
        reference: whose grid the result gets. None for the default: of prepared images the first of FLAIR, T1ce, T2,
            T1; of raw ones the finest, and of equally fine ones the first of T1ce, T1, FLAIR, T2.
        progress: called with "brain", "registration", "pose" and "bias_field", in this order, for raw scans only.
        cancelled: asked throughout.

    Raises:
        Cancelled: as soon as `cancelled` says so.
        InputError: for anything that no sound result could come from; the sentence says what to do.
    """
    chosen_reference(reference, files)
    study = study_of(read_given(files), settings, reference=reference, progress=progress, cancelled=cancelled)
    case = case_name(files.values())
    return (study if case is None else study.called(case)).with_warnings(named_otherwise(files))


def study_of(
    given: Sequence[Given],
    settings: InputSettings = InputSettings(),
    *,
    reference: Modality | str | None = None,
    progress: StageProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> Study:
    """Return the study that modalities make, prepared or raw; otherwise as `read_study`."""
    chosen_reference(reference, [g.modality for g in given])
    settings.require_consistent()
    asked = cancelled or never
    extractor = cache(partial(BrainExtractor.load, settings.brain_network))  # read once, if at all

    def is_head(g: Given) -> bool:
        return shows_head(extractor(), g, asked)

    found = look(given, settings.input, reference, mask=settings.brain_mask is not None, is_head=is_head)
    if found.raw:
        study = _raw_study(given, found, settings, reference, extractor, Stages(progress, asked), asked)
    else:
        study = Study.from_given(given, reference=reference)
    return replace(study, asked=told_part(settings, INPUT))


def _raw_study(
    given: Sequence[Given],
    found: Look,
    settings: InputSettings,
    reference: Modality | str | None,
    extractor: Callable[[], BrainExtractor],
    stages: Stages,
    cancelled: IsCancelled,
) -> Study:
    """Treat modalities as raw scans."""
    _require_distinct(given)
    mask = _own_mask(given, settings, reference)
    with stages.run("brain"):
        required = _required(given, settings, reference)
        brains = find_brains(given, extractor(), settings, required, stages, cancelled, mask)
    own = raw_reference(brains.given, reference) if mask is None else mask.modality
    with stages.run("registration"):
        registered = register_all(brains, own, settings, stages, cancelled)
        distance, disagreeing = fused_distance(brains.distances, registered.to_scan)
        unlike = [] if mask is None else warn_unlike(mask.distance, distance)
        distance = distance if mask is None else mask.distance
    with stages.run("pose"):
        pose = pose_of(distance, cancelled)
    scans = {m: _without_background(brains.given[m], found.heads) for m in registered.to_scan}
    evening: tuple[Step, ...] = ()
    if settings.bias_field:
        with stages.run("bias_field"):
            scans, evening = even_out(scans, registered.to_scan, distance, cancelled)
    alignment = Alignment(
        scans=scans,
        to_scan=registered.to_scan,
        distance=distance,
        pose=pose.to_atlas,
        steps=(Step("look", None, True, found.message), *brains.steps, *registered.steps, *evening, step_of(pose)),
        brain_from=brain_from(settings),
        seconds=stages.seconds,
    )
    study = _on_reference(given, alignment, own)
    faults = () if pose.fault is None else (pose.fault,)
    study = study.with_warnings([*brains.warnings, *registered.warnings, *disagreeing, *unlike, *faults])
    return replace(study, warnings=(*study.warnings, NOTHING_EXPECTED))


def _require_distinct(given: Sequence[Given]) -> None:
    """Refuse one image that is given for two sequences, as far as their voxels tell before they are registered."""
    for one, other in combinations(given, 2):
        if one.volume.grid.matches(other.volume.grid):
            volumes = {g.modality: g.volume for g in (one, other)}
            require_distinct(volumes, {g.modality: g.array for g in (one, other)})
            compare(volumes, {g.modality: g.thumbnail for g in (one, other)})


def _own_mask(given: Sequence[Given], settings: InputSettings, reference: Modality | str | None) -> OwnMask | None:
    """Read and check a mask of the user's own; it is for the reference."""
    if settings.brain_mask is None:
        return None
    scans = {g.modality: g for g in given}
    own = raw_reference(scans, reference)
    mask = read_brain_mask(settings.brain_mask)
    require_overlap(mask, scans[own].volume.grid, own.display)
    return OwnMask(own, distance_of(mask))


def _required(
    given: Sequence[Given], settings: InputSettings, reference: Modality | str | None
) -> tuple[Modality, ...]:
    """Return the modalities that can't be left out."""
    if settings.all_sequences:
        return tuple(g.modality for g in given)
    return () if reference is None else (named_modality(reference),)


def _without_background(g: Given, heads: Collection[Modality]) -> Volume:
    """Return a scan in which 0 means background; a head has none."""
    return replace(g.scan, array=lifted(g.array)) if g.modality in heads else g.scan


def _on_reference(given: Sequence[Given], alignment: Alignment, reference: Modality) -> Study:
    """Return the study: the brain of each scan on the reference's grid, checked."""
    grid = alignment.scans[reference].grid
    inside = brain_mask(alignment.distance, grid)
    moved = [modality for modality in alignment.scans if not _lies_on(alignment, modality, grid)]
    images = {m: _masked(alignment, m, grid, inside, resampled=m in moved) for m in alignment.scans}
    return checked(given, images, reference, dict.fromkeys(moved), alignment)


def _lies_on(alignment: Alignment, modality: Modality, grid: Grid) -> bool:
    """Tell whether a scan's voxels are those of a grid of the reference's."""
    return alignment.scans[modality].grid.matches(grid) and np.array_equal(alignment.to_scan[modality], np.eye(4))


def _masked(alignment: Alignment, modality: Modality, grid: Grid, inside: Mask, *, resampled: bool) -> Array:
    """Return a scan on a grid of the reference's, 0 outside the brain."""
    scan = alignment.scans[modality]
    if not resampled:
        return np.where(inside, scan.array, scan.array.dtype.type(0))
    return np.where(inside, resample(scan.seen_from(alignment.to_scan[modality]), grid, order=1), np.float32(0.0))
