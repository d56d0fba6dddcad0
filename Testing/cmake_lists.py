"""Writes the CMakeLists.txt of GSSCore and of the Slicer module from the tree: `python Testing/cmake_lists.py`.

Slicer ships what is listed and nothing else. A test compares the lists with the tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIBRARY, MODULE, BATCH = "GSSCore", "GSSSegmentation", "Scripts/"
RESOURCES = (".json", ".npz", ".png", ".qm", ".safetensors", ".svg", ".ttf", ".txt", ".typed", ".ui")
LEFT_OUT = (".ts",)
"""Sources of what is shipped: translations are shipped compiled."""


def shipped(folder: Path) -> tuple[list[str], list[str]]:
    """Return the scripts and the resources of a folder, relative to it, sorted.

    Raises:
        ValueError: when a file is of no known kind, so that none is forgotten in silence.
    """
    scripts, resources = [], []
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or "__pycache__" in path.parts or path.name.startswith(".") or name == "CMakeLists.txt":
            continue
        if path.suffix == ".py":
            scripts.append(name)
        elif path.suffix in RESOURCES:
            resources.append(name)
        elif path.suffix not in LEFT_OUT:
            raise ValueError(
                f"{folder.name}/{name} would be forgotten: add {path.suffix or path.name} to RESOURCES "
                "or to LEFT_OUT in Testing/cmake_lists.py, or remove the file."
            )
    return scripts, resources


def texts(root: Path = ROOT) -> dict[Path, str]:
    """Return the files that hold the lists, each with what it has to hold."""
    return {
        root / LIBRARY / "CMakeLists.txt": _library(*shipped(root / LIBRARY)),
        root / MODULE / "CMakeLists.txt": _module(*shipped(root / MODULE)),
    }


def _lines(names: Iterable[str]) -> str:
    return "".join(f"\n  {name}" for name in names)


def _library(scripts: list[str], resources: list[str]) -> str:
    return f"""\
# Installs GSSCore beside the Slicer module, so that `import GSSCore` works there. A file that is not listed is not
# shipped. Testing/cmake_lists.py writes this file, and a test compares the lists with the tree.

set(GSSCORE_SCRIPTS{_lines(scripts)}
  )

set(GSSCORE_RESOURCES{_lines(resources)}
  )

ctkMacroCompilePythonScript(
  TARGET_NAME GSSCore
  SCRIPTS "${{GSSCORE_SCRIPTS}}"
  RESOURCES "${{GSSCORE_RESOURCES}}"
  DESTINATION_DIR ${{CMAKE_BINARY_DIR}}/${{Slicer_QTSCRIPTEDMODULES_LIB_DIR}}/GSSCore
  INSTALL_DIR ${{Slicer_INSTALL_QTSCRIPTEDMODULES_LIB_DIR}}/GSSCore
  NO_INSTALL_SUBDIR
  )
"""


def _module(scripts: list[str], resources: list[str]) -> str:
    batch = [name.removeprefix(BATCH) for name in scripts if name.startswith(BATCH)]
    module = [name for name in scripts if not name.startswith(BATCH)]
    return f"""\
# The Slicer module. A file that is not listed is not shipped. Testing/cmake_lists.py writes this file, and a test
# compares the lists with the tree.

set(MODULE_NAME {MODULE})

set(MODULE_PYTHON_SCRIPTS{_lines(module)}
  )

set(MODULE_PYTHON_RESOURCES{_lines(resources)}
  )

set(MODULE_BATCH_SCRIPTS{_lines(batch)}
  )

slicerMacroBuildScriptedModule(
  NAME ${{MODULE_NAME}}
  SCRIPTS ${{MODULE_PYTHON_SCRIPTS}}
  RESOURCES ${{MODULE_PYTHON_RESOURCES}}
  WITH_GENERIC_TESTS
  )

# All extensions share the names in the installed folder, and Slicer takes every .py that lies directly in it for a
# module. The batch scripts therefore get a folder with a name that nobody else has. As in the sources, it lies beside
# GSSSegmentationLib, which they find in the same way in both places.
ctkMacroCompilePythonScript(
  TARGET_NAME ${{MODULE_NAME}}Scripts
  SCRIPTS "${{MODULE_BATCH_SCRIPTS}}"
  SOURCE_DIR ${{CMAKE_CURRENT_SOURCE_DIR}}/{BATCH.rstrip("/")}
  DESTINATION_DIR ${{CMAKE_BINARY_DIR}}/${{Slicer_QTSCRIPTEDMODULES_LIB_DIR}}/${{MODULE_NAME}}Scripts
  INSTALL_DIR ${{Slicer_INSTALL_QTSCRIPTEDMODULES_LIB_DIR}}/${{MODULE_NAME}}Scripts
  NO_INSTALL_SUBDIR
  )

if(BUILD_TESTING)
  # The test class in the module's own file.
  slicer_add_python_unittest(SCRIPT ${{MODULE_NAME}}.py)
endif()
"""


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8", newline="\n")
