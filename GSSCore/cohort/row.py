"""A study of a cohort, as a row of the cohort table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.vocabulary import Modality


@dataclass(frozen=True)
class CohortRow:
    """A study of a cohort.

    Attributes:
        id: names the folder of its results.
        files: the image of each modality that the study has.
        fault: what is wrong with the row itself. Such a study fails, and the others go on.
        warnings: what the reader has to know of its files, such as images that were left out.
        dicom: folder of its DICOM series, of which those of the modalities are chosen when it is read; `files` is
            empty then.
    """

    id: str
    files: Mapping[Modality, Path] = field(default_factory=dict)
    fault: InputError | None = None
    warnings: tuple[Message, ...] = ()
    dicom: Path | None = None

    def digests(self) -> dict[Modality, Callable[[], str]]:
        """Return what hashes the image of each modality, see `GSSCore.study.study.ImageSource`.

        Raises:
            InputError: when the series of its DICOM folder can't be chosen.
        """
        if self.dicom is None:
            from GSSCore.imaging.reading import content_sha256

            return {modality: partial(content_sha256, path) for modality, path in self.files.items()}
        from GSSCore.dicom.choice import choose
        from GSSCore.dicom.finding import find_series
        from GSSCore.dicom.voxels import sha256_of

        taken = choose(find_series(self.dicom)).taken
        return {modality: partial(sha256_of, told.series) for modality, told in taken.items()}
