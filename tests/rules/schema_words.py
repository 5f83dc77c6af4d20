"""The published schemas, and the words that stand in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

from lti_tool.cli.rule_schema import SCHEMAS


@cache
def validator(name: str) -> Draft202012Validator:
    text = files("lti_tool").joinpath("schemas", SCHEMAS[name]).read_text("utf-8")
    return Draft202012Validator(json.loads(text))


def in_schema(schema: Any) -> Iterator[Any]:
    """Yield every part of a schema, the whole first."""
    yield schema
    entries = schema.values() if isinstance(schema, dict) else schema
    for part in entries if isinstance(schema, dict | list) else ():
        yield from in_schema(part)


def words_of(name: str) -> tuple[str, ...]:
    """Return all names of fields and all enumerated words of a schema."""
    found: list[str] = []
    for part in in_schema(validator(name).schema):
        if isinstance(part, dict):
            found += [*part.get("properties", ()), *part.get("enum", ())]
    return tuple(dict.fromkeys(found))
