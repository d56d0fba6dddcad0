"""Lack of memory: one function recognises it on every device and in every library, another refuses in one way."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from GSSCore.errors import EnvironmentRefused
from GSSCore.messages import Message

_SAID = re.compile(
    # The CPU, on Linux and macOS, and on Windows.
    r"DefaultCPUAllocator: (can't allocate memory|not enough memory)"
    r"|\bbad_alloc\b|can't start new thread|Cannot allocate memory"
    # Worker processes hand over their results in shared memory.
    r"|out of shared memory|[Uu]nable to allocate shared memory"
    # oneDNN allocates by itself and does not say why that failed.
    r"|could not create a (memory object|primitive$)|could not execute a primitive$"
    r"|CUDA out of memory|CUDA error: out of memory$|CUDA driver error: out of memory$"
    r"|(CUDNN|CUBLAS|CUFFT|CUSOLVER)_(STATUS_)?ALLOC_FAILED"
    # cuDNN finds no algorithm where there is no room for the workspace that each algorithm needs.
    r"|CUDNN_STATUS_NOT_SUPPORTED|[Uu]nable to find (a valid cuDNN algorithm|an engine to execute this computation)"
    # The dynamic linker finds no room for torch's own libraries.
    r"|failed to map segment from shared object"
    r"|MPS backend out of memory|Invalid buffer size: [\d.]+ [KMGT]?i?B|Failed to allocate private MTLBuffer",
    re.MULTILINE,
)


def is_out_of_memory(fault: BaseException) -> bool:
    """Tell whether an error says that there is too little memory.

    torch has an exception type for it on CUDA only. On the CPU and on MPS, and from cuDNN and oneDNN, it is a
    `RuntimeError` that only its text tells from others; where a library finds no room, it is an `ImportError`. Any
    other text is another fault.
    """
    if isinstance(fault, OSError):
        return fault.errno == errno.ENOMEM
    if isinstance(fault, MemoryError):
        return True
    return isinstance(fault, (RuntimeError, ImportError)) and (
        type(fault).__name__ == "OutOfMemoryError" or _SAID.search(str(fault)) is not None
    )


@contextmanager
def memory_refused(refusal: Message) -> Iterator[None]:
    """Turn whatever says that memory does not suffice into an EnvironmentRefused with this sentence.

    A context, and a decorator of functions.
    """
    try:
        yield
    except (MemoryError, RuntimeError, OSError, ImportError) as fault:
        if not is_out_of_memory(fault):
            raise
        raise EnvironmentRefused(refusal) from fault
