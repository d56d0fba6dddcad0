"""Settings that make no sense are refused in one sentence that names them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from GSSCore.errors import UsageError
from GSSCore.inference.settings import InferenceSettings


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"device": "gpu"}, "device"),
        ({"device": "cuda:-1"}, "device"),
        ({"device": "cuda:1x"}, "device"),
        ({"precision": "fp16"}, "precision"),
        ({"window": (64, 64)}, "window"),
        ({"window": (64, 64, 0)}, "window"),
        ({"window": (64, 64, 64.0)}, "window"),
        ({"overlap": 0.95}, "overlap"),
        ({"overlap": -0.1}, "overlap"),
        ({"overlap": float("nan")}, "overlap"),
        ({"batch": 0}, "batch"),
        ({"batch": True}, "batch"),
        ({"minimum_component_ml": -1.0}, "minimum_component_ml"),
        ({"et_minimum_ml": float("inf")}, "et_minimum_ml"),
        ({"threads": 0}, "threads"),
    ],
)
def test_a_wrong_value_is_refused_by_name(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(UsageError, match=named) as refusal:
        InferenceSettings(**wrong)  # type: ignore[arg-type]
    assert "\n" not in str(refusal.value)


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
