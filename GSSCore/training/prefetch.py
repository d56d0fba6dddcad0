"""Making the next samples on a GPU while it computes a step.

A thread makes them in a CUDA stream of its own. In the stream of the training, each of their many small operations that
the host has to wait for would wait for the whole step as well.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Generator, Iterable

import torch

from GSSCore.training.data import Sample

AHEAD = 3
"""Batches that are ready at most."""
PATIENCE = 0.2
"""Seconds after which a thread looks whether it is still wanted."""


def prefetched(samples: Iterable[Sample], device: torch.device) -> Generator[Sample]:
    """Yield the samples, made ahead in a thread. An error that making them raises is raised here.

    Args:
        samples: made on `device` as they are asked for.
        device: a CUDA device, on whose current stream the samples are used; on others no stream is made.
    """
    ready: queue.Queue[Sample | Exception | None] = queue.Queue(AHEAD)
    stopped = threading.Event()
    thread = threading.Thread(target=_make, args=(samples, device, ready, stopped), name="samples", daemon=True)
    thread.start()
    try:
        while (one := ready.get()) is not None:
            if isinstance(one, Exception):
                raise one
            if device.type == "cuda":
                # Their memory belongs to the other stream: it must not be given away while this one still reads it.
                for tensor in (one.images, one.labels, one.available):
                    tensor.record_stream(torch.cuda.current_stream(device))
            yield one
    finally:
        stopped.set()
        thread.join()


def _make(
    samples: Iterable[Sample],
    device: torch.device,
    ready: queue.Queue[Sample | Exception | None],
    stopped: threading.Event,
) -> None:
    """Put the samples, complete, into `ready`, and None behind the last; or the error that making one raised."""
    try:
        stream = torch.cuda.Stream(device) if device.type == "cuda" else None  # type: ignore[no-untyped-call]
        with torch.cuda.stream(stream) if stream else contextlib.nullcontext():
            for sample in samples:
                if stream:
                    stream.synchronize()
                if not _put(ready, sample, stopped):
                    return
        _put(ready, None, stopped)
    except Exception as fault:  # whatever it is, the training has to raise it
        _put(ready, fault, stopped)


def _put(
    ready: queue.Queue[Sample | Exception | None], one: Sample | Exception | None, stopped: threading.Event
) -> bool:
    """Wait for room in the queue; tell whether it is still wanted."""
    while not stopped.is_set():
        with contextlib.suppress(queue.Full):
            ready.put(one, timeout=PATIENCE)
            return True
    return False
