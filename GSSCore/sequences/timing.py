"""The sequence by repetition, echo and inversion time: where words say nothing, and as a check where they do.

Bounds in ms, for 0.5 to 3 T; times between the bounds say nothing.
"""

from __future__ import annotations

from GSSCore.sequences.hints import Hints
from GSSCore.vocabulary import Modality

FLAIR_TI = (1400.0, 3000.0)
"""Inversion times that null the CSF."""
T1_TI = (300.0, 1300.0)
"""Inversion times of MPRAGE and of T1 FLAIR."""
LONG_TE, SHORT_TE = 60.0, 40.0
"""Echo times from which on an image is T2-weighted, and below which it may be T1-weighted."""
T2_STAR_TE = 12.0
"""Echo time of a gradient echo from which on T2* weighs in."""
T2_TR = 2000.0
"""Repetition time from which on a long echo makes a T2."""
UNSURE_TR = 6000.0
"""Repetition time from which on a series may be a FLAIR although the inversion time is unknown."""
T1_TR = 1500.0
"""Repetition time below which the short echo of a spin echo makes a T1, and no proton density."""
T1_GRADIENT_TR = 3000.0
"""The same of a gradient echo with its inversion, as MPRAGE counts it."""
SPIN_ECHO_TE = 8.0
"""Spin echoes have no shorter echo time."""


def from_times(hints: Hints) -> tuple[Modality, ...]:
    """Return the modalities that the times allow, T1 standing for T1ce too; none where the times do not tell."""
    if hints.te_ms is None:
        return ()
    if hints.te_ms >= LONG_TE:
        return _with_long_echo(hints)
    return (Modality.T1,) if hints.te_ms < SHORT_TE and _is_t1(hints) else ()


def _with_long_echo(hints: Hints) -> tuple[Modality, ...]:
    if hints.ti_ms:
        return (Modality.FLAIR,) if FLAIR_TI[0] <= hints.ti_ms <= FLAIR_TI[1] else ()
    if hints.tr_ms is None or hints.tr_ms < T2_TR or hints.gradient_echo or hints.inverted:
        return ()
    if hints.inverted is None and hints.tr_ms >= UNSURE_TR:
        return (Modality.FLAIR, Modality.T2)
    return (Modality.T2,)


def _is_t1(hints: Hints) -> bool:
    if hints.gradient_echo and (hints.te_ms or 0.0) >= T2_STAR_TE:
        return False
    if hints.ti_ms and T1_TI[0] <= hints.ti_ms <= T1_TI[1]:
        return True
    if hints.tr_ms is None or (hints.ti_ms or 0.0) > T1_TI[1]:
        return False
    gradient_echo = hints.gradient_echo or (hints.te_ms or 0.0) < SPIN_ECHO_TE
    return hints.tr_ms < (T1_GRADIENT_TR if gradient_echo else T1_TR)
