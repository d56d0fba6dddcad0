"""Every command's help ends with examples, and what help and pages tell to type can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from GSSCore.cli import COMMANDS, main
from GSSCore.cli import build_parser as parser_of_all
from GSSCore.cli.examples import EXAMPLES
from GSSCore.vocabulary import RESEARCH_USE

ROOT = Path(__file__).resolve().parents[2]
NAMES = {command.__name__.rsplit(".", 1)[1]: command for command in COMMANDS}
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def parsed_command(line: str) -> object:
    """Parse a line as the shell would hand it over, and return the function that would run."""
    words = shlex.split(line, comments=True)
    words = words[words.index("GSSCore") + 1 :] if words[0] == "torchrun" else words[1:]
    return parser_of_all().parse_args(words).run


@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_ends_with_what_it_is_not_for_and_with_examples(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*([name] if name else []), "--help"]) == 0
    shown = capsys.readouterr().out.rstrip()
    assert shown.endswith("\n".join(f"  {line}" for line in EXAMPLES[name]))
    assert f"{RESEARCH_USE}\n\nexamples:\n" in shown
    before = shown.partition("examples:")[0]
    assert max(map(len, before.splitlines())) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_each_example_is_of_its_command_and_can_be_parsed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert EXAMPLES[name] and main([name, "--help"]) == 0
    options = set(re.findall(r"--[\w-]+", capsys.readouterr().out.partition("examples:")[0]))
    for line in EXAMPLES[name]:
        assert parsed_command(line) is NAMES[name].run
        # The parser takes options that are cut short; an example has them whole.
        assert set(re.findall(r"(?<= )--[a-z0-9-]+", line)) - {"--nproc-per-node"} <= options


def test_the_examples_of_the_program_itself_can_be_parsed() -> None:
    for line in EXAMPLES[""]:
        if not line.endswith("--help"):
            parsed_command(line)
    assert EXAMPLES.keys() == {"", *NAMES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_lines_that_a_page_tells_to_type_can_be_parsed(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in re.findall(r"^(?: {4})?((?:gss|torchrun) .*)$", text, flags=re.MULTILINE):
        parsed_command(line)
