"""What can be told from the files alone: names in the form, classes, imports, and calls that Slicer has."""

from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import pytest

from opened import MODULE

FOLDER = MODULE.parent
FORM = FOLDER / "Resources" / "UI" / "GSSSegmentation.ui"
SOURCES = sorted(FOLDER.rglob("*.py"))
QT_SOURCES = {"panel.py", "panel_form.py", "dialogs.py", "results_view.py", "GSSSegmentation.py"}
"""The files that may need Qt; all others run without it."""
CUSTOM_CLASSES = {"qMRMLWidget", "qMRMLNodeComboBox", "ctkCollapsibleButton", "ctkPathLineEdit"}
SLICER_NAMES = {
    "app", "mrmlScene", "util", "modules", "appLogic", "dicomDatabase", "vtkMRMLNode", "vtkMRMLScene",
    "vtkMRMLScalarVolumeNode", "vtkMRMLSegmentationNode", "vtkMRMLSegmentationStorageNode", "vtkMRMLSliceNode",
    "vtkMRMLSubjectHierarchyNode", "vtkMRMLTransformNode", "vtkOrientedImageData", "vtkSegment", "vtkSegmentation",
    "vtkSegmentationConverter", "vtkSlicerApplicationLogic", "vtkSlicerTerminologiesModuleLogic",
}  # fmt: skip
"""Names of the module `slicer` that the module uses; each is in Slicer 5.10 and 5.12."""


def form() -> ElementTree.Element:
    return ElementTree.parse(FORM).getroot()


def widgets() -> dict[str, str]:
    return {w.get("name") or "": w.get("class") or "" for w in form().iter("widget")}


def test_every_widget_that_the_code_names_is_in_the_form() -> None:
    named = {name for path in SOURCES for name in re.findall(r"\bui\.(\w+)", path.read_text(encoding="utf-8"))}
    assert named <= set(widgets())
    assert len(named) > 10


def test_every_widget_with_a_function_is_used(slicer_stand_in: SimpleNamespace) -> None:
    """One that nobody names and that shows no parameter would do nothing."""
    from GSSSegmentationLib.parameters import CHOICES

    named = {name for path in SOURCES for name in re.findall(r"\bui\.(\w+)", path.read_text(encoding="utf-8"))}
    named |= {f"{word}CollapsibleButton" for word in ("inputs", "output", "advanced")}
    named |= {f"{parameter}ComboBox" for parameter in CHOICES}
    bound = {
        w.get("name")
        for w in form().iter("widget")
        if any(p.get("name") == "SlicerParameterName" for p in w.iter("property"))
    }
    idle = {n for n, kind in widgets().items() if kind not in ("QLabel", "qMRMLWidget") and n not in named | bound}
    assert not idle


def test_custom_classes_are_few_and_declared() -> None:
    used = {kind for kind in widgets().values() if not kind.startswith("Q")}
    declared = {c.findtext("class") for c in form().iter("customwidget")}
    assert used == declared == CUSTOM_CLASSES


def test_each_node_selector_gets_the_scene_from_the_form() -> None:
    selectors = {name for name, kind in widgets().items() if kind == "qMRMLNodeComboBox"}
    connected = {
        c.findtext("receiver")
        for c in form().iter("connection")
        if c.findtext("signal") == "mrmlSceneChanged(vtkMRMLScene*)"
        and c.findtext("sender") == form().findtext("class")
    }
    assert connected == selectors


def test_each_parameter_in_the_form_is_one_of_the_parameter_node(slicer_stand_in: SimpleNamespace) -> None:
    from GSSSegmentationLib.parameters import parameter_name
    from GSSSegmentationLib.settings import panel_options

    tree = ast.parse((FOLDER / "GSSSegmentationLib" / "parameter_node.py").read_text(encoding="utf-8"))
    (node,) = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "GSSSegmentationParameterNode"]
    known = {a.target.id for a in node.body if isinstance(a, ast.AnnAssign) and isinstance(a.target, ast.Name)}
    known |= set(map(parameter_name, panel_options()))
    named = {
        p.findtext("string")
        for w in form().iter("widget")
        for p in w.findall("property")
        if p.get("name") == "SlicerParameterName"
    }
    assert named <= known
    assert known - named == {"reference", "nested", "device", "network", "input"}, "these are shown by the panel itself"


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nothing_is_imported_that_slicer_lacks(path: Path) -> None:
    strange = imports(path) & {
        "PySide6",
        "PyQt5",
        "PyQt6",
        "torch",
        "standin",
        "slicer_core",
        "nibabel",
        "scipy",
        "PIL",
    }
    assert not strange
    if path.name not in QT_SOURCES:
        assert not imports(path) & {"qt", "ctk"}, "Qt belongs to the panel"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_names_of_slicer_are_known_ones(path: Path) -> None:
    """`slicer-core` leaks names, such as `slicer.loadVolume`, that Slicer does not have."""
    text = path.read_text(encoding="utf-8")
    used = set(re.findall(r"(?<![\w.])slicer\.(\w+)", text)) - {
        "i18n",
        "parameterNodeWrapper",
        "ScriptedLoadableModule",
    }
    assert used - {"packaging"} <= SLICER_NAMES


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_functions_of_slicer_util_are_there(path: Path) -> None:
    import slicer.util

    for name in re.findall(r"(?<![\w.])slicer\.util\.(\w+)", path.read_text(encoding="utf-8")):
        assert hasattr(slicer.util, name), name


def test_no_property_is_called_as_a_function() -> None:
    """In PythonQt a property hides its getter."""
    hidden = "text|currentIndex|currentText|checked|value|enabled|visible|toolTip|plainText|currentPath|currentNodeID"
    for path in SOURCES:
        if path.name in QT_SOURCES:
            found = re.findall(rf"\bui\.\w+\.({hidden})\(", path.read_text(encoding="utf-8"))
            assert not found, (path.name, found)
