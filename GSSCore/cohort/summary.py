"""The outcome of each study, and the table of all outcomes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from GSSCore.cohort.table import part_numbers
from GSSCore.errors import GSSError, InputError
from GSSCore.files import encoded, write_file
from GSSCore.outputs import OutputKind, table_kind
from GSSCore.vocabulary import REGIONS, Label

Status = Literal["done", "skipped", "failed"]
VOLUMES = (*(region.value for region in REGIONS), Label.NCR.name, Label.ED.name)
COLUMNS = (
    "id",
    "status",
    "modalities",
    "treated_as",
    "left_out",
    *(f"{name}_ml" for name in VOLUMES),
    "unreliable",
    "seconds",
    "warnings",
    "message",
)


@dataclass(frozen=True)
class StudyOutcome:
    """What became of a study.

    Attributes:
        id: of the study.
        status: "done"; "skipped", as its result was up to date; or "failed".
        modalities: those that were used, as in `FLAIR+T2`.
        treated_as: how the images were treated, "prepared" or "raw".
        left_out: the modalities that were given and not used.
        volumes_ml: by name, see `VOLUMES`.
        unreliable: names of the regions that can't be relied on.
        seconds: what the stages of the segmentation took, without reading; None for a study that failed.
        warnings: of the result.
        message: why it failed; or why it was segmented again although it had a result.
        exit_code: 0 for success, that of the error for a refusal, 1 for an unexpected fault.
    """

    id: str
    status: Status
    modalities: str = ""
    treated_as: str = ""
    left_out: tuple[str, ...] = ()
    volumes_ml: Mapping[str, float] = field(default_factory=dict)
    unreliable: tuple[str, ...] = ()
    seconds: float | None = None
    warnings: tuple[str, ...] = ()
    message: str = ""
    exit_code: int = 0

    @classmethod
    def of(cls, name: str, result: Mapping[str, Any] | Exception, status: Status = "done") -> StudyOutcome:
        """Return the outcome for the report of a result, or for an exception."""
        if isinstance(result, Exception):
            code = result.exit_code if isinstance(result, GSSError) else 1
            words = str(result) if isinstance(result, GSSError) else f"unexpected fault: {result!r}"
            return cls(name, "failed", message=words, exit_code=code)
        return cls(
            name,
            status,
            "+".join(result["used_modalities"]),
            # Before version 0.5, all images were taken as prepared.
            str(result.get("input", {}).get("treated_as", "prepared")),
            tuple(map(str, result.get("left_out", ()))),
            {volume: float(ml) for volume, ml in result["volumes_ml"].items()},
            tuple(map(str, result["unreliable"])),
            float(sum(result["seconds"].values())),
            tuple(map(str, result["warnings"])),
        )


def exit_code(outcomes: Iterable[StudyOutcome]) -> int:
    """Return the exit code of a run: 0 when nothing failed, 1 for an unexpected fault, 3 when studies were refused."""
    codes = {outcome.exit_code for outcome in outcomes} - {0}
    return 0 if not codes else 1 if 1 in codes else InputError.exit_code


def summary_name(part: str | None) -> str:
    """Return the name of the summary's file. Parts that run at the same time write one each."""
    if part is None:
        return "summary.csv"
    index, count = part_numbers(part)
    return f"summary-{index}-of-{count}.csv"


def summary_kind(name: str) -> OutputKind:
    """Return how an earlier summary of that name is recognised: by its first columns."""
    return table_kind(name, COLUMNS[:3])


def write_summary(path: Path, outcomes: Sequence[StudyOutcome]) -> None:
    """Write the table. Raises EnvironmentRefused when it can't be written; an older one stays in that case."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for outcome in outcomes:
        volumes = [f"{outcome.volumes_ml[name]:.3f}" if name in outcome.volumes_ml else "" for name in VOLUMES]
        seconds = "" if outcome.seconds is None else f"{outcome.seconds:.1f}"
        words = [outcome.id, outcome.status, outcome.modalities, outcome.treated_as, "+".join(outcome.left_out)]
        doubtful = "+".join(outcome.unreliable)
        said = [" ".join(outcome.warnings), outcome.message]
        writer.writerow([*map(_harmless, words), *volumes, doubtful, seconds, *map(_harmless, said)])
    write_file(path, encoded(text.getvalue()))


def _harmless(text: str) -> str:
    """Return a cell that spreadsheets do not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
