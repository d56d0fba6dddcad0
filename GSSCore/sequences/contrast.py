"""Whether a T1 was acquired with contrast agent, by its words: `post`, `+ C`, `nach KM`; `pre`, `ohne KM`, `w/o`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from GSSCore.sequences.lexicon import KIND_OF, T1_FAMILY, WordKind

_LETTERS = ("c", "ca", "g", "k", "pg")
"""Letters right behind T1 that may mean contrast agent, or a count, or a person's initials."""
_FOR = {WordKind.WITH, WordKind.AFTER, WordKind.POST}
_AGAINST = {WordKind.WITHOUT, WordKind.NO, WordKind.BEFORE, WordKind.PRE}
_BETWEEN = {WordKind.FILLER, WordKind.AND, WordKind.TO}
"""Words that may stand between `without` and the contrast agent."""


@dataclass
class Said:
    """What the words say for and against a contrast agent.

    Attributes:
        given, native: words say so without doubt.
        post, pre: words say so, but may also refer to an operation.
        maybe: words may say so, or something else.
    """

    given: bool = False
    native: bool = False
    post: bool = False
    pre: bool = False
    maybe: bool = False


def without_events(words: Sequence[str]) -> list[str]:
    """Return the words without those about before and after an operation or a treatment: `pre op`, `post RT`."""
    kept: list[str] = []
    for word in words:
        timed = kept and KIND_OF.get(kept[-1]) in (WordKind.POST, WordKind.PRE, WordKind.AFTER, WordKind.BEFORE)
        if KIND_OF.get(word) is WordKind.EVENT and timed:
            kept.pop()
        else:
            kept.append(word)
    return kept


def contrast_in(words: Sequence[str]) -> Said:
    """Return what words, without events, say of a contrast agent."""
    said = Said()
    kinds = [KIND_OF.get(word) for word in words]
    at = 0
    while at < len(words):
        at = _step(said, words, kinds, at)
    return said


def _step(said: Said, words: Sequence[str], kinds: Sequence[WordKind | None], at: int) -> int:
    """Evaluate the word at a place, with the words that belong to it; return the place of the next word."""
    kind, behind = kinds[at], at + 1
    if kind in _FOR | _AGAINST:
        while behind < len(kinds) and kinds[behind] in _FOR | _AGAINST | _BETWEEN:
            behind += 1
        _take_prepositions(said, words[at:behind], kinds, behind)
        return _end_of_contrast(kinds, behind)
    if kind is WordKind.CONTRAST:
        behind = _end_of_contrast(kinds, at)
        denied = behind < len(kinds) and kinds[behind] is WordKind.NO
        said.native, said.given = said.native or denied, said.given or not denied
        return behind + denied
    if kind is WordKind.NATIVE:
        # In English, `native` may also mean native space: the grid of the acquisition.
        said.pre, said.native = said.pre or words[at] == "native", said.native or words[at] != "native"
    elif kind is WordKind.MAYBE or _foreign(words[at]) or (words[at] in _LETTERS and at and kinds[at - 1] in T1_FAMILY):
        said.maybe = True
    return behind


def _take_prepositions(said: Said, run: Sequence[str], kinds: Sequence[WordKind | None], behind: int) -> None:
    """Evaluate words such as `with and without` by the word behind them."""
    of_run = {KIND_OF.get(word) for word in run}
    if "iv" in run or (behind < len(kinds) and kinds[behind] is WordKind.CONTRAST):
        said.given |= bool(of_run & _FOR)
        said.native |= bool(of_run & _AGAINST)
        return
    said.post |= WordKind.POST in of_run
    said.pre |= WordKind.PRE in of_run
    if WordKind.WITHOUT in of_run and (len(run) > 1 or len(run[0]) > 1) and _nothing_else(kinds, behind):
        said.native = True
        said.given |= WordKind.WITH in of_run
    if WordKind.BEFORE in of_run and behind >= len(kinds):
        said.native = True


def _end_of_contrast(kinds: Sequence[WordKind | None], at: int) -> int:
    """Return the place behind words that belong together, as in `gd contrast agent`."""
    while at < len(kinds) and kinds[at] in (WordKind.CONTRAST, WordKind.FILLER):
        at += 1
    return at


def _nothing_else(kinds: Sequence[WordKind | None], at: int) -> bool:
    """Tell whether nothing follows that `without` could be about: the end, the place of slices, another sequence."""
    return at >= len(kinds) or kinds[at] is WordKind.PLACE or kinds[at] in T1_FAMILY


def _foreign(word: str) -> bool:
    """Tell whether a word is in a script that the lexicon does not cover, so that it may mean anything."""
    return word not in KIND_OF and any(ord(letter) > 0x24F and letter.isalpha() for letter in word)
