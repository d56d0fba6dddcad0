"""Raw scans through the scene: what is read from the nodes, and what the run adds besides the segments."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util

from GSSCore.errors import InputError, UsageError
from GSSCore.imaging.reading import read_volume
from GSSCore.phantom import RawPhantom
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.brain_mask import mask_volume
from GSSSegmentationLib.brain_node import BRAIN_ROLE, is_untouched
from GSSSegmentationLib.nodes import affine_of, array_of
from GSSSegmentationLib.registered import REGISTERED_ROLE, Moved
from GSSSegmentationLib.run import Run
from GSSSegmentationLib.scene import ResultData, add_result_to_scene
from GSSSegmentationLib.segmentation import segment_nodes
from GSSSegmentationLib.settings import Settings
from known_raw import let_the_child_know
from scenes import SHAPE, add_transform, add_volume, result_data, rotation, scene_state, segment_array, world_affine

TWO = (Modality.FLAIR, Modality.T1CE)


@pytest.fixture
def scans(scene: Any, raw_phantom: RawPhantom) -> dict[Modality, Any]:
    """FLAIR and T1ce of the raw phantom as volume nodes."""
    return {m: add_volume(raw_phantom.scans[m].array, raw_phantom.scans[m].affine, f"raw {m.display}") for m in TWO}


@pytest.fixture
def told(raw_phantom: RawPhantom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of each child process; it knows where the brain is and how the scans lie."""
    return let_the_child_know(tmp_path, raw_phantom, monkeypatch)


@pytest.fixture
def settings(network: Path) -> Settings:
    return Settings(network=network, device="cpu", confidence=False)


def label_node(array: Any, affine: Any, name: str) -> Any:
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", name)
    slicer.util.updateVolumeFromArray(node, np.ascontiguousarray(array.transpose(2, 1, 0)))
    node.SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(affine))
    return node


def registered(segmentation: Any) -> list[Any]:
    count = segmentation.GetNumberOfNodeReferences(REGISTERED_ROLE)
    return [segmentation.GetNthNodeReference(REGISTERED_ROLE, index) for index in range(count)]


def data_of(brain: Any, affine: Any, **more: Any) -> ResultData:
    """Return a result with a brain, as if a child process had found it."""
    return replace(result_data(np.zeros(brain.shape, np.uint8), affine), brain=brain, **more)


@pytest.fixture
def box(scene: Any) -> Any:
    """A reference, and a brain on its voxels that is a box."""
    brain = np.zeros(SHAPE, np.uint8)
    brain[10:40, 12:50, 5:30] = 1
    return add_volume(np.ones(SHAPE, np.int16), np.diag([2.0, 2.0, 3.0, 1.0]), "T1ce"), brain


def test_raw_scans_become_segments_brain_and_copies_and_stay_as_they_are(
    scans: Any, network: Path, told: Any, raw_phantom: RawPhantom, tmp_path: Path
) -> None:
    before = {m: (array_of(node).copy(), affine_of(node)) for m, node in scans.items()}
    asked = Settings(network=network, device="cpu", confidence=False, registered_volumes=True)
    result = segment_nodes(scans, settings=asked, report_folder=tmp_path / "report")
    assert "--reference" not in told[0]
    assert (result.report["reference"], result.report["input"]["treated_as"]) == ("T1ce", "raw")
    assert result.segmentation.GetName() == "raw T1ce tumour"
    assert result.segmentation.GetNodeReference("referenceImageGeometryRef") is scans[Modality.T1CE]
    assert result.brain is result.segmentation.GetNodeReference(BRAIN_ROLE)
    assert result.brain.GetName() == "raw T1ce brain"
    found = segment_array(result.brain, "brain", scans[Modality.T1CE]) > 0
    truth = raw_phantom.brain.array > 0
    assert 2.0 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.9, "the fluid round the brain is left out"
    np.testing.assert_array_equal(read_volume(tmp_path / "report" / "brain.nii.gz").array > 0, found)
    for modality, (array, affine) in before.items():
        np.testing.assert_array_equal(array_of(scans[modality]), array)
        np.testing.assert_array_equal(affine_of(scans[modality]), affine)
        assert scans[modality].GetTransformNodeID() is None
    (copy,) = result.registered
    flair = scans[Modality.FLAIR]
    assert copy.GetName() == "raw FLAIR registered"
    assert copy.GetParentTransformNode().GetName() == "raw FLAIR to raw T1ce"
    np.testing.assert_array_equal(array_of(copy), array_of(flair))
    expected = np.linalg.inv(raw_phantom.to_scan[Modality.FLAIR]) @ affine_of(flair)
    np.testing.assert_allclose(world_affine(copy), expected, atol=1e-3)

    second = segment_nodes(scans, result.segmentation, brain_mask=result.brain, settings=asked)
    assert second.report["input"]["asked"]["brain_mask"] == "'raw T1ce brain'"
    assert "brain_mask" in second.report["input"]["brain_from"]
    assert second.brain is None
    assert result.brain.GetScene() is not None
    assert copy.GetScene() is None, "another copy takes its place"
    assert set(registered(second.segmentation)) == {
        second.registered[0],
        second.registered[0].GetParentTransformNode(),
    }


def test_copies_follow_when_all_scans_are_moved_while_it_runs(
    scans: Any, network: Path, told: Any, raw_phantom: RawPhantom
) -> None:
    parent = add_transform(rotation(30.0, 2, (5.0, -3.0, 10.0)))
    turn = slicer.util.arrayFromTransformMatrix(parent).copy()
    for node in scans.values():
        node.SetAndObserveTransformNodeID(parent.GetID())
    asked = Settings(network=network, device="cpu", confidence=False, registered_volumes=True)
    run = Run(scans, reference="t1ce", settings=asked)
    run.start()
    assert told[0][told[0].index("--reference") + 1] == "t1ce"
    more = rotation(-10.0, 0)
    parent.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(more @ turn))
    while run.poll().running:
        time.sleep(0.05)
    (copy,) = run.finish().registered
    # The child says of the scans, as it got them, that they lie by the phantom's matrices.
    onto = np.linalg.inv(raw_phantom.to_scan[Modality.FLAIR])
    np.testing.assert_allclose(world_affine(copy), more @ onto @ turn @ affine_of(scans[Modality.FLAIR]), atol=1e-2)


def test_the_brain_is_an_outline_in_slices_and_hides_nothing_in_3d(box: Any) -> None:
    reference, brain = box
    made = add_result_to_scene(slicer.mrmlScene, data_of(brain, affine_of(reference)), reference, None, None)
    display = made.brain.GetDisplayNode()
    assert display.GetVisibility()
    assert display.GetVisibility2DOutline()
    assert not display.GetVisibility2DFill()
    assert not display.GetVisibility3D()
    np.testing.assert_array_equal(segment_array(made.brain, "brain", reference), brain)


def test_a_corrected_brain_is_never_changed(box: Any) -> None:
    reference, brain = box
    data = data_of(brain, affine_of(reference))
    first = add_result_to_scene(slicer.mrmlScene, data, reference, None, None)
    second = add_result_to_scene(slicer.mrmlScene, data, reference, first.segmentation, None)
    assert second.brain is first.brain, "untouched, it is updated"
    corrected = brain.copy()
    corrected[10:15] = 0
    slicer.util.updateSegmentBinaryLabelmapFromArray(
        np.ascontiguousarray(corrected.transpose(2, 1, 0)), first.brain, "brain", reference
    )
    third = add_result_to_scene(slicer.mrmlScene, data, reference, first.segmentation, None)
    assert third.brain is not first.brain
    np.testing.assert_array_equal(segment_array(first.brain, "brain", reference), corrected)
    np.testing.assert_array_equal(segment_array(third.brain, "brain", reference), brain)


def test_a_brain_with_more_or_less_background_round_it_is_as_it_was_found(box: Any) -> None:
    reference, brain = box
    data = data_of(brain, affine_of(reference))
    made = add_result_to_scene(slicer.mrmlScene, data, reference, None, None)
    voxels = np.ascontiguousarray(brain.transpose(2, 1, 0))  # on the whole grid of the reference, no more on a box
    slicer.util.updateSegmentBinaryLabelmapFromArray(voxels, made.brain, "brain", reference)
    assert is_untouched(made.brain)
    moved = np.roll(voxels, 1, axis=2)
    slicer.util.updateSegmentBinaryLabelmapFromArray(moved, made.brain, "brain", reference)
    assert not is_untouched(made.brain)


def test_a_brain_that_no_run_has_found_any_more_goes_unless_it_is_the_mask(box: Any) -> None:
    reference, brain = box
    data = data_of(brain, affine_of(reference))
    first = add_result_to_scene(slicer.mrmlScene, data, reference, None, None)
    kept = replace(data, brain=None, mask=first.brain)
    add_result_to_scene(slicer.mrmlScene, kept, reference, first.segmentation, None)
    assert first.brain.GetScene() is not None
    add_result_to_scene(slicer.mrmlScene, replace(data, brain=None), reference, first.segmentation, None)
    assert first.brain.GetScene() is None


def test_a_failure_leaves_the_brain_as_it_was(box: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from GSSSegmentationLib import scene as scene_module

    reference, brain = box
    first = add_result_to_scene(slicer.mrmlScene, data_of(brain, affine_of(reference)), reference, None, None)
    nodes = slicer.mrmlScene.GetNumberOfNodes()

    def fails(*_: Any) -> None:
        raise RuntimeError("no more")

    monkeypatch.setattr(scene_module, "add_to_subject_hierarchy", fails)
    moved = Moved(reference, np.eye(4), None)
    other = data_of(1 - brain, affine_of(reference), registered=(moved,))
    with pytest.raises(RuntimeError):
        add_result_to_scene(slicer.mrmlScene, other, reference, first.segmentation, None)
    assert slicer.mrmlScene.GetNumberOfNodes() == nodes
    assert first.segmentation.GetNodeReference(BRAIN_ROLE) is first.brain
    np.testing.assert_array_equal(segment_array(first.brain, "brain", reference), brain)


@pytest.mark.parametrize("kind", ["segment", "labels"])
def test_a_mask_reaches_the_child_where_it_lies(kind: str, scans: Any, raw_phantom: RawPhantom) -> None:
    """A segment ends at its own box and a label map does not; both may lie under a transform."""
    array, affine = raw_phantom.brain.array.astype(np.uint8), raw_phantom.brain.affine
    node = label_node(array, affine, "Brain")
    if kind == "segment":
        labels, node = node, slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "mine")
        slicer.modules.segmentations.logic().ImportLabelmapToSegmentationNode(labels, node)
    move = rotation(20.0, 1, (3.0, 4.0, 5.0))
    node.SetAndObserveTransformNodeID(add_transform(move).GetID())
    mask = mask_volume(node, None)
    assert set(np.unique(mask.array)) == {0, 1}
    points = np.argwhere(mask.array) @ mask.affine[:3, :3].T + mask.affine[:3, 3]
    truth = np.argwhere(array) @ (move @ affine)[:3, :3].T + (move @ affine)[:3, 3]
    assert len(points) == len(truth)
    np.testing.assert_allclose(points.mean(axis=0), truth.mean(axis=0), atol=1e-4)
    np.testing.assert_allclose(points.max(axis=0), truth.max(axis=0), atol=1e-4)
    for axis in range(3):
        assert not np.take(mask.array, [0, -1], axis).any() or kind == "labels"


def test_masks_that_can_not_be_taken_are_refused_before_any_work(scans: Any, settings: Settings) -> None:
    before = scene_state(slicer.mrmlScene)
    several = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "several")
    for name in ("left", "right"):
        several.GetSegmentation().AddEmptySegment(name, name)
    for mask, code in (
        (scans[Modality.FLAIR], "mask.no-mask-node"),
        ("a name", "mask.no-mask-node"),
        (several, "mask.segments"),
        (slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "nothing"), "mask.empty"),
    ):
        with pytest.raises(InputError) as refusal:
            Run(scans, brain_mask=mask, settings=settings)
        assert refusal.value.message.code == code
    several.GetSegmentation().GetSegment("left").SetName("Brain")
    Run(scans, brain_mask=several, settings=settings)
    assert set(before) <= set(scene_state(slicer.mrmlScene))


def test_a_mask_without_effect_is_refused(scans: Any, network: Path, raw_phantom: RawPhantom, tmp_path: Path) -> None:
    mask = label_node(raw_phantom.brain.array.astype(np.uint8), raw_phantom.brain.affine, "mask")
    with pytest.raises(UsageError) as refusal:
        Run(scans, brain_mask=mask, settings=Settings(network=network, input="prepared"))
    assert refusal.value.message.code == "input.mask-of-prepared"
    with pytest.raises(UsageError) as refusal:
        Run(scans, brain_mask=mask, settings=Settings(network=network, brain_mask=tmp_path / "mask.nii"))
    assert refusal.value.message.code == "mask.two"


def test_a_mask_that_is_no_brain_is_refused_by_its_nodes_name(scans: Any, settings: Settings, told: Any) -> None:
    small = np.zeros((20, 20, 20), np.uint8)
    small[5:9, 5:9, 5:9] = 1
    with pytest.raises(InputError, match="'small'"):
        segment_nodes(scans, brain_mask=label_node(small, np.eye(4), "small"), settings=settings)


def test_options_have_slicers_names_and_reach_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = Settings(
        input="raw", all_sequences=True, registration_seconds=30.0, brain_mask=Path("mask.nii"), nested=True
    ).arguments()
    assert words[words.index("--input") + 1] == "raw"
    assert words[words.index("--registration-seconds") + 1] == "30.0"
    assert words[words.index("--brain-mask") + 1] == str(tmp_path / "mask.nii"), "the child works in another folder"
    assert "--all-sequences" in words
    with pytest.raises(UsageError, match="input is one of 'auto', 'prepared', 'raw'"):
        Settings(input="cooked")
