"""Which series is which of the four: one vocabulary and one set of rules, for file names, keys, data sets and DICOM."""

from GSSCore.sequences.files import EXTENSIONS, numbered_channel, originals, read_file_name, read_file_names, stem_of
from GSSCore.sequences.hints import Hints, hints_from
from GSSCore.sequences.keys import meant_by
from GSSCore.sequences.series import Evidence, Finding, Reason, read_series
from GSSCore.sequences.session import Candidate, Judgement, Verdict, judge
from GSSCore.sequences.tokens import tokens
from GSSCore.sequences.words import Reading, read_words

__all__ = [
    "Candidate",
    "EXTENSIONS",
    "Finding",
    "Hints",
    "Judgement",
    "Reading",
    "Reason",
    "Evidence",
    "Verdict",
    "hints_from",
    "judge",
    "meant_by",
    "numbered_channel",
    "originals",
    "read_file_name",
    "read_file_names",
    "read_series",
    "read_words",
    "stem_of",
    "tokens",
]
