"""Writes the file lists of GSSCore/CMakeLists.txt from the tree: `python Testing/cmake_lists.py`."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LISTS = ROOT / "GSSCore" / "CMakeLists.txt"
RESOURCES = (".safetensors", ".json", ".npz", ".txt", ".typed")


def wanted() -> tuple[list[str], list[str]]:
    """Return the scripts and the resources of GSSCore, relative to it, sorted."""
    files = [p for p in (ROOT / "GSSCore").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    names = sorted((p.relative_to(ROOT / "GSSCore").as_posix(), p.suffix) for p in files if p != LISTS)
    scripts = [name for name, suffix in names if suffix == ".py"]
    return scripts, [name for name, suffix in names if suffix in RESOURCES]


def text() -> str:
    """Return the content of the file."""
    scripts, resources = ("\n".join(f"  {name}" for name in names) for names in wanted())
    return f"""\
# Installs GSSCore beside the Slicer module, so that `import GSSCore` works there. A file that is not listed is not
# shipped. The lists are written by Testing/cmake_lists.py, and a test compares them with the tree.

set(GSSCORE_SCRIPTS
{scripts}
  )

set(GSSCORE_RESOURCES
{resources}
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


if __name__ == "__main__":
    LISTS.write_text(text(), encoding="utf-8", newline="\n")
