"""A study of a cohort, as a row of the cohort table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """

    id: str
    files: Mapping[Modality, Path] = field(default_factory=dict)
    fault: InputError | None = None
    warnings: tuple[Message, ...] = ()
