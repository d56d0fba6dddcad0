"""Sequences by file name. The names of one folder are read together, because the words they share name the case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from GSSCore.sequences.lexicon import KIND_OF, SEQUENCES, WordKind
from GSSCore.sequences.tokens import tokens
from GSSCore.sequences.words import Reading, read_tokens
from GSSCore.vocabulary import Modality

EXTENSIONS = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd")
"""The endings of a file that may hold an image, the longest first."""

Name = TypeVar("Name")
_ENTITY = re.compile(r"([a-z]+)-(.+)", re.IGNORECASE)
_TELLING_ENTITIES = {"acq", "ce", "desc", "rec", "part", "mod"}
"""BIDS entities whose labels are about the image; those of `sub`, `space`, `res`, `run` and the like are not."""
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+-\d{3,}")
"""How archives name patients: `UPENN-GBM-00001`, `VS-SEG-001`."""
_OF_NAMES = {WordKind.OTHER, WordKind.REGION}
"""Kinds of words that may be a part of a case's name: `PD_001`, `CT-17`, `tumor_03`."""


def read_file_name(name: str) -> Reading:
    """Return the sequence that one file name says, regardless of the files beside it."""
    return read_tokens(_words(name))


def read_file_names(names: Iterable[str]) -> dict[str, Reading]:
    """Return the sequence that each name of the image files of one folder says.

    The words with which all names begin are the case's name, although they may look like a sequence: `CE_01_t1` beside
    `CE_01_flair`. Where the modality depends on these words, both readings are candidates.
    """
    words = {name: _words(name) for name in names}
    readings = {name: read_tokens(found) for name, found in words.items()}
    shared = _shared([found for found in words.values() if any(KIND_OF.get(word) in SEQUENCES for word in found)])
    if not any(word in KIND_OF for word in shared):
        return readings
    alone = {name: read_tokens(found[len(shared) :]) for name, found in words.items() if found[: len(shared)] == shared}
    enhanced = any(reading.modality is Modality.T1CE for reading in alone.values())
    return readings | {name: _either(readings[name], alone[name], shared, enhanced) for name in alone}


def numbered_channel(name: str) -> bool:
    """Tell whether a file's name ends in the number of a channel, `case_0000.nii.gz`, as nnU-Net has it."""
    return re.search(r"_\d{4}$", stem_of(name)) is not None


def stem_of(name: str) -> str:
    """Return a file's name without the ending of an image."""
    ending = next((ending for ending in EXTENSIONS if name.lower().endswith(ending)), "")
    return name[: len(name) - len(ending)]


def _words(name: str) -> list[str]:
    stem = stem_of(name)
    if stem.startswith("sub-"):
        return _words_of_bids(stem)
    identifier = _IDENTIFIER.match(stem)
    if identifier is None:
        return tokens(stem)
    said = tokens(identifier[0])
    if any(KIND_OF.get(word) in SEQUENCES for word in said):
        return tokens(stem)
    kept = [word for word in said if KIND_OF.get(word) is not WordKind.OTHER and word != "seg"]
    # MU-Glioma-Post holds patients after surgery: its name says nothing about contrast agent.
    doubtful = ("contr" if KIND_OF.get(word) in (WordKind.POST, WordKind.CONTRAST) else word for word in kept)
    return [*doubtful, *tokens(stem[identifier.end() :])]


def _words_of_bids(stem: str) -> list[str]:
    """Return the words of a name in which `key-label` pairs come first: `sub-01_ses-1_ce-gad_T1w`."""
    words: list[str] = []
    for piece in stem.split("_"):
        entity = _ENTITY.fullmatch(piece)
        if entity is None:
            words += tokens(piece)
        elif entity[1].lower() in _TELLING_ENTITIES:
            words += [*(["ce"] if entity[1].lower() == "ce" else []), *tokens(entity[2])]
        elif entity[1].lower() == "ses" and any(KIND_OF.get(word) is WordKind.CONTRAST for word in tokens(entity[2])):
            words.append("contr")  # a session named after a contrast agent need not have been scanned with it
    return words


def _shared(names: Sequence[list[str]]) -> list[str]:
    """Return the words with which all names begin; at least one word of each name is left."""
    if len(names) < 2:
        return []
    first, last = min(names), max(names)
    most = min(len(name) for name in names) - 1
    return list(first[: next((at for at in range(most) if first[at] != last[at]), most)])


def _either(whole: Reading, alone: Reading, shared: Sequence[str], enhanced: bool) -> Reading:
    """Return the reading of a name where the shared words may or may not belong to it."""
    if not alone.candidates or whole.candidates == alone.candidates:
        return whole
    if whole.other:
        numbered = any(word.isdecimal() for word in shared)
        of_name = all(KIND_OF.get(word) in _OF_NAMES for word in shared if word in KIND_OF)
        return alone if numbered and of_name else whole
    if enhanced and whole.candidates == (Modality.T1CE,):
        return alone  # another file is the T1ce by its own words, so the shared words do not tell
    return Reading(tuple(m for m in Modality if m in {*whole.candidates, *alone.candidates}))


def originals(names: Sequence[Name], readings: Mapping[Name, Reading]) -> list[Name]:
    """Return the names without reformats, bias corrections and the like, if that leaves any."""
    return [name for name in names if not readings[name].gives_way] or list(names)
