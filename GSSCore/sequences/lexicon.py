"""What single words say of a series: the one vocabulary of file names, series descriptions, channel names and keys.

Words are in lower case and without accents, as `GSSCore.sequences.tokens` makes them. They were gathered from the names
of public data sets (BraTS of all years, UPENN-GBM, UCSF-PDGM, TCIA, BIDS), from vendors' protocol names and from what
radiographers write in English, German, French, Spanish, Portuguese and Italian.
"""

from __future__ import annotations

from enum import Enum, auto


class WordKind(Enum):
    """What a word is about."""

    FLAIR = auto()
    T1 = auto()
    """Says T1, and nothing of a contrast agent."""
    T1_TECHNIQUE = auto()
    """A way to scan that gives a T1."""
    T1_ENHANCED = auto()
    """Says T1 and contrast agent in one word."""
    T1_NATIVE = auto()
    """Says T1 without contrast agent in one word."""
    T2 = auto()

    CONTRAST = auto()
    """A contrast agent, or that one was given."""
    POST = auto()
    """After something: a contrast agent unless it says what else."""
    PRE = auto()
    """Before something: a contrast agent unless it says what else."""
    NATIVE = auto()
    """No contrast agent."""
    WITH = auto()
    WITHOUT = auto()
    NO = auto()
    AFTER = auto()
    BEFORE = auto()
    AND = auto()
    MAYBE = auto()
    """Perhaps a contrast agent, perhaps something else."""
    EVENT = auto()
    """What may lie before or after a scan besides a contrast agent: an operation, a treatment."""
    FILLER = auto()
    """May stand between `without` and the contrast agent."""
    PLACE = auto()
    """How slices lie: what may follow after `without` although the contrast agent was meant."""

    TO = auto()
    """Between two sequences: the first was brought onto the second."""
    REGISTERED = auto()

    LABEL = auto()
    """A segmentation or a mask, and no image."""
    REGION = auto()
    """A part of a tumour: a segmentation where no sequence is named beside it."""
    DERIVED = auto()
    """Computed from images: a map, a difference, a projection."""
    OTHER = auto()
    """A series that is none of the four."""
    GRADIENT = auto()
    """A gradient echo: T2* where a T2 is named."""
    REFORMAT = auto()
    """Slices cut anew from another series."""
    VARIANT = auto()
    """A version that gives way to the one without this word."""


_WORDS: dict[WordKind, str] = {
    WordKind.FLAIR: "flair t2f tirm darkfluid",
    WordKind.T1: "t1 t1w t1wi t1weighted",
    WordKind.T1_TECHNIQUE: "mprage spgr fspgr irspgr irfspgr efgre3d bravo tfl tfe vibe starvibe thrive ethrive lava",
    WordKind.T1_ENHANCED: "t1ce t1c t1wc t1cm t1mc",
    WordKind.T1_NATIVE: "t1n t1nc t1nce",
    WordKind.T2: "t2 t2w t2wi t2weighted",
    WordKind.CONTRAST: """
        ce gd gad gado gbca km mdc dtpa contrast contrasts contraste contrastes contrasto contrasted kontrast kontraste
        kontrastmittel kontrastmittelgabe kontrastgabe kmgabe kontrastverstarkt kontrastmittelverstarkt kontrastaufnahme
        kontrastem kontrastom kontrastu kontrastli kontrastmedel kontrastmiddel contrastmiddel contraststof
        contrastenhanced
        contrastado contrastada poscontraste posgadolinio civ pdc enhanced magnevist
        dotarem multihance prohance omniscan clariscan optimark ablavar elucirem vueway primovist eovist artirem
        inj injection injecte injectee injectado inyeccion inyectado iniezione zkm mkm postkontrast nachkm postkm
        postgd postgad
        postgado postcontrast postcontraste postinjection postce wgd wgad wkm pluscontrast 增强 增強 造影""",
    WordKind.POST: "post postc",
    WordKind.PRE: "pre prae pra prec",
    WordKind.NATIVE: """
        native nativ natives natif nativo nativa nativen noncontrast nocontrast noncontrasted uncontrasted unenhanced
        nonenhanced precontrast precontraste pregd pregad pregado prekm prece noncon noncontr nongd nongad nogd nogad
        noce nce ncontrast okm vorkm plain basal basale minuscontrast uninjected prekontrast praekontrast prakontrast
        kontrastsiz 平扫 平掃""",
    WordKind.WITH: "with w mit m avec con com wc met med z s",
    WordKind.WITHOUT: "without wo wout ohne o sans sin sem senza senz zonder uten uden utan bez",
    WordKind.NO: "no non not none nein nao nessun kein keine keinem zero false free frei off neg negative negativ",
    WordKind.AFTER: "nach after apres despues tras dopo depois pos following na efter etter po",
    WordKind.BEFORE: "vor before prior avant antes prima voor fore for przed pred",
    WordKind.AND: "and und et y e",
    WordKind.MAYBE: "enh pc cm contr",
    WordKind.EVENT: """
        op operation operativ operative operativo operatorisch operatoire operatorio opera surgery surgical chirurgie
        chirurgical resection resektion resezione rt rct radiation radiotherapy radiochemo strahlentherapie bestrahlung
        chemo chemotherapy chemotherapie therapy therapie treatment tx traitement tratamiento biopsy biopsie biopsia bx
        transplant stroke ictal mortem partum natal trauma traumatic covid tmz bev bevacizumab avastin craniotomy
        proc processed processing procesado""",
    WordKind.FILLER: """
        iv i v the any de del di des du la le der die das dem agent agents medium media medio mezzo produit agente gabe
        verabreichung administration dose dosis double triple single half full triphasic""",
    WordKind.PLACE: """
        ax axial axiale axi tra trans transversal transverse sag sagittal cor coronal koronar coronale 3d 2d iso obl
        oblique head brain kopf schadel hirn cerveau cerebro testa""",
    WordKind.TO: "to in on onto into zu auf inspace sur en su 2",
    WordKind.REGISTERED: """
        reg registered registration registriert coreg coregistered coregistration koregistriert rigid affine aligned
        align resampled resliced warped warp transformed recale registrado corregistrado flirt""",
    WordKind.LABEL: """
        seg segm segs segmentation segmentations segmented segmentacion segmentierung dseg mask masks masked maske
        masken masque mascara maschera brainmask tumormask label labels labelmap lbl gt groundtruth truth ot annotation
        annotations annot contour contours staple glistrboost gtv ctv ptv rtstruct probseg defacemask parcellation aseg
        aparc confidence uncertainty prediction predictions pred softmax probability probabilities prob pmap pve""",
    WordKind.REGION: "wt tc ed ncr net snfh netc rc tumor tumour lesion lesions roi rois voi edema oedema necrosis wmh",
    WordKind.DERIVED: """
        sub subtraction subtract subtracted subtr subtraktion subtraktionen soustraction sustraccion sottrazione minus
        difference differenz diff delta ratio quotient map maps mapping mapa mappa karte carte t1map t2map t1maps t2maps
        t1mapping t2mapping relaxometry molli mip minip mips projection rendering vrt biasfield warpfield
        deformation displacement jacobian synthetic synth symri synthesized synthesised generated imputed
        predicted pseudo
        voided inpainted atlas template tpm mean edges checkerboard collage screenshot
        unit1 mp2rage inv1 inv2""",
    WordKind.OTHER: """
        adc eadc dadc dwi dti dki diffusion tensor trace tracew fa colfa swi swan susceptibility venbold venobold qsm
        perf perfusion dsc dce asl pcasl pasl casl cbf cbv rcbv rcbf mtt ttp tmax ktrans bold fmri ep2d epi pet fdg suv
        b0 ct cta ctp cbct mra mrv mrangio tof angio angiography venogram twist tricks pd pdw dp pdt2 stir dir psir
        fgatir
        mrs spectroscopy svs csi localizer localiser localizador localizer3d lokalizer loc scout survey smartbrain
        calibration fieldmap b0map b1map topup sbref t2star t2s t2starw t2gre t2ffe t1rho hemo haemo medic ciss fiesta
        bffe truefisp trufi phase pha r2s r2star mtr bvalue xray us dixonfat phasecontrast
        dualecho flairstar cest apt""",
    WordKind.GRADIENT: "gre ffe flash fl2d fl3d gradient gradientecho star",
    WordKind.REFORMAT: "mpr mprs reformat reformats reformatted rfmt reformatiert reconstruction rekonstruktion",
    WordKind.VARIANT: "bias biascorrected biascorr bc n4 bfc unstripped withskull raw",
}  # fmt: skip

KIND_OF: dict[str, WordKind] = {word: kind for kind, words in _WORDS.items() for word in words.split()}
"""What a word is about. A word that is not here says nothing."""

SEQUENCES = frozenset(
    {WordKind.FLAIR, WordKind.T1, WordKind.T1_TECHNIQUE, WordKind.T1_ENHANCED, WordKind.T1_NATIVE, WordKind.T2}
)
"""Kinds of words that name one of the four."""
T1_WORDS = frozenset({WordKind.T1, WordKind.T1_ENHANCED, WordKind.T1_NATIVE})
T1_FAMILY = T1_WORDS | {WordKind.T1_TECHNIQUE}

STEMS: tuple[tuple[str, str], ...] = (
    (r".{2,}(?:seg|segs|mask|masks|label|labels|segmentation)|mask.+|segment.+", "mask"),
    (r".{2,}maps?|.*(?:subtra[ckh]|soustra|sustrac).*", "map"),
    (r"(?:diffusion|perfusion|locali[sz]|lokalis).+", "loc"),
    (r"gado.*", "gado"),
    (r".*(?:contrast|kontrast|gadoli).*", "contr"),
)
"""How words look that are not listed, whole, and the listed word that they are then taken for."""

AFTER_T1_OR_T2 = {"t1": ("ce", "c", "cm", "mc", "n", "nc", "nce", "w", "wi", "wc"), "t2": ("f", "w", "wi")}
"""Letters that mean something at the end of a word, right after T1 or T2."""

_GLUED = """
    t1 t1w t1wi t1ce t2 t2w t2wi flair mprage spgr fspgr bravo vibe tirm darkfluid thrive ce gd gad gado km post
    contrast contraste kontrast kontrastmittel mdc pre nativ native noncontrast wo non no ohne nach vor ax axial tra sag
    cor 3d 2d iso fl2d fl3d flash coreg tse fse se fs fatsat space cube gre star map mask seg segmentation label brain
    tumor bias n4 norm sub subtraction swi adc reg to 2 mpr bet stripped op
    """
GLUED = frozenset(_GLUED.split())
"""Words that names write without a gap between them, as in `3DT1post`."""
