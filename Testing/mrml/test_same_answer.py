"""Nodes, files and arrays give the same voxels in RAS, on real studies in every kind of geometry."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import slicer

from GSSCore import InferenceSettings, Network, Study, segment
from GSSCore.vocabulary import MODALITIES, Modality, Subset
from GSSSegmentationLib.batch import load_volume
from GSSSegmentationLib.nodes import affine_of
from GSSSegmentationLib.segmentation import segment_nodes
from GSSSegmentationLib.settings import Settings
from scenes import add_transform, in_ras, label_map, rotation, world_affine

pytestmark = pytest.mark.long

CASES = ("BraTS2021_00006", "BraTS-SSA-00051-000")
MOTION = rotation(25.0, 2, (12.0, -7.0, 4.0)) @ rotation(-10.0, 0)
FEW = (Modality.FLAIR, Modality.T2)
"""Enough where the question is where things lie."""
Files = dict[Modality, Path]
Answer = tuple[Any, Any]


def files_of(real_cases: Path, name: str, modalities: Subset = MODALITIES) -> Files:
    folder = real_cases / "original" / name
    return {modality: folder / f"{name}_{modality.value}.nii.gz" for modality in modalities}


def rewritten(files: Files, folder: Path, change: Callable[[Any, Any], tuple[Any, Any]]) -> Files:
    """Write each file anew with another array and affine."""
    new = {}
    for modality, path in files.items():
        image = nib.load(path)
        array, affine = change(np.asarray(image.dataobj), image.affine)
        new[modality] = folder / path.with_suffix("").name
        nib.save(nib.Nifti1Image(array, affine), new[modality])
    return new


def by_nodes(files: Files, transform: Any = None) -> Answer:
    """Segment through volume nodes, which Slicer's own reader makes from the files."""
    nodes = {modality: load_volume(path, modality) for modality, path in files.items()}
    for node in nodes.values():
        if transform is not None:
            node.SetAndObserveTransformNodeID(transform.GetID())
    result = segment_nodes(nodes, settings=Settings(device="cpu", confidence=False))
    reference = nodes[Modality.FLAIR]
    assert result.segmentation.GetTransformNodeID() == reference.GetTransformNodeID()
    return in_ras(label_map(result.segmentation, reference), world_affine(reference))


def by_files(files: Files) -> Answer:
    """Segment by the command line; the same files once."""
    return _by_files(tuple(files.items()))


@cache
def _by_files(files: tuple[tuple[Modality, Path], ...]) -> Answer:
    words = [word for modality, path in files for word in (f"--{modality.value}", str(path))]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "GSSCore", "segment", *words, "--output", folder, "--device", "cpu"]
        subprocess.run([*command, "--no-confidence"], check=True, capture_output=True, timeout=280)
        labels = nib.load(Path(folder) / "labels.nii.gz")
        return in_ras(np.asarray(labels.dataobj), labels.affine)


def by_arrays(files: Files) -> Answer:
    """Segment in this process, from arrays that nibabel read; the same files once."""
    return _by_arrays(tuple(files.items()))


@cache
def _by_arrays(files: tuple[tuple[Modality, Path], ...]) -> Answer:
    images = {modality: nib.load(path) for modality, path in files}
    study = Study.from_arrays({m: (np.asarray(image.dataobj), image.affine) for m, image in images.items()})
    result = segment(study, Network.load(), InferenceSettings(device="cpu", confidence=False))
    return in_ras(result.labels, result.affine)


def assert_same(one: Answer, other: Answer) -> None:
    np.testing.assert_allclose(one[1], other[1], atol=1e-3)
    np.testing.assert_array_equal(one[0], other[0])
    assert np.count_nonzero(one[0]) > 5000, "a tumour was found"


@pytest.mark.parametrize("name", CASES)
def test_a_published_case(name: str, scene: Any, real_cases: Path) -> None:
    files = files_of(real_cases, name)
    nodes = by_nodes(files)
    assert_same(nodes, by_files(files))
    assert_same(nodes, by_arrays(files))


@pytest.fixture(scope="module")
def oblique(real_cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A case as if the patient had lain askew in the scanner."""
    files = files_of(real_cases, CASES[0], FEW)
    return rewritten(files, tmp_path_factory.mktemp("oblique"), lambda array, affine: (array, MOTION @ affine))


def test_a_case_under_a_linear_transform(scene: Any, real_cases: Path, oblique: Files) -> None:
    nodes = by_nodes(files_of(real_cases, CASES[0], FEW), add_transform(MOTION))
    assert_same(nodes, by_files(oblique))
    assert_same(nodes, by_arrays(oblique))


def test_an_oblique_case(scene: Any, oblique: Files) -> None:
    nodes = by_nodes(oblique)
    assert_same(nodes, by_files(oblique))
    assert_same(nodes, by_arrays(oblique))


def test_a_left_handed_case(scene: Any, real_cases: Path, tmp_path: Path) -> None:
    def flip(array: Any, affine: Any) -> tuple[Any, Any]:
        turn = np.diag([-1.0, 1.0, 1.0, 1.0])
        turn[0, 3] = array.shape[0] - 1
        return array[::-1], affine @ turn

    original = files_of(real_cases, CASES[0], FEW)
    files = rewritten(original, tmp_path, flip)
    handedness = np.linalg.det(nib.load(files[Modality.FLAIR]).affine[:3, :3])
    assert handedness * np.linalg.det(nib.load(original[Modality.FLAIR]).affine[:3, :3]) < 0
    nodes = by_nodes(files)
    node = slicer.util.getNode(files[Modality.FLAIR].name.split(".")[0])
    print("Slicer's reader keeps the handedness:", np.linalg.det(affine_of(node)[:3, :3]) * handedness > 0)
    assert_same(nodes, by_files(files))
    assert_same(nodes, by_arrays(files))
    assert_same(nodes, by_arrays(original))


def test_one_volume_under_a_transform_of_its_own(scene: Any, real_cases: Path, tmp_path: Path) -> None:
    files = files_of(real_cases, CASES[0], FEW)
    image = nib.load(files[Modality.T2])
    shift = np.eye(4)
    shift[:3, 3] = (4.0, -3.0, 2.0)
    nib.save(nib.Nifti1Image(np.asarray(image.dataobj), np.linalg.inv(shift) @ image.affine), tmp_path / "t2.nii")
    nodes = {m: load_volume(path, m) for m, path in (files | {Modality.T2: tmp_path / "t2.nii"}).items()}
    nodes[Modality.T2].SetAndObserveTransformNodeID(add_transform(shift).GetID())
    result = segment_nodes(nodes, settings=Settings(device="cpu", confidence=False))
    reference = nodes[Modality.FLAIR]
    assert_same(in_ras(label_map(result.segmentation, reference), affine_of(reference)), by_arrays(files))
