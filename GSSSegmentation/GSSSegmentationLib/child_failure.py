"""Why a child process gave no result: its exit code, its last message and its log become one sentence for the user."""

from __future__ import annotations

from GSSCore.errors import GSSError, InputError, UsageError
from GSSCore.messages import Message, as_message
from GSSSegmentationLib.node_names import NodeNames

_REFUSALS: dict[int, type[GSSError]] = {UsageError.exit_code: UsageError, InputError.exit_code: InputError}
_KILLED_BY_LAUNCHER = 128
"""A launcher ends with this plus the signal's number when the process that it started was killed."""
_LAST_SIGNAL = 64
_SIGKILL = 9
"""`signal.SIGKILL`, which Python lacks on Windows."""


def child_failure(code: int, message: Message | None, log: str, names: NodeNames) -> GSSError:
    """Return the error of a child process that ended without a result and was not cancelled.

    Args:
        code: its exit code; minus the signal's number where it was killed.
        message: the last message in its progress; None when it sent none.
        log: the last lines of its standard error.
        names: of the nodes, for the message and the log.
    """
    if code in _REFUSALS and (message is not None or log):
        said = message or as_message(log.splitlines()[-1].removeprefix("gss: "))
        return _REFUSALS[code](names.in_message(said))
    number = -code if code < 0 else code - _KILLED_BY_LAUNCHER
    if 0 < number <= _LAST_SIGNAL:
        return GSSError(_killed(number))
    if log:
        return GSSError(
            Message(
                "run.ended-log",
                "The segmentation process ended with exit code {number}; the scene is as it was. Its last lines:\n"
                "{log}.",
                number=code,
                log=names.in_message(as_message(log)),
            )
        )
    return GSSError(
        Message(
            "run.ended",
            "The segmentation process ended with exit code {number}; the scene is as it was. It said nothing.",
            number=code,
        )
    )


def _killed(number: int) -> Message:
    if number == _SIGKILL:
        return Message(
            "run.killed-9",
            "The segmentation process was killed by signal 9, as happens when memory runs out; the scene is as it was.",
        )
    return Message(
        "run.killed",
        "The segmentation process was killed by signal {signal}; the scene is as it was.",
        signal=number,
    )
