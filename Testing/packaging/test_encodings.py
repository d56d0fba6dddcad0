"""Every file and stream of text names its encoding: what a system takes without one depends on its locale.

ruff's PLW1514 finds 8 of 120 such calls, those on what it can tell to be a path, and its preview changes other rules.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("GSSCore", "GSSSegmentation", "Testing", "docs")
MODE = re.compile(r"[rwaxt+U]+")
"""A mode of opening a file as text: one with a `b` in it needs no encoding."""
PROCESSES = {"run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput"}


def unnamed(code: str) -> Iterator[int]:
    """Yield the lines with a call that reads or writes text and names no encoding."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and "encoding" not in {keyword.arg for keyword in node.keywords} and _text(node):
            yield node.lineno


def _text(call: ast.Call) -> bool:
    """Whether a call without the argument `encoding` reads or writes text in the locale's."""
    method = isinstance(call.func, ast.Attribute)
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in PROCESSES:
        return bool({"text", "universal_newlines", "errors"} & set(keywords))
    if name in ("read_text", "write_text"):
        return method and len(call.args) <= (name == "write_text")
    if name not in ("open", "fdopen"):
        return False
    rest = call.args if method and name == "open" else call.args[1:]  # a path's own `open` begins with the mode
    mode = keywords.get("mode", rest[0] if rest else ast.Constant("r"))
    return "fileobj" not in keywords and isinstance(mode, ast.Constant) and bool(MODE.fullmatch(str(mode.value)))


@pytest.mark.parametrize("place", PLACES)
def test_every_text_names_its_encoding(place: str) -> None:
    files = sorted((ROOT / place).rglob("*.py"))
    assert files
    lines = [f"{path.relative_to(ROOT)}:{line}" for path in files for line in unnamed(path.read_text(encoding="utf-8"))]
    assert not lines, 'encoding="utf-8" is missing'


@pytest.mark.parametrize(
    "code",
    [
        "path.read_text()",
        "(a / 'b').write_text('x')",
        "open('a')",
        "open('a', 'w')",
        "path.open()",
        "path.open('a', newline='')",
        "path.open(mode='r')",
        "os.fdopen(3, 'w')",
        "subprocess.run(['a'], text=True)",
        "Popen(['a'], universal_newlines=True)",
    ],
)
def test_a_text_without_one_is_found(code: str) -> None:
    assert list(unnamed(code)) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "path.read_text(encoding='utf-8')",
        "path.write_text('x', 'utf-8')",
        "open('a', 'rb')",
        "path.open('wb')",
        "path.open('w', encoding='utf-8')",
        "os.open(folder, os.O_RDONLY)",
        "Image.open(path)",
        "tarfile.open(fileobj=held, mode='w')",
        "subprocess.run(['a'], capture_output=True)",
        "subprocess.run(['a'], encoding='utf-8')",
    ],
)
def test_what_needs_none_is_left_alone(code: str) -> None:
    assert not list(unnamed(code))
