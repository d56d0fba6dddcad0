"""From a text to its words: what `T1Gd`, `3DT1`, `+ C`, `w/o` and `T2*` stand for, whatever separates them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from GSSCore.sequences.lexicon import AFTER_T1_OR_T2, GLUED, KIND_OF, SEQUENCES, STEMS, WordKind

_CAMEL = re.compile(r"(?<=[a-z]{2})(?=[A-Z])")
"""Between `tumor` and `Mask`; a single small letter stays, for `rT2` and `cT1` are words of their own."""

_AGENT = r"(?:c|ce|gd|gad\w*|km|kontrast\w*|contrast\w*|mdc|mc)"
_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_SYMBOLS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        # with and without, as they are abbreviated
        (rf"{_START}w\s?(?:/|&|and|\+)?\s?w\s?/?\s?o{_END}", " with and without "),
        (rf"(?:\+\s?/\s?-|-\s?/\s?\+|±)(?:[\s_]*{_AGENT}{_END})?", " with and without contrast "),
        (rf"{_START}w[\s/._]{{1,3}}o{_END}", " without "),
        (rf"{_START}c\s?/\s?c{_END}", " pluscontrast "),
        (rf"{_START}s\s?/\s?c{_END}", " minuscontrast "),
        (rf"{_START}[wc]\s?/", " with "),
        (rf"{_START}s\s?/", " without "),
        # plus and minus
        (rf"(?:\+|{_START}plus{_END})[\s_.]*{_AGENT}{_END}", " pluscontrast "),
        (rf"(t1w?)[\s_-]?{_AGENT}\s?\+", r"\1 pluscontrast "),
        (rf"{_START}{_AGENT}\s?\+", " pluscontrast "),
        (r"(t1w?i?)(?:\+(?=[\s_.)]|$)|\s\+\s*$)", r"\1 pluscontrast "),
        (r"\+\s*$", " pluscontrast "),
        (rf"(t1w?)[\s_-]?{_AGENT}-(?=[\s)]|$)", r"\1 minuscontrast "),
        (rf"{_START}{_AGENT}-(?=[\s)]|$)", " minuscontrast "),
        (rf"(?<=\s)-{_AGENT}{_END}", " contr "),
        # words that are written in several ways; Philips puts an s or a v before T1W
        (rf"{_START}[sv](?=t[12]w)", ""),
        (r"flair[\s_.-]*(?:\*|star(?![a-z]))", " flairstar "),
        (r"dark[\s_.-]*fluid", " darkfluid "),
        (r"mp[\s_.-]+rage", " mprage "),
        (r"mp[\s_-]?2[\s_-]?rage", " mp2rage "),
        (r"t1[\s_-]?\*", " t1rho "),
        (r"t2[\s_.-]*(?:\*|star(?![a-z]))", " t2star "),
        (r"proton[\s_.-]*density", " pd "),
        (r"phase[\s_.-]+contrast", " phasecontrast "),
        (rf"{_START}(?:in|out|of|opp\w*)[\s_.-]+phase{_END}", " "),
        (r"bias[\s_.-]*field", " biasfield "),
        (r"ground[\s_.-]+truth", " groundtruth "),
        (rf"b\s?=\s?\d+|{_START}b\d{{2,4}}{_END}", " bvalue "),
        (r"dual[\s_.-]*echo", " dualecho "),
        (rf"{_START}fa[\s_.=]*\d+", " "),
        (rf"dixon[\s_.-]*(?:f|fat){_END}", " dixonfat "),
        (r"(?<=[\s_])space-(?=\w)", " inspace "),
        (rf"{_START}sub[\s_-]?(?=\d)", " subject "),
    )
)
_STEMS = tuple((re.compile(stem), listed) for stem, listed in STEMS)
TELLING = SEQUENCES | {WordKind.CONTRAST, WordKind.NATIVE, WordKind.LABEL}
"""Kinds of words for which it pays to take a word apart."""
_WORD = re.compile(r"[^\W_]+")


def tokens(text: str) -> list[str]:
    """Return the words of a text, in lower case and without accents, glued ones taken apart."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = _WORD.sub(_humps_apart, plain).casefold()
    for pattern, words in _SYMBOLS:
        plain = pattern.sub(words, plain)
    return [part for word in _WORD.findall(plain) for part in parts(word)]


def _humps_apart(word: re.Match[str]) -> str:
    return word[0] if word[0].casefold() in KIND_OF else _CAMEL.sub(" ", word[0])


@lru_cache(4096)
def parts(word: str) -> tuple[str, ...]:
    """Return the known words that one is glued from, or the word alone when not all of it is known."""
    if word in KIND_OF:
        return (word,)
    found = _taken_apart(word)
    kinds = [KIND_OF.get(part) for part in found]
    if not TELLING & set(kinds):
        return (next((listed for stem, listed in _STEMS if stem.fullmatch(word)), word),)
    if not {WordKind.NO, WordKind.WITHOUT} & set(kinds):
        for i in range(len(found) - 1):
            if set(kinds[i : i + 2]) == {WordKind.T1, WordKind.CONTRAST}:
                return (*found[:i], "t1ce", *found[i + 2 :])
    return found


@lru_cache(4096)
def _taken_apart(word: str) -> tuple[str, ...]:
    """Return the longest known words from the left that leave nothing over; none when there is no such way.

    Digits may follow a word, as a count, but not T1 and T2: T11 is no T1.
    """
    for start, endings in AFTER_T1_OR_T2.items():
        for whole in (start + ending for ending in endings):
            if word == whole:
                return (whole,)
            if word.startswith(whole) and word[len(whole) :].isdecimal():
                return whole, word[len(whole) :]
    for end in range(len(word), 0, -1):
        first, rest = word[:end], word[end:]
        if first not in GLUED or (first == "2" and not rest):
            continue
        if not rest:
            return (first,)
        if rest.isdecimal() and first[-1] not in "12":
            return first, rest
        if others := _taken_apart(rest):
            return (first, *others)
    return ()
