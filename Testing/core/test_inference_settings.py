"""Settings that make no sense are refused in one sentence that names them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from GSSCore.cli import build_parser
from GSSCore.cli.options import read_options
from GSSCore.errors import UsageError
from GSSCore.inference.settings import InferenceSettings


@pytest.mark.parametrize(
    ("wrong", "code", "sentence"),
    [
        ({"device": "gpu"}, "device", "device is one of 'auto', 'cpu', 'cuda', 'cuda:N', 'mps', not 'gpu'."),
        ({"device": "cuda:-1"}, "device", "not 'cuda:-1'."),
        ({"device": "cuda:1x"}, "device", "not 'cuda:1x'."),
        ({"device": None}, "device", "not None."),
        ({"precision": "fp16"}, "precision", "precision is one of 'auto', 'fp32', 'bf16', not 'fp16'."),
        ({"window": (64, 64)}, "window", "window is 3 whole numbers in [1, inf), not (64, 64)."),
        ({"window": (64, 64, 0)}, "window", "not (64, 64, 0)."),
        ({"window": (64, 64, 64.0)}, "window", "not (64, 64, 64.0)."),
        ({"window": 64}, "window", "not 64."),
        ({"overlap": 0.95}, "overlap", "overlap is a number in [0, 0.9], not 0.95."),
        ({"overlap": -0.1}, "overlap", "not -0.1."),
        ({"overlap": float("nan")}, "overlap", "not nan."),
        ({"overlap": "0.5"}, "overlap", "not '0.5'."),
        ({"batch": 0}, "batch", "batch is a whole number in [1, inf), not 0."),
        ({"batch": True}, "batch", "not True."),
        ({"minimum_component_ml": -1.0}, "ml", "minimum_component_ml is a number in [0, inf), not -1.0."),
        ({"et_minimum_ml": float("inf")}, "ml", "et_minimum_ml is a number in [0, inf), not inf."),
        ({"threads": 0}, "threads", "threads is a whole number in [1, inf), not 0."),
        ({"confidence": 1}, "", "confidence is True or False, not 1."),
    ],
)
def test_a_wrong_value_is_refused_by_name_value_and_range(wrong: dict[str, object], code: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refusal:
        InferenceSettings(**wrong)  # type: ignore[arg-type]
    assert str(refusal.value).endswith(sentence)
    assert refusal.value.message.code == (f"settings.{code}" if code else "setting.no-truth")


def test_defaults_switch_clean_up_off_and_confidence_on() -> None:
    settings = InferenceSettings()
    assert (settings.minimum_component_ml, settings.et_minimum_ml, settings.confidence) == (0.0, 0.0, True)


def test_a_window_out_of_json_becomes_a_tuple() -> None:
    assert InferenceSettings(window=[64, 64, 32]).window == (64, 64, 32)  # type: ignore[arg-type]


def test_settings_and_windows_need_no_torch() -> None:
    code = (
        "import sys, GSSCore.inference, GSSCore.inference.settings, GSSCore.inference.windows\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("command", [["segment", "--output", "o"], ["cohort", "studies", "--output", "o"]])
@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ([], {}),
        (["--window", "96"], {"window": (96, 96, 96)}),
        (
            ["--window", "96,80,64", "--overlap", "0.5", "--batch", "4"],
            {"window": (96, 80, 64), "overlap": 0.5, "batch": 4},
        ),
        (["--threads", "2"], {"threads": 2}),
    ],
)
def test_the_command_line_has_the_options_of_windows(
    command: list[str], words: list[str], changes: dict[str, object]
) -> None:
    options = build_parser().parse_args([*command, *words])
    assert read_options(InferenceSettings, options) == InferenceSettings(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("window", ["", "0", "-1", "96,96", "96,0,96", "1.5", "all", "96 96 96", "96,,96", "9,9,9,9"])
def test_a_window_that_is_none_is_refused(window: str) -> None:
    with pytest.raises(UsageError, match="neither a number of voxels"):
        build_parser().parse_args(["segment", "--output", "o", f"--window={window}"])


@pytest.mark.parametrize("words", [["--overlap", "1"], ["--overlap", "nan"], ["--batch", "0"], ["--threads", "-1"]])
def test_other_values_of_windows_that_make_no_sense_are_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match="Inference settings"):
        read_options(InferenceSettings, build_parser().parse_args(["segment", "--output", "o", *words]))
