"""Configures, builds and installs the extension with CMake against the stand-ins for Slicer's macros."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("CMakeLists.txt", "GSSCore", "GSSSegmentation", "Testing/slicer", "Testing/packaging/standin")
MODULES = Path("lib/Slicer-5.12/qt-scripted-modules")


def program(name: str) -> str:
    """Return where cmake or ctest is: beside this Python, where `pip install cmake` puts it, or else on the PATH."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is needed to install the extension; `{sys.executable} -m pip install cmake` brings it.")
    return found


def run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Return what a command printed, which has to succeed."""
    done = subprocess.run([*map(str, command)], cwd=cwd, env=env, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, f"{command}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@dataclass(frozen=True)
class Extension:
    """A copy of the extension's sources, in whose folder it is built and installed too."""

    folder: Path

    @property
    def source(self) -> Path:
        """The copy of what the repository's top folder has, as far as CMake needs it."""
        return self.folder / "source"

    @property
    def build(self) -> Path:
        """The build tree."""
        return self.folder / "build"

    @property
    def modules(self) -> Path:
        """The one folder of the installed tree in which all scripted modules lie."""
        return self.folder / "installed" / MODULES

    @classmethod
    def copied_to(cls, folder: Path) -> Extension:
        """Copy the sources: tests may change the copy, and others may work in the tree meanwhile."""
        extension = cls(folder)
        for name in SOURCES:
            target = extension.source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
            else:
                shutil.copy(ROOT / name, target)
        return extension

    def configure(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run CMake as somebody who has Slicer's build would, and return what came of it."""
        standin = self.source / "Testing" / "packaging" / "standin"
        toolchain = standin / "nothing-is-compiled.cmake"
        command = [program("cmake"), "-S", self.source, "-B", self.build, f"-DSlicer_DIR={standin}"]
        command += ["-DBUILD_TESTING=ON", f"-DCMAKE_TOOLCHAIN_FILE={toolchain}", *options]
        return subprocess.run([*map(str, command)], check=False, capture_output=True, encoding="utf-8")

    def installed(self) -> Extension:
        """Configure, build and install."""
        done = self.configure()
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        run(program("cmake"), "--build", self.build)
        run(program("cmake"), "--install", self.build, "--prefix", self.folder / "installed")
        return self

    def python(self, *arguments: str | Path, path: Path | None = None) -> str:
        """Run Python with the installed tree, or another folder, as its whole module path; return what it printed."""
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        # Python writes no bytecode, so that the tree stays as it was installed.
        env |= {"PYTHONPATH": str(path or self.modules), "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        return run(sys.executable, *arguments, cwd=elsewhere, env=env)
