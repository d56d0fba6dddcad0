"""Imports run downwards only, and what must be light is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "GSSCore"

# A part may import from the layers named beside it, and from itself.
ALLOWED: dict[str, set[str]] = {
    "version": set(),
    "vocabulary": set(),
    "lazy": set(),
    "messages": set(),
    "options": set(),
    "errors": {"messages"},
    "files": {"errors", "messages"},
    "memory": {"errors", "messages"},
    "outputs": {"errors", "messages"},
    "cancellation": {"errors", "messages"},
    "stages": {"cancellation", "errors", "messages"},
}
BASE = {"cancellation", "errors", "files", "lazy", "memory", "messages", "options", "stages", "vocabulary"}
ALLOWED["imaging"] = BASE
ALLOWED["sequences"] = {"vocabulary"}
ALLOWED["study"] = {"imaging", "sequences", *BASE}
ALLOWED["preprocessing"] = {"brain_extraction.distance", "study", "imaging", *BASE}
ALLOWED["metrics"] = {"imaging", *BASE}
ALLOWED["measurements"] = {"imaging", *BASE}
ALLOWED["dataset"] = {"preprocessing", "study", "sequences", "imaging", *BASE}
ALLOWED["phantom"] = {"study", "imaging", "outputs", *BASE}
ALLOWED["networks"] = {"preprocessing.settings", "imaging", "outputs", *BASE}
ALLOWED["gss"] = {"networks", *BASE}
ALLOWED["brain_extraction"] = {"networks", "imaging", *BASE}
ALLOWED["registration"] = {"imaging", *BASE}
ALLOWED["dicom"] = {"sequences", "imaging", *BASE}
ALLOWED["raw"] = {
    "dicom",
    "registration",
    "brain_extraction",
    "networks.card",
    "phantom.atlas",
    "study",
    "sequences",
    "imaging",
    *BASE,
}
ALLOWED["training"] = {
    "brain_extraction",
    "gss",
    "networks",
    "dataset",
    "preprocessing",
    "study",
    "imaging",
    "outputs",
    *BASE,
}
ALLOWED["results"] = {
    "brain_extraction.checks",
    "registration.checks",
    "measurements",
    "metrics",
    "study",
    "networks",
    "version",
    "imaging",
    "outputs",
    *BASE,
}
ALLOWED["inference"] = {"measurements", "results", "gss", "networks", "preprocessing", "study", "imaging", *BASE}
ALLOWED["evaluation"] = {
    "metrics",
    "inference",
    "networks",
    "dataset",
    "preprocessing",
    "study",
    "imaging",
    "outputs",
    *BASE,
}
ALLOWED["cohort"] = {"inference.asked", "dicom", "results", "study", "sequences", "imaging", "outputs", *BASE}
ALLOWED["cli"] = set(ALLOWED)


def parts() -> dict[str, list[Path]]:
    """The files of each part: a module or a package directly below GSSCore."""
    found: dict[str, list[Path]] = {}
    for path in sorted(CORE.rglob("*.py")):
        name = path.relative_to(CORE).parts[0].removesuffix(".py")
        if name not in ("__init__", "__main__"):
            found.setdefault(name, []).append(path)
    return found


def imports(path: Path) -> set[str]:
    """What a file imports, dotted, wherever in the file it does so."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_part_has_its_place() -> None:
    assert set(parts()) == set(ALLOWED)


@pytest.mark.parametrize("part", sorted(ALLOWED))
def test_a_part_imports_only_what_lies_below_it(part: str) -> None:
    for path in parts()[part]:
        for name in imports(path):
            words = name.split(".")
            if words[0] != "GSSCore" or words[1] == part:
                continue
            below = words[1] in ALLOWED[part] or ".".join(words[1:3]) in ALLOWED[part]
            module = words[1] in ALLOWED
            assert below or not module, f"{path.relative_to(ROOT)} imports {name}"


def test_the_layers_have_no_circle() -> None:
    order: list[str] = []
    rest = {part: {name.split(".")[0] for name in below if "." not in name} - {part} for part, below in ALLOWED.items()}
    while rest:
        free = sorted(part for part, below in rest.items() if below <= set(order))
        assert free, f"a circle among {sorted(rest)}"
        order += free
        rest = {part: below for part, below in rest.items() if part not in free}


def test_the_library_knows_neither_slicer_nor_qt() -> None:
    strangers = {"slicer", "qt", "ctk", "vtk", "PySide6", "PyQt5", "PyQt6", "matplotlib", "monai", "sklearn"}
    for path in CORE.rglob("*.py"):
        allowed = {"matplotlib"} if path == CORE / "evaluation" / "plots.py" else set()
        assert not {name.split(".")[0] for name in imports(path)} & (strangers - allowed), path


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after running `code`."""
    probe = f"import sys\n{code}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, encoding="utf-8", cwd=ROOT)
    return set(run.stdout.split("\n")[-2].split())


HEAVY = {"torch", "scipy", "nibabel", "SimpleITK", "PIL", "matplotlib", "monai", "safetensors"}


@pytest.mark.parametrize(
    "code",
    [
        "import GSSCore",
        "import GSSCore; GSSCore.Modality, GSSCore.InputError",
        "from GSSCore.cli import build_parser; build_parser().format_help()",
        "from GSSCore.cli import main; main(['info'])",
        "from GSSCore.cli import main; main(['info', '--json'])",
        "import GSSCore.cohort.table, GSSCore.cohort.running, GSSCore.cohort.summary",
    ],
)
def test_what_only_informs_loads_nothing_heavy(code: str) -> None:
    assert not loaded_after(code) & HEAVY


def test_importing_the_library_does_not_even_load_numpy() -> None:
    assert "numpy" not in loaded_after("import GSSCore")
    assert "numpy" not in loaded_after("from GSSCore.cli import build_parser; build_parser().format_help()")
    assert "numpy" not in loaded_after("from GSSCore.cli import main; main(['info'])")
    assert "numpy" not in loaded_after("import GSSCore.cohort.table")
    assert "numpy" not in loaded_after("import GSSCore.sequences, GSSCore.study.folder")


@pytest.mark.parametrize(
    "module",
    ["study", "study.labels", "preprocessing.pipeline", "phantom", "dataset", "networks.card", "results.report"],
)
def test_preprocessing_needs_no_torch(module: str) -> None:
    assert "torch" not in loaded_after(f"import GSSCore.{module}")


def test_what_makes_tables_and_plots_of_scores_needs_neither_torch_nor_matplotlib_before_it_draws() -> None:
    modules = ("scoring", "files", "comparison", "plots")
    loaded = loaded_after("\n".join(f"import GSSCore.evaluation.{module}" for module in modules))
    assert not loaded & {"torch", "matplotlib"}


PACKAGES = ["GSSCore", *sorted(f"GSSCore.{path.parent.name}" for path in CORE.glob("*/__init__.py"))]


@pytest.mark.parametrize("name", PACKAGES)
def test_public_names_are_what_they_say(name: str) -> None:
    package = import_module(name)
    for public in getattr(package, "__all__", ()):
        # Asked twice, for a module that bears the name would take its place with the first import.
        assert getattr(package, public) is getattr(package, public)
        assert not isinstance(getattr(package, public), ModuleType), public
        assert public in dir(package)
    with pytest.raises(AttributeError, match="nothing_such"):
        package.nothing_such  # noqa: B018


@pytest.mark.parametrize("name", [name for name in PACKAGES if name not in {"GSSCore.cli", "GSSCore.pretrained"}])
def test_every_package_exports_what_a_user_calls(name: str) -> None:
    assert import_module(name).__all__


@pytest.mark.parametrize("name", sorted(set(PACKAGES) - {"GSSCore.cli", "GSSCore.dataset", "GSSCore.phantom"}))
def test_importing_a_package_alone_loads_neither_torch_nor_numpy(name: str) -> None:
    assert not loaded_after(f"import {name}") & (HEAVY | {"numpy"})
