"""The published schemas: what they refuse the reader refuses, and the same words are in both."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lti_tool.cli.rule_schema import SCHEMAS
from lti_tool.stack_text import load
from stacking_rules import (
    Definitions,
    DocumentError,
    LimitExceededError,
    parse_document,
    parse_record,
)
from stacking_rules.formats import CURRENT as FORMAT
from tests.rules.decision_cases import cases, document_data
from tests.rules.mutations import mutation
from tests.rules.random_rules import Draw
from tests.rules.schema_words import in_schema, validator, words_of

ROOT = Path(__file__).resolve().parents[2]
PROGRAMMES = Path(__file__).parent / "programmes"
SHARDS = range(8)
RANDOM_RULES = 1_000
MUTATIONS = 400
"""Of stack documents, and as many of records, in each shard."""

UNKNOWABLE = {
    "something else has that name or address": (
        r"stands here twice\.$|is defined twice\.$|^/stacks\S+: Two things here have the address"
    ),
    "it refers to what is not there": (
        r"there is no such requirement\.$|There is no amount or group at |There is no such time"
    ),
    "a scale is declared or not, and has bounds, grades and points": (
        r"A scale is written low-high|A scale goes from a lower|The grade must be between"
        r"|The scale \S+ has the grades|The grades of \S+ have no points"
        r"|/(grade|mean|value)(/(at_least|at_most|above|below))?: '.*' is not a number"
        r"|/rows/\S+: '.*' is not a number"
    ),
    "a number that is written as text has bounds": (
        r"The number must be between|A share is between 0 and 1|must be more than 0"
    ),
    "how many decimal places": r"decimal places at most|has more than \d+ digits",
    "one value against another": (
        r"can never be met|'from' must come before|Terms stand in order|The rows must rise"
        r"|A term ends after|A scale goes from the worst|A group has no amount"
    ),
    "a day that no calendar has": (
        r"Here (a date|an instant) such as \S+ is needed, not '\d{4}-\d\d-\d\d"
    ),
    "levels and nodes": r"The document has more than \d+ ",
}
"""Why the reader refuses what a schema cannot know, and the messages that say so."""


def complaint(name: str, data: Any) -> str:
    """Return what the schema says against ``data``, "" for nothing."""
    error = next(iter(validator(name).iter_errors(data)), None)
    return "" if error is None else f"{error.json_path}: {error.message}"


def loaded(path: Path) -> Any:
    return load(path.read_text("utf-8"))[0]


def exact(data: Any) -> Any:
    return json.loads(json.dumps(data), parse_float=Decimal)


@cache
def documents() -> tuple[Any, ...]:
    """Every stack document of this repository."""
    paths = [*sorted(PROGRAMMES.glob("P*.yaml")), ROOT / "docs/example.yaml"]
    paths.append(ROOT / "demo_lms/institution/stacks.yaml")
    good = (case for _, case in cases() if "error" not in case)
    return (*map(loaded, paths), *map(document_data, good))


@cache
def records() -> tuple[Any, ...]:
    """Every record of this repository."""
    paths = [path for path in sorted(PROGRAMMES.glob("P*/*.yaml")) if path.stem != "expected"]
    return (*map(loaded, paths), *(case["record"] for _, case in cases()))


@cache
def drawn() -> tuple[tuple[Any, Any], ...]:
    """Random documents and records."""
    found = (Draw(seed) for seed in range(RANDOM_RULES))
    return tuple(
        ({"quoin": FORMAT, "stacks": [exact(draw.stack)]}, exact(draw.record)) for draw in found
    )


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(validator(name).schema)
    assert validator(name).schema["$id"].startswith("urn:quoin:")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_reference_leads_somewhere_and_every_definition_is_used(name: str) -> None:
    schema = validator(name).schema
    used = {p["$ref"] for p in in_schema(schema) if isinstance(p, dict) and "$ref" in p}
    assert used == {f"#/$defs/{definition}" for definition in schema["$defs"]}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_described(name: str) -> None:
    schema = validator(name).schema
    for part in in_schema(schema):
        if not isinstance(part, dict) or part.get("additionalProperties") is not False:
            continue
        for field, said in part["properties"].items():
            meant = schema["$defs"].get(said.get("$ref", "").rpartition("/")[2], {})
            assert said.get("description") or meant.get("description"), field


def test_every_document_and_every_record_passes() -> None:
    for document in (*documents(), *(document for document, _ in drawn())):
        assert complaint("stacks", document) == ""
    for record in (*records(), *(record for _, record in drawn())):
        assert complaint("record", record) == ""


def test_the_examples_of_the_documentation_pass() -> None:
    text = (ROOT / "docs/stack-format.md").read_text("utf-8")
    whole, declared, record = (load(b)[0] for b in re.findall(r"```yaml\n(.*?)```", text, re.S))
    for data in (whole, {**declared, "quoin": FORMAT, "stacks": whole["stacks"]}):
        assert complaint("stacks", data) == ""
        parse_document(data)
    assert complaint("record", record) == ""
    parse_record(record)


Read = Callable[[Any], object]


def refusal(read: Read, data: Any) -> str:
    """Return why the reader refuses ``data``, "" if it does not."""
    try:
        read(data)
    except (DocumentError, LimitExceededError) as error:
        return str(error)
    return ""


def agreement(name: str, read: Read, whole: tuple[Any, ...], shard: int) -> Counter[str]:
    """Hold mutations of the documents ``whole`` against schema and reader; count the classes."""
    some, words, found = Random(f"{name} {shard}"), words_of(name), Counter[str]()
    for _ in range(MUTATIONS):
        _, data = mutation(some.choice(whole), some, words)
        said, against = refusal(read, data), complaint(name, data)
        if bool(said) == bool(against):
            found["refused by both" if said else "accepted by both"] += 1
            continue
        assert said, f"the schema is stricter: {against} in {data}"
        reasons = [reason for reason, form in UNKNOWABLE.items() if re.search(form, said)]
        assert reasons, f"the schema could know: {said} in {data}"
        found[reasons[0]] += 1
    return found


@pytest.mark.parametrize("shard", SHARDS)
def test_schema_and_reader_agree_on_documents(shard: int) -> None:
    whole = (*documents(), *(document for document, _ in drawn()))
    found = agreement("stacks", parse_document, whole, shard)
    assert found["accepted by both"] >= MUTATIONS / 10
    assert found["refused by both"] >= MUTATIONS / 2
    sys.stdout.write(f"shard {shard}: {dict(found)}\n")


@pytest.mark.parametrize("shard", SHARDS)
def test_schema_and_reader_agree_on_records(shard: int) -> None:
    whole = (*filter(None, records()), *(record for _, record in drawn()))
    found = agreement("record", lambda data: parse_record(data, Definitions()), whole, shard)
    assert found["accepted by both"] >= MUTATIONS / 10
    assert found["refused by both"] >= MUTATIONS / 3
    sys.stdout.write(f"shard {shard}: {dict(found)}\n")
