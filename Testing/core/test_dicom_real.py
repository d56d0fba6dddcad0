"""Real DICOM series of four makers, read as dcm2niix and SimpleITK's GDCM read them, and what each of them is."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk
from dcm2niix import bin as dcm2niix
from numpy.typing import NDArray

from GSSCore.dicom import Series, choose, find_series, read_volume_of
from GSSCore.dicom.voxels import stored_slices
from GSSCore.errors import InputError
from GSSCore.imaging.volume import Volume
from GSSCore.vocabulary import Modality

T1, T2 = Modality.T1, Modality.T2
WHOLE = ("siemens_t1_supine", "siemens_t1_decubitus_left", "siemens_xa30_t1_enhanced")
PHILIPS = "three_slices_each/philips_elition_cs_dl"
ENHANCED = ("201_T1W_TSE_Sno_CSno_CSAIno_enh", "401_T1W_FFE_Sno_CS2_enh", "501_T1W_TSE_Sno_CSno_CSAI2_enh")


@pytest.fixture(scope="module")
def real_series(real_cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the unpacked series."""
    folder = tmp_path_factory.mktemp("dicom")
    archives = sorted((real_cases / "dicom").glob("*.tar.xz"))
    assert len(archives) == 4
    for archive in archives:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
    return folder


def by_dcm2niix(series: Path, folder: Path) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """The voxels and the affine of the one image that dcm2niix makes, with the scale that DICOM declares."""
    words = [dcm2niix, "-z", "n", "-b", "n", "-p", "n", "-f", "image", "-o", str(folder), str(series)]
    subprocess.run(words, check=True, capture_output=True)
    (file,) = folder.glob("*.nii")
    image = nib.load(file)
    return np.asanyarray(image.dataobj), np.asarray(image.affine)  # type: ignore[attr-defined]


def require_same(volume: Volume, array: NDArray[Any], affine: NDArray[np.float64]) -> None:
    """Both have the same intensities at the same places in the patient, whatever the order of their axes."""
    index = np.indices(volume.array.shape).reshape(3, -1)
    inverse = np.linalg.inv(affine) @ volume.affine
    places = inverse[:3, :3] @ index + inverse[:3, 3:]
    assert sorted(array.shape) == sorted(volume.array.shape)
    assert np.abs(places - np.rint(places)).max() < 1e-3
    i, j, k = np.rint(places).astype(int)
    assert np.allclose(array[i, j, k], volume.array.reshape(-1), rtol=1e-6, atol=0)


@pytest.mark.parametrize("name", [*WHOLE, *(f"{PHILIPS}/{name}" for name in ENHANCED)])
def test_classic_and_enhanced_series_lie_where_dcm2niix_and_gdcm_say(
    real_series: Path, tmp_path: Path, name: str
) -> None:
    folder = real_series / name
    (series,) = find_series(folder)
    volume = read_volume_of(series)
    require_same(volume, *by_dcm2niix(folder, tmp_path))
    files = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    image = sitk.ReadImage(files if len(files) > 1 else files[0])
    affine = np.eye(4)
    directions = np.array(image.GetDirection()).reshape(3, 3)
    affine[:3, :3] = np.diag([-1, -1, 1]) @ directions * np.array(image.GetSpacing())
    affine[:3, 3] = np.array(image.GetOrigin()) * (-1, -1, 1)
    array = sitk.GetArrayFromImage(image).T
    require_same(volume, array, affine)


def test_lossless_jpeg_is_decoded_as_dcm2niix_does(real_series: Path, tmp_path: Path) -> None:
    folder = real_series / "three_slices_each/siemens_prisma_tfl_classic/5001_anat_T1w_acq_tfl"
    (series,) = find_series(folder)
    array, _ = by_dcm2niix(folder, tmp_path)
    for slice_, stored in zip(array, stored_slices(series), strict=True):
        assert np.array_equal(slice_[::-1, ::-1].T, stored)


IDENTIFIED: dict[str, dict[str, tuple[Modality, ...]]] = {
    "ge_hdxt_deident": {"10": (T1,)},
    "ge_pioneer_mprage": {"5": (T1,)},
    "nifti2dicom_datalad_structural": {"401": (T1,)},
    "philips_achieva_dualecho": {"1301.1": (), "1301.2": (), "1301.3": ()},
    "philips_ingenia_mprage": {"1301": (T1,)},
    "siemens_avanto_VS-SEG-001_T1ce": {"2": (T1,)},
    "siemens_prisma_pdt2": {"3.1": (), "3.2": (T2,)},
    "siemens_prisma_tfl_classic": {"5001": (T1,)},
    "siemens_skyra_SAG-anon": {"5": (T1,)},
    "siemens_trio_mprage": {"19": (T1,)},
    "uih_umr770_t1": {"2": (T1,)},
    **{f"philips_elition_cs_dl/{name}": {name[:3]: (T1,)} for name in (*ENHANCED, "501_T1W_FFE_Sno_CS4")},
}
"""What each series is by its header, as one reads it: the T1ce has an empty contrast tag and nothing in its words, so
it reads as a T1; the two echoes of the dual-echo gradient series are neither, its third volume is a phase image."""


@pytest.mark.parametrize("name", IDENTIFIED)
def test_real_headers_say_what_the_series_are(real_series: Path, name: str) -> None:
    found = find_series(real_series / "three_slices_each" / name)
    assert {series.key: series.finding.reading.candidates for series in found} == IDENTIFIED[name]


def test_three_slices_of_many_are_no_volume(real_series: Path) -> None:
    """Each of these series has its first, a middle and its last slice only."""
    for name in IDENTIFIED:
        for series in find_series(real_series / "three_slices_each" / name):
            if not name.endswith("_enh"):
                assert series.fault is not None, series.name
                assert series.fault.code in ("dicom.sparse", "dicom.one-slice", "dicom.missing-slices")


def test_raw_data_of_a_scanner_is_no_image(real_series: Path) -> None:
    (series,) = find_series(real_series / PHILIPS / "401_T1W_FFE_Sno_CS2")
    assert series.fault is not None and "Raw Data Storage" in series.fault


def test_two_studies_and_two_patients_are_kept_apart(real_series: Path, tmp_path: Path) -> None:
    for name in WHOLE[:2]:
        (tmp_path / name).symlink_to(real_series / name)
    with pytest.raises(InputError, match="holds files of two patients"):
        find_series(real_series)
    both: list[Series] = []
    for name in WHOLE[:2]:
        both += find_series(real_series / name)
    with pytest.raises(InputError, match="2 studies of the patient"):
        choose(both)
    assert choose(both, study=both[0].study.uid).taken[T1].series is both[0]
