"""Which of the four sequences words name, or that they name something else, or leave a choice. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from GSSCore.sequences.contrast import Said, contrast_in, without_events
from GSSCore.sequences.lexicon import KIND_OF, SEQUENCES, T1_FAMILY, T1_WORDS, WordKind
from GSSCore.sequences.tokens import tokens
from GSSCore.vocabulary import MODALITIES, Modality


@dataclass(frozen=True)
class Reading:
    """What words say.

    Attributes:
        candidates: the modalities that they may mean, in their fixed order: one when they are clear, none when they
            name no sequence.
        other: they name something that is none of the four: a map, a difference, a mask, another series.
        label: what they name is a segmentation or a mask, no image.
        contrast: whether they say that a contrast agent was given; None where they don't say, or contradict themselves.
        gives_way: they name a version that is left out beside one without such a word: a reformat, a bias correction.
    """

    candidates: tuple[Modality, ...] = ()
    other: bool = False
    label: bool = False
    contrast: bool | None = None
    gives_way: bool = False

    @property
    def modality(self) -> Modality | None:
        """The modality that they mean without doubt."""
        return self.candidates[0] if len(self.candidates) == 1 else None


NOTHING = Reading()


def read_words(text: str) -> Reading:
    """Return what a name, a series description or a key says."""
    return read_tokens(tokens(text))


def read_tokens(words: Sequence[str]) -> Reading:
    """Return what words say, as `GSSCore.sequences.tokens` makes them of a text."""
    words = without_events(words)
    kinds = [KIND_OF.get(word) for word in words]
    named = SEQUENCES & set(kinds)
    if WordKind.LABEL in kinds or (WordKind.REGION in kinds and not named):
        return Reading(other=True, label=True)
    gradient = WordKind.GRADIENT in kinds and WordKind.T2 in kinds and not T1_FAMILY & set(kinds)
    if gradient or {WordKind.OTHER, WordKind.DERIVED, WordKind.REGION} & set(kinds):
        return Reading(other=True)
    if not named:
        return NOTHING
    moved = _moved(kinds)
    said = contrast_in(words[:moved])
    candidates = _candidates(kinds[:moved], said)
    if candidates == (Modality.T1,) and not said.native and moved < len(kinds):
        candidates = _with_words_of_target(candidates, words[moved:], kinds[moved:])
    gives_way = WordKind.VARIANT in kinds or (WordKind.REFORMAT in kinds and candidates != (Modality.T1,))
    return Reading(_in_order(candidates), contrast=_contrast(candidates, said), gives_way=gives_way)


def _moved(kinds: Sequence[WordKind | None]) -> int:
    """Return where the words of the image itself end, and those of what it was registered to begin.

    `T1ce to FLAIR`, `t1ce_reg_flair` and `flair2t1` are what comes first, brought onto the grid of what comes last.
    """
    places = [at for at, kind in enumerate(kinds) if kind in SEQUENCES]
    for before, after in pairwise(places):
        # FLAIR nach T1: the word for after means to as well, but not in T1 nach, T1 vor KM.
        if kinds[after - 1] is WordKind.AFTER and kinds[before] is not kinds[after]:
            return after - 1
        for at in range(before + 1, after):
            if kinds[at] in (WordKind.REGISTERED, WordKind.TO):
                return at
    return len(kinds)


def _candidates(kinds: Sequence[WordKind | None], said: Said) -> tuple[Modality, ...]:
    flair, t2 = WordKind.FLAIR in kinds, WordKind.T2 in kinds
    if not T1_FAMILY & set(kinds):
        # A FLAIR has the contrast of a T2, and says so in many names.
        return (Modality.FLAIR,) if flair else (Modality.T2,) if t2 else ()
    t1 = _of_t1(kinds, said)
    if t2:
        return (*t1, Modality.T2, *((Modality.FLAIR,) if flair else ()))
    if flair and not _is_t1_flair(kinds):
        return (*t1, Modality.FLAIR)
    return t1


def _is_t1_flair(kinds: Sequence[WordKind | None]) -> bool:
    """Tell whether `T1 FLAIR` is meant, a T1 by inversion recovery; or a T1 on a FLAIR's grid, which is one too."""
    first = next(kind for kind in kinds if kind in SEQUENCES)
    return first in T1_WORDS


def _of_t1(kinds: Sequence[WordKind | None], said: Said) -> tuple[Modality, ...]:
    """Return T1ce, T1, or both where the words contradict each other."""
    enhanced, native = WordKind.T1_ENHANCED in kinds, WordKind.T1_NATIVE in kinds
    both = (Modality.T1CE, Modality.T1)
    if kinds.count(WordKind.T1) > 1 and {WordKind.AFTER, WordKind.POST, WordKind.CONTRAST} & set(kinds):
        return both  # one of them after contrast agent, or their difference
    if enhanced:
        doubtful = native or said.native or WordKind.T1 in kinds
        return both if doubtful else (Modality.T1CE,)
    if native:
        return both if said.given else (Modality.T1,)
    if (said.given or said.post) and (said.native or said.pre):
        return both
    if said.given or said.post:
        return (Modality.T1CE,)
    return both if said.maybe and not (said.native or said.pre) else (Modality.T1,)


def _with_words_of_target(
    candidates: tuple[Modality, ...], words: Sequence[str], kinds: Sequence[WordKind | None]
) -> tuple[Modality, ...]:
    """Return the candidates when words such as `post` come behind the name of what the image was registered to."""
    said = contrast_in(words)
    about_target = any(kind in T1_FAMILY for kind in kinds)
    return (Modality.T1CE, Modality.T1) if (said.given or said.post) and not about_target else candidates


def _contrast(candidates: Sequence[Modality], said: Said) -> bool | None:
    if Modality.T1CE in candidates:
        return None if Modality.T1 in candidates else True
    given, native = said.given or said.post, said.native or said.pre
    return None if given == native else given


def _in_order(candidates: Sequence[Modality]) -> tuple[Modality, ...]:
    return tuple(modality for modality in MODALITIES if modality in candidates)
