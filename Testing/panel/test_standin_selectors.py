"""The stand-in for qMRMLNodeComboBox has the original's defaults and follows the scene."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import slicer

VOLUME, LABELS = "vtkMRMLScalarVolumeNode", "vtkMRMLLabelMapVolumeNode"


@pytest.fixture
def selector(slicer_stand_in: SimpleNamespace) -> Iterator[Any]:
    """A selector of volumes, with None."""
    made = slicer.qMRMLNodeComboBox()
    made.nodeTypes = [VOLUME]
    made.noneEnabled = True
    made.setMRMLScene(slicer.mrmlScene)
    yield made
    made.setMRMLScene(None)


def add(name: str = "a", kind: str = VOLUME) -> Any:
    return slicer.mrmlScene.AddNewNodeByClass(kind, name)


def rows(selector: Any) -> list[str]:
    box = selector._state.box
    return [box.itemText(row) for row in range(box.count())]


@pytest.mark.parametrize(
    ("name", "default"),
    {
        "noneEnabled": False, "addEnabled": True, "removeEnabled": True, "renameEnabled": False, "editEnabled": False,
        "showChildNodeTypes": True, "showHidden": False, "selectNodeUponCreation": True, "baseName": "",
        "noneDisplay": "None", "nodeTypes": (), "hideChildNodeTypes": (), "currentNodeID": "", "enabled": False,
    }.items(),
)  # fmt: skip
def test_a_new_selector_has_the_originals_defaults(name: str, default: Any) -> None:
    assert getattr(slicer.qMRMLNodeComboBox(), name) == default


def test_none_is_chosen_where_it_is_allowed(selector: Any) -> None:
    add()
    assert selector.currentNode() is None
    assert rows(selector) == ["None", "a"]


def test_a_node_is_chosen_by_itself_where_none_is_not_allowed(selector: Any) -> None:
    selector.noneEnabled = False
    assert selector.currentNode() is None
    node = add()
    assert selector.currentNode() is node


def test_a_selector_is_grey_until_it_has_a_scene(selector: Any) -> None:
    assert selector.enabled
    selector.setMRMLScene(None)
    assert not selector.enabled


def test_label_maps_are_let_in_unless_child_types_are_not_shown(selector: Any) -> None:
    add("labels", LABELS)
    assert selector.nodeCount() == 1
    selector.showChildNodeTypes = False
    assert selector.nodeCount() == 0


def test_child_types_can_be_hidden_one_by_one(selector: Any) -> None:
    add("labels", LABELS)
    selector.hideChildNodeTypes = [LABELS]
    assert selector.nodeCount() == 0


def test_hidden_nodes_are_left_out(selector: Any) -> None:
    node = add()
    node.SetHideFromEditors(True)
    assert selector.nodeCount() == 0
    selector.showHidden = True
    assert selector.nodeCount() == 1


def test_nodes_can_be_asked_for_an_attribute(selector: Any) -> None:
    add()
    selector.addAttribute(VOLUME, "Kind", "T1")
    assert selector.nodeCount() == 0
    assert selector.addNode().GetAttribute("Kind") == "T1"
    selector.removeAttribute(VOLUME, "Kind")
    assert selector.nodeCount() == 2


def test_a_node_that_goes_is_chosen_no_longer(selector: Any) -> None:
    node = add()
    selector.setCurrentNode(node)
    slicer.mrmlScene.RemoveNode(node)
    assert selector.currentNode() is None


def test_a_new_name_is_shown(selector: Any) -> None:
    add().SetName("b")
    assert rows(selector) == ["None", "b"]


def test_closing_the_scene_empties_the_list(selector: Any) -> None:
    selector.setCurrentNode(add())
    slicer.mrmlScene.Clear(0)
    assert (selector.nodeCount(), selector.currentNode()) == (0, None)


def test_a_node_that_is_not_in_the_list_is_none(selector: Any) -> None:
    selector.setCurrentNode(add())
    selector.setCurrentNode(add("model", "vtkMRMLModelNode"))
    assert selector.currentNode() is None


def test_only_nodes_are_chosen(selector: Any) -> None:
    with pytest.raises(TypeError):
        selector.setCurrentNode("vtkMRMLScalarVolumeNode1")


def test_the_id_is_a_property(selector: Any) -> None:
    node = add()
    selector.currentNodeID = node.GetID()
    assert selector.currentNode() is node
    selector.setCurrentNodeID("")
    assert selector.currentNodeID == ""


def test_a_new_node_is_named_and_chosen(selector: Any) -> None:
    selector.baseName = "Tumour"
    first, second = selector.addNode(), selector.addNode()
    assert (first.GetName(), second.GetName()) == ("Tumour", "Tumour_1")
    assert selector.currentNode() is second
    selector.selectNodeUponCreation = False
    selector.addNode()
    assert selector.currentNode() is second
    assert selector.addNode("vtkMRMLModelNode") is None


def test_both_signals_of_the_same_name_are_sent_and_then_the_id(selector: Any) -> None:
    told: list[Any] = []
    selector.connect("currentNodeChanged(vtkMRMLNode*)", told.append)
    selector.connect("currentNodeChanged(bool)", told.append)
    selector.connect("currentNodeIDChanged(QString)", told.append)
    node = add()
    selector.setCurrentNode(node)
    selector.setCurrentNode(node)
    assert told == [node, True, node.GetID()]


def test_a_signal_without_its_type_is_an_error(selector: Any) -> None:
    for signal in ("currentNodeChanged()", "currentNodeChanged", "currentNodeChanged(vtkMRMLNode)"):
        with pytest.raises(ValueError, match="has no signal"):
            selector.connect(signal, print)


def test_what_was_chosen_before_the_scene_came_is_chosen_then(slicer_stand_in: SimpleNamespace) -> None:
    node = add()
    selector = slicer.qMRMLNodeComboBox()
    selector.noneEnabled = True
    selector.nodeTypes = [VOLUME]
    selector.setCurrentNode(node)
    selector.setMRMLScene(slicer.mrmlScene)
    assert selector.currentNode() is node
    selector.setMRMLScene(None)


def test_none_can_be_set_also_where_it_is_not_offered(selector: Any) -> None:
    add()
    selector.noneEnabled = False
    selector.setCurrentNode(None)
    assert selector.currentNode() is None
