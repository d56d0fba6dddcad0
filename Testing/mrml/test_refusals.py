"""Bad input: one clear sentence, and scene and files stay as they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer

from GSSCore.errors import EnvironmentRefused, GSSError, InputError, UsageError
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.segmentation import segment_nodes
from GSSSegmentationLib.settings import Settings
from scenes import add_transform, add_volume, scene_state

FLAIR, T1CE, T1, T2 = Modality.FLAIR, Modality.T1CE, Modality.T1, Modality.T2


def no_volume(volumes: Any) -> Any:
    return segment_nodes({"flair": None})


def unknown_modality(volumes: Any) -> Any:
    return segment_nodes({"t1gd": volumes[T1CE]})


def a_string(volumes: Any) -> Any:
    return segment_nodes({"flair": "FLAIR"})


def a_transform(volumes: Any) -> Any:
    return segment_nodes({"flair": slicer.util.getNode("a transform")})


def a_label_map(volumes: Any) -> Any:
    return segment_nodes({"flair": slicer.util.getNode("a label map")})


def a_colour_image(volumes: Any) -> Any:
    return segment_nodes({"flair": slicer.util.getNode("colours")})


def without_an_image(volumes: Any) -> Any:
    return segment_nodes({"flair": volumes[FLAIR], "t2": slicer.util.getNode("nothing")})


def outside_a_scene(volumes: Any) -> Any:
    node = slicer.vtkMRMLScalarVolumeNode()
    node.SetName("lost")
    node.SetAndObserveImageData(volumes[FLAIR].GetImageData())
    return segment_nodes({"flair": node})


def one_volume_twice(volumes: Any) -> Any:
    return segment_nodes({"flair": volumes[FLAIR], "t2": volumes[FLAIR]})


def two_nodes_of_one_image(volumes: Any) -> Any:
    return segment_nodes({"flair": volumes[FLAIR], "t2": slicer.util.getNode("FLAIR copy")})


def a_constant_image(volumes: Any) -> Any:
    return segment_nodes({"flair": volumes[FLAIR], "t1": slicer.util.getNode("flat")})


def a_reference_that_is_missing(volumes: Any) -> Any:
    return segment_nodes({"flair": volumes[FLAIR]}, reference="t2")


def a_reference_that_was_not_given(volumes: Any) -> Any:
    return segment_nodes({"flair": volumes[FLAIR]}, reference=volumes[T2])


def a_volume_for_output(volumes: Any) -> Any:
    return segment_nodes({"flair": volumes[FLAIR]}, volumes[T2])


def an_output_outside_the_scene(volumes: Any) -> Any:
    return segment_nodes({"flair": volumes[FLAIR]}, slicer.vtkMRMLSegmentationNode())


def an_output_of_others_under_another_transform(volumes: Any) -> Any:
    return segment_nodes({"flair": volumes[FLAIR]}, slicer.util.getNode("elsewhere"))


def a_transform_that_cannot_be_inverted(volumes: Any) -> Any:
    volumes[T2].SetAndObserveTransformNodeID(slicer.util.getNode("singular").GetID())
    return segment_nodes({"flair": volumes[FLAIR], "t2": volumes[T2]})


def a_transform_that_leads_away(volumes: Any) -> Any:
    volumes[T2].SetAndObserveTransformNodeID(slicer.util.getNode("far away").GetID())
    return segment_nodes({"flair": volumes[FLAIR], "t2": volumes[T2]}, settings=Settings(input="prepared"))


def a_sheared_volume(volumes: Any) -> Any:
    shear = np.eye(4)
    shear[0, 1] = 0.4
    volumes[T2].SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(shear))
    return segment_nodes({"flair": volumes[FLAIR], "t2": volumes[T2]})


def a_volume_without_a_spacing(volumes: Any) -> Any:
    volumes[FLAIR].SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(np.diag([1.0, 0.0, 1.0, 1.0])))
    return segment_nodes({"flair": volumes[FLAIR]})


def a_report_folder_that_is_a_file(volumes: Any) -> Any:
    return segment_nodes({"flair": volumes[FLAIR]}, report_folder=__file__)


def a_network_that_is_not_there(volumes: Any) -> Any:
    return segment_nodes({"flair": volumes[FLAIR]}, settings=Settings(network=Path("/no/such/network")))


CASES: list[tuple[Callable[[Any], Any], type[GSSError], str]] = [
    (no_volume, InputError, "No volume was given.*choose at least one"),
    (unknown_modality, InputError, "'t1gd' is no sequence: use"),
    (a_string, InputError, "FLAIR: 'FLAIR' is no node.*give a volume node"),
    (a_transform, InputError, "FLAIR: 'a transform' is no volume.*choose a scalar volume"),
    (a_label_map, InputError, "FLAIR: 'a label map' is a label map.*choose a scalar volume"),
    (a_colour_image, InputError, "FLAIR: 'colours' has 3 values per voxel.*choose a scalar volume"),
    (without_an_image, InputError, "T2: 'nothing' has no image.*load it again"),
    (outside_a_scene, InputError, "FLAIR: 'lost' is in no scene.*add it"),
    (one_volume_twice, InputError, "'FLAIR' was given as FLAIR and as T2.*choose another"),
    (two_nodes_of_one_image, InputError, "FLAIR.*T2.*'FLAIR copy'"),
    (a_constant_image, InputError, "T1.*'flat'"),
    (a_reference_that_is_missing, InputError, r"The reference T2 is not among the volumes given \(FLAIR\): choose"),
    (a_reference_that_was_not_given, InputError, "The reference 'T2' is not among"),
    (a_volume_for_output, InputError, "'T2'.*is no segmentation: choose"),
    (an_output_outside_the_scene, InputError, "not in the scene.*choose"),
    (an_output_of_others_under_another_transform, InputError, "'elsewhere' holds other segments under another"),
    (a_transform_that_cannot_be_inverted, InputError, "T2: 'T2' can't be resampled under the transform 'singular'"),
    (a_transform_that_leads_away, InputError, "T2.*register the two first"),
    (a_sheared_volume, InputError, "T2: 'T2' has axes that are not at right angles.*correct its geometry"),
    (a_volume_without_a_spacing, InputError, "FLAIR: 'FLAIR' has axes.*spacing of zero"),
    (a_report_folder_that_is_a_file, EnvironmentRefused, "a file, or a broken link, is in its place: choose another"),
    (a_network_that_is_not_there, InputError, "no/such/network"),
]  # fmt: skip


@pytest.fixture
def full_scene(scene: Any, volumes: Any) -> Any:
    """A scene with everything that may be taken for an input."""
    add_transform(np.eye(4), "a transform")
    add_transform(np.diag([1.0, 1.0, 0.0, 1.0]), "singular")
    far = np.eye(4)
    far[0, 3] = 900.0
    add_transform(far, "far away")
    grid = np.zeros((4, 4, 4), np.uint8)
    scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "nothing")
    label_map = slicer.util.addVolumeFromArray(grid, nodeClassName="vtkMRMLLabelMapVolumeNode", name="a label map")
    assert label_map is not None
    colours = scene.AddNewNodeByClass("vtkMRMLVectorVolumeNode", "colours")
    slicer.util.updateVolumeFromArray(colours, np.zeros((4, 4, 4, 3), np.uint8))
    flair = slicer.util.arrayFromVolume(volumes[FLAIR]).transpose(2, 1, 0)
    affine = slicer.util.arrayFromVTKMatrix(_matrix(volumes[FLAIR]))
    add_volume(flair.copy(), affine, "FLAIR copy")
    add_volume(np.full_like(flair, 7), affine, "flat")
    elsewhere = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "elsewhere")
    elsewhere.GetSegmentation().AddEmptySegment("mine")
    elsewhere.SetAndObserveTransformNodeID(slicer.util.getNode("a transform").GetID())
    return scene


def _matrix(node: Any) -> Any:
    import vtk

    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    return matrix


@pytest.mark.parametrize(("call", "kind", "sentence"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_bad_input_is_refused_and_changes_nothing(
    call: Callable[[Any], Any],
    kind: type[GSSError],
    sentence: str,
    full_scene: Any,
    volumes: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    nodes = full_scene.GetNumberOfNodes()
    with pytest.raises(kind, match=f"(?s){sentence}") as caught:
        call(volumes)
    assert str(caught.value).count("\n") == 0, "one sentence"
    assert str(tmp_path) not in str(caught.value), "no temporary file is named"
    assert full_scene.GetNumberOfNodes() == nodes
    assert list(tmp_path.iterdir()) == [], "temporary files are gone"


def test_a_refused_run_leaves_an_output_as_it_was(volumes: Any, network: Path) -> None:
    first = segment_nodes(volumes, settings=Settings(device="cpu", network=network))
    before = scene_state(slicer.mrmlScene)
    flat = np.full((8, 8, 8), 3, np.int16)
    slicer.util.updateVolumeFromArray(volumes[T2], flat)
    after_change = {name: time for name, time in scene_state(slicer.mrmlScene).items() if before.get(name) == time}
    with pytest.raises(InputError, match="T2"):
        segment_nodes(volumes, first.segmentation, settings=Settings(device="cpu", network=network))
    now = scene_state(slicer.mrmlScene)
    assert {name: now[name] for name in after_change} == after_change


def test_a_reference_that_leaves_while_the_network_runs_is_reported(volumes: Any, network: Path) -> None:
    def remove(progress: Any) -> None:
        if volumes[FLAIR].GetScene() is not None:
            slicer.mrmlScene.RemoveNode(volumes[FLAIR])

    nodes = slicer.mrmlScene.GetNumberOfNodes()
    with pytest.raises(GSSError, match="has left the scene"):
        segment_nodes(volumes, settings=Settings(device="cpu", network=network), progress=remove)
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 0
    assert slicer.mrmlScene.GetNumberOfNodes() < nodes


def test_a_scene_that_is_closed_while_the_network_runs_is_reported(volumes: Any, network: Path) -> None:
    first = segment_nodes(volumes, settings=Settings(device="cpu", network=network))
    closed = []

    def close(progress: Any) -> None:
        if not closed:
            closed.append(True)
            slicer.mrmlScene.Clear(0)

    with pytest.raises(GSSError, match="scene"):
        segment_nodes(volumes, first.segmentation, settings=Settings(device="cpu", network=network), progress=close)
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"device": "gpu"}, "device is"),
        ({"nested": 1}, "nested is True or False"),
        ({"nestd": True}, "'nested' may be meant"),
        ({"minimum_component_ml": -1}, "minimum_component_ml"),
        ({"threads": 0}, "threads"),
    ],
)
def test_settings_that_make_no_sense_are_refused(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        Settings.of(values)
