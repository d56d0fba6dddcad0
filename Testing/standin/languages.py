"""Stands in for `slicer.i18n`: contexts as in Slicer, translations by Qt."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from PySide6 import QtCore

MISSING: set[tuple[str, str]] = set()
"""Strings, with their contexts, that were asked for and have no translation in the language that is loaded."""


def translate(context: str, text: str) -> str:
    """Return a text in the application's language."""
    translated = QtCore.QCoreApplication.translate(context, text)
    if translated == text:
        MISSING.add((context, text))
    return translated


def getContext(file: str) -> str:
    """Return the context of a source file: its name, after that of the package it is in."""
    path = Path(file)
    package = f"{path.parent.name}." if (path.parent / "__init__.py").is_file() else ""
    return f"{package}{path.stem}"


def tr(text: str) -> str:
    """Return a text in the application's language, in the context of the calling file; one with other fields is not."""
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    translated = translate(getContext(frame.f_back.f_code.co_filename), text)

    def fields(words: str) -> set[str]:
        return set(re.findall(r"(?<!\{)\{([^{}]+)\}(?!\})", words))

    return translated if fields(translated) == fields(text) else text
