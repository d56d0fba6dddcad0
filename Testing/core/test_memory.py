"""Too little memory is known whatever says so, and ends in a step down or a sentence: by the system's own limit."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from GSSCore.errors import EnvironmentRefused
from GSSCore.memory import is_out_of_memory, memory_refused
from GSSCore.messages import Message
from GSSCore.phantom import write_phantom

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SAID = [
    "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 7 "
    "bytes. Error code 12 (Cannot allocate memory)",
    "[enforce fail at ..\\c10\\core\\impl\\alloc_cpu.cpp:72] data. DefaultCPUAllocator: not enough memory: you tried "
    "to allocate 274877906944 bytes.",
    "CUDA out of memory. Tried to allocate 20.00 GiB",
    "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
    "MPS backend out of memory (MPS allocated: 5.56 GB, other allocations: 1.10 GB, max allowed: 6.80 GB). Tried to",
    "Invalid buffer size: 12.34 GiB",
    "cuDNN error: CUDNN_STATUS_NOT_SUPPORTED. This error may appear if you passed in a non-contiguous input.",
    "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
    "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    "GET was unable to find an engine to execute this computation",
    "Unable to find a valid cuDNN algorithm to run convolution",
    "could not create a primitive",
    "std::bad_alloc",
    "can't start new thread",
    "unable to mmap 1048576 bytes from file </torch_1>: Cannot allocate memory (12)",
    "DataLoader worker (pid 7) is killed by signal: Bus error. It is possible that dataloader's workers are out of "
    "shared memory. Please try to raise your shared memory limit.",
]
OTHERS = [
    "CUDA error: an illegal memory access was encountered",
    "CUDA error: device-side assert triggered",
    "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
    "could not create a primitive descriptor for a convolution forward propagation primitive",
    "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 0",
    "Expected all tensors to be on the same device",
]


@pytest.mark.parametrize("text", SAID)
def test_what_says_that_memory_is_short_is_known(text: str) -> None:
    assert is_out_of_memory(RuntimeError(text))
    assert not is_out_of_memory(ValueError(text))


@pytest.mark.parametrize("text", OTHERS)
def test_another_fault_is_not_taken_for_it(text: str) -> None:
    assert not is_out_of_memory(RuntimeError(text))


def test_a_library_that_finds_no_room_is_known_and_one_that_is_missing_is_not() -> None:
    assert is_out_of_memory(ImportError("libtorch_cpu.so: failed to map segment from shared object"))
    assert not is_out_of_memory(
        ImportError("libtorch_cpu.so: cannot open shared object file: No such file or directory")
    )


def test_the_types_are_known_whatever_their_text() -> None:
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(OSError(errno.ENOMEM, "Cannot allocate memory"))
    assert not is_out_of_memory(OSError(errno.ENOSPC, "No space left on device"))
    assert is_out_of_memory(torch.OutOfMemoryError("XPU says this in its own way"))
    assert not is_out_of_memory(KeyboardInterrupt())


def test_what_this_torch_itself_says_is_known() -> None:
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2**60, dtype=torch.uint8)
    assert is_out_of_memory(raised.value)


def test_only_memory_is_refused_with_the_sentence() -> None:
    sentence = Message("x.y", "Too little.")

    @memory_refused(sentence)
    def fail(fault: Exception) -> None:
        raise fault

    for fault in (MemoryError(), RuntimeError(SAID[0])):
        with pytest.raises(EnvironmentRefused) as refusal:
            fail(fault)
        assert refusal.value.message is sentence and refusal.value.__cause__ is fault
    for fault in (RuntimeError(OTHERS[0]), ValueError()):
        with pytest.raises(type(fault)) as raised:
            fail(fault)
        assert raised.value is fault


# --- with a real limit


def limited(*arguments: object) -> dict[str, Any]:
    """What a process says that gave itself less memory: see `limited_memory.py`."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(HERE)]), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(HERE / "limited_memory.py"), *map(str, arguments)],
        env=environment | {"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


by_limit = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process to a limit of its memory")


@by_limit
def test_a_crop_that_does_not_fit_is_predicted_in_smaller_windows() -> None:
    # How much each takes depends on torch; in torch 2.13 the whole crop fits into 400 MiB, small windows into 250.
    told = next(found for mib in range(200, 600, 50) if (found := limited("predict", mib)).get("window"))
    assert told["window"] in ([96, 96, 96], [64, 64, 64]) and told["same"]
    assert set(told["warnings"]) == {"inference.smaller-windows"}


@by_limit
def test_a_crop_of_which_no_window_fits_is_refused_after_all_steps() -> None:
    told = limited("predict", 60)
    assert told["warnings"] == ["inference.smaller-windows"] * 2
    assert "even in windows of 64 x 64 x 64 voxels" in told["refused"] and "--window" in told["refused"]


@by_limit
def test_a_step_of_training_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    assert "use --accumulate" in limited("train", 100, tmp_path)["refused"]


@by_limit
def test_the_command_line_refuses_in_a_sentence_and_writes_nothing(tmp_path: Path) -> None:
    # With some hundred MiB it is OpenBLAS that finds no room at times, and ends the process on its own account.
    write_phantom(tmp_path / "phantom")
    told = limited("segment", 10, tmp_path / "phantom", tmp_path / "output")
    assert told["code"] == 3 and told["written"] == []
    assert told["said"].splitlines()[-1].endswith(".") and "emory" in told["said"].splitlines()[-1], told
