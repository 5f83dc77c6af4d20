"""A language nobody speaks: every marked sentence in brackets, with accents, 40 % longer.

What stands on a page without brackets was never marked; what is cut off had no room.
"""

from __future__ import annotations

import gettext as standard
import re

OPEN, CLOSE = "⟦", "⟧"
_KEPT = re.compile(r"(\{[^}]*\}|%\([a-z_]+\)s|<[^>]+>|&[a-z]+;)")
_ACCENTS = str.maketrans("aceinosuyzACEINOSUYZ", "áçéíñóšúýžÁÇÉÍÑÓŠÚÝŽ")


def pseudo(message: str) -> str:
    """Return a message as the language writes it; places and markup stay as they are."""
    if message.startswith(OPEN):
        return message
    parts = _KEPT.split(message)
    parts[::2] = [words.translate(_ACCENTS) for words in parts[::2]]
    longer = "~" * (len("".join(parts[::2])) * 2 // 5)
    return f"{OPEN}{''.join(parts)}{longer}{CLOSE}"


class PseudoTranslations(standard.NullTranslations):
    """A catalogue that knows every message."""

    def gettext(self, message: str) -> str:
        """Return any message."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the English form for a number."""
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002
        """Return any message, whatever it means."""
        return pseudo(message)
