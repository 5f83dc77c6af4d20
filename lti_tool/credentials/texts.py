"""Which texts may be signed: those that every library writes in the same canonical form."""

from __future__ import annotations

import re
from typing import Any

from lti_tool.errors import InvalidInputError

BREAKS = re.compile(r"\r\n?|[\u2028\u2029]")
# Control characters but the line feed, DEL and C1, halves of pairs, and what is no character.
REFUSED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def clean(data: Any) -> Any:
    """Return plain data with line breaks as line feeds, tabs as spaces, without empty members.

    ``InvalidInputError`` (code ``text``) for other control characters and lone surrogates:
    libraries disagree on how they are signed, so such a credential would fail elsewhere.
    """
    if isinstance(data, str):
        if data.isprintable():
            return data  # neither breaks nor tabs nor anything that is refused
        text = BREAKS.sub("\n", data).replace("\t", " ")
        if REFUSED.search(text):
            raise InvalidInputError(
                "A name or description holds a control character that cannot be signed: "
                "remove it and try again.",
                code="text",
            )
        return text
    if isinstance(data, dict):
        cleaned = {name: clean(value) for name, value in data.items()}
        return {name: value for name, value in cleaned.items() if value not in (None, "", [], {})}
    return [clean(item) for item in data] if isinstance(data, list) else data
