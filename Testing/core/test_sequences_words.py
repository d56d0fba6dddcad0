"""Which sequence words name: one table for file names, series descriptions and keys, in the languages people use."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from GSSCore.sequences import Reading, meant_by, read_file_name, read_words
from GSSCore.vocabulary import Modality

FLAIR, T1CE, T1, T2 = Modality.FLAIR, Modality.T1CE, Modality.T1, Modality.T2
OTHER, LABEL, NOTHING = "something else", "a segmentation", "nothing"

CLEAR: dict[Modality | str, list[str]] = {
    FLAIR: [
        "flair", "AX T2 FLAIR", "T2-FLAIR fs", "T2/FLAIR", "FLAIR_T2", "T2w FLAIR", "t2flair", "3D_FLAIR_1mm",
        "flair3d",
        "3DFLAIR", "Sag CUBE FLAIR", "t2_tirm_tra_dark-fluid", "t2_space_dark fluid", "t2_space_flair_sag",
        "DarkFluid",
        "case-t2f", "flair2t1", "FLAIR_to_T1", "FLAIR nach T1 registriert", "FLAIR auf T1", "reg_FLAIR_to_T1ce",
        "FLAIR post gad", "FLAIR +C", "FLAIR ohne KM", "FLAIR MPR tra", "flair2", "FLAIR_bias",
        "Ax T2 FLAIR Propeller", "FLAIR longTR", "FLAIR_longTR_CLEAR", "T2W_FLAIR", "FLAIR_registered_to_T1ce",
        "FLAIR_in_T1ce_space", "FLAIR2T1ce", "FLAIR nach T1", "p_flair_to_p_t1",
    ],
    T1CE: [
        "t1ce", "T1CE", "t1c", "T1Gd", "T1GD", "T1gad", "T1km", "T1wce", "T1wCE", "T1wGd", "T1-CE", "T1-Gd", "CE T1",
        "t1ce1", "axt1post", "T1PostContrast", "3DT1ce", "T1_GADO", "T1 C+", "T1C+", "T1+C", "T1 + C", "AX T1 +C",
        "T1+",
        "T1 +Gd", "T1 Gd+", "T1 plus C", "T1+Gd", "SAG MPRAGE + C", "Ax T1 FLAIR +C", "T1 post", "post_T1",
        "MPRAGE post",
        "T1 post gad", "T1-weighted post", "t1_post_contrast", "T1w_post", "T1 postcontrast", "T1 after contrast",
        "T1 w contrast", "T1 w/ contrast", "T1 with contrast", "T1 contrast enhanced", "T1 Gadovist", "T1 Gd-DTPA",
        "T1 Gd 5 min", "t1_vibe_gd", "Sag T1 BRAVO Gado", "T1 TSE FS KM tra", "AX T1 POST GD FLAIR",
        "T1 post gad without fat sat", "non FS T1 post", "T1 pre op post contrast", "Post contrast T1 FLAIR",
        "T1 Kontrastmittel", "Kontrastmittel-T1", "T1 nach KM", "T1 nach KM-Gabe", "T1 nach Kontrastmittelgabe",
        "T1 mit KM", "T1 m. KM", "T1 KM+", "T1 + KM", "t1_mprage_sag_KM", "T1 gewichtet nach KM", "T1 KM vor OP",
        "T1 avec gado", "T1 après injection", "T1 apres injection de gadolinium", "T1 pondéré après gado",
        "T1 con contraste", "T1 con gadolinio", "T1 c/c", "T1 c/ contraste", "T1 tras contraste", "T1 pós contraste",
        "T1 dopo mdc", "T1 pesata con mdc", "T1 增强",
        "T1ce to FLAIR", "t1ce_reg_flair", "t1ce2flair", "T1c_bias", "t1ce_native", "t1ce native space", "pre_t1ce",
        "AX T1 POST CE", "t1_se_tra_gd", "T1 AX SE POST CE", "COR T1 POST GAD", "eTHRIVE +C", "3D TFE Gd",
        "WATER: AX LAVA-Flex + C", "T1 VIBE FS post KM", "t1_mprage_sag_p2_iso_KM", "t1_mprage_tra_post",
        "T1 MPRAGE postKM", "T1 SPACE post", "T1 CUBE +C", "Sag 3D T1 BRAVO post gad", "T1W_SE GD", "sT1W_3D_TFE_GD",
        "T1W 3D TFE Gd", "T1_3D_TFE_KM", "T1 ce", "T1 with gadolinium", "T1 gadolinium enhanced",
        "T1 kontrastmittelverstärkt", "T1 KM-verstärkt", "T1 kontrastverstärkt", "T1 Kontrastaufnahme",
        "T1 mit Kontrastmittel", "T1 nach i.v. KM", "T1 nach Gadolinium", "T1 postkontrast", "T1 avec contraste",
        "T1 avec IV", "T1 injecté", "T1 INJ", "T1 gado", "T1 apres gado", "T1 post gado", "T1 après PDC",
        "T1 contrastado", "T1 con civ", "T1 con gd", "T1 post contraste", "T1 poscontraste", "T1 posgadolinio",
        "T1 post-gadolinio", "T1 con medio de contraste", "T1 con mezzo di contrasto", "T1 z kontrastem",
        "T1 med kontrast", "T1 met contrast", "T1 na contrast", "T1 efter kontrast", "T1 +contrast", "T1 contrast+",
        "T1 w.contrast", "T1 never contrast", "T1postGd", "t1postgd", "T1_post_Gd_brain", "t1post", "T1CE_brain",
        "T1ce_N4", "T1_KM_reg_FLAIR", "T1ce_in_FLAIR", "T1 3D FLASH + C", "MPR T1 KM", "t1 km mpr tra 3 mm",
        "T1_post_to_FLAIR", "T1 post reg FLAIR", "T1ce nach FLAIR",
        "T1 IV+", "T1 FS +", "MPRAGE+", "T1_wGd", "ceT1w", "T1_w_contrast",
    ],
    T1: [
        "t1", "T1w", "t1n", "T1_3D", "3DT1", "AxT1", "MPRAGE", "3D Ax T1 MP-RAGE", "3D T1 TFE", "IR-SPGR", "T1 GRE",
        "T1 FA 9", "T1 Dixon in phase", "t1_mpr_tra", "AX T1 FLAIR", "T1w FLAIR", "t1_tirm_dark-fluid",
        "T1 pre contrast", "T1 pre gad", "T1 precontrast", "preT1", "T1-pre", "T1 without contrast", "T1 without",
        "T1 w/o contrast", "T1 w/o", "T1 WO", "T1WO", "T1 no iv contrast", "no contrast T1", "non contrast T1",
        "T1 non-contrast", "T1 noncontrast", "T1 NON CON", "T1 unenhanced", "t1nogd", "T1 before contrast",
        "T1 prior to contrast", "contrast: none T1", "T1 C-", "T1 (C-)", "T1 Gd-", "T1-", "T1 native", "t1native",
        "T1 nativ", "T1 vor KM", "T1 vor Kontrastmittelgabe", "T1 ohne", "T1 ohne KM", "T1 o. KM", "T1 ohne i.v. KM",
        "T1 KM-", "T1 nativ (ohne KM)", "T1 ohnekontrast", "MPRAGE ohne KM", "T1 sans injection", "T1 sans gado",
        "T1 avant injection",
        "T1 sin contraste", "T1 s/c", "T1 s/ contraste", "T1 antes de contraste", "T1 sem contraste", "T1 senza mdc",
        "T1 post op", "T1 postop", "T1 postoperative", "T1 nach OP", "T1 before surgery", "T1 post RT",
        "T1 post-treatment", "T1 with fat sat", "T1 without fat sat", "T1 in T2", "t1_reg_t1ce", "T1_to_T1_post",
        "post_t1n",
        "Ax T1 MEMP", "AX T1 pre gd TRIPLE DOSE GAD", "SAG T1 PRE GAD", "t1_mprage_sag_p2_iso", "T1W_SE",
        "sT1W_3D_TFE", "T1 fl2d", "T1 without gadolinium", "T1 unverstärkt", "T1 ohne Kontrastmittel",
        "T1 vor Gadolinium", "T1 prä KM", "T1 praekontrast", "T1 sans contraste", "T1 sans IV", "T1 non injecté",
        "T1 sans PDC", "T1 simple", "T1 sin civ", "T1 sin gd", "T1 precontraste", "T1 pre contraste",
        "T1 sin medio de contraste", "T1 simple sin contraste", "T1 senza mezzo di contrasto", "T1 bez kontrastu",
        "T1 uten kontrast", "T1 zonder contrast", "T1 voor contrast", "T1 utan kontrast", "T1 före kontrast",
        "T1 kontrastsiz", "T1 contrast-", "T1_contrast_neg", "T1 w.o. contrast", "T1 wo/contrast",
        "T1 no contrast given", "T1 not enhanced", "T1 not contrast enhanced", "T1 non enhanced", "T1 nonenhanced",
        "T1 NE", "T1 pre-Gd", "pre-gd_T1", "T1preGd", "t1_pre_gd", "t1pregd", "t1pre", "T1_reg_to_FLAIR",
        "rFLAIR_to_T1", "T1_to_MNI", "t1_MNI152", "T1ToFLAIR", "t1-flair", "T1 FLASH", "T1 quantitative", "T1_bet",
        "T1_deface", "T1_defaced", "T1_mag", "T1 MPR cor", "mprage_mpr_sag", "T1 bez kontrastu", "T1 nach FLAIR",

        "T1 contrast-free", "T1 post mortem", "T1_postRT", "T1_postTMZ", "T1_w_o_contrast", "T1 w o contrast",
        "CA_T1",
    ],
    T2: [
        "t2", "T2w", "t2w", "AX T2", "t2_tse_tra", "T2_TSE_tra", "T2 SPACE", "T2 post gad", "T2 +C", "T2_in_T1",
        "T2_space-FLAIR", "T2w_space-T1w", "t2_reg_t1ce", "T2 to FLAIR", "t2axial",
        "AX FSE T2", "T2 PROPELLER", "T2 BLADE FS", "T2 HASTE", "T2W_TSE", "T2_coreg", "coreg_T2", "T2_coreg_T1",
        "T2_coreg_to_T1Gd", "T2 GRASE", "T2 MPR", "sT2W_TSE",
        "preRT_T2",
    ],
    OTHER: [
        "Subtraction T1", "t1_sub", "t1ce_minus_t1", "subtraction_post_pre", "Soustraction T1", "T1 Subtraktion",
        "T1 map",
        "T1map", "T2 map", "T2 mapping", "T1 Karte", "T2* GRE", "T2*", "T2_star", "t2star", "T2starw", "T2 GRE",
        "T2 FFE",
        "t2_fl2d_hemo", "SWI", "SWAN T2", "ADC (10^-6)", "DWI b1000 trace", "T2 b1000", "FA", "T1 perf", "T1 DCE",
        "DSC",
        "T1 MIP", "MinIP", "TOF", "CTA", "CT", "PD", "PD T2", "pd+t2_tse_sag", "Dual-echo_iso", "STIR", "T1 localizer",
        "3-plane loc T2", "T1_t2_ratio", "phase contrast T1", "MP2RAGE T1", "T1w UNIT1", "synthetic_t1ce",
        "t1n-voided", "t1_bias_field", "T1 Dixon_F", "t1rho", "T2 template", "flair_tumor",
        "AX DIFF", "T2_FFE", "B0", "Subtraktion T1 nach KM", "T1 SUB", "T1 Differenz", "Sub T1 KM", "ADC Karte",
        "T1wT2w_ratio", "T2 star", "T2-star", "T2Star", "T2s", "T2 gradient echo", "T2 EPI", "T2 TRUFI", "T2 CISS",
        "SWI T2", "T2 hemo FLASH", "T2_fl2d", "T2 fl3d", "T1_quant_map", "FLAIR_lesions", "edema_flair", "FLAIR_MIP",
        "thick MIP T1", "perfusion_t1", "T1 perfusion DCE post", "T1 subtraktionsserie", "perfusionskarte T1",
        "T1_heatmap", "Lokalisator T1",
        "FLAIR*", "FLAIR star", "SyMRI T1W",
    ],
    LABEL: [
        "seg", "mask", "MASK", "brain mask", "brainmask_t1", "t1_mask", "T2 flair mask", "tumorMask", "t1_brain_seg",
        "flair_label", "x_seg_1", "t1ce_segmentation", "T1 Maske", "confidence", "labels", "GlistrBoost", "wt",
        "lesion",
        "T1 mask", "lesion_mask", "t1_brain_mask", "T1_pveseg", "FLAIR_probability", "t1ce_softmax", "FLAIR_SEG",
        "prediction_flair", "t1_synthseg",
    ],
    NOTHING: [
        "", "MRBrainTumor1", "scan", "case_0000", "T11", "T12", "cT1", "rT2", "mT1", "CT1", "post", "Gd", "CE", "T3",
        "t1增强", "t1xyz", "gre", "brain", "series 5",
        "FLASH 3D", "qT1", "MPR",
    ],
}  # fmt: skip

DOUBTFUL: dict[tuple[Modality, ...], list[str]] = {
    (T1CE, T1): [
        "t1ce-t1", "T1 T1ce", "T1 C", "T1_c", "T1 enh", "T1 -Gd", "T1 w/wo contrast", "T1 W/O & W contrast",
        "T1 +/- C",
        "T1 with and without contrast", "T1 pre and post gad", "T1 pre/post", "T1 post pre", "T1 mit und ohne KM",
        "T1 ohne/mit KM", "T1 vor und nach KM", "T1 nativ und nach KM", "T1 nativ + KM", "T1 native + KM",
        "T1 avant et apres injection", "T1 con y sin contraste", "nativ T1ce", "T1_to_FLAIR_post", "T1 слово",
        "T1 nach - T1 vor KM", "T1 post-pre", "T1 KM nativ", "T1 wo+w", "T1_to_T2_post",
        "T1_CA",
    ],
    (T1, T2): ["T1 T2", "T1/T2", "t1t2", "T2 MPRAGE", "T1 + T2"],
    (FLAIR, T1): ["FLAIR T1", "flair_t1", "FLAIR MPRAGE", "reg_flair_t1"],
    (FLAIR, T1, T2): ["T1 T2 FLAIR"],
}  # fmt: skip


def meaning(reading: Reading) -> Modality | str | tuple[Modality, ...]:
    if reading.label:
        return LABEL
    if reading.other:
        return OTHER
    return reading.modality or reading.candidates or NOTHING


@pytest.mark.parametrize(("right", "text"), [(right, text) for right, texts in CLEAR.items() for text in texts])
def test_words_mean_what_people_mean_by_them(right: Modality | str, text: str) -> None:
    assert meaning(read_words(text)) == right


@pytest.mark.parametrize(("right", "text"), [(right, text) for right, texts in DOUBTFUL.items() for text in texts])
def test_where_two_answers_are_possible_both_are_named(right: tuple[Modality, ...], text: str) -> None:
    reading = read_words(text)
    assert set(reading.candidates) == set(right)
    assert reading.modality is None


FILES = {
    # BraTS of all years, other archives
    "VSD.Brain.XX.O.MR_Flair.684.mha": FLAIR, "VSD.Brain.XX.O.MR_T1c.54514.mha": T1CE,
    "BraTS20_Training_001_t2.nii": T2,
    "Brats18_2013_11_1_t1ce.nii.gz": T1CE, "BraTS-GLI-00002-000-t1n.nii.gz": T1, "BraTS-MET-00001-000-t2w.nii.gz": T2,
    "BraTSReg_001_00_0000_flair.nii.gz": FLAIR, "UPENN-GBM-00001_11_T1GD.nii.gz": T1CE, "UPENN-GBM-1_T1.nii.gz": T1,
    "UPENN-GBM-00001_11_segm.nii.gz": LABEL, "UCSF-PDGM-0004_T1c_bias.nii.gz": T1CE, "UCSF-PDGM-0004_T1.nii.gz": T1,
    "UCSF-PDGM-0004_FLAIR_bias.nii.gz": FLAIR, "UCSF-PDGM-0004_ADC.nii.gz": OTHER, "UCSF-PDGM-0004_T1gad.nii.gz": T1CE,
    "UCSF-PDGM-0004_DTI_eddy_FA.nii.gz": OTHER, "UCSF-PDGM-0004_tumor_segmentation.nii.gz": LABEL,
    "TCGA-02-0006_1996.08.23_t1Gd.nii.gz": T1CE, "TCGA-02-0006_1996.08.23_GlistrBoost.nii.gz": LABEL,
    "VS-SEG-001_T1ce.nii.gz": T1CE, "MU-Glioma-Post-0003_t1n.nii.gz": T1, "MU-Glioma-Post-0003_t1.nii.gz": (T1CE, T1),
    "RHUH-0001_0_t1ce.nii.gz": T1CE,
    "patient01_study1_T1W.nii.gz": T1, "reg_3DT1_to_FLAIR.nii.gz": T1, "brain-mask-001_t1.nii.gz": LABEL,
    "LGG3M_TCGA-CS-4942_wt.nii.gz": LABEL, "A.T1C+.nii": T1CE, "T1C-.nii.gz": T1, "p_T1+.nrrd": T1CE,
    # BIDS
    "sub-01_T1w.nii.gz": T1, "sub-01_T2w.nii.gz": T2, "sub-01_ses-1_run-2_FLAIR.nii.gz": FLAIR,
    "sub-01_ses-1_ce-gad_T1w.nii.gz": T1CE, "sub-01_ce-none_T1w.nii.gz": T1, "sub-01_acq-MPRAGE_T1w.nii.gz": T1,
    "sub-01_acq-postgad_T1w.nii.gz": T1CE, "sub-01_acq-pre_T1w.nii.gz": T1, "sub-01_space-T1w_FLAIR.nii.gz": FLAIR,
    "sub-01_space-T1w_desc-brain_T2w.nii.gz": T2, "sub-01_space-T1w_res-1mm_desc-preproc_FLAIR.nii.gz": FLAIR,
    "sub-01_ses-post_T1w.nii.gz": T1, "sub-01_ses-preop_T1w.nii.gz": T1, "sub-CE01_T1w.nii.gz": T1,
    "sub-01_T2starw.nii.gz": OTHER, "sub-01_T1map.nii.gz": OTHER, "sub-01_UNIT1.nii.gz": OTHER,
    "sub-01_PDw.nii": OTHER,
    "sub-01_inv-1_MP2RAGE.nii.gz": OTHER, "sub-01_part-phase_T1w.nii.gz": OTHER,
    "sub-01_desc-brain_mask.nii.gz": LABEL,
    "sub-01_space-T1w_dseg.nii.gz": LABEL, "sub-01_acq-sub_T1w.nii.gz": OTHER, "sub-01_t1ce.nii.gz": T1CE,
    "sub-01_T1w_post.nii.gz": T1CE, "sub-01_ses-gad_T1w.nii.gz": (T1CE, T1), "sub01_T1.nii.gz": T1, "sub_1_T1.nii": T1,
}  # fmt: skip


@pytest.mark.parametrize(("name", "right"), FILES.items())
def test_names_of_files_of_public_data_sets(name: str, right: Modality | str | tuple[Modality, ...]) -> None:
    assert meaning(read_file_name(name)) == right


PAIRS = [(right, text) for right, texts in CLEAR.items() for text in texts]


@given(pair=st.sampled_from(PAIRS), change=st.sampled_from([str.lower, str.upper]))
def test_case_makes_no_difference(pair: tuple[Modality | str, str], change: Callable[[str], str]) -> None:
    right, text = pair
    assert meaning(read_words(change(text))) == right


SIMPLE = [text for _, text in PAIRS if text.replace(" ", "").replace("_", "").isalnum() and {" ", "_"} & set(text)]


@given(text=st.sampled_from(SIMPLE), gap=st.sampled_from([" ", "_", "  ", "."]))
def test_separators_make_no_difference(text: str, gap: str) -> None:
    assert meaning(read_words(gap.join(text.replace("_", " ").split()))) == meaning(read_words(text))


WORDS = ["ax", "3d", "tse", "fs", "iso", "1mm", "brain", "sag", "01"]


@given(
    base=st.sampled_from(["t1", "t1ce", "t2", "flair", "t1 post", "post t1", "t1 gd", "pre t1", "t1 nativ", "t1 mask"]),
    before=st.lists(st.sampled_from(WORDS), max_size=3),
    after=st.lists(st.sampled_from(WORDS), max_size=3),
)
def test_words_that_say_nothing_of_it_change_nothing(base: str, before: list[str], after: list[str]) -> None:
    assert meaning(read_words(" ".join([*before, base, *after]))) == meaning(read_words(base))


@given(st.permutations(["t1", "post", "ax", "3d"]))
def test_where_words_stand_alone_their_order_makes_no_difference(words: list[str]) -> None:
    assert read_words(" ".join(words)).modality is T1CE


@given(st.text(max_size=60))
def test_whatever_a_text_is_it_is_read(text: str) -> None:
    reading = read_words(text)
    assert len(set(reading.candidates)) == len(reading.candidates)
    assert not (reading.other and reading.candidates)
    read_file_name(text)


@pytest.mark.parametrize("text", ["no" * 200 + "x", "t1" * 100 + "x", "2d" * 100, "\udcff_t1", "c" * 5000 + "contrast"])
def test_odd_texts_take_no_time(text: str) -> None:
    start = perf_counter()
    read_words(text)
    assert perf_counter() - start < 1.0


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("t1gd", T1CE), ("t1c", T1CE), ("T1-Gd", T1CE), ("t1-post", T1CE), ("t2f", FLAIR), ("T2 FLAIR", FLAIR),
        ("t1n", T1),
        ("t1w", T1), ("t2w", T2), ("flare", FLAIR), ("falir", FLAIR), ("mprag", T1), ("t3", None), ("t1_c", None),
        ("mask", None), ("adc", None), ("t2star", None), ("id", None), ("patient", None), ("", None),
    ],
)  # fmt: skip
def test_a_wrong_key_is_answered_with_what_was_meant_or_with_nothing(key: str, meant: Modality | None) -> None:
    assert meant_by(key) is meant
