"""The command line: `gss <command>`. Each command loads what it needs when it runs, and nothing before."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from GSSCore.cli import cohort, compare, demo, evaluate, info, networks, phantom, segment, split, train
from GSSCore.errors import Cancelled, GSSError
from GSSCore.memory import memory_refused
from GSSCore.messages import Message
from GSSCore.version import VERSION
from GSSCore.vocabulary import RESEARCH_USE

NO_MEMORY = Message(
    "cli.no-memory", "Memory does not suffice: close other programs, or take a machine with more memory."
)
COMMANDS = (segment, cohort, evaluate, compare, train, split, info, networks, phantom, demo)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 fault, 2 usage, 3 refused, 130 cancelled."""
    _use_utf8()
    options = build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.ERROR, format="%(message)s")
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with memory_refused(NO_MEMORY):
            code: int | None = options.run(options)
    except KeyboardInterrupt:
        print("gss: cancelled", file=sys.stderr)
        return Cancelled.exit_code
    except GSSError as fault:
        print(f"gss: {fault}", file=sys.stderr)
        return fault.exit_code
    finally:
        signal.signal(signal.SIGTERM, before)
    return code or 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="gss",
        description="Segments brain tumours from whichever of FLAIR, T1ce, T1 and T2 a patient has.",
        epilog=RESEARCH_USE,
    )
    parser.add_argument("--version", action="version", version=f"gss {VERSION}")
    parser.add_argument("-v", "--verbose", action="store_true", help="say more on standard error")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser


def _interrupt(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends a command as Ctrl-C does: cleanly, with nothing left behind."""
    raise KeyboardInterrupt


def _use_utf8() -> None:
    """Windows consoles and pipes may have another encoding, and file names any character."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
