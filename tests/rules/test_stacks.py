"""Addresses within a rule, and the awards that it asks for."""

from __future__ import annotations

from stacking_rules import parse_stack
from stacking_rules.requirements import Completed
from stacking_rules.stacks import child_address, clause_address


def test_an_address_is_the_path_of_ids_from_the_root() -> None:
    rule = {
        "all": [
            {
                "id": "max",
                "all": ["sql", {"id": "pool", "credits": 9, "best": 2}],
                "together": True,
            },
            {"if": "a", "then": "b"},
        ]
    }
    stack = parse_stack({"key": "k", "requires": rule, "renewal": {"requires": {"any": ["r"]}}})
    assert [address for address, _ in stack.walk()] == [
        "/", "/max", "/max/sql", "/max/pool", "/2", "/2/if", "/2/then", "/renewal", "/renewal/r",
    ]  # fmt: skip
    assert [(at, above) for at, above, _ in stack.clauses()] == [
        ("/max/together", "/max"),
        ("/max/pool/best", "/max/pool"),
    ]


def test_ids_may_end_in_any_letter() -> None:
    (clause,) = parse_stack({"key": "k", "requires": {"items": 1, "best": 1}}).requires.clauses
    for name in ("max", "x", "a/x"):
        assert child_address(f"/{name}", Completed(id="y", achievement="y")) == f"/{name}/y"
        assert clause_address(f"/{name}", clause) == f"/{name}/best"
    assert child_address("/", Completed(id="y", achievement="y")) == "/y"


def test_awards_that_are_asked_for_are_named_once_in_document_order() -> None:
    rule = {
        "all": [
            {"award": "minor"},
            {"items": 1, "of": ["sql", "r"]},
            {"items": 1, "of": [{"award": "basics"}, {"award": "minor"}]},
        ]
    }
    assert parse_stack({"key": "k", "requires": rule}).needed_awards() == ("minor", "basics")
