"""The dialogs of `slicer.util`: remembered, and answered as a test says.

Slicer's own functions run, down to the one that would open a window: in testing mode they answer themselves, and what
they show is logged.
"""

from __future__ import annotations

import logging
from typing import Any

import slicer


class Dialogs:
    """What is put in the place of `slicer.util._messageDisplay` and `slicer.util.messageBox`.

    Attributes:
        answer: of the user to every question: yes (OK, Retry) or no (Cancel, Close).
        asked: questions that were asked.
        shown: messages that were shown: information, warnings, errors. Slicer without a main window only logs them.
    """

    def __init__(self) -> None:
        self.answer = True
        self.asked: list[str] = []
        self.shown: list[str] = []

    def display(
        self,
        logLevel: int,
        text: str,
        testingReturnValue: Any,
        mainWindowNeeded: bool = False,
        parent: Any = None,
        windowTitle: str | None = None,
        **options: Any,
    ) -> Any:
        """Show a message or ask a question."""
        logging.getLogger("slicer.util").log(logLevel, text)
        if slicer.app.testingEnabled():
            return testingReturnValue
        if mainWindowNeeded:
            self.shown.append(text)
            return None
        return self.box(text, **options)

    def box(self, text: str, parent: Any = None, standardButtons: Any = None, **options: Any) -> Any:
        """Show a box with buttons, and return that which the user would press."""
        import qt

        button = qt.QMessageBox
        yes = (button.Ok, button.Yes, button.Retry, button.Save)
        no = (button.Cancel, button.No, button.Close)
        offered = [one for one in (*yes, *no) if standardButtons is not None and standardButtons & one]
        if not any(one in no for one in offered):
            self.shown.append(text)
            return button.Ok
        self.asked.append(text)
        return next(one for one in offered if one in (yes if self.answer else no))
