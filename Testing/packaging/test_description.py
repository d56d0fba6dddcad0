"""Slicer's description files say the same about the extension, and nothing that isn't so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FILES = ("CMakeLists.txt", "GSSSegmentation.s4ext", "GSSSegmentation.json")


def s4ext() -> dict[str, str]:
    lines = [line.split(None, 1) for line in (ROOT / "GSSSegmentation.s4ext").read_text().splitlines()]
    return {words[0]: words[1] for words in lines if len(words) == 2 and words[0] != "#"}


def entry() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "GSSSegmentation.json").read_text(encoding="utf-8"))
    return found


def cmake() -> dict[str, str]:
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    return dict(re.findall(r'set\(EXTENSION_(\w+) "([^"]*)"\)', text))


def test_the_two_descriptions_of_the_extension_say_the_same() -> None:
    old, new = s4ext(), entry()
    assert old["scmurl"] == new["scm_url"]
    assert old["scmrevision"] == new["scm_revision"]
    assert old["depends"].split() == new["build_dependencies"]
    assert old["category"] == new["category"]
    assert old["build_subdirectory"] == new["build_subdirectory"]


def test_the_catalogue_entry_has_the_keys_that_the_schema_knows_and_plain_line_ends() -> None:
    assert b"\r" not in (ROOT / "GSSSegmentation.json").read_bytes()
    assert {"$schema", "category", "scm_url"} <= set(entry())
    optional = {"scm_type", "scm_revision", "build_dependencies", "build_subdirectory", "tier", "enabled"}
    assert set(entry()) <= {"$schema", "category", "scm_url"} | optional
    assert "v1.0.2" in entry()["$schema"]
    assert all(isinstance(name, str) for name in entry()["build_dependencies"])


def test_cmake_says_what_the_description_says() -> None:
    old, new = s4ext(), cmake()
    assert new["HOMEPAGE"] == old["homepage"]
    assert new["ICONURL"] == old["iconurl"]
    assert new["SCREENSHOTURLS"] == old["screenshoturls"]
    assert new["DESCRIPTION"] == old["description"]
    assert new["CONTRIBUTORS"] == old["contributors"]
    assert new["DEPENDS"] == old["depends"]
    assert "not for clinical use" in new["DESCRIPTION"].lower()


def test_the_addresses_lie_in_the_repository_that_is_named() -> None:
    home, revision = entry()["scm_url"].removesuffix(".git"), entry()["scm_revision"]
    assert cmake()["HOMEPAGE"] == home
    assert cmake()["ICONURL"].startswith(f"{home}/raw/{revision}/")


def test_the_icon_is_where_its_address_says() -> None:
    path = cmake()["ICONURL"].split(f"/raw/{entry()['scm_revision']}/")[1]
    assert (ROOT / path).is_file()
    assert path == "GSSSegmentation/Resources/Icons/GSSSegmentation.png"


def test_placeholders_are_one_host_and_on_the_release_checklist() -> None:
    hosts = {host for name in FILES for host in re.findall(r"https://([^/\s\"]+)", (ROOT / name).read_text())}
    assert hosts == {"example.invalid", "raw.githubusercontent.com"}
    assert "example.invalid" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
