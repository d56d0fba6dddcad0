"""Which modality a wrong key, column or argument may have meant."""

from __future__ import annotations

from difflib import get_close_matches

from GSSCore.sequences.files import read_file_name
from GSSCore.sequences.lexicon import KIND_OF, SEQUENCES, WordKind
from GSSCore.vocabulary import Modality

_MODALITY_OF = {
    WordKind.FLAIR: Modality.FLAIR, WordKind.T1: Modality.T1, WordKind.T1_TECHNIQUE: Modality.T1,
    WordKind.T1_NATIVE: Modality.T1, WordKind.T1_ENHANCED: Modality.T1CE, WordKind.T2: Modality.T2,
}  # fmt: skip
_KNOWN = {word: _MODALITY_OF[kind] for word, kind in KIND_OF.items() if kind in SEQUENCES}


def meant_by(key: str) -> Modality | None:
    """Return the modality that a wrong key may stand for, such as T1ce for `t1gd`; None where there is no telling.

    That is for a question to the user only, never for an answer.
    """
    reading = read_file_name(key)
    if reading.modality is not None or reading.other or reading.candidates:
        return reading.modality
    near = {_KNOWN[word] for word in get_close_matches(key.lower(), list(_KNOWN), n=4, cutoff=0.65)}
    return next(iter(near)) if len(near) == 1 else None
