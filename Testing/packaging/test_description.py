"""The extension's description passes the checks of Slicer's catalogue, but for addresses that nobody has yet.

The checks are those of the ExtensionsIndex repository: `scripts/check_description_files.py`, the schema of catalogue
entries, and the checklist of its pull-request template.
"""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = ("CMakeLists.txt", "GSSSegmentation.s4ext", "GSSSegmentation.json", "GSSSegmentation/GSSSegmentation.py")
NAME = "GSSSegmentation"


def s4ext() -> dict[str, str]:
    lines = [line.split(None, 1) for line in (ROOT / f"{NAME}.s4ext").read_text(encoding="utf-8").splitlines()]
    return {words[0]: words[1] for words in lines if len(words) == 2 and words[0] != "#"}


def entry() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / f"{NAME}.json").read_text(encoding="utf-8"))
    return found


def cmake() -> dict[str, str]:
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    return dict(re.findall(r'set\(EXTENSION_(\w+) "([^"]*)"\)', text))


def pictures() -> list[str]:
    """Return the paths, in this repository, of icon and screenshots."""
    addresses = [cmake()["ICONURL"], *cmake()["SCREENSHOTURLS"].split()]
    return [address.split(f"/raw/{entry()['scm_revision']}/")[1] for address in addresses]


# --- the catalogue entry ---------------------------------------------------------------------------------------------


def test_the_entry_follows_the_schema() -> None:
    types = {
        "$schema": str, "category": str, "scm_url": str, "scm_revision": str, "scm_type": str, "tier": int,
        "build_dependencies": list, "build_subdirectory": str, "dicom_support_rule": str, "enabled": bool,
    }  # fmt: skip
    found = entry()
    assert {"$schema", "category", "scm_url"} <= set(found) <= set(types)
    assert all(type(value) is types[key] for key, value in found.items())
    assert all(isinstance(name, str) for name in found["build_dependencies"])
    assert 1 <= found["tier"] <= 5
    assert re.search(r"/slicer-extension-catalog-entry-schema-v1\.0\.2\.json#?$", found["$schema"])


def test_the_entry_is_written_as_the_others_are() -> None:
    data = (ROOT / f"{NAME}.json").read_bytes()
    assert b"\r" not in data
    assert data.decode() == json.dumps(entry(), indent=2) + "\n"


def test_the_entry_is_experimental_until_somebody_supports_it() -> None:
    """Tier 3 needs packages on all platforms, and maintainers who answer questions."""
    assert entry()["tier"] == 1
    assert s4ext()["status"] == "Experimental"


def test_the_category_is_one_that_the_catalogue_has() -> None:
    assert entry()["category"] == "Segmentation"


def test_the_repository_is_reached_by_git_and_its_name_speaks_of_slicer() -> None:
    address = urlsplit(entry()["scm_url"])
    assert address.scheme in ("git", "https")
    assert Path(address.path).stem == f"Slicer{NAME}"


def test_a_branch_is_named_and_no_commit() -> None:
    assert not re.fullmatch(r"[0-9a-f]{7,40}", entry()["scm_revision"])


# --- the files agree -------------------------------------------------------------------------------------------------


def test_the_name_is_the_same_everywhere() -> None:
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    found = re.findall(r"project\s*\(\s*([^\s)]+)", text, flags=re.IGNORECASE)
    assert found[0] == NAME
    assert not NAME.startswith("Slicer")


def test_the_two_descriptions_of_the_extension_say_the_same() -> None:
    old, new = s4ext(), entry()
    assert old["scmurl"] == new["scm_url"]
    assert old["scmrevision"] == new["scm_revision"]
    assert old["depends"].split() == new["build_dependencies"]
    assert old["category"] == new["category"]
    assert old["build_subdirectory"] == new["build_subdirectory"]


def test_cmake_says_what_the_description_says() -> None:
    old, new = s4ext(), cmake()
    assert new["HOMEPAGE"] == old["homepage"]
    assert new["ICONURL"] == old["iconurl"]
    assert new["SCREENSHOTURLS"] == old["screenshoturls"]
    assert new["DESCRIPTION"] == old["description"]
    assert new["CONTRIBUTORS"] == old["contributors"]
    assert new["DEPENDS"].split() == entry()["build_dependencies"]


def test_the_addresses_lie_in_the_repository_that_is_named() -> None:
    home, revision = entry()["scm_url"].removesuffix(".git"), entry()["scm_revision"]
    assert cmake()["HOMEPAGE"] == home
    for address in (cmake()["ICONURL"], *cmake()["SCREENSHOTURLS"].split()):
        assert address.startswith(f"{home}/raw/{revision}/")
    module = (ROOT / NAME / f"{NAME}.py").read_text(encoding="utf-8")
    assert f'HOMEPAGE = "{home}"' in module


def test_placeholders_are_one_host_and_on_the_release_checklist() -> None:
    hosts = {
        host for name in FILES for host in re.findall(r"https://([^/\s\"]+)", (ROOT / name).read_text(encoding="utf-8"))
    }
    assert hosts == {"example.invalid", "raw.githubusercontent.com"}
    assert "example.invalid" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


# --- what a user finds in the catalogue ------------------------------------------------------------------------------


def test_the_description_says_in_one_or_two_sentences_what_it_is_for() -> None:
    text = cmake()["DESCRIPTION"]
    assert 1 <= len(re.findall(r"\.(?= |$)", text)) <= 2
    # Both spellings and the disease: users search for them.
    for word in ("brain tumors", "gliomas", "MRI", "not for clinical use"):
        assert word in text


@pytest.mark.parametrize("path", pictures())
def test_a_picture_is_where_its_address_says_and_a_png(path: str) -> None:
    head = (ROOT / path).read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", head[16:24])
    assert min(width, height) >= 100


def test_the_icon_is_the_modules_and_a_square() -> None:
    assert pictures()[0] == f"{NAME}/Resources/Icons/{NAME}.png"
    width, height = struct.unpack(">II", (ROOT / pictures()[0]).read_bytes()[16:24])
    assert width == height


def test_the_licence_is_in_the_root() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_readme_has_what_a_homepage_needs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {NAME}\n")
    assert re.search(r"!\[[^\]]+\]\(docs/pictures/\S+\.png\)", text), "a picture"
    assert "one module, *GSS Brain Tumor Segmentation*: it segments" in text, "a sentence on the module"
    assert "Apache License 2.0" in text, "the licence"
    cite = text.split("\n## How to cite\n")[1].split("\n## ")[0]
    assert "CITATION.cff" in cite and "doi:" in cite
    assert "(docs/user-guide.md#a-worked-example)" in text, "the tutorial"


def test_the_tutorial_leads_step_by_step_through_sample_data_with_pictures() -> None:
    text = (ROOT / "docs" / "user-guide.md").read_text(encoding="utf-8")
    example = text.split("\n## A worked example\n")[1].split("\n## ")[0]
    assert len(re.findall(r"^\*\*\d+\. ", example, flags=re.MULTILINE)) >= 5
    assert "*Sample Data*" in example and "GSSPhantom" in example
    shown = re.findall(r"!\[[^\]]+\]\((\S+)\)", example)
    assert len(shown) >= 3
    assert all((ROOT / "docs" / path).is_file() for path in shown)
