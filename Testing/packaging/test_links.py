"""Links between the pages lead somewhere, and the pages speak of no one's machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in (ROOT, *(ROOT / name for name in ("docs", "Testing", "recipes", "GSSCore", "GSSSegmentation")))
    for path in (folder.glob("*.md") if folder == ROOT else folder.rglob("*.md"))
)
LINK = re.compile(r"\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_and_headings_that_are_there(page: str) -> None:
    for target in links(page):
        name, _, anchor = target.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.exists(), f"{page} links to {name}, which is not there"
        assert ROOT in path.resolve().parents, f"{page} links to {name}, outside of the repository"
        if anchor:
            assert anchor in anchors(path.read_text(encoding="utf-8")), f"{page}: {name} has no heading #{anchor}"


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_a_path_on_somebodys_machine(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert not re.findall(r"(?<![\w.)/])/(?:home|root|work|Users|mnt)/\S+", text)


def test_every_page_of_the_documentation_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        places = [((ROOT / page).parent / target.partition("#")[0]).resolve() for target in links(page)]
        waiting += [path.relative_to(ROOT).as_posix() for path in places if path.suffix == ".md" and path.is_file()]
    assert {page for page in PAGES if page.startswith("docs/")} <= reached


def test_the_pages_that_the_module_links_to_are_there() -> None:
    module = (ROOT / "GSSSegmentation" / "GSSSegmentation.py").read_text(encoding="utf-8")
    targets = re.findall(r'_link\("([^"]+)"', module)
    assert len(targets) == 3
    for page, _, anchor in (target.partition("#") for target in targets):
        found = anchors((ROOT / page).read_text(encoding="utf-8"))
        assert not anchor or anchor in found


def test_headings_become_anchors_as_on_github() -> None:
    text = "# What `?` means, and why\n\n```sh\n# no heading\n```\n\n## Again\n\n## Again\n"
    assert anchors(text) == {"what--means-and-why", "again", "again-1"}


def links(page: str) -> list[str]:
    """Return where a page's links and pictures lead within the repository."""
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    return [target for target in LINK.findall(text) if not re.match(r"[a-z]+:", target)]


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings by GitHub's rule; a repeated one gets a number."""
    found: dict[str, int] = {}
    result = set()
    for heading in re.findall(r"^#+ +(.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), flags=re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        count = found.get(slug, 0)
        found[slug] = count + 1
        result.add(f"{slug}-{count}" if count else slug)
    return result
