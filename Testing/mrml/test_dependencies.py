"""Missing packages: found without importing them, asked for, installed by Slicer's own means, or a clear way out."""

from __future__ import annotations

import subprocess
import sys
import types
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import slicer

from GSSCore.errors import EnvironmentRefused
from GSSCore.vocabulary import Modality
from GSSSegmentationLib import dependencies
from GSSSegmentationLib.dependencies import TORCH, ensure_installed, missing, require_installed, required
from GSSSegmentationLib.segmentation import segment_nodes

ROOT = Path(__file__).resolve().parents[2]
OTHERS = {"nibabel": "5.3.2", "safetensors": "0.5", "pillow": "11.0"}
"""What is installed besides torch, in some version that is supported."""


class Packages:
    """What is installed, in place of this machine's packages, and what was asked and installed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **versions: str) -> None:
        self.versions: dict[str, str] = {"torch": "2.8.0", **OTHERS} | versions
        self.asked: list[list[str]] = []
        self.done: list[str] = []
        monkeypatch.setattr(dependencies.metadata, "version", self._version)

    def _version(self, name: str) -> str:
        if not self.versions.get(name):
            raise metadata.PackageNotFoundError(name)
        return self.versions[name]

    def yes(self, lacking: Any) -> bool:
        self.asked.append([requirement.name for requirement in lacking])
        return True

    def no(self, lacking: Any) -> bool:
        self.asked.append([requirement.name for requirement in lacking])
        return False


@pytest.fixture
def in_slicer(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A process that looks like Slicer to what installs packages."""
    monkeypatch.setattr(dependencies, "in_application", lambda: True)
    monkeypatch.setattr(dependencies, "python_command", lambda: ["/slicer/bin/PythonSlicer"])
    return monkeypatch


def torch_extension(packages: Packages, monkeypatch: pytest.MonkeyPatch, version: str | None = "2.8.0") -> None:
    """Install a stand-in for the PyTorch extension; None declines, an exception is raised."""

    class PyTorchUtilsLogic:
        def installTorch(self, askConfirmation: bool, torchVersionRequirement: str) -> Any:
            packages.done.append(f"torch{torchVersionRequirement} {askConfirmation}")
            if isinstance(version, Exception):
                raise version
            if version is not None:
                packages.versions["torch"] = version
            return version

    module = types.SimpleNamespace(PyTorchUtilsLogic=PyTorchUtilsLogic)
    monkeypatch.setitem(sys.modules, "PyTorchUtils", module)


def pip(packages: Packages, monkeypatch: pytest.MonkeyPatch, modern: bool) -> None:
    """Stand in for Slicer's installer, that of 5.12 or the one before."""

    def install(requirements: list[str], **options: Any) -> None:
        packages.done += requirements
        packages.versions |= OTHERS

    if modern:
        monkeypatch.setitem(sys.modules, "slicer.packaging", types.SimpleNamespace(pip_ensure=install))
    else:
        monkeypatch.setitem(sys.modules, "slicer.packaging", None)
        monkeypatch.setattr(slicer.util, "pip_install", install)


def test_the_list_for_slicer_says_what_the_package_says() -> None:
    try:
        import tomllib
    except ImportError:  # Python 3.10
        import tomli as tomllib
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = {r.name: r.specifier for r in map(Requirement, project["dependencies"])}
    for requirement in required():
        assert own[requirement.name] == requirement.specifier, requirement
    # Slicer brings NumPy, SciPy and SimpleITK itself; tomli is for Python 3.10, which no supported Slicer has; the
    # module's child process tells its progress as JSON lines, and tqdm draws bars on terminals.
    brought = {"numpy", "scipy", "SimpleITK", "tomli", "tqdm"}
    assert set(own) - {requirement.name for requirement in required()} == brought


def test_nothing_is_missing_here() -> None:
    assert missing() == ()
    require_installed()


@pytest.mark.parametrize(
    ("version", "sound"), [("2.5.1", False), ("2.6.0", True), ("2.9.1", False), ("2.13.0+cpu", True)]
)
def test_versions_are_judged(version: str, sound: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    Packages(monkeypatch, torch=version)
    assert (TORCH not in missing()) == sound


def test_nothing_is_asked_when_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = Packages(monkeypatch)
    ensure_installed(packages.yes)
    assert packages.asked == []


@pytest.mark.parametrize("modern", [True, False])
def test_after_a_yes_torch_comes_from_its_extension_and_the_rest_from_pip(
    modern: bool, in_slicer: pytest.MonkeyPatch
) -> None:
    packages = Packages(in_slicer, torch="", safetensors="")
    torch_extension(packages, in_slicer)
    pip(packages, in_slicer, modern)
    ensure_installed(packages.yes)
    assert packages.asked == [["torch", "safetensors"]]
    assert packages.done == ["torch!=2.9.*,>=2.6 False", "safetensors>=0.4.3"]


def test_a_no_installs_nothing_and_names_the_command(in_slicer: pytest.MonkeyPatch) -> None:
    packages = Packages(in_slicer, torch="")
    with pytest.raises(EnvironmentRefused, match=r"Nothing was installed.*PythonSlicer -m pip install") as caught:
        ensure_installed(packages.no)
    assert caught.value.exit_code == 3
    assert packages.done == []


def test_a_missing_pytorch_extension_is_named(in_slicer: pytest.MonkeyPatch) -> None:
    packages = Packages(in_slicer, torch="")
    in_slicer.setitem(sys.modules, "PyTorchUtils", None)
    with pytest.raises(EnvironmentRefused, match="install 'PyTorch' in the Extensions Manager and restart"):
        ensure_installed(packages.yes)


def test_an_offline_machine_gets_a_way_out(in_slicer: pytest.MonkeyPatch) -> None:
    packages = Packages(in_slicer, torch="")
    torch_extension(packages, in_slicer, RuntimeError("no route to host"))  # type: ignore[arg-type]
    with pytest.raises(EnvironmentRefused, match=r"no route to host.*check the network.*pip install"):
        ensure_installed(packages.yes)


def test_a_torch_that_is_installed_and_cannot_be_imported_into_slicer_is_good_enough(
    in_slicer: pytest.MonkeyPatch,
) -> None:
    """The PyTorch extension ends its installation with an import, which may fail in Slicer's own process."""
    packages = Packages(in_slicer, torch="", safetensors="")

    class PyTorchUtilsLogic:
        def installTorch(self, askConfirmation: bool, torchVersionRequirement: str) -> Any:
            packages.versions["torch"] = "2.8.0"
            raise ImportError("DLL load failed")

    in_slicer.setitem(sys.modules, "PyTorchUtils", types.SimpleNamespace(PyTorchUtilsLogic=PyTorchUtilsLogic))
    pip(packages, in_slicer, modern=True)
    ensure_installed(packages.yes)
    assert packages.done == ["safetensors>=0.4.3"]


def test_an_installer_that_fails_at_its_end_has_not_failed(in_slicer: pytest.MonkeyPatch) -> None:
    packages = Packages(in_slicer, safetensors="")

    def install(requirements: list[str], **options: Any) -> None:
        packages.versions["safetensors"] = "0.5"
        raise RuntimeError("restart is declined")

    in_slicer.setitem(sys.modules, "slicer.packaging", types.SimpleNamespace(pip_ensure=install))
    ensure_installed(packages.yes)


def test_an_extension_that_declines_is_reported(in_slicer: pytest.MonkeyPatch) -> None:
    packages = Packages(in_slicer, torch="")
    torch_extension(packages, in_slicer, None)
    with pytest.raises(EnvironmentRefused, match="PyTorch was not installed"):
        ensure_installed(packages.yes)


def test_an_installation_without_effect_is_noticed(in_slicer: pytest.MonkeyPatch) -> None:
    packages = Packages(in_slicer, torch="2.9.0")
    torch_extension(packages, in_slicer, "2.9.1")
    with pytest.raises(EnvironmentRefused, match="still missing after the installation: restart Slicer"):
        ensure_installed(packages.yes)


def test_outside_slicer_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = Packages(monkeypatch, pillow="")
    with pytest.raises(EnvironmentRefused, match=r"Outside Slicer nothing is installed.*pip install pillow"):
        ensure_installed(packages.yes)


def test_a_run_never_asks_and_leaves_nothing(volumes: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    packages = Packages(monkeypatch, torch="")
    with pytest.raises(EnvironmentRefused, match=r"Missing: torch.*-m pip install torch") as caught:
        segment_nodes({"flair": volumes[Modality.FLAIR]})
    assert caught.value.exit_code == 3
    assert packages.done == []
    assert list(tmp_path.iterdir()) == []


def test_looking_for_packages_loads_none_of_them() -> None:
    code = (
        "import sys; sys.path.insert(0, 'GSSSegmentation')\n"
        "import GSSSegmentationLib.segmentation, GSSSegmentationLib.batch, GSSSegmentationLib.dependencies as d\n"
        "d.missing(); print(*sorted({'torch', 'nibabel', 'safetensors', 'PIL'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert run.stdout.split() == []


def test_a_slicer_without_simpleitk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes with Slicer; whether it is there is told without importing it."""
    Packages(monkeypatch)
    require_installed()
    monkeypatch.setattr(dependencies.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EnvironmentRefused, match="SimpleITK"):
        require_installed()
