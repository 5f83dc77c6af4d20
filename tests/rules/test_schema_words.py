"""No word of the reader is missing in the schemas, and none of theirs is unknown to it."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import DocumentError, parse_document, parse_record, records
from stacking_rules import read_clauses as clauses
from stacking_rules import read_definitions as definitions
from stacking_rules import read_requirements as requirements
from stacking_rules import read_test as tests
from stacking_rules.documents import STACK_FIELDS
from stacking_rules.formats import CURRENT as FORMAT
from tests.rules.schema_words import validator

STACKS = validator("stacks").schema
RECORD = validator("record").schema
MARK = "no-such-word"
LABELS = {"id", "rule"}


def definition(name: str, schema: Any = STACKS) -> dict[str, Any]:
    """Return the schema ``name`` of $defs: the long form of one that has a short form, too, and
    the entries of a list."""
    found: dict[str, Any] = schema["$defs"][name]
    found = found.get("items", found)
    if "properties" in found:
        return found
    return next(part for part in found["anyOf"] if "properties" in part)


def fields(name: str, schema: Any = STACKS) -> set[str]:
    return set(definition(name, schema)["properties"])


def names_in(schema: Any) -> set[str]:
    """Return the words that a schema of names admits."""
    if "$ref" in schema:
        return names_in(STACKS["$defs"][schema["$ref"].rpartition("/")[2]])
    if "enum" in schema:
        return set(schema["enum"])
    return {word for part in schema["anyOf"] for word in names_in(part)}


def allowed(prefix: str, word: str) -> set[str]:
    """Return the words that may stand beside the word of a requirement or condition."""
    return names_in(STACKS["$defs"][f"{prefix}-{word.replace('_', '-')}"]["propertyNames"])


def test_the_document_and_its_stacks() -> None:
    assert STACKS["properties"]["quoin"]["const"] == FORMAT
    assert STACKS["$id"].endswith(f":{FORMAT}")
    assert set(STACKS["properties"]) == {"quoin", "stacks", *definitions.FIELDS}
    assert fields("definitions") == set(definitions.FIELDS)
    assert fields("stack") == set(STACK_FIELDS)


def test_requirements() -> None:
    every = {*requirements.OPERATORS, *requirements._ALL_FIELDS, *requirements._EVERYWHERE}
    assert fields("requirement-in-words") == every
    kinds = definition("requirement-in-words")
    assert [part["required"] for part in kinds["anyOf"]] == [[w] for w in requirements.OPERATORS]


@pytest.mark.parametrize("word", requirements.OPERATORS)
def test_what_may_stand_beside_the_word_of_a_requirement(word: str) -> None:
    known = {word, *requirements._EVERYWHERE, *requirements._FIELDS[word]}
    if word in requirements.UNITS:
        known.add("factors")  # elsewhere in the schema: only where points are asked for first
    assert allowed("is", word) == known


@pytest.mark.parametrize("word", [*clauses.ANYWHERE, *clauses.AT_AMOUNTS])
def test_clauses(word: str) -> None:
    reference = definition("requirement-in-words")["properties"][word]["$ref"]
    assert fields(reference.rpartition("/")[2]) == LABELS | {*clauses._READERS[word][1]}


@pytest.mark.parametrize("word", clauses._OF_WHICH)
def test_what_may_stand_beside_the_word_of_a_condition(word: str) -> None:
    known, _ = clauses._OF_WHICH[word]
    assert allowed("which", word) == LABELS | {word, "where", *known}


def test_tests_and_days() -> None:
    assert fields("comparison") == set(tests.OPERATORS)
    assert fields("comparison-of-grades") == {*tests.OPERATORS, "scale"}
    assert fields("comparison-of-levels") == {*tests.OPERATORS, "framework"}
    assert fields("anchor") == {*tests.ANCHORS, "plus", "minus", "end_of"}


def test_records() -> None:
    assert set(RECORD["properties"]) == set(records._TOP)
    assert fields("completion", RECORD) == set(records._COMPLETION)
    assert fields("award", RECORD) == set(records._AWARD)
    assert fields("attestation", RECORD) == set(records._ATTESTATION)
    assert fields("waiver", RECORD) == set(records._WAIVER)


def in_stack(**said: Any) -> dict[str, Any]:
    stack = {"key": "award", "requires": "sql"} | said
    return {"quoin": FORMAT, "stacks": [stack]}


def in_rule(**said: Any) -> dict[str, Any]:
    return in_stack(requires={"credits": 1} | said)


def listed(name: str, field: str, schema: Any = STACKS) -> list[str]:
    words: list[str] = definition(name, schema)["properties"][field]["enum"]
    return words


@pytest.mark.parametrize(
    ("name", "field", "document"),
    [
        *(
            ("stack", field, in_stack(**{field: MARK}))
            for field in ("repeats", "valid", "issue", "consume")
        ),
        ("binding", "policy", in_stack(binding={"policy": MARK})),
        ("achievement", "status", in_stack() | {"achievements": {"a": {"status": MARK}}}),
        ("requirement-in-words", "among", in_rule(among=MARK)),
        ("window", "from", in_rule(window={"terms": 1, "from": MARK})),
        ("after", "by", in_rule(after={"of": "/", "by": MARK})),
        ("of-which", "unit", in_rule(of_which=[{"share": 1, "unit": MARK}])),
        ("of-which", "base", in_rule(of_which=[{"share": 1, "base": MARK}])),
        ("of-which", "round", in_rule(of_which=[{"share": 1, "base": "needed", "round": MARK}])),
        ("of-which", "weight", in_rule(of_which=[{"mean": 1, "weight": MARK}])),
        ("of-which", "over", in_rule(of_which=[{"mean": 1, "over": MARK}])),
        ("caps", "round", in_rule(caps=[{"share": 1, "round": MARK}])),
    ],
)
def test_the_words_of_a_choice(name: str, field: str, document: dict[str, Any]) -> None:
    words = ", ".join(sorted(listed(name, field)))
    with pytest.raises(DocumentError) as refused:
        parse_document(document)
    named = refused.value.message.partition("one of ")[2].partition(" is needed")[0]
    assert ", ".join(sorted(named.split(", "))) == words


@pytest.mark.parametrize(
    ("name", "field", "entry"),
    [
        ("completion", "state", {"achievement": "sql", "on": "2026-01-01", "state": MARK}),
        (
            "waiver",
            "kind",
            {"kind": MARK, "stack": "a", "author": "A", "reason": "B", "from": "2026-01-01"},
        ),
    ],
)
def test_the_words_of_a_choice_in_records(name: str, field: str, entry: dict[str, Any]) -> None:
    with pytest.raises(DocumentError) as refused:
        parse_record({f"{name}s": [entry]})
    named = refused.value.message.partition("one of ")[2].partition(" is needed")[0]
    assert named.split(", ") == listed(name, field, RECORD)
