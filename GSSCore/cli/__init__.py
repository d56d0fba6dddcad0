"""The command line: `gss <command>`. Each command loads what it needs when it runs, and nothing before."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from GSSCore.cli import cohort, compare, demo, dicom, evaluate, info, networks, phantom, segment, split, strip, train
from GSSCore.cli.examples import show_examples
from GSSCore.cli.progress import Reporter, cancelled, wants_lines
from GSSCore.cli.streams import lasting_streams
from GSSCore.errors import Cancelled, EnvironmentRefused, GSSError, UsageError
from GSSCore.memory import memory_refused
from GSSCore.messages import Message
from GSSCore.version import VERSION

NO_MEMORY = Message(
    "cli.no-memory", "Memory does not suffice: close other programs, or take a machine with more memory."
)
COMMANDS = (segment, cohort, strip, evaluate, compare, train, split, info, dicom, networks, phantom, demo)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 fault, 2 usage, 3 refused, 130 cancelled.

    Every failure is one sentence on standard error, and in JSON lines the last line. A fault of the program itself is
    raised after that, so that its traceback is seen.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    with lasting_streams() as output:
        try:
            before = signal.signal(signal.SIGTERM, _interrupt)
            try:
                options, code = _run(words)
            finally:
                signal.signal(signal.SIGTERM, before)
        except KeyboardInterrupt:
            _say(cancelled())
            return Cancelled.exit_code
        except GSSError as fault:
            _say(fault.message)
            return fault.exit_code
        except SystemExit:  # of --help and --version, which argparse prints
            options, code = argparse.Namespace(), 0
        output.flush()
        # A closed pipe, as after `| head`, is no fault: the reader has what it wanted. A full disk is one.
        if output.fault is not None and not isinstance(output.fault, BrokenPipeError):
            return _unsaid(output.fault, options, code)
        return code


def _run(words: list[str]) -> tuple[argparse.Namespace, int]:
    """Parse the arguments and run the command; return them and its exit code."""
    with Reporter("jsonl" if wants_lines(words) else "none").telling_failure():
        options = build_parser().parse_args(words)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.ERROR, format="%(message)s")
    options.reporter = Reporter(getattr(options, "progress", "none"))
    with options.reporter.telling_failure(), memory_refused(NO_MEMORY):
        code: int | None = options.run(options)
    return options, code or 0


def _say(message: Message) -> None:
    print(f"gss: {message}", file=sys.stderr)


def _unsaid(fault: OSError, options: argparse.Namespace, code: int) -> int:
    """Report that standard output can't be written; return an exit code, not 0 where the output was the result."""
    reason = fault.strerror or str(fault)
    _say(Message("cli.no-output", "Standard output can't be written ({reason}): choose another place.", reason=reason))
    writes = any(getattr(options, name, None) for name in ("output", "folder", "write_card"))
    return code if writes and not getattr(options, "dry_run", False) else code or EnvironmentRefused.exit_code


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError where argparse would end the process."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and raise UsageError."""
        self.print_usage(sys.stderr)
        raise UsageError(
            Message("cli.usage", "Wrong usage: {reason}. See `{program} --help`.", reason=message, program=self.prog)
        )


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = Parser(
        prog="gss",
        description="Segments brain tumours from whichever of FLAIR, T1ce, T1 and T2 a patient has.",
    )
    parser.add_argument("--version", action="version", version=f"gss {VERSION}")
    parser.add_argument("-v", "--verbose", action="store_true", help="say more on standard error")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    for name, one in {"": parser, **commands.choices}.items():
        show_examples(one, name)
    return parser


def _interrupt(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends a command as Ctrl-C does: cleanly, with nothing left behind."""
    raise KeyboardInterrupt
