"""Messages carry what a translation needs, wherever they go, and all have one form."""

from __future__ import annotations

import ast
import json
import pickle
import re
import string
from pathlib import Path

import pytest

from GSSCore import errors
from GSSCore.errors import InputError
from GSSCore.messages import AND, Message, as_message, joined

ROOT = Path(__file__).resolve().parents[2]
ERRORS = {e.__name__ for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.GSSError)}
SOURCES = [p for part in ("GSSCore", "GSSSegmentation") for p in sorted((ROOT / part).rglob("*.py"))]


def calls() -> list[tuple[Path, ast.Call]]:
    """Every `Message(code, template, ...)` of the project."""
    return [
        (path, node)
        for path in SOURCES
        if path.name != "messages.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Message"
    ]


def test_errors_of_plain_text_have_the_form_of_messages_too() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS):
                continue
            for text in node.args[:1]:
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                first, last = (part.value if isinstance(part, ast.Constant) else None for part in (parts[0], parts[-1]))
                where = f"{path.name}:{node.lineno}"
                assert not isinstance(first, str) or re.match(r"[A-Z'\"]", first), where
                assert not isinstance(last, str) or last.endswith("."), where


def test_a_message_is_its_text_and_keeps_code_and_values() -> None:
    message = Message("x.y", "{sequences}: {share:.0%} of {file}.", sequences=["T1", "T2"], share=0.5, file=Path("a"))
    assert message == "T1 and T2: 50% of a."
    assert (message.code, message.values) == ("x.y", {"sequences": ("T1", "T2"), "share": 0.5, "file": "a"})


def test_a_message_survives_json_and_pickle_also_inside_an_error() -> None:
    message = Message("x.y", "{sequences} lack {ml:.1f} ml.", sequences=["T1", "T2"], ml=2.25)
    for copy in (
        Message.from_json(json.loads(json.dumps(message.to_json()))),
        pickle.loads(pickle.dumps(message)),
        pickle.loads(pickle.dumps(InputError(message))).message,
    ):
        assert copy == message and copy.to_json() == message.to_json()


def test_an_error_of_plain_text_has_a_message_too() -> None:
    assert InputError("Nothing.").message.code == "other" and as_message("{odd}") == "{odd}"


def test_a_translation_gets_the_values_and_joins_words_in_its_own_way() -> None:
    german = {"{a} lie in {share:.1%}.": "Zu {share:.1%}: {a}.", AND: "{first} und {last}"}
    message = Message("x.y", "{a} lie in {share:.1%}.", a=["T1", "T2", "FLAIR"], share=0.25)
    assert message.translated(lambda text: german.get(text, text)) == "Zu 25.0%: T1, T2 und FLAIR."


@pytest.mark.parametrize(("words", "text"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), ("ABC", "A, B and C")])
def test_words_are_joined(words: list[str], text: str) -> None:
    assert joined(words) == text


def test_a_value_that_json_can_not_hold_is_refused() -> None:
    np = pytest.importorskip("numpy")
    with pytest.raises(TypeError, match="plain number"):
        Message("x.y", "{a}", a=np.float64(1.0))


def test_all_messages_have_one_form() -> None:
    texts: dict[str, str] = {}
    for path, call in calls():
        where = f"{path}, line {call.lineno}"
        code, template = (argument.value if isinstance(argument, ast.Constant) else None for argument in call.args)
        assert isinstance(template, str), where
        if code is None:
            # The code follows from the option that is refused; `test_inference_settings` has all of them.
            assert path == ROOT / "GSSCore" / "inference" / "settings.py", where
        else:
            assert re.fullmatch(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*", code), f"{where}: {code}"
            assert texts.setdefault(code, template) == template, f"{where}: {code} has two texts"
        assert template[0] in "{'\"" or template[0].isupper(), f"{where}: no capital at the start: {template}"
        assert template.endswith("."), f"{where}: no full stop at the end: {template}"
        names = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
        given = {keyword.arg for keyword in call.keywords}
        assert None in given or names == given, f"{where}: {names ^ given} are not both said and given"
