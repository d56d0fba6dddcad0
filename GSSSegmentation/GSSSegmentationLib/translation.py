"""The library's messages in the language of the application. Needs Slicer's translations."""

from __future__ import annotations

from slicer.i18n import translate

from GSSCore.messages import as_message

CONTEXT = "GSSCore"
"""Context of the library's messages in the translation files. Their templates are the texts."""


def translated_text(text: str) -> str:
    """Return a text or template of the library in the user's language, or unchanged without a translation."""
    return str(translate(CONTEXT, text))


def translated_message(text: str) -> str:
    """Return a message in the user's language, with its values filled in. Plain text stays as it is."""
    return as_message(text).translated(translated_text)
