"""The lists of files to ship are those of the tree, and no file is forgotten in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from extension_build import Extension

import cmake_lists


def outdated(root: Path) -> list[str]:
    expected = cmake_lists.texts(root)
    return [p.relative_to(root).as_posix() for p, text in expected.items() if p.read_text(encoding="utf-8") != text]


def test_the_lists_name_every_file_and_no_other() -> None:
    assert not outdated(cmake_lists.ROOT), "run python Testing/cmake_lists.py"


@pytest.mark.parametrize(
    "name",
    [
        "GSSCore/imaging/new.py",
        "GSSCore/pretrained/new/weights.safetensors",
        "GSSSegmentation/GSSSegmentationLib/new.py",
        "GSSSegmentation/Scripts/new.py",
        "GSSSegmentation/Resources/UI/new.ui",
        "GSSSegmentation/Resources/new.qm",
    ],
)
def test_a_new_file_that_is_not_listed_is_noticed(tmp_path: Path, name: str) -> None:
    root = Extension.copied_to(tmp_path).source
    for path, text in cmake_lists.texts(root).items():
        path.write_text(text, encoding="utf-8")
    assert not outdated(root)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).touch()
    assert outdated(root) == [f"{name.split('/')[0]}/CMakeLists.txt"]


def test_the_source_of_a_translation_is_not_shipped(tmp_path: Path) -> None:
    (tmp_path / "GSSSegmentation_de.ts").touch()
    (tmp_path / "GSSSegmentation_de.qm").touch()
    assert cmake_lists.shipped(tmp_path) == ([], ["GSSSegmentation_de.qm"])


def test_bytecode_and_hidden_files_are_not_shipped(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.cpython-312.pyc").touch()
    (tmp_path / ".DS_Store").touch()
    assert cmake_lists.shipped(tmp_path) == ([], [])


def test_a_file_of_unknown_kind_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").touch()
    with pytest.raises(ValueError, match=r"model\.onnx would be forgotten: add \.onnx to RESOURCES"):
        cmake_lists.shipped(tmp_path)
