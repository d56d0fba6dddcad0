"""An option is declared once: the command line, a child process, the report and the docstrings follow from that."""

from __future__ import annotations

import argparse
import re
import string
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from GSSCore.cli import build_parser
from GSSCore.cli.options import add_options, explained, flag, read_options, words_of
from GSSCore.errors import UsageError
from GSSCore.gss.settings import LossSettings
from GSSCore.inference.asked import asked, clean_up_asked
from GSSCore.inference.settings import ASKED, CLEAN_UP, InferenceSettings, NetworkSettings
from GSSCore.options import (
    NotAllowed,
    Option,
    bounds,
    contains,
    declared,
    documented,
    in_words,
    option,
    options_of,
    require_allowed,
)
from GSSCore.training.recipe import Recipe
from GSSCore.training.settings import Running, TrainingPlaces


@documented
@dataclass(frozen=True)
class Coming(NetworkSettings):
    """Settings with options of every kind, as they may be added."""

    input: Literal["auto", "prepared", "raw"] = option("auto", "what the images are", report=ASKED)
    mirrored: bool = option(False, "also predict the mirrored head, and take the mean", report=ASKED)
    mask: Path | None = option(None, "brain mask", unit="file")
    shift_mm: float = option(0.0, "how far", "(-100, 100)", unit="mm")
    spacing: tuple[float, float] | None = option(None, "of what, 50 % at least", "(0, inf)", unit="mm")
    remark: str = option("", "any text")


SETTINGS = (InferenceSettings, NetworkSettings, Running, TrainingPlaces, Coming)


def values(one: Option) -> st.SearchStrategy[Any]:
    """Return what makes values that an option may have."""
    if one.choices:
        single: st.SearchStrategy[Any] = st.sampled_from(one.choices)
    elif one.kind is bool:
        single = st.booleans()
    elif one.kind in (int, float):
        low, high = bounds(one.declared.within)
        ends = {"min_value": low if low > -1e300 else None, "max_value": high if high < 1e300 else None}
        numbers = st.integers(int(low), 10**12) if one.kind is int else st.floats(**ends, allow_nan=False)
        single = numbers.filter(lambda number: contains(one.declared.within, number))
    elif one.kind is Path:
        single = st.text(string.ascii_letters + "-_ ./", min_size=1, max_size=9).filter(str.strip).map(Path)
    elif one.declared.pattern:
        single = st.from_regex(one.declared.pattern, fullmatch=True)
    else:
        single = st.text(max_size=9)
    if one.count is not None:
        single = st.lists(single, min_size=one.count or 1, max_size=one.count or 5).map(tuple)
    return st.none() | single if one.optional else single


ANY_SETTINGS = st.one_of([st.builds(kind, **{o.name: values(o) for o in options_of(kind)}) for kind in SETTINGS])


# On a busy machine the first examples take long to draw, and the first parser long to make.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_SETTINGS)
def test_settings_survive_the_command_line_of_a_child_process(given: Any) -> None:
    parser = argparse.ArgumentParser()
    add_options(parser, type(given))
    # Of several paths, none may begin with a dash: argparse would take it for an option.
    assume(not (isinstance(given, TrainingPlaces) and any(str(path).startswith("-") for path in given.data)))
    assert as_told(read_options(type(given), parser.parse_args(words_of(given)))) == as_told(given)


def as_told(given: Any) -> dict[str, Any]:
    """Settings as plain values: a list of several paths is as good as a tuple of them."""
    told = {one.name: getattr(given, one.name) for one in options_of(type(given))}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def test_the_commands_know_every_option_by_its_own_name() -> None:
    commands = {
        "segment": (NetworkSettings, []),
        "cohort": (NetworkSettings, ["studies"]),
        "evaluate": (NetworkSettings, ["data"]),
        "train": (Running, ["recipe.toml", "--data", "d"]),
    }
    for command, (kind, words) in commands.items():
        options = build_parser().parse_args([command, *words, "--output", "o"])
        for one in options_of(kind):
            if (command, one.name) != ("evaluate", "confidence"):
                assert getattr(options, one.name) == one.default, f"{command} {flag(one)}"
                assert flag(one).removeprefix("--no-").removeprefix("--") == one.name.replace("_", "-")


def test_an_option_that_is_added_appears_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = argparse.ArgumentParser(prog="x")
    add_options(parser, Coming)
    text = " ".join(parser.format_help().split())
    assert "--input {auto,prepared,raw} what the images are (default: auto)" in text
    assert "--shift-mm MM how far (above -100, below 100; default: 0)" in text
    assert "50 % at least" in text
    assert "mirrored: also predict the mirrored head, and take the mean." in (Coming.__doc__ or "")
    monkeypatch.setattr("GSSCore.inference.asked.InferenceSettings", Coming)
    given = Coming(mirrored=True, input="raw", minimum_component_ml=1)
    told = {"precision": "auto", "window": None, "overlap": 0.25, "ensemble": "off", "input": "raw", "mirrored": True}
    assert asked(given) == told
    assert clean_up_asked(given) == {"minimum_component_ml": 1.0, "et_minimum_ml": 0.0}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"input": "cooked"}, "input is one of 'auto', 'prepared', 'raw', not 'cooked'."),
        ({"mirrored": "yes"}, "mirrored is True or False, not 'yes'."),
        ({"shift_mm": 100}, "shift_mm is a number in (-100, 100), not 100."),
        ({"spacing": (1.0, 0.0)}, "spacing is 2 numbers in (0, inf), not (1.0, 0.0)."),
        ({"remark": 5}, "remark is a text, not 5."),
    ],
)
def test_a_value_that_an_added_option_can_not_have_is_refused_in_a_sentence(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refusal:
        Coming(**wrong)
    assert str(refusal.value).endswith(said)
    assert refusal.value.message.code in ("setting.no-truth", f"settings.{next(iter(wrong)).replace('_', '-')}")


def declaring(kind: Any) -> list[Any]:
    """A dataclass and those inside it."""
    inside = [item.default_factory for item in fields(kind) if is_dataclass(item.default_factory)]
    return [kind, *(part for one in inside for part in declaring(one))]


def test_every_option_says_what_it_means_in_one_form() -> None:
    kinds = [*declaring(Recipe), *declaring(LossSettings), NetworkSettings, TrainingPlaces, Running]
    for kind in kinds:
        told = options_of(kind)
        tables = [item.name for item in fields(kind) if is_dataclass(item.default_factory)]
        assert [*(one.name for one in told), *tables] and len(told) + len(tables) == len(fields(kind)), kind
        for one in told:
            assert re.fullmatch(r"[^.A-Z](.*[^.])?|[A-Z][A-Za-z0-9]+ .*[^.]", one.declared.help), f"{kind} {one.name}"
            assert one.required or one.allows(one.default) or one.default is None, f"{kind} {one.name}"
            assert one.name in (kind.__doc__ or "")


def test_parts_of_the_report_are_those_that_it_has() -> None:
    assert {one.declared.report for one in options_of(InferenceSettings)} == {"", ASKED, CLEAN_UP}


@dataclass(frozen=True)
class Odd:
    share: float = option(0.5, "a share", "[0, 1)")
    rates: dict[str, float] = field(default_factory=dict, metadata=declared("rates", "[0, 1)"))
    sides: tuple[int, int] = option((1, 1), "sides", "[1, 9]")
    kind: Literal["a", "b"] = option("a", "a kind")
    anything: Any = option(None, "anything")
    undeclared: int = 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"share": 1.0}, r"share is 1\.0 and must lie in \[0, 1\)"),
        ({"share": float("nan")}, "share is nan and must lie in"),
        ({"share": True}, "share is True"),
        ({"rates": {"x": 0.5, "y": 1.0}}, "rates is"),
        ({"sides": (1, 10)}, r"sides is \(1, 10\) and must lie in \[1, 9\]"),
        ({"sides": (1, 2, 3)}, r"sides is \(1, 2, 3\)"),
        ({"kind": "c"}, "kind is 'c' and must be one of 'a', 'b'"),
    ],
)
def test_a_value_that_makes_no_sense_is_not_allowed(wrong: dict[str, Any], said: str) -> None:
    require_allowed(Odd())
    require_allowed(Odd(anything=object(), undeclared="x"))  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match=said):
        require_allowed(Odd(**wrong))


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ("[0, 0.9]", "0 to 0.9"),
        ("[0, inf)", "0 or more"),
        ("(0, inf)", "above 0"),
        ("[0, 1)", "0 or more, below 1"),
        ("(0, 1]", "above 0, at most 1"),
    ],
)
def test_intervals_are_said_in_words(interval: str, words: str) -> None:
    assert in_words(interval) == words


def test_what_is_off_by_default_is_switched_on_and_the_other_way_round() -> None:
    confidence, nested = (one for one in options_of(Coming) if one.name in ("confidence", "mirrored"))
    assert (flag(confidence), flag(nested)) == ("--no-confidence", "--mirrored")
    assert explained(confidence).startswith("leave out the map")
    assert {"--no-confidence", "--mirrored"} <= set(words_of(Coming(confidence=False, mirrored=True)))
    assert not {"--no-confidence", "--mirrored"} & set(words_of(Coming()))
