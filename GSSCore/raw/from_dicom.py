"""A study of a patient's DICOM folder: series are found and chosen, read, and go the way of all scans."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from GSSCore.cancellation import IsCancelled, never
from GSSCore.dicom.choice import Choice, choose
from GSSCore.dicom.finding import find_series
from GSSCore.dicom.series import Series
from GSSCore.dicom.voxels import read_volume_of, sha256_of
from GSSCore.raw.pipeline import study_of
from GSSCore.raw.settings import InputSettings
from GSSCore.stages import StageProgress
from GSSCore.study.checks.likeness import require_distinct_hashes
from GSSCore.study.given import Given
from GSSCore.study.study import Study, chosen_reference
from GSSCore.vocabulary import Modality


def read_dicom_study(
    folder: Path | str,
    settings: InputSettings = InputSettings(),
    *,
    series: Mapping[Modality, str] | None = None,
    study: str | None = None,
    reference: Modality | str | None = None,
    progress: StageProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> Study:
    """Read the series of a DICOM folder and return the study that they make, called as the folder.

    Args:
        folder: holds DICOM files of one patient, in it and below.
        settings: how scans become a study.
        series: names the series of sequences, see `GSSCore.dicom.choice.choose`; the others are chosen.
        study: date or UID of the study to take, where the folder holds several.
        reference: see `GSSCore.raw.pipeline.read_study`.
        progress: see there.
        cancelled: asked throughout.

    Raises:
        Cancelled: as soon as `cancelled` says so.
        InputError: for anything that no sound result could come from; the sentence says what to do.
        EnvironmentRefused: when pydicom is not installed.
    """
    choice = choose(find_series(folder, cancelled or never), series, study)
    chosen_reference(reference, choice.taken)
    given = given_series(choice, cancelled or never)
    made = study_of(given, settings, reference=reference, progress=progress, cancelled=cancelled)
    return from_choice(made, choice).called(Path(folder).resolve().name)


def given_series(choice: Choice, cancelled: IsCancelled = never) -> list[Given]:
    """Read, check and hash the series that were chosen, all at once."""
    with ThreadPoolExecutor(max(1, len(choice.taken))) as pool:
        reads = [pool.submit(_given, modality, told.series, cancelled) for modality, told in choice.taken.items()]
        given = [future.result() for future in reads]
    require_distinct_hashes({g.modality: (g.volume.path or Path(), g.sha256 or "") for g in given})
    return given


def from_choice(study: Study, choice: Choice) -> Study:
    """Return the study with what is to be told of its series."""
    return replace(study, dicom=choice.to_json()).with_warnings(choice.warnings)


def _given(modality: Modality, series: Series, cancelled: IsCancelled) -> Given:
    volume = replace(read_volume_of(series, cancelled), warning=None)  # the choice has it among its own
    return replace(Given.of(modality, volume), sha256=sha256_of(series))
