"""The scene changes while the network runs: carried along where that is exact, refused with the reason otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util

from GSSCore import InferenceSettings, Network, Study, segment
from GSSCore.errors import InputError
from GSSCore.phantom import Phantom
from GSSCore.vocabulary import Modality
from GSSSegmentationLib import scene as scene_module
from GSSSegmentationLib.nodes import affine_of, array_of
from GSSSegmentationLib.run import Run
from GSSSegmentationLib.scene import SceneResult, add_result_to_scene
from GSSSegmentationLib.segmentation import segment_nodes
from GSSSegmentationLib.settings import Settings
from scenes import add_transform, add_volume, label_map, result_data, rotation, scene_state, world_affine

FLAIR, T2 = Modality.FLAIR, Modality.T2
MOTION = rotation(20.0, 2, (37.0, -5.0, 8.0)) @ rotation(10.0, 0)


@pytest.fixture
def settings(network: Path) -> Settings:
    return Settings(device="cpu", precision="fp32", network=network)


@pytest.fixture
def two(volumes: Any) -> dict[Modality, Any]:
    return {FLAIR: volumes[FLAIR], T2: volumes[T2]}


def segmented(two: Any, settings: Settings, change: Callable[[], Any], **more: Any) -> Any:
    """Segment, and change the scene as soon as the network runs."""
    done: list[bool] = []

    def meanwhile(progress: Any) -> None:
        if not done:
            done.append(True)
            change()

    return segment_nodes(two, settings=settings, progress=meanwhile, **more)


def warned(result: Any) -> bool:
    return any("moved together while the segmentation ran" in text for text in result.warnings)


def moved(node: Any, matrix: Any) -> None:
    node.SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(matrix @ affine_of(node)))


def centre(node: Any) -> None:
    """What Center volume does in Slicer: the middle of the volume comes to lie at 0, 0, 0."""
    middle = affine_of(node) @ [*(np.array(array_of(node).shape) - 1) / 2, 1.0]
    shift = np.eye(4)
    shift[:3, 3] = -middle[:3]
    moved(node, shift)


@pytest.fixture(scope="module")
def expected(phantom: Phantom, network: Path) -> Any:
    """The label map without any change, in the reference's voxels."""
    affine = phantom.study.grid.affine
    study = Study.from_arrays({m: (np.asarray(phantom.study.images[m]), affine) for m in (FLAIR, T2)})
    labels = segment(study, Network.load(network), InferenceSettings(device="cpu", precision="fp32")).labels
    assert labels.any()
    return labels


def assert_follows(result: Any, two: Any, expected: Any) -> None:
    np.testing.assert_array_equal(label_map(result.segmentation, two[FLAIR]), expected)
    np.testing.assert_allclose(world_affine(result.confidence), world_affine(two[FLAIR]), atol=1e-9)
    assert result.segmentation.GetTransformNodeID() == two[FLAIR].GetTransformNodeID()


def test_a_hardened_transform_moves_nothing(two: Any, settings: Settings) -> None:
    transform = add_transform(MOTION)
    for node in two.values():
        node.SetAndObserveTransformNodeID(transform.GetID())
    still = label_map(segment_nodes(two, settings=settings).segmentation, two[FLAIR])
    result = segmented(two, settings, lambda: [node.HardenTransform() for node in two.values()])
    assert two[FLAIR].GetTransformNodeID() is None
    assert_follows(result, two, still)
    assert not warned(result), "the volumes lie where they lay"


def test_volumes_that_were_centred_together_take_the_result_along(two: Any, settings: Settings, expected: Any) -> None:
    result = segmented(two, settings, lambda: [centre(node) for node in two.values()])
    assert_follows(result, two, expected)
    assert warned(result)


def test_a_transform_that_was_put_over_all_takes_the_result_along(
    two: Any, settings: Settings, expected: Any, tmp_path: Path
) -> None:
    def change() -> None:
        transform = add_transform(MOTION)
        for node in two.values():
            node.SetAndObserveTransformNodeID(transform.GetID())

    result = segmented(two, settings, change, report_folder=tmp_path / "out")
    assert_follows(result, two, expected)
    assert warned(result)
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert any("files of the report lie where the volumes were" in text for text in report["warnings"])


def test_a_volume_other_than_the_reference_may_go(two: Any, settings: Settings, expected: Any) -> None:
    result = segmented(two, settings, lambda: slicer.mrmlScene.RemoveNode(two[T2]))
    np.testing.assert_array_equal(label_map(result.segmentation, two[FLAIR]), expected)


def other_voxels(two: Any) -> None:
    array_of(two[T2])[10, 10, 10] += 1  # in place, of which nothing tells the node


def another_image(two: Any) -> None:
    slicer.util.updateVolumeFromArray(two[FLAIR], np.ones((8, 9, 10), np.int16))


def no_image(two: Any) -> None:
    two[T2].SetAndObserveImageData(None)


def one_moved(two: Any) -> None:
    moved(two[T2], rotation(0.0, 2, (3.0, 0.0, 0.0)))


def the_reference_centred(two: Any) -> None:
    centre(two[FLAIR])


def one_warped(two: Any) -> None:
    shear = np.eye(4)
    shear[0, 1] = 0.2
    two[T2].SetAndObserveTransformNodeID(add_transform(shear).GetID())


def both_larger(two: Any) -> None:
    for node in two.values():
        moved(node, np.diag([2.0, 2.0, 2.0, 1.0]))


def both_mirrored(two: Any) -> None:
    for node in two.values():
        moved(node, np.diag([-1.0, 1.0, 1.0, 1.0]))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (other_voxels, "T2: the voxels of 'T2' changed while the segmentation ran"),
        (another_image, "FLAIR: the voxels of 'FLAIR' changed"),
        (no_image, "T2: 'T2' has no image"),
        (one_moved, "T2: 'T2' was moved or changed against 'FLAIR'"),
        (the_reference_centred, "T2: 'T2' was moved or changed against 'FLAIR'"),
        (one_warped, "T2: 'T2' was moved or changed against 'FLAIR'"),
        (both_larger, "FLAIR: the voxels of 'FLAIR' got another size or were mirrored"),
        (both_mirrored, "FLAIR: the voxels of 'FLAIR' got another size or were mirrored"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_the_result_cannot_follow_is_refused_and_adds_nothing(
    change: Any, sentence: str, two: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The volumes are looked at before the result is, of which only the reference is read.
    write = "import pathlib, sys; p = pathlib.Path(sys.argv[1]); p.mkdir(); (p / 'report.json').write_text(sys.argv[2])"
    report = '{"reference": "FLAIR"}'
    monkeypatch.setattr(
        Run, "_command", lambda self: [sys.executable, "-c", write, str(self._folder / "results"), report]
    )
    with pytest.raises(InputError, match=sentence):
        segmented(two, settings, lambda: change(two), report_folder=tmp_path / "out")
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 0
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLTableNode") == 0
    assert not (tmp_path / "out").exists()


# --- all or nothing --------------------------------------------------------------------------------------------------


def content(result: SceneResult, reference: Any) -> dict[str, Any]:
    """Return what a user sees of a result."""
    node, table = result.segmentation, result.table.GetTable()
    segmentation = node.GetSegmentation()
    return {
        "segments": [segmentation.GetNthSegmentID(index) for index in range(segmentation.GetNumberOfSegments())],
        "labels": label_map(node, reference).tobytes(),
        "attributes": {name: node.GetAttribute(name) for name in node.GetAttributeNames()},
        "confidence": array_of(result.confidence).tobytes(),
        "place": world_affine(result.confidence).tolist(),
        "volumes": [str(table.GetColumn(2).GetValue(row)) for row in range(table.GetNumberOfRows())],
        "transform": node.GetTransformNodeID(),
        "geometry": node.GetNodeReferenceID(slicer.vtkMRMLSegmentationNode.GetReferenceImageGeometryReferenceRole()),
    }


@pytest.mark.parametrize(
    "where", ["set_segments", "fill_confidence_volume", "fill_volumes_table", "add_to_subject_hierarchy"]
)
@pytest.mark.parametrize("existing", [True, False])
def test_a_fault_on_the_way_into_the_scene_leaves_all_as_it_was(
    where: str, existing: bool, scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = (30, 28, 26)
    labels = np.zeros(shape, np.uint8)
    labels[4:12, 5:13, 6:14] = 1
    one = add_volume(np.ones(shape, np.int16), np.eye(4), "one")
    other = add_volume(np.ones(shape, np.int16), MOTION, "other")
    other.SetAndObserveTransformNodeID(add_transform(MOTION).GetID())
    first = add_result_to_scene(scene, result_data(labels, np.eye(4)), one, None, None)
    before = content(first, one)
    nodes = set(scene_state(scene))
    # It fails when its work is done, so that all that can be left has been left; a new output has nodes to be placed.
    original = getattr(scene_module, where)

    def fails(*arguments: Any) -> None:
        original(*arguments)
        raise MemoryError("full")

    changed = result_data(labels * 2, MOTION, nested=True)
    monkeypatch.setattr(scene_module, where, fails)
    if existing and where == "add_to_subject_hierarchy":
        assert add_result_to_scene(scene, changed, other, first.segmentation, None).segmentation is first.segmentation
        assert first.segmentation.GetSegmentation().GetSegment("WT") is not None
        return
    with pytest.raises(MemoryError):
        add_result_to_scene(scene, changed, other, first.segmentation if existing else None, None)
    assert set(scene_state(scene)) == nodes
    assert content(first, one) == before


def test_running_again_leaves_the_segmentation_where_the_user_has_put_it(scene: Any) -> None:
    labels = np.ones((8, 8, 8), np.uint8)
    volume = add_volume(labels, np.eye(4), "one")
    first = add_result_to_scene(scene, result_data(labels, np.eye(4)), volume, None, None)
    tree = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    folder = tree.CreateFolderItem(tree.GetSceneItemID(), "my results")
    tree.SetItemParent(tree.GetItemByDataNode(first.segmentation), folder)
    add_result_to_scene(scene, result_data(labels, np.eye(4)), volume, first.segmentation, None)
    assert tree.GetItemParent(tree.GetItemByDataNode(first.segmentation)) == folder
