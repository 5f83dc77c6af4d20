"""The text of a draft as plain data, and back; a draft may be incomplete, never unreadable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from lti_tool.errors import InvalidInputError
from lti_tool.stack_text import load
from lti_tool.stack_yaml import dump
from lti_tool.translating import _

LONGEST = 100_000
"""Characters of a draft: some hundred requirements."""
LONGEST_TITLE = 500
FORMAT = 2

Plain = dict[str, Any]


def read_draft(text: str) -> Plain:
    """Read the text of a draft; ``InvalidInputError`` (``StackTextError``) if it is none.

    It is a mapping with a list of stacks that are mappings; what stands in them is free.
    """
    if len(text) > LONGEST:
        raise InvalidInputError(
            _("A draft has at most {most} characters.", most=LONGEST), field="text"
        )
    data = load(text)[0]
    if not isinstance(data, dict) or not isinstance(data.get("stacks"), list):
        raise InvalidInputError(
            "A draft begins with 'quoin: 2' and has 'stacks:', a list of stacks.", field="text"
        )
    if not data["stacks"] or not all(isinstance(one, dict) for one in data["stacks"]):
        raise InvalidInputError("Under 'stacks:' at least one stack must stand.", field="text")
    if not isinstance(data.get("achievements", {}), dict):
        raise InvalidInputError("'achievements:' is a mapping of keys.", field="text")
    return data


def write_draft(data: Plain) -> str:
    """Return the text of a draft; reading it gives the same data."""
    text = dump(data)
    if len(text) > LONGEST:
        raise InvalidInputError(_("A draft has at most {most} characters.", most=LONGEST))
    return text


def new_draft(title: str, taken: Collection[str]) -> Plain:
    """Return a draft of one stack that asks for nothing yet."""
    key = key_for(title, taken)
    return {"quoin": FORMAT, "stacks": [{"key": key, "title": title, "requires": {"all": []}}]}


def key_for(title: str, taken: Collection[str]) -> str:
    """Return a key made of a title in any script, none of ``taken``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-") or "item"
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key


def head_of(data: Plain) -> tuple[str, str]:
    """Return key and title of the first stack, as far as it has any."""
    first = data["stacks"][0]
    key = str(first.get("key", ""))[:100]
    return key, str(first.get("title") or key)[:LONGEST_TITLE]


def declared(data: Plain) -> dict[str, Plain]:
    """Return what the draft declares of achievements, by key; bare where it is malformed."""
    found = data.get("achievements") or {}
    return {str(key): said if isinstance(said, dict) else {} for key, said in found.items()}


def names_of(data: Plain, catalogue: Mapping[str, str]) -> dict[str, str]:
    """Return every name by key: of the catalogue, and over it what the draft says."""
    names = dict(catalogue)
    for key, said in declared(data).items():
        names[key] = str(said.get("name") or names.get(key, key))
    for stack in data["stacks"]:
        key = str(stack.get("key", ""))
        names[key] = str(stack.get("title") or key)
    return names
