"""How the studies of a cohort become results: one after the other, or reading and writing beside the network."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from GSSCore.cohort.row import CohortRow
from GSSCore.errors import Cancelled

Report = Mapping[str, Any]
"""The report of a result, as report.json holds it."""

Item = TypeVar("Item")
Read = TypeVar("Read")
Made = TypeVar("Made")
Written = TypeVar("Written")


@dataclass(frozen=True)
class Job:
    """A study and the folder that its result goes to."""

    row: CohortRow
    folder: Path


Segmenter = Callable[[Iterable[Job]], Iterator[tuple[Job, Report | Exception]]]
"""Takes jobs and yields each, in order, with the report of its result or with the exception that it failed with."""


def one_by_one(segment_one: Callable[[Job], Report]) -> Segmenter:
    """Return a segmenter that does one job after the other."""

    def segment_all(jobs: Iterable[Job]) -> Iterator[tuple[Job, Report | Exception]]:
        for job in jobs:
            try:
                yield job, segment_one(job)
            except Cancelled:
                raise
            except Exception as fault:
                yield job, fault

    return segment_all


def overlapped(
    items: Iterable[Item],
    read: Callable[[Item], Read],
    work: Callable[[Item, Read], Made],
    write: Callable[[Item, Made], Written],
) -> Iterator[tuple[Item, Written | Exception]]:
    """Work on one item while the next is read and the one before is written, each in a thread of its own.

    At most one item is read ahead and one is being written, which bounds the memory. An item whose step raised an
    exception is yielded with it. When `work` is interrupted, the item that is being written is finished and yielded
    first.

    Args:
        items: in the order in which they are yielded.
        read: what to do first.
        work: what to do next; it runs in this thread.
        write: what to do last.
    """
    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(1) as writer:
        todo = iter(items)
        behind: deque[tuple[Item, Future[Written]]] = deque()

        def submit() -> tuple[Item, Future[Read]] | None:
            item = next(todo, None)
            return None if item is None else (item, reader.submit(read, item))

        def settle() -> tuple[Item, Written | Exception]:
            wait([behind[0][1]])  # an interruption of this wait leaves the item in the queue
            item, future = behind.popleft()
            try:
                return item, future.result()
            except Exception as fault:
                return item, fault

        ahead = submit()
        try:
            while ahead is not None:
                item, future = ahead
                ahead = submit()
                behind.append((item, _worked(item, future, work, write, writer)))
                if len(behind) > 1:
                    yield settle()
            while behind:
                yield settle()
        except (KeyboardInterrupt, Cancelled):
            # The item ahead is dropped. The one that is being written ends up on the disk, so its outcome is yielded.
            reader.shutdown(wait=False, cancel_futures=True)
            while behind:
                yield settle()
            raise


def _worked(
    item: Item,
    future: Future[Read],
    work: Callable[[Item, Read], Made],
    write: Callable[[Item, Made], Written],
    writer: ThreadPoolExecutor,
) -> Future[Written]:
    """Return the future of writing an item; it holds the exception where an earlier step raised one."""
    try:
        made = work(item, future.result())
    except Cancelled:
        raise
    except Exception as fault:
        failed: Future[Written] = Future()
        failed.set_exception(fault)
        return failed
    return writer.submit(write, item, made)
