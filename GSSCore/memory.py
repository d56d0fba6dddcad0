"""Memory that does not suffice: known by one function, whatever device and library say so, and refused in one way."""

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
    # What worker processes hand over lies in shared memory.
    r"|out of shared memory|[Uu]nable to allocate shared memory"
    # oneDNN, which allocates on its own account and does not tell why it could not.
    r"|could not create a (memory object|primitive$)|could not execute a primitive$"
    r"|CUDA out of memory|CUDA error: out of memory$|CUDA driver error: out of memory$"
    r"|(CUDNN|CUBLAS|CUFFT|CUSOLVER)_(STATUS_)?ALLOC_FAILED"
    # cuDNN finds no way to convolve where there is no room for the workspace that each of them needs.
    r"|CUDNN_STATUS_NOT_SUPPORTED|[Uu]nable to find (a valid cuDNN algorithm|an engine to execute this computation)"
    # The dynamic linker, when there is no room for torch's own libraries.
    r"|failed to map segment from shared object"
    r"|MPS backend out of memory|Invalid buffer size: [\d.]+ [KMGT]?i?B|Failed to allocate private MTLBuffer",
    re.MULTILINE,
)


def is_out_of_memory(fault: BaseException) -> bool:
    """Tell whether an error says that there is too little memory.

    torch has a type of its own for that on CUDA alone. On the CPU and on MPS, and out of cuDNN and oneDNN, there are
    `RuntimeError`s of which only the text tells, as it does of an `ImportError` where a library finds no room; any
    other text is another fault and must not be taken for this one.
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
