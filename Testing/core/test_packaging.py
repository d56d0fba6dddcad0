"""What is shipped: Slicer's description files agree, and no file is forgotten."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from GSSCore.version import VERSION
from GSSCore.vocabulary import RESEARCH_USE

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Testing"))

import cmake_lists  # noqa: E402


def s4ext() -> dict[str, str]:
    lines = [line.split(None, 1) for line in (ROOT / "GSSSegmentation.s4ext").read_text().splitlines()]
    return {words[0]: words[1] for words in lines if len(words) == 2 and words[0] != "#"}


def cmake() -> dict[str, str]:
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    return dict(re.findall(r'set\(EXTENSION_(\w+) "([^"]*)"\)', text))


def test_the_two_descriptions_of_the_extension_say_the_same() -> None:
    old, new = s4ext(), json.loads((ROOT / "GSSSegmentation.json").read_text(encoding="utf-8"))
    assert old["scmurl"] == new["scm_url"]
    assert old["scmrevision"] == new["scm_revision"]
    assert old["depends"].split() == new["build_dependencies"]
    assert old["category"] == new["category"]
    assert old["build_subdirectory"] == new["build_subdirectory"]


def test_the_catalogue_entry_has_the_keys_that_the_schema_knows_and_plain_line_ends() -> None:
    data = (ROOT / "GSSSegmentation.json").read_bytes()
    entry = json.loads(data)
    assert b"\r" not in data
    assert {"$schema", "category", "scm_url"} <= set(entry)
    optional = {"scm_type", "scm_revision", "build_dependencies", "build_subdirectory", "tier", "enabled"}
    assert set(entry) <= {"$schema", "category", "scm_url"} | optional
    assert "v1.0.2" in entry["$schema"]
    assert all(isinstance(name, str) for name in entry["build_dependencies"])


def test_cmake_says_what_the_description_says() -> None:
    old, new = s4ext(), cmake()
    assert new["HOMEPAGE"] == old["homepage"]
    assert new["ICONURL"] == old["iconurl"]
    assert new["SCREENSHOTURLS"] == old["screenshoturls"]
    assert new["DESCRIPTION"] == old["description"]
    assert new["CONTRIBUTORS"] == old["contributors"]
    assert new["DEPENDS"] == old["depends"]
    assert "not for clinical use" in new["DESCRIPTION"].lower()


def test_placeholders_are_one_host_and_on_the_release_checklist() -> None:
    files = ("CMakeLists.txt", "GSSSegmentation.s4ext", "GSSSegmentation.json")
    hosts = {host for name in files for host in re.findall(r"https://([^/\s\"]+)", (ROOT / name).read_text())}
    assert hosts == {"example.invalid", "raw.githubusercontent.com"}
    assert "example.invalid" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_cmake_lists_every_file_of_the_library_and_no_other() -> None:
    assert cmake_lists.LISTS.read_text(encoding="utf-8") == cmake_lists.text(), "run python Testing/cmake_lists.py"


def test_a_wheel_holds_the_weights_the_cards_and_the_phantoms_tissue(tmp_path: Path) -> None:
    # From a copy: setuptools leaves a build folder beside the sources, whose old files would get into later wheels.
    source = tmp_path / "source"
    shutil.copytree(ROOT / "GSSCore", source / "GSSCore", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(source)]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    (wheel,) = tmp_path.glob("*.whl")
    assert VERSION in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        described = archive.read(next(n for n in names if n.endswith("METADATA"))).decode()
    scripts, resources = cmake_lists.wanted()
    missing = {f"GSSCore/{name}" for name in (*scripts, *resources)} - names
    assert not missing
    assert not {n for n in names if not n.startswith(("GSSCore/", "gsssegmentation-"))}
    assert "extra == 'train'" in described.replace('"', "'")


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_what_is_read_first_says_what_it_is_not_for(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert RESEARCH_USE.split(", ")[1].rstrip(".") in text


def test_the_licence_is_the_one_that_is_named() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert (ROOT / "GSSCore" / "phantom" / "data" / "LICENSE-ICBM152.txt").stat().st_size > 500


def test_nothing_large_is_tracked() -> None:
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if run.returncode:
        pytest.skip("not a git checkout")
    sizes = {name: (ROOT / name).stat().st_size for name in run.stdout.decode().split("\0") if (ROOT / name).is_file()}
    assert sum(sizes.values()) < 30_000_000
    assert all(size <= 8_000_000 for size in sizes.values()), max(sizes, key=lambda n: sizes[n])
    assert not [name for name in sizes if re.search(r"(BraTS|Brats18)", name)]
