"""Every way in which the project refuses to go on, and the exit code that each one stands for.

An error's text is one sentence for the person at the keyboard: it names the file and the modality, says what is
wrong and what to do about it. Where a user may meet it, it is a `GSSCore.messages.Message`,
so that it can be translated.
"""

from __future__ import annotations

from GSSCore.messages import Message, as_message


class GSSError(Exception):
    """Base of all expected failures. `exit_code` is what a command line ends with."""

    exit_code = 1

    @property
    def message(self) -> Message:
        """The sentence with its code and values."""
        return as_message(self.args[0] if self.args else "")


class UsageError(GSSError):
    """The call itself makes no sense, whatever the data."""

    exit_code = 2


class InputError(GSSError):
    """An input file, array, recipe or network is refused."""

    exit_code = 3


class EnvironmentRefused(GSSError):
    """The machine lacks what was asked of it: a device, a package, space on the disk."""

    exit_code = 3


class Cancelled(GSSError):
    """The user asked to stop. Nothing has been left behind."""

    exit_code = 130
