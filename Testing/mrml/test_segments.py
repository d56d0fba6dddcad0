"""What a segmentation leaves in the scene: segments, confidence, table, and their places."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util

from GSSCore import InferenceSettings, Network, Study, segment
from GSSCore.phantom import Phantom
from GSSCore.vocabulary import REGIONS, TUMOUR_LABELS, Modality
from GSSSegmentationLib.nodes import affine_of, array_of
from GSSSegmentationLib.result_nodes import fill_volumes_table
from GSSSegmentationLib.segmentation import segment_nodes
from GSSSegmentationLib.segments import OWN_TAG
from GSSSegmentationLib.settings import Settings
from scenes import add_transform, label_map, region_map, rotation, segment_array

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("kept_answers")]


@pytest.fixture
def settings(network: Path) -> Settings:
    return Settings(device="cpu", precision="fp32", network=network)


@pytest.fixture(scope="module")
def expected(phantom: Phantom, network: Path) -> Any:
    """The library's own answer, from arrays."""
    affine = phantom.study.grid.affine
    study = Study.from_arrays({m: (np.asarray(image), affine) for m, image in phantom.study.images.items()})
    return segment(study, Network.load(network), InferenceSettings(device="cpu", precision="fp32"))


def segment_ids(node: Any) -> list[str]:
    segmentation = node.GetSegmentation()
    return [segmentation.GetNthSegmentID(index) for index in range(segmentation.GetNumberOfSegments())]


def test_nodes_give_the_voxels_that_arrays_give(volumes: Any, settings: Settings, expected: Any) -> None:
    result = segment_nodes(volumes, settings=settings)
    np.testing.assert_array_equal(label_map(result.segmentation, volumes[Modality.FLAIR]), expected.labels)
    np.testing.assert_array_equal(array_of(result.confidence), expected.confidence)
    assert result.volumes_ml == pytest.approx(expected.volumes_ml, abs=1e-3)
    assert result.warnings == expected.warnings


def test_names_may_stand_for_modalities_and_none_for_a_missing_one(volumes: Any, settings: Settings) -> None:
    result = segment_nodes(
        {"flair": volumes[Modality.FLAIR], "T2": volumes[Modality.T2], "t1": None}, settings=settings
    )
    assert result.report["used_modalities"] == ["FLAIR", "T2"]
    assert result.report["missing_modalities"] == ["T1ce", "T1"]


def test_sub_regions_have_names_colours_and_terminology(volumes: Any, settings: Settings) -> None:
    node = segment_nodes(volumes, settings=settings).segmentation
    assert segment_ids(node) == ["NCR", "ED", "ET"]
    for label in TUMOUR_LABELS:
        part = node.GetSegmentation().GetSegment(label.name)
        assert part.GetName() == f"{label.name} - {label.display}"
        assert np.allclose(np.array(part.GetColor()) * 255, label.colour)
        entry = part.GetTerminology()
        assert len(entry.split("~")) == 7
        assert "Brain" in entry
    assert "C113842" in node.GetSegmentation().GetSegment("ET").GetTerminology()
    assert node.GetSegmentation().GetNumberOfLayers() == 1, "exclusive segments share one image"


def test_nested_regions_contain_each_other(volumes: Any, settings: Settings, expected: Any) -> None:
    nested = Settings(device="cpu", precision="fp32", network=settings.network, nested=True)
    node = segment_nodes(volumes, settings=nested).segmentation
    assert segment_ids(node) == ["WT", "TC", "ET"]
    regions = region_map(node, volumes[Modality.FLAIR])
    for region in REGIONS:
        np.testing.assert_array_equal(regions[region.value], np.isin(expected.labels, region.labels))
        part = node.GetSegmentation().GetSegment(region.value)
        assert np.allclose(np.array(part.GetColor()) * 255, region.colour)
    assert len({node.GetSegmentation().GetSegment(r.value).GetTerminology() for r in REGIONS}) == 3


def test_the_reference_gives_the_geometry(volumes: Any, settings: Settings) -> None:
    node = segment_nodes(volumes, reference="t2", settings=settings).segmentation
    role = slicer.vtkMRMLSegmentationNode.GetReferenceImageGeometryReferenceRole()
    assert node.GetNodeReference(role) is volumes[Modality.T2]
    assert node.GetName() == "T2 tumour"


def test_the_reference_may_be_named_by_its_node(volumes: Any, settings: Settings) -> None:
    result = segment_nodes(volumes, reference=volumes[Modality.T1], settings=settings)
    assert result.report["reference"] == "T1"


def test_results_stand_beside_the_reference_in_the_subject_hierarchy(volumes: Any, settings: Settings) -> None:
    tree = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    patient = tree.CreateSubjectItem(tree.GetSceneItemID(), "patient")
    study = tree.CreateStudyItem(patient, "study")
    tree.SetItemParent(tree.GetItemByDataNode(volumes[Modality.FLAIR]), study)
    result = segment_nodes(volumes, settings=settings)
    for node in (result.segmentation, result.table, result.confidence):
        assert tree.GetItemParent(tree.GetItemByDataNode(node)) == study


def test_the_confidence_has_the_levels_colours_and_names(volumes: Any, settings: Settings) -> None:
    node = segment_nodes(volumes, settings=settings).confidence
    assert node.IsA("vtkMRMLLabelMapVolumeNode")
    np.testing.assert_allclose(affine_of(node), affine_of(volumes[Modality.FLAIR]))
    colours = node.GetDisplayNode().GetColorNode()
    assert [colours.GetColorName(level).split(":")[0] for level in range(4)] == ["outside", "low", "guided", "agreed"]
    rgba = [0.0] * 4
    colours.GetColor(0, rgba)
    assert rgba[3] == 0.0, "what lies outside the brain is not painted"


def test_two_runs_share_one_table_of_colours(volumes: Any, settings: Settings) -> None:
    first, second = (segment_nodes(volumes, settings=settings) for _ in range(2))
    assert first.confidence is not second.confidence
    assert first.confidence.GetDisplayNode().GetColorNode() is second.confidence.GetDisplayNode().GetColorNode()


def test_the_table_lists_volumes_of_regions_and_sub_regions(volumes: Any, settings: Settings) -> None:
    result = segment_nodes(volumes, settings=settings)
    table = result.table.GetTable()
    columns = [table.GetColumnName(index) for index in range(table.GetNumberOfColumns())]
    assert columns == ["Region", "Meaning", "Volume (ml)", "Expected Dice", "Reliability"]
    read = {str(table.GetColumn(0).GetValue(row)): table.GetColumn(2).GetValue(row) for row in range(5)}
    assert read == pytest.approx(result.volumes_ml, abs=1e-3)
    assert [table.GetColumn(3).GetValue(row) for row in range(5)] == [""] * 5, "nothing was measured of this network"


def test_the_table_marks_what_cannot_be_relied_on(volumes: Any, settings: Settings) -> None:
    result = segment_nodes(volumes, settings=settings)
    marked = "? not to be relied on"
    for regions, doubtful in (([], set()), (["ET"], {"ET", "NCR"}), (["WT", "TC", "ET"], set(result.volumes_ml))):
        fill_volumes_table(result.table, result.report | {"unreliable": regions})
        table = result.table.GetTable()
        remarks = {str(table.GetColumn(0).GetValue(row)): table.GetColumn(4).GetValue(row) for row in range(5)}
        assert remarks == {name: marked if name in doubtful else "" for name in result.volumes_ml}


def test_the_shipped_network_tells_the_dice_to_expect(volumes: Any) -> None:
    from GSSCore.networks.card import PRETRAINED, SHIPPED, read_card

    result = segment_nodes({"flair": volumes[Modality.FLAIR]}, settings=Settings(device="cpu", confidence=False))
    table, card = result.table.GetTable(), read_card(PRETRAINED / SHIPPED)
    dice = card.expected_dice((Modality.FLAIR,))
    assert dice is not None
    assert [table.GetColumn(3).GetValue(row) for row in range(3)] == [f"{dice[r]:.2f}" for r in REGIONS]


def test_without_confidence_there_is_none(volumes: Any, network: Path) -> None:
    result = segment_nodes(volumes, settings=Settings(device="cpu", network=network, confidence=False))
    assert result.confidence is None
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLLabelMapVolumeNode") == 0


def test_running_again_updates_the_chosen_node_and_what_belongs_to_it(volumes: Any, settings: Settings) -> None:
    first = segment_nodes(volumes, settings=settings)
    nodes = slicer.mrmlScene.GetNumberOfNodes()
    less = {"flair": volumes[Modality.FLAIR], "t2": volumes[Modality.T2]}
    second = segment_nodes(less, first.segmentation, settings=settings)
    assert second.segmentation is first.segmentation
    assert second.table is first.table
    assert second.confidence is first.confidence
    assert slicer.mrmlScene.GetNumberOfNodes() == nodes
    alone = segment_nodes(less, settings=settings)
    flair = volumes[Modality.FLAIR]
    np.testing.assert_array_equal(label_map(second.segmentation, flair), label_map(alone.segmentation, flair))
    assert second.segmentation.GetAttribute("GSSSegmentation.Modalities") == "FLAIR+T2"


def test_running_again_keeps_segments_of_others(volumes: Any, settings: Settings) -> None:
    flair = volumes[Modality.FLAIR]
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "mine")
    node.SetReferenceImageGeometryParameterFromVolumeNode(flair)
    node.GetSegmentation().AddEmptySegment("ET", "my own")
    mine = np.zeros(array_of(flair).shape, np.uint8)
    mine[20:30, 30:40, 10:20] = 1
    slicer.util.updateSegmentBinaryLabelmapFromArray(mine.transpose(2, 1, 0), node, "ET", flair)
    for _ in range(2):
        segment_nodes(volumes, node, settings=settings)
        segmentation = node.GetSegmentation()
        assert segmentation.GetNumberOfSegments() == 4
        assert segmentation.GetSegment("ET").GetName() == "my own"
        np.testing.assert_array_equal(segment_array(node, "ET", flair), mine)
    own = [name for name in segment_ids(node) if segmentation.GetSegment(name).HasTag(OWN_TAG)]
    assert len(own) == 3


def test_running_again_without_confidence_removes_the_old_one(volumes: Any, settings: Settings) -> None:
    first = segment_nodes(volumes, settings=settings)
    plain = Settings(device="cpu", precision="fp32", network=settings.network, confidence=False)
    assert segment_nodes(volumes, first.segmentation, settings=plain).confidence is None
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLLabelMapVolumeNode") == 0


def test_running_again_redraws_a_surface_that_was_there(volumes: Any, settings: Settings) -> None:
    first = segment_nodes(volumes, settings=settings)
    first.segmentation.CreateClosedSurfaceRepresentation()
    again = segment_nodes({"t1": volumes[Modality.T1]}, first.segmentation, settings=settings)
    surface = again.segmentation.GetClosedSurfaceInternalRepresentation("ED")
    box = segment_array(again.segmentation, "ED", volumes[Modality.T1])
    assert (surface is None or surface.GetNumberOfPoints() == 0) == (not box.any())


def test_results_follow_the_transform_of_the_reference(volumes: Any, settings: Settings, expected: Any) -> None:
    transform = add_transform(rotation(0.0, 2, (5.0, -3.0, 8.0)))
    for node in volumes.values():
        node.SetAndObserveTransformNodeID(transform.GetID())
    result = segment_nodes(volumes, settings=settings)
    assert result.segmentation.GetTransformNodeID() == transform.GetID()
    assert result.confidence.GetTransformNodeID() == transform.GetID()
    np.testing.assert_array_equal(label_map(result.segmentation, volumes[Modality.FLAIR]), expected.labels)


def test_the_segmentation_says_where_it_comes_from(volumes: Any, settings: Settings) -> None:
    node = segment_nodes(volumes, settings=settings).segmentation
    assert "not for clinical use" in node.GetAttribute("GSSSegmentation.ResearchUse")
    assert node.GetAttribute("GSSSegmentation.Modalities") == "FLAIR+T1ce+T1+T2"
    assert node.GetAttribute("GSSSegmentation.Network").startswith("noise 0 ")


def test_the_report_names_nodes_instead_of_temporary_files(volumes: Any, settings: Settings, tmp_path: Path) -> None:
    values = slicer.util.arrayFromVolume(volumes[Modality.T2])
    values[values == 0] = -3  # a warning is about the volume
    volumes[Modality.T2].SetName("t1.nii, not T1")
    result = segment_nodes(volumes, settings=settings, report_folder=tmp_path / "out")
    assert result.folder == tmp_path / "out"
    warning = "T2: the background of 't1.nii, not T1' is not 0 but -3 and was set to 0."
    assert warning in result.warnings
    assert warning in result.segmentation.GetAttribute("GSSSegmentation.Warnings")
    names = {"labels.nii.gz", "confidence.nii.gz", "report.json", "overview.png", "montage.png", "report.html"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    text = (tmp_path / "out" / "report.json").read_text(encoding="utf-8")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "T1ce (volume in the scene)" in text
    assert "T1ce (volume in the scene)" in page
    assert "GSSSegmentation-" not in text + page, "no temporary folder is named"


def test_a_tumour_free_answer_still_has_all_segments(scene: Any, volumes: Any, settings: Settings) -> None:
    from GSSSegmentationLib.segments import set_segments

    flair = volumes[Modality.FLAIR]
    for nested, names in ((False, ["NCR", "ED", "ET"]), (True, ["WT", "TC", "ET"])):
        node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "empty")
        node.SetReferenceImageGeometryParameterFromVolumeNode(flair)
        set_segments(node, np.zeros(array_of(flair).shape, np.uint8), affine_of(flair), nested)
        assert segment_ids(node) == names
        assert not any(segment_array(node, name, flair).any() for name in names)


def test_a_scene_can_be_saved_and_opened_again(volumes: Any, settings: Settings, tmp_path: Path) -> None:
    result = segment_nodes(volumes, settings=settings)
    before = label_map(result.segmentation, volumes[Modality.FLAIR])
    assert slicer.mrmlScene.WriteToMRB(str(tmp_path / "scene.mrb"))
    slicer.mrmlScene.Clear(0)
    # Slicer unpacks into the cache of its data manager, which slicer-core does not have.
    with zipfile.ZipFile(tmp_path / "scene.mrb") as archive:
        archive.extractall(tmp_path)
    slicer.mrmlScene.SetURL(str(tmp_path / "scene" / "scene.mrml"))
    assert slicer.mrmlScene.Connect()
    segmentation = slicer.util.getNode("FLAIR tumour")
    np.testing.assert_array_equal(label_map(segmentation, slicer.util.getNode("FLAIR")), before)
    assert segmentation.GetNodeReference("GSSSegmentation.volumes").GetName() == "FLAIR tumour volumes"
    again = segment_nodes({"flair": slicer.util.getNode("FLAIR")}, segmentation, settings=settings)
    assert again.table is segmentation.GetNodeReference("GSSSegmentation.volumes")
