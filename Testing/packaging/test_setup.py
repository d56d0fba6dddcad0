"""What is installed and where it is tested: constraints, oldest releases, versions and the hosted CI say the same."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import constraints
from GSSCore.cli import build_parser
from GSSCore.version import VERSION

try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))


def requirements(*extras: str) -> dict[str, Requirement]:
    """Return what the project needs, and what the extras add, by name."""
    lines = [*PROJECT["dependencies"], *(line for name in extras for line in PROJECT["optional-dependencies"][name])]
    found = {canonicalize_name(one.name): one for one in map(Requirement, lines)}
    found.pop("gsssegmentation", None)
    return found


def pinned(path: Path) -> dict[str, Version]:
    """Return the exact version of each package in a file of constraints."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found = {}
    for requirement in map(Requirement, lines):
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", requirement
        found[canonicalize_name(requirement.name)] = Version(specifier.version)
    return found


def steps(job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = WORKFLOW["jobs"][job]["steps"]
    return found


def pythons() -> list[str]:
    """Return the versions of Python for which the project is declared, as `3.10`."""
    found = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", line) for line in PROJECT["classifiers"]]
    return [match[1] for match in found if match]


def test_the_constraints_pin_all_that_is_declared_to_releases_that_are_allowed() -> None:
    versions = pinned(constraints.FILE)
    # tomli is for Python 3.10 alone, on which the constraints say nothing but torch.
    for name, requirement in requirements("train", "evaluate", "docs", "test", "dev").items():
        if name != "tomli":
            assert requirement.specifier.contains(versions[name]), requirement


def test_constraints_are_written_by_release_and_not_by_build() -> None:
    written = constraints.text(["torch==2.13.0+cpu", "numpy==2.4.6"])
    assert written.splitlines()[-2:] == ['numpy==2.4.6; python_version >= "3.11"', "torch==2.13.0"]


def test_the_oldest_releases_are_those_that_are_allowed() -> None:
    allowed = requirements("train", "evaluate", "dicom")
    oldest = pinned(ROOT / "Testing" / "oldest.txt")
    least = {name: Version(one.version) for name in allowed for one in allowed[name].specifier if one.operator == ">="}
    assert oldest == least


def test_the_version_is_the_newest_of_the_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(VERSION)} - \d{{4}}-\d\d-\d\d", headings[1])


# --- hosted CI -------------------------------------------------------------------------------------------------------


def test_hosted_ci_runs_on_every_python_that_is_declared() -> None:
    assert WORKFLOW["jobs"]["core"]["strategy"]["matrix"]["python"] == pythons()
    needed = SpecifierSet(PROJECT["requires-python"])
    assert all(needed.contains(version) for version in pythons())
    assert not needed.contains("3.9")
    assert pythons()[0] == str(next(iter(needed))).removeprefix(">=")


def test_hosted_ci_takes_the_oldest_python_for_the_oldest_packages_and_the_newest_for_the_newest() -> None:
    for job, version in (("oldest", pythons()[0]), ("newest", pythons()[-1])):
        assert [step["with"]["python-version"] for step in steps(job) if "python-version" in step.get("with", {})] == [
            version
        ]


def test_hosted_ci_has_no_real_studies_and_says_so() -> None:
    assert WORKFLOW["env"]["GSS_REAL_CASES"] == "none"
    assert "CI" not in WORKFLOW["env"]


@pytest.mark.parametrize(("named", "outcome"), [("none", "skipped"), ("/nowhere", "error")])
def test_on_ci_the_real_studies_may_be_declared_absent_but_not_be_missing(named: str, outcome: str) -> None:
    tests = ROOT / "Testing" / "core" / "test_real_cases.py"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tests)]
    environment = {**os.environ, "CI": "true", "GSS_REAL_CASES": named}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, encoding="utf-8")
    assert (done.returncode == 0) == (outcome == "skipped")
    assert f"{outcome}" in done.stdout.splitlines()[-1], done.stdout[-2000:]


@pytest.mark.parametrize("job", WORKFLOW["jobs"])
def test_every_file_that_hosted_ci_names_is_there(job: str) -> None:
    commands = "\n".join(step["run"] for step in steps(job) if "run" in step)
    named = re.findall(r"\.ci/\w+|Testing/[\w./]+|constraints\.txt", commands)
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]
    extras = set(re.findall(r"\[(\w+)\]", commands))
    assert extras <= set(PROJECT["optional-dependencies"])


def test_macos_and_windows_are_tried() -> None:
    assert WORKFLOW["jobs"]["smoke"]["strategy"]["matrix"]["system"] == ["macos-latest", "windows-latest"]
    commands = "\n".join(step.get("run", "") for step in steps("smoke"))
    ours = [shlex.split(line)[1:] for line in commands.splitlines() if line.startswith("gss ")]
    assert [words[0] for words in ours] == ["info", "phantom", "segment"]
    for words in ours:
        build_parser().parse_args(words)  # which raises UsageError for what there is not
