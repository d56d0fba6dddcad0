"""The packages that the network needs: tells which are missing, and installs them when the user has agreed.

Metadata tells whether a package is there: to import torch into Slicer's process would fill its memory, or crash it.
The PyTorch extension installs PyTorch, because it picks the build for the machine's GPU; pip installs the rest.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import subprocess
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import slicer
import slicer.util
from packaging.requirements import Requirement

from GSSCore.errors import EnvironmentRefused, GSSError
from GSSCore.messages import Message
from GSSSegmentationLib.headless import in_application
from GSSSegmentationLib.process import python_command

TORCH = Requirement("torch>=2.6,!=2.9.*")
REQUIREMENTS_FILE = Path(__file__).resolve().parents[1] / "Resources" / "requirements.txt"
REQUESTER = "GSSSegmentation"

logger = logging.getLogger(__name__)

SLICERS_OWN = Requirement("SimpleITK>=2.3")
"""Comes with Slicer, whose build of it has a version of its own: whether it is there tells its module, not metadata."""

Ask = Callable[[Sequence[Requirement]], bool]
"""Asks the user whether these packages may be installed, and returns whether the answer is yes."""


def required() -> tuple[Requirement, ...]:
    """Return all packages that are needed, torch first."""
    lines = REQUIREMENTS_FILE.read_text(encoding="utf-8").splitlines()
    return (TORCH, *(Requirement(line) for line in lines if line.strip() and not line.startswith("#")))


def missing() -> tuple[Requirement, ...]:
    """Return the packages that are not installed, or in a version that is not supported."""
    return tuple(requirement for requirement in required() if not _satisfied(requirement))


def install_command(requirements: Sequence[Requirement]) -> str:
    """Return the command that installs packages for the Python in which the network runs."""
    words = [*python_command(), "-m", "pip", "install", *map(str, requirements)]
    return subprocess.list2cmdline(words)


def require_installed() -> None:
    """Refuse to go on while packages are missing.

    Raises:
        EnvironmentRefused: with the packages, and the command that installs them.
    """
    lacking = missing()
    if lacking:
        raise EnvironmentRefused(
            Message(
                "packages.missing",
                "Missing: {packages}. Install them from the module's panel (Apply asks first), or run `{command}`.",
                packages=listed(lacking),
                command=install_command(lacking),
            )
        )
    if importlib.util.find_spec(SLICERS_OWN.name) is None:
        raise EnvironmentRefused(
            Message(
                "packages.no-simpleitk",
                "SimpleITK, which registers raw scans and comes with Slicer, is not to be found: install Slicer again, "
                "or run `{command}`.",
                command=install_command([SLICERS_OWN]),
            )
        )


def ensure_installed(ask: Ask) -> None:
    """Install what is missing, if the user agrees. Nothing is asked when nothing is missing.

    Args:
        ask: asks the user.

    Raises:
        EnvironmentRefused: when the user declines, the PyTorch extension is missing, or the installation fails, as it
            does without a network. The sentence says what can be done instead.
    """
    lacking = missing()
    if not lacking:
        return
    if not ask(lacking):
        raise EnvironmentRefused(
            Message(
                "packages.declined",
                "Nothing was installed, and {packages} is still missing. To install it by hand, run `{command}`.",
                packages=listed(lacking),
                command=install_command(lacking),
            )
        )
    fault: Exception | None = None
    try:
        _install(lacking)
    # Installers fail in many ways: no network, no rights, no room. And one may fail after everything was installed, as
    # torch's does when its import fails at the end. So what counts is what is installed now.
    except Exception as raised:
        logger.info("the installation ended with a fault", exc_info=True)
        fault = raised
    importlib.invalidate_caches()
    still = missing()
    if still:
        raise _not_installed(still, fault) from fault


def _not_installed(still: Sequence[Requirement], fault: Exception | None) -> GSSError:
    """Return the error for packages that are missing after an installation, which may have ended with a fault."""
    if isinstance(fault, GSSError):
        return fault
    if fault is not None:
        return EnvironmentRefused(
            Message(
                "packages.failed",
                "{packages} could not be installed ({reason}): check the network connection. To install it by hand, "
                "run `{command}`.",
                packages=listed(still),
                reason=str(fault) or type(fault).__name__,
                command=install_command(still),
            )
        )
    return EnvironmentRefused(
        Message(
            "packages.still-missing",
            "{packages} is still missing after the installation: restart Slicer and try again. To install it by hand, "
            "run `{command}`.",
            packages=listed(still),
            command=install_command(still),
        )
    )


def _satisfied(requirement: Requirement) -> bool:
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(version, prereleases=True)


def _install(lacking: Sequence[Requirement]) -> None:
    if not in_application():
        raise EnvironmentRefused(
            Message(
                "packages.outside-slicer",
                "Outside Slicer nothing is installed. Run `{command}`.",
                command=install_command(lacking),
            )
        )
    if TORCH in lacking:
        _install_torch()
    others = [str(requirement) for requirement in lacking if requirement is not TORCH]
    if others:
        _install_others(others)


def _install_torch() -> None:
    try:
        utilities = importlib.import_module("PyTorchUtils")
    except ImportError as fault:
        raise EnvironmentRefused(
            Message(
                "packages.no-extension",
                "PyTorch is installed by Slicer's PyTorch extension, which is missing: install 'PyTorch' in the "
                "Extensions Manager and restart Slicer, or run `{command}`.",
                command=install_command([TORCH]),
            )
        ) from fault
    logic = utilities.PyTorchUtilsLogic()
    try:
        done = logic.installTorch(askConfirmation=False, torchVersionRequirement=str(TORCH.specifier))
    except Exception:
        # The installer ends by importing torch, which may fail in Slicer's process. The network runs in another one.
        importlib.invalidate_caches()
        if not _satisfied(TORCH):
            raise
        logger.info("PyTorch was installed, and could not be imported into Slicer", exc_info=True)
        return
    if done is None:
        raise EnvironmentRefused(
            Message(
                "packages.not-installed",
                "PyTorch was not installed. To install it by hand, run `{command}`.",
                command=install_command([TORCH]),
            )
        )


def _install_others(requirements: list[str]) -> None:
    """Install with Slicer's own functions. That of 5.12 checks for conflicts and shows progress."""
    try:
        packaging = importlib.import_module("slicer.packaging")
    except ImportError:
        slicer.util.pip_install(requirements)
        return
    packaging.pip_ensure(requirements, prompt_install=False, requester=REQUESTER, skip_in_testing=False)


def listed(requirements: Sequence[Requirement]) -> str:
    """Return packages as a list for a sentence."""
    return ", ".join(map(str, requirements))
