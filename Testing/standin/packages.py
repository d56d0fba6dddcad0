"""Stands in for `slicer.packaging` of Slicer 5.12: what would be installed is kept for the test, and not installed.

A test says with `fails` that pip fails, and with `dialogs.answer` that the user declines. What is there is seen in the
packages' metadata, as in the original; `pretend_installed` is what an installation changes.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

import slicer
import slicer.util
from packaging.requirements import Requirement

installed: list[str] = []
"""Requirements that pip was asked for, in their order."""
removed: list[str] = []
"""Packages that pip was asked to take away."""
pretend_installed: set[str] = set()
"""Names of packages that are taken to be there, since they were installed by these functions."""
fails: bool = False
"""Whether pip fails."""


def forget() -> None:
    """Forget what was asked for, and let pip succeed again."""
    global fails
    installed.clear()
    removed.clear()
    pretend_installed.clear()
    fails = False


def load_requirements(path: str | Path) -> list[Requirement]:
    """Return the requirements in a file, without its comments and options."""
    lines = (line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def pip_check(req: str | Requirement | list[Any]) -> bool:
    """Tell whether requirements are met."""
    return all(_is_met(requirement) for requirement in _requirements(req))


def pip_ensure(
    requirements: str | Requirement | list[Any],
    constraints: str | Path | None = None,
    skip_packages: list[str] | None = None,
    prompt_install: bool = True,
    prompt_restart: bool = True,
    requester: str | None = None,
    skip_in_testing: bool = True,
    show_progress: bool = True,
) -> list[str] | None:
    """Install what is missing, after asking. In testing mode nothing is done unless `skip_in_testing` is off."""
    missing = [requirement for requirement in _requirements(requirements) if not _is_met(requirement)]
    if not missing or (skip_in_testing and slicer.app.testingEnabled()):
        return None
    if prompt_install:
        title = f"{requester} - Install Python Packages" if requester else "Install Python Packages"
        question = (
            f"{len(missing)} Python package(s) to install. This will modify Slicer's Python environment. Continue?"
        )
        if not slicer.util.confirmOkCancelDisplay(question, title):
            raise RuntimeError("User declined package installation")
    return pip_install([str(requirement) for requirement in missing], requester=requester)


def pip_install(
    requirements: str | list[str],
    constraints: str | Path | None = None,
    no_deps_requirements: str | list[str] | None = None,
    skip_packages: list[str] | None = None,
    blocking: bool = True,
    show_progress: bool = True,
    requester: str | None = None,
    parent: Any = None,
    logCallback: Any = None,
    completedCallback: Any = None,
) -> list[str] | None:
    """Install packages."""
    if fails:
        raise CalledProcessError(1, "pip install")
    for requirement in _requirements(requirements):
        installed.append(str(requirement))
        pretend_installed.add(requirement.name)
    return None


def pip_uninstall(requirements: str | list[str], **options: Any) -> None:
    """Take packages away."""
    removed.extend(requirements.split() if isinstance(requirements, str) else requirements)


def _requirements(given: str | Requirement | list[Any]) -> list[Requirement]:
    if isinstance(given, Requirement):
        return [given]
    if isinstance(given, str):
        return [Requirement(word) for word in given.split()]
    if isinstance(given, list):
        return [one if isinstance(one, Requirement) else Requirement(one) for one in given]
    raise TypeError(f"a text, a Requirement or a list is wanted, not a {type(given).__name__}")


def _is_met(requirement: Requirement) -> bool:
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    if requirement.name in pretend_installed:
        return True
    try:
        return metadata.version(requirement.name) in requirement.specifier
    except metadata.PackageNotFoundError:
        return False
