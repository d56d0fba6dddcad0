"""What is installed is what is in the tree, and it works from there. Against stand-ins for Slicer's CMake macros."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from extension_build import Extension, program, run

from GSSCore.phantom import phantom_name, write_phantom

TESTS = {
    "py_GSSSegmentation",
    "py_nomainwindow_qSlicerGSSSegmentationModuleGenericTest",
    "py_nomainwindow_GSSSegmentation_test_batch_in_slicer",
}
# Every module of the package; those of the panel need what only the application has.
IMPORT_ALL = """
import importlib, json, pkgutil, sys
import GSSSegmentationLib
for found in pkgutil.walk_packages(GSSSegmentationLib.__path__, "GSSSegmentationLib."):
    try:
        importlib.import_module(found.name)
    except ModuleNotFoundError as missing:
        if missing.name not in {"qt", "ctk"} and not missing.name.startswith("slicer."):
            raise
import GSSCore
ours = {n: m.__file__ for n, m in sys.modules.items() if n.split(".")[0] in {"GSSCore", "GSSSegmentationLib"}}
print(json.dumps(ours))
"""


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def wanted(source: Path) -> dict[str, bytes]:
    """What has to be installed, by the rules and not by the lists."""
    library = {f"GSSCore/{name}": data for name, data in files(source / "GSSCore").items()}
    module = files(source / "GSSSegmentation")
    module = {re.sub(r"^Scripts/", "GSSSegmentationScripts/", name): data for name, data in module.items()}
    both = {**library, **module}
    return {name: data for name, data in both.items() if not name.endswith(("CMakeLists.txt", ".ts"))}


def test_every_file_of_the_tree_is_installed_byte_for_byte_and_nothing_else(extension: Extension) -> None:
    here, there = wanted(extension.source), files(extension.modules)
    assert sorted(there) == sorted(here)
    assert not [name for name, data in here.items() if there[name] != data]
    assert not [p for p in files(extension.folder / "installed") if not p.startswith("lib/Slicer-5.12/qt-scripted")]


def test_slicer_finds_one_module_and_no_names_that_other_extensions_may_have(extension: Extension) -> None:
    assert [p.name for p in extension.modules.glob("*.py")] == ["GSSSegmentation.py"]
    folders = {p.name for p in extension.modules.iterdir() if p.is_dir()}
    assert folders == {"GSSCore", "GSSSegmentationLib", "GSSSegmentationScripts", "Resources"}


def test_the_build_tree_can_be_used_by_slicer_as_it_is(extension: Extension) -> None:
    assert files(extension.build / "lib/Slicer-5.12/qt-scripted-modules") == files(extension.modules)


def test_the_packages_import_from_the_installed_tree(extension: Extension) -> None:
    ours = json.loads(extension.python("-c", IMPORT_ALL))
    assert {"GSSCore", "GSSSegmentationLib"} <= set(ours)
    assert not [name for name, file in ours.items() if extension.modules not in Path(file).parents]


def test_a_phantom_is_segmented_from_the_installed_tree(extension: Extension, tmp_path: Path) -> None:
    write_phantom(tmp_path, shape=(60, 75, 60), spacing_mm=3.0)
    images = [f"--{m}={tmp_path / phantom_name(0)}_{m}.nii.gz" for m in ("flair", "t2")]
    output = tmp_path / "result"
    extension.python("-m", "GSSCore", "segment", *images, "--output", output, "--no-confidence", "--progress", "none")
    assert (output / "labels.nii.gz").stat().st_size > 0


@pytest.mark.parametrize("script", ["segment_study.py", "segment_cohort.py"])
def test_the_batch_scripts_find_the_package_from_where_they_are_installed(extension: Extension, script: str) -> None:
    installed = extension.modules / "GSSSegmentationScripts" / script
    nowhere = extension.folder / "elsewhere"
    assert "usage" in extension.python(installed, "--help", path=nowhere).lower()


@pytest.mark.parametrize("script", ["segment_study.py", "segment_cohort.py"])
def test_the_batch_scripts_find_the_package_from_the_sources(extension: Extension, script: str) -> None:
    source = extension.source / "GSSSegmentation" / "Scripts" / script
    nowhere = extension.folder / "elsewhere"
    assert "usage" in extension.python(source, "--help", path=nowhere).lower()


def test_in_a_source_checkout_the_package_finds_the_library_beside_the_module(extension: Extension) -> None:
    # Slicer knows the module's own folder only. Without site (-S), or a development installation would hide a failure.
    find = "from GSSSegmentationLib.library import find_library; find_library()"
    code = f"import sys; before = list(sys.path); import GSSSegmentationLib; assert sys.path == before; {find}; "
    code += "import GSSCore; print(GSSCore.__file__)"
    found = extension.python("-S", "-c", code, path=extension.source / "GSSSegmentation")
    assert Path(found.strip()) == extension.source / "GSSCore" / "__init__.py"


def test_ctest_names_the_tests_that_run_in_slicer(extension: Extension) -> None:
    listed = run(program("ctest"), "--test-dir", extension.build, "-N")
    assert set(re.findall(r"Test +#\d+: (\S+)", listed)) == TESTS


def test_without_testing_no_test_is_registered(tmp_path: Path) -> None:
    extension = Extension.copied_to(tmp_path)
    assert extension.configure("-DBUILD_TESTING=OFF").returncode == 0
    assert not (extension.build / "CTestTestfile.cmake").exists()


@pytest.mark.parametrize(
    "name",
    [
        "GSSCore/version.py",
        "GSSCore/py.typed",
        "GSSSegmentation/GSSSegmentation.py",
        "GSSSegmentation/GSSSegmentationLib/__init__.py",
        "GSSSegmentation/Resources/Icons/GSSSegmentation.png",
        "GSSSegmentation/Scripts/segment_study.py",
        "Testing/slicer/test_batch_in_slicer.py",
    ],
)
def test_a_listed_file_that_is_missing_stops_the_configuration(tmp_path: Path, name: str) -> None:
    extension = Extension.copied_to(tmp_path)
    (extension.source / name).unlink()
    done = extension.configure()
    assert done.returncode != 0
    assert "does not exist" in done.stderr and Path(name).name in done.stderr


@pytest.mark.parametrize("call", ["slicerMacroBuildScriptedModule(NAME ", "ctkMacroCompilePythonScript(TARGET_NAME "])
def test_a_keyword_that_slicer_does_not_know_stops_the_configuration(tmp_path: Path, call: str) -> None:
    extension = Extension.copied_to(tmp_path)
    lists = extension.source / "GSSSegmentation" / "CMakeLists.txt"
    function, keyword = call.split("(")
    lists.write_text(
        re.sub(rf"{function}\(\s*{keyword}", rf"{function}(UNHEARD_OF {keyword}", lists.read_text(encoding="utf-8")),
        encoding="utf-8",
    )
    done = extension.configure()
    assert done.returncode != 0
    assert "UNHEARD_OF" in done.stderr
