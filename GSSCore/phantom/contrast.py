"""Signals of tissues in MR sequences: spin-echo and inversion-recovery equations, round relaxation times at 1.5 T.

Relaxation times are round figures within the spread of published measurements at 1.5 T: healthy tissue as in Stanisz et
al., Magn Reson Med 54 (2005) 507, and Kwan, Evans and Pike, IEEE Trans Med Imaging 18 (1999) 1085; tumours and oedema
as in Just and Thelen, Radiology 169 (1988) 779; muscle, fat and marrow as in Gold et al., AJR 183 (2004) 343. They were
chosen once, from the literature, and are not adapted to the results of any network.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from GSSCore.vocabulary import Modality


@dataclass(frozen=True)
class Tissue:
    """Times in ms.

    Attributes:
        t1, t2: relaxation times without contrast agent.
        density: of protons, pure water being 1.
        agent: concentration of the contrast agent after its injection, in mmol/l.
    """

    t1: float
    t2: float
    density: float
    agent: float = 0.0


@dataclass(frozen=True)
class Sequence:
    """Times in ms.

    Attributes:
        repetition, echo: TR and TE.
        inversion: TI; None for a sequence without inversion.
        agent: whether it is acquired after the injection.
        slice_mm: thickness of its slices, along S.
    """

    repetition: float
    echo: float
    inversion: float | None = None
    agent: bool = False
    slice_mm: float = 1.0


GREY = Tissue(t1=950.0, t2=95.0, density=0.82)
WHITE = Tissue(t1=620.0, t2=78.0, density=0.71)
FLUID = Tissue(t1=4000.0, t2=1500.0, density=1.0)
OEDEMA = Tissue(t1=1200.0, t2=160.0, density=0.86)
RIM = Tissue(t1=1150.0, t2=125.0, density=0.85, agent=0.7)
NECROSIS = Tissue(t1=1900.0, t2=260.0, density=0.92, agent=0.02)
DEBRIS = Tissue(t1=1250.0, t2=140.0, density=0.87, agent=0.03)
"""The thicker content of a necrotic core."""
VESSEL = Tissue(t1=1300.0, t2=40.0, density=0.9, agent=1.8)
"""Slowly flowing blood, most of whose echo is lost at long echo times."""
AIR = Tissue(t1=1000.0, t2=50.0, density=0.0)
DURA = Tissue(t1=900.0, t2=40.0, density=0.55, agent=0.9)
"""With the small vessels that run in it; it takes up contrast agent, as it has no blood-brain barrier."""
BONE = Tissue(t1=900.0, t2=15.0, density=0.12)
"""Compact bone, and teeth."""
MARROW = Tissue(t1=340.0, t2=90.0, density=0.55)
FAT = Tissue(t1=300.0, t2=120.0, density=0.72)
MUSCLE = Tissue(t1=1050.0, t2=42.0, density=0.8, agent=0.08)
SKIN = Tissue(t1=850.0, t2=45.0, density=0.7, agent=0.2)
MUCOSA = Tissue(t1=1200.0, t2=100.0, density=0.85, agent=0.5)
"""Of nose, sinuses and throat."""
LENS = Tissue(t1=950.0, t2=30.0, density=0.55)

SEQUENCES = {
    Modality.FLAIR: Sequence(repetition=9000.0, echo=115.0, inversion=2380.0, slice_mm=3.0),
    Modality.T1CE: Sequence(repetition=520.0, echo=10.0, agent=True, slice_mm=1.0),
    Modality.T1: Sequence(repetition=520.0, echo=10.0, slice_mm=2.0),
    Modality.T2: Sequence(repetition=4500.0, echo=100.0, slice_mm=2.5),
}
RELAXIVITY = 4.5
"""Of a gadolinium chelate in plasma at 1.5 T, for T1, in l/mmol/s (Rohrer et al., Invest Radiol 40 (2005) 715)."""


def signal(tissue: Tissue, sequence: Sequence) -> float:
    """Return the magnitude of a tissue's signal, 1 being that of water fully relaxed at an echo time of 0.

    Spin echo: density (1 - exp(-TR/T1)) exp(-TE/T2); with inversion 1 - 2 exp(-TI/T1) + exp(-TR/T1) in its middle.
    """
    t1 = tissue.t1
    if sequence.agent:
        t1 = 1000.0 / (1000.0 / t1 + RELAXIVITY * tissue.agent)
    recovered = 1.0 - exp(-sequence.repetition / t1)
    if sequence.inversion is not None:
        recovered = abs(1.0 - 2.0 * exp(-sequence.inversion / t1) + exp(-sequence.repetition / t1))
    return tissue.density * recovered * exp(-sequence.echo / tissue.t2)
