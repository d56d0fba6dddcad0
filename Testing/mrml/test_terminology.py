"""The shipped terminology, in Slicer's own logic."""

from __future__ import annotations

import json
from typing import Any

import pytest
import slicer
import vtk

from GSSSegmentationLib.segments import CONTEXT, wanted_segments
from GSSSegmentationLib.terminology import TERMINOLOGY_FILE, load_terminology


@pytest.fixture
def logic(scene: Any) -> Any:
    assert load_terminology()
    return slicer.modules.terminologies.logic()


def test_it_is_loaded_once(logic: Any) -> None:
    assert load_terminology()
    assert logic.IsTerminologyContextLoaded(CONTEXT)


@pytest.mark.parametrize("segment", [*wanted_segments(False), *wanted_segments(True)], ids=lambda s: s.id)
def test_every_segment_is_an_entry_of_it(segment: Any, logic: Any) -> None:
    entry = slicer.vtkSlicerTerminologyEntry()
    assert logic.DeserializeTerminologyEntry(segment.terminology, entry)
    assert entry.GetTerminologyContextName() == CONTEXT
    names = vtk.vtkStringArray()
    names.InsertNextValue(CONTEXT)
    assert logic.UpdateEntryFromLoadedTerminologies(entry, names, vtk.vtkStringArray()), "it is in the loaded list"
    kind = entry.GetTypeObject()
    assert [round(channel) for channel in kind.GetRecommendedDisplayRGBValue()] == list(segment.colour)
    assert entry.GetRegionObject().GetCodeMeaning() == "Brain"


def test_codes_are_unique_and_the_file_says_what_the_code_says() -> None:
    content = json.loads(TERMINOLOGY_FILE.read_text(encoding="utf-8"))
    assert content["SegmentationCategoryTypeContextName"] == CONTEXT
    (category,) = content["SegmentationCodes"]["Category"]
    codes = [(kind["CodingSchemeDesignator"], kind["CodeValue"]) for kind in category["Type"]]
    assert len(set(codes)) == len(codes)
    for segment in wanted_segments(False) + wanted_segments(True):
        scheme, code, meaning = segment.terminology.split("~")[2].split("^")
        kind = next(k for k in category["Type"] if k["CodeValue"] == code)
        assert (kind["CodingSchemeDesignator"], kind["CodeMeaning"]) == (scheme, meaning)
