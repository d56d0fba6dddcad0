"""The module in Slicer: its description, loading, reload, sample data, and its own test."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import slicer
import slicer.util

from GSSCore.vocabulary import MODALITIES
from GSSSegmentationLib import dependencies
from GSSSegmentationLib.headless import in_application
from opened import MODULE, Opened
from standin import host
from standin.application import SampleDataLogic

TITLE = "GSS Brain Tumor Segmentation"


def test_a_module_that_is_added_while_slicer_runs_has_all(
    slicer_stand_in: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from GSSSegmentationLib import terminology

    monkeypatch.setattr(slicer.modules, "sampleDataSources", {}, raising=False)
    monkeypatch.setattr(terminology, "_loaded", [])
    _, widget = host.open_module(MODULE, at_startup=False)
    assert terminology._loaded
    assert len(SampleDataLogic.sampleDataSourcesByCategory(TITLE)) == 2
    host.close_module(widget)


def test_sample_data_are_registered_once_also_after_a_reload(opened: Opened, before_reload: None) -> None:
    new = host.reload_module(opened.widget)
    sources = SampleDataLogic.sampleDataSourcesByCategory(TITLE)
    library = sys.modules["GSSSegmentationLib.sample_data"]
    makers = [library.make_phantom_nodes, library.make_raw_phantom_nodes]
    assert [source.customDownloader for source in sources] == makers
    new.cleanup()


def test_the_self_test_is_skipped_without_torch(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    import unittest

    monkeypatch.setattr(dependencies, "missing", lambda: ("torch",))
    monkeypatch.setattr(dependencies, "listed", ", ".join)
    case = opened.module.GSSSegmentationTest("test_a_phantom_is_segmented_from_two_sequences")
    with pytest.raises(unittest.SkipTest, match="torch is not installed"):
        case.test_a_phantom_is_segmented_from_two_sequences()
    result = unittest.TestResult()
    case.run(result)
    assert result.skipped and result.wasSuccessful()
    slicer.selfTests["GSSSegmentation"](msec=0)


def test_sample_data_and_find_give_a_result_in_two_clicks(
    opened: Opened, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, _ = SampleDataLogic.sampleDataSourcesByCategory(TITLE)
    assert Path(source.thumbnailFileName).is_file()
    nodes = source.customDownloader(source)
    assert [node.GetName() for node in nodes] == [f"GSS phantom {m.display}" for m in MODALITIES]
    opened.ui.networkPathEdit.currentPath = str(network)
    opened.press("find")
    opened.press("apply")
    opened.wait_for("done")


def test_the_raw_phantom_is_four_volumes_with_grids_of_their_own(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    import GSSCore.phantom

    small = GSSCore.phantom.make_raw_phantom(0, coarser=4.0)
    monkeypatch.setattr(GSSCore.phantom, "make_raw_phantom", lambda seed: small)
    _, source = SampleDataLogic.sampleDataSourcesByCategory(TITLE)
    nodes = source.customDownloader(source)
    assert [node.GetName() for node in nodes] == [f"GSS raw phantom {m.display}" for m in MODALITIES]
    for node, scan in zip(nodes, small.scans.values(), strict=True):
        assert slicer.util.arrayFromVolume(node).shape == scan.array.shape[::-1]


def test_reload_makes_a_new_panel_with_new_helpers(opened: Opened, before_reload: None) -> None:
    before = sys.modules["GSSSegmentationLib.panel"]
    opened.widget.onReload()
    after = sys.modules["GSSSegmentationLib.panel"]
    assert after is not before
    new = slicer.modules.GSSSegmentationWidget
    assert new is not opened.widget
    assert isinstance(new.panel, after.Panel)
    new.cleanup()


def test_the_module_says_what_it_is(opened: Opened) -> None:
    parent = slicer.modules.gsssegmentation
    assert parent.title == TITLE
    assert parent.categories == ["Segmentation"]
    assert "not for clinical use" in parent.helpText
    assert f'href="{opened.module.HOMEPAGE}/blob/main/docs/user-guide.md"' in parent.helpText
    assert f'href="{opened.module.HOMEPAGE}/blob/main/docs/user-guide.md#a-worked-example"' in parent.helpText
    assert "How to cite" in parent.acknowledgementText
    assert parent.contributors


def test_the_modules_own_self_test_passes(opened: Opened) -> None:
    assert in_application(), "the stand-in is taken for Slicer"
    slicer.mrmlScene.Clear(0)
    slicer.selfTests["GSSSegmentation"](msec=0)


def test_opening_the_module_loads_nothing_that_slicer_lacks() -> None:
    import subprocess

    code = (
        "import sys; sys.path[:0] = ['GSSSegmentation', 'Testing', '.']\n"
        "from standin import host; host.start()\n"
        "_, widget = host.open_module(host.ROOT / 'GSSSegmentation' / 'GSSSegmentation.py')\n"
        "widget.ui.findButton.click()\n"
        "lacks = {'torch', 'nibabel', 'safetensors', 'PIL', 'matplotlib', 'tqdm', 'pydicom'}\n"
        "print('loaded:', sorted(lacks & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=host.ROOT, capture_output=True, encoding="utf-8", check=True)
    assert run.stdout.splitlines()[-1] == "loaded: []"
