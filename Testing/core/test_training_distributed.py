"""Several processes train as one does, passes add up to a batch, and signals stop a training without loss."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from distributed_worker import train, worker_recipe
from GSSCore.errors import InputError
from GSSCore.networks import names
from GSSCore.training.data import batches, collate
from GSSCore.training.distributed import Distributed
from GSSCore.training.loop import Trainer
from GSSCore.training.recipe import Recipe, ScheduleRecipe
from GSSCore.training.stopping import StopRequest
from training_cases import TINY_RECIPE, make_cases, write_study

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("distributed_worker.py")
ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1"}


def start(*words: object, processes: int = 1) -> subprocess.Popen[str]:
    """Start Python with arguments, or several that train together."""
    together = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", processes) if processes > 1 else ()
    command = [sys.executable, *map(str, (*together, *words))]
    return subprocess.Popen(
        command, cwd=ROOT, env=ONE_THREAD, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def same(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> None:
    largest = max(norm for norm in other["gradients"] if norm)
    for a, b in zip(one["gradients"], other["gradients"], strict=True):
        assert a == (None if b is None else pytest.approx(b, rel=1e-3, abs=1e-3 * largest))
    # Adam makes whole steps of gradients that are nothing but rounding, and a voxel's last digit may decide on the
    # teacher's region: not all digits stay the same.
    for a, b in zip(one["steps"], other["steps"], strict=True):
        assert a == pytest.approx(b, rel=1e-3, abs=3e-4)


@pytest.mark.parametrize(
    ("network", "method", "accumulate"), [("unet", "gss", 1), ("rfnet", "gss", 2), ("rfnet", "meta-drop", 1)]
)
def test_two_processes_have_the_losses_of_one_with_the_same_batch(
    network: str, method: str, accumulate: int, tmp_path: Path
) -> None:
    make_cases(tmp_path)
    alone = train(tmp_path, network, method, accumulate=1)
    assert len({step["loss"] for step in alone["steps"]}) == 4
    process = start(WORKER, tmp_path, network, method, accumulate, processes=2)
    said, complained = process.communicate(timeout=200)
    assert process.returncode == 0, complained
    same(json.loads(said.splitlines()[-1]), alone)


@pytest.mark.parametrize("network", names())
def test_passes_add_up_to_the_batch(network: str, tmp_path: Path) -> None:
    cases = make_cases(tmp_path)
    gradients = []
    for accumulate in (1, 2):
        recipe = worker_recipe(network, "gss")
        trainer = Trainer(recipe, cases, torch.device("cpu"), accumulate=accumulate)
        # In double precision, for where a level has two voxels, instance normalisation makes much of a rounding.
        trainer.network.double()
        sample = collate([trainer.data[number] for number in range(2)])
        trainer._gradients(replace(sample, images=sample.images.double()))
        gradients.append([p.grad for p in trainer.network.parameters()])
    for whole, added in zip(*gradients, strict=True):
        assert (whole is None) == (added is None)
        torch.testing.assert_close(whole, added, rtol=1e-4, atol=1e-5)


def test_processes_share_a_batch_in_order_and_leave_nothing_out() -> None:
    shares = [batches(3, 5, 6, 100, Distributed(rank, 3)) for rank in range(3)]
    for step, own in enumerate(batches(3, 5, 6)):
        together = [number for share in shares for number in share[step] if number < 100]
        assert together == own
        assert [n - 100 for share in shares for n in share[step] if n >= 100] == own


def test_a_batch_that_cannot_be_divided_is_refused(tmp_path: Path) -> None:
    recipe = Recipe(schedule=ScheduleRecipe(batch=3))
    cases = make_cases(tmp_path)
    with pytest.raises(InputError, match="a multiple of 2"):
        Trainer(recipe, cases, torch.device("cpu"), Distributed(0, 2))
    with pytest.raises(InputError, match="2 equal passes"):
        Trainer(recipe, cases, torch.device("cpu"), accumulate=2)


# --- signals ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for number in range(3):
        write_study(tmp_path / "data", f"case{number}", seed=number)
    (tmp_path / "tiny.toml").write_text(TINY_RECIPE.replace("steps = 3", "steps = 20\nbatch = 2"), encoding="utf-8")
    return tmp_path


def gss_train(data: Path, output: str, *more: str, processes: int = 1) -> subprocess.Popen[str]:
    words = ("-m", "GSSCore", "train", data / "tiny.toml", "--data", data / "data", "--output", data / output)
    words += ("--cache", data / "cache", "--device", "cpu", "--progress", "jsonl", *more)
    return start(*words, processes=processes)


def stop_after_a_few_steps(process: subprocess.Popen[str], number: int) -> int:
    """Send a signal once steps are reported; return the exit code."""
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["fraction"] > 0.1:
            break
    process.send_signal(number)
    process.communicate(timeout=100)
    return process.returncode


def steps_done(checkpoint: Path) -> int:
    from safetensors import safe_open

    with safe_open(checkpoint, "pt") as file:
        return int(file.metadata()["step"])


@pytest.mark.parametrize(("number", "workers"), [(signal.SIGTERM, "0"), (signal.SIGINT, "1")])
def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(data: Path, number: int, workers: str) -> None:
    assert stop_after_a_few_steps(gss_train(data, "stopped", "--workers", workers), number) == 130
    checkpoint = data / "stopped" / "checkpoint.safetensors"
    assert 0 < steps_done(checkpoint) < 20
    assert not (data / "stopped" / "network").exists()
    for folder, more in (("stopped", ["--resume"]), ("whole", [])):
        process = gss_train(data, folder, *more)
        _, complained = process.communicate(timeout=200)
        assert process.returncode == 0, complained
    whole = load_file(data / "whole" / "checkpoint.safetensors")
    resumed = load_file(checkpoint)
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(tensor, resumed[name]) for name, tensor in whole.items())


def test_processes_that_train_together_stop_together_and_go_on(data: Path) -> None:
    process = gss_train(data, "out", processes=2)
    assert stop_after_a_few_steps(process, signal.SIGTERM) != 0
    assert 0 < steps_done(data / "out" / "checkpoint.safetensors") < 20
    again = gss_train(data, "out", "--resume", processes=2)
    said, complained = again.communicate(timeout=200)
    assert again.returncode == 0, complained
    assert [json.loads(line)["stage"] for line in said.splitlines()].count("done") == 1
    assert (data / "out" / "network" / "card.json").is_file()


def test_a_second_signal_interrupts_at_once() -> None:
    with StopRequest() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
