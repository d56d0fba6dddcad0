"""What the library says, in the language of the application. Needs Slicer's translations."""

from __future__ import annotations

from slicer.i18n import translate

from GSSCore.messages import as_message

CONTEXT = "GSSCore"
"""Of the library's messages in the translation files; their templates are the texts."""


def spoken(text: str) -> str:
    """Return a message in the user's language; plain text, and what has no translation, as it is."""
    return as_message(text).translated(lambda template: str(translate(CONTEXT, template)))
