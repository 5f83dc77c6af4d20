"""A document that is wrong is refused with its address."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from stacking_rules import (
    CircularStackError,
    DocumentError,
    LimitExceededError,
    in_award_order,
    parse_document,
    parse_stack,
)
from stacking_rules.selection import Anchor
from stacking_rules.spans import Span
from stacking_rules.stacks import Binding
from tests.rules.helpers import stack


def refused(data: object) -> DocumentError:
    with pytest.raises(DocumentError) as error:
        parse_document(data)
    return error.value


def one(requires: object) -> dict[str, object]:
    return {"quoin": 2, "stacks": [{"key": "s", "requires": requires}]}


@pytest.mark.parametrize(
    ("data", "address"),
    [
        ([], ""),
        ({"stacks": []}, "/quoin"),
        ({"quoin": 3, "stacks": []}, "/quoin"),
        ({"quoin": True, "stacks": []}, "/quoin"),
        ({"quoin": 2, "stacks": []}, "/stacks"),
        (one({"al": ["a"]}), "/stacks/0/requires/al"),
        (one({"all": []}), "/stacks/0/requires/all"),
        (one({"all": ["a", "a"]}), "/stacks/0/requires/all/1"),
        (one({"at_least": 3, "of": ["a", "b"]}), "/stacks/0/requires/at_least"),
        (one({"at_least": True, "of": ["a"]}), "/stacks/0/requires/at_least"),
        (one({"completed": "a", "grade": 101}), "/stacks/0/requires/grade"),
        (one({"completed": "a", "award": "b"}), "/stacks/0/requires"),
        (one({"credits": "NaN", "of": ["a"]}), "/stacks/0/requires/credits"),
        (one({"award": "a", "grade": 5}), "/stacks/0/requires/grade"),
        (one("Not A Key"), "/stacks/0/requires"),
    ],
)
def test_the_address_names_the_place(data: object, address: str) -> None:
    assert refused(data).address == address


def test_the_whole_document_has_an_address_too() -> None:
    assert str(refused([])).startswith("/: ")


def test_a_near_miss_is_suggested() -> None:
    assert "Did you mean 'at_least'?" in refused(one({"at_leest": 1, "of": ["a"]})).message


def test_bombs_are_refused() -> None:
    deep: object = "a"
    for _ in range(60):
        deep = {"all": [deep]}
    with pytest.raises(LimitExceededError):
        parse_document(one(deep))
    with pytest.raises(LimitExceededError):
        parse_document(one({"any": [f"k{i}" for i in range(10_001)]}))


def test_awards_that_need_each_other_are_named() -> None:
    a, b = stack({"award": "b"}, "a"), stack({"award": "a"}, "b")
    with pytest.raises(CircularStackError) as error:
        in_award_order([a, b])
    assert error.value.path == ("a", "b", "a")


def test_what_is_not_known_at_the_top_is_named_there() -> None:
    assert refused({"quoin": 2, "stack": []}).address == "/stack"
    assert refused({"quoin": 2, "stacks": [{"key": "s"}]}).address == "/stacks/0"


MEANINGS: dict[str, Any] = {
    "scales": {"letter": ["F", "A"]},
    "tables": [{"from": "1-5", "to": "0-100", "rows": {"1": 0}}],
    "levels": [{"from": "scqf", "to": "eqf", "rows": {"7": 5}}],
    "equivalent": [{"same": ["a", "b"]}],
    "accepted": [{"for": "a", "instead": "b"}],
    "terms": [{"name": "t", "from": "2026-01-15", "to": "2026-06-30"}],
    "rates": [{"from": "ou", "to": "ects", "rate": "30/60"}],
    "zone": "Europe/Madrid",
}


@pytest.mark.parametrize("name", MEANINGS)
def test_what_is_declared_is_part_of_the_text_of_each_stack(name: str) -> None:
    plain, declared = one("a"), one("a") | {name: MEANINGS[name]}
    (stack,) = parse_document(declared).stacks
    text = parse_document(declared).texts["s"]
    assert text == {"key": "s", "requires": "a", "definitions": {name: MEANINGS[name]}}
    assert stack.content_hash != parse_document(plain).stacks[0].content_hash
    # Stored alone, it reads as the same stack.
    assert parse_stack(text) == stack


def test_what_a_stack_declares_itself_comes_before_what_its_document_does() -> None:
    own = {"zone": "Europe/Paris", "achievements": {"a": {"credits": 2}}}
    data = {"quoin": 2, "zone": "Europe/Madrid", "accepted": MEANINGS["accepted"]}
    stacks = [{"key": "s", "requires": "a", "definitions": own}, {"key": "t", "requires": "a"}]
    found = parse_document(data | {"stacks": stacks})
    assert [stack.definitions.zone for stack in found.stacks] == ["Europe/Paris", "Europe/Madrid"]
    assert [len(stack.definitions.accepted) for stack in found.stacks] == [1, 1]
    assert found.texts["s"]["definitions"] == own | {"accepted": MEANINGS["accepted"]}


def test_a_stack_without_definitions_is_its_own_text_and_hash() -> None:
    item = {"title": "Années", "key": "s", "requires": {"all": ["a", "b"]}}
    found = parse_document({"quoin": 2, "stacks": [item]})
    assert found.texts["s"] == item
    canonical = '{"key":"s","requires":{"all":["a","b"]},"title":"Années"}'
    assert found.stacks[0].content_hash == hashlib.sha256(canonical.encode()).hexdigest()


def test_the_root_takes_no_step_whatever_its_id() -> None:
    parts = [{"id": name, "credits": 2} for name in "ab"]
    rule = {"id": "x", "all": parts, "sharing": [{"between": ["a", "/b"]}]}
    found = parse_document(one(rule)).stacks[0]
    assert [at for at, _ in found.walk()] == ["/", "/a", "/b"]
    (share,) = found.requires.clauses
    assert (share.first, share.second) == ("/a", "/b")  # type: ignore[attr-defined]
    rule["sharing"] = [{"between": ["a", "/renewal/b"]}]
    kept = parse_stack({"key": "s", "requires": "a", "renewal": {"requires": rule}}).renewal
    assert kept is not None
    (share,) = kept.requires.clauses
    assert (share.first, share.second) == ("/renewal/a", "/renewal/b")  # type: ignore[attr-defined]


@pytest.mark.parametrize("between", [["a", "c"], ["c", "a"], ["/a", "/a/c"]])
def test_sharing_with_what_is_not_there_is_refused(between: list[str]) -> None:
    parts = [{"id": name, "credits": 2} for name in "ab"]
    error = refused(one({"all": parts, "sharing": [{"between": between}]}))
    assert error.address == "/stacks/0/requires"
    assert "there is no such requirement" in error.message


def test_levels_of_an_award_are_at_amounts_and_groups() -> None:
    rule = {"all": ["a", {"id": "x", "any": ["b", {"id": "y", "items": 2}]}]}

    def levels(at: str) -> dict[str, object]:
        levels = [{"name": "Gold", "at": at, "need": 3}]
        return {"quoin": 2, "stacks": [{"key": "s", "requires": rule, "award_levels": levels}]}

    for at in ("/", "/x", "/x/y"):
        assert parse_document(levels(at)).stacks[0].levels[0].at == at
    for at in ("/a", "/x/b", "/z"):
        assert refused(levels(at)).address == "/stacks/0/award_levels/0/at"


def test_a_renewal_may_open_months_before_the_end() -> None:
    renewal = {"requires": {"items": 1}, "opens": {"years": 1, "months": 6}}
    data = {"key": "s", "requires": "a", "lasts": {"years": 3}, "renewal": renewal}
    found = parse_stack(data).renewal
    assert found is not None
    (opens,) = found.requires.clauses
    assert opens.where.tests[0].value == Anchor("expiry", "s", Span(-18))  # type: ignore[attr-defined]


def test_a_binding_is_to_the_latest_version_unless_it_says_otherwise() -> None:
    assert parse_stack({"key": "s", "requires": "a", "binding": {}}).binding == Binding()
    assert parse_stack({"key": "s", "requires": "a", "version": 1_000_000}).version == 1_000_000
