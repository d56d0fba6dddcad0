"""Nodes, files and arrays give the same voxels in RAS, on real studies in every kind of geometry."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import slicer

from GSSCore import InferenceSettings, Network, Study, segment
from GSSCore.vocabulary import MODALITIES, Modality
from GSSSegmentationLib.batch import load_volume
from GSSSegmentationLib.nodes import affine_of
from GSSSegmentationLib.segmentation import segment_nodes
from GSSSegmentationLib.settings import Settings
from scenes import add_transform, in_ras, label_map, rotation, world_affine

CASES = ("BraTS2021_00006", "BraTS-SSA-00051-000")
MOTION = rotation(25.0, 2, (12.0, -7.0, 4.0)) @ rotation(-10.0, 0)
Files = dict[Modality, Path]
Answer = tuple[Any, Any]


def files_of(real_cases: Path, name: str) -> Files:
    folder = real_cases / "original" / name
    return {modality: folder / f"{name}_{modality.value}.nii.gz" for modality in MODALITIES}


def rewritten(files: Files, folder: Path, change: Callable[[Any, Any], tuple[Any, Any]]) -> Files:
    """Write each file anew with another array and affine."""
    new = {}
    for modality, path in files.items():
        image = nib.load(path)
        array, affine = change(np.asarray(image.dataobj), image.affine)
        new[modality] = folder / path.name
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


def by_files(files: Files, folder: Path) -> Answer:
    """Segment by the command line."""
    words = [word for modality, path in files.items() for word in (f"--{modality.value}", str(path))]
    command = [sys.executable, "-m", "GSSCore", "segment", *words, "--output", str(folder), "--device", "cpu"]
    subprocess.run([*command, "--no-confidence"], check=True, capture_output=True, timeout=280)
    labels = nib.load(folder / "labels.nii.gz")
    return in_ras(np.asarray(labels.dataobj), labels.affine)


def by_arrays(files: Files) -> Answer:
    """Segment in this process, from arrays that nibabel read."""
    images = {modality: nib.load(path) for modality, path in files.items()}
    study = Study.from_arrays({m: (np.asarray(image.dataobj), image.affine) for m, image in images.items()})
    result = segment(study, Network.load(), InferenceSettings(device="cpu", confidence=False))
    return in_ras(result.labels, result.affine)


def assert_same(one: Answer, other: Answer) -> None:
    np.testing.assert_allclose(one[1], other[1], atol=1e-3)
    np.testing.assert_array_equal(one[0], other[0])
    assert np.count_nonzero(one[0]) > 5000, "a tumour was found"


@pytest.mark.parametrize("name", CASES)
def test_a_published_case(name: str, scene: Any, real_cases: Path, tmp_path: Path) -> None:
    files = files_of(real_cases, name)
    nodes = by_nodes(files)
    assert_same(nodes, by_files(files, tmp_path))
    assert_same(nodes, by_arrays(files))


def test_a_case_under_a_linear_transform(scene: Any, real_cases: Path, tmp_path: Path) -> None:
    files = files_of(real_cases, CASES[0])
    moved = rewritten(files, tmp_path, lambda array, affine: (array, MOTION @ affine))
    nodes = by_nodes(files, add_transform(MOTION))
    assert_same(nodes, by_files(moved, tmp_path / "out"))
    assert_same(nodes, by_arrays(moved))


def test_an_oblique_case(scene: Any, real_cases: Path, tmp_path: Path) -> None:
    files = rewritten(files_of(real_cases, CASES[0]), tmp_path, lambda array, affine: (array, MOTION @ affine))
    nodes = by_nodes(files)
    assert_same(nodes, by_files(files, tmp_path / "out"))
    assert_same(nodes, by_arrays(files))


def test_a_left_handed_case(scene: Any, real_cases: Path, tmp_path: Path) -> None:
    def flip(array: Any, affine: Any) -> tuple[Any, Any]:
        turn = np.diag([-1.0, 1.0, 1.0, 1.0])
        turn[0, 3] = array.shape[0] - 1
        return array[::-1], affine @ turn

    original = files_of(real_cases, CASES[0])
    files = rewritten(original, tmp_path, flip)
    handedness = np.linalg.det(nib.load(files[Modality.FLAIR]).affine[:3, :3])
    assert handedness * np.linalg.det(nib.load(original[Modality.FLAIR]).affine[:3, :3]) < 0
    nodes = by_nodes(files)
    node = slicer.util.getNode(files[Modality.FLAIR].name.split(".")[0])
    print("Slicer's reader keeps the handedness:", np.linalg.det(affine_of(node)[:3, :3]) * handedness > 0)
    assert_same(nodes, by_files(files, tmp_path / "out"))
    assert_same(nodes, by_arrays(files))
    assert_same(nodes, by_arrays(original))


def test_one_volume_under_a_transform_of_its_own(scene: Any, real_cases: Path, tmp_path: Path) -> None:
    files = files_of(real_cases, CASES[0])
    image = nib.load(files[Modality.T2])
    shift = np.eye(4)
    shift[:3, 3] = (4.0, -3.0, 2.0)
    nib.save(nib.Nifti1Image(np.asarray(image.dataobj), np.linalg.inv(shift) @ image.affine), tmp_path / "t2.nii.gz")
    nodes = {m: load_volume(path, m) for m, path in (files | {Modality.T2: tmp_path / "t2.nii.gz"}).items()}
    nodes[Modality.T2].SetAndObserveTransformNodeID(add_transform(shift).GetID())
    result = segment_nodes(nodes, settings=Settings(device="cpu", confidence=False))
    reference = nodes[Modality.FLAIR]
    assert_same(in_ras(label_map(result.segmentation, reference), affine_of(reference)), by_arrays(files))
