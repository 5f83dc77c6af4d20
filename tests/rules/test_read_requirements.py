"""Every requirement and every term of a stack as it is written, and what is refused where."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import DocumentError, LimitExceededError, Stack, parse_document, parse_stack
from stacking_rules import requirements as kinds
from stacking_rules.clauses import Filter, Least, Most
from stacking_rules.facts import Grade
from stacking_rules.requirements import Requirement
from stacking_rules.selection import AllTests, Anchor, AnyTest, Compare, NotTest, OneOf
from stacking_rules.spans import Span
from stacking_rules.stacks import Binding, Level

D = Decimal
RED, IS_RED = {"color": "red"}, OneOf("color", ("red",))
X, Y = (kinds.Completed(id=key, achievement=key) for key in "xy")


def stack_of(requires: object = "x", **terms: Any) -> Stack:
    scales = {"letter": {"F": 0, "C": 2, "A": 4}}
    stacks = [{"key": "s", "requires": requires, **terms}]
    return parse_document({"quoin": 1, "scales": scales, "stacks": stacks}).stacks[0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("x", X),
        ({"completed": "x"}, X),
        (
            {"completed": "x", "id": "one", "title": "One", "rule": "R1", "grade": 60,
             "where": RED},
            kinds.Completed(
                id="one", title="One", rule=("R1",), achievement="x", grade=Grade(D(60)),
                where=IS_RED,
            ),
        ),
        (
            {"completed": "x", "grade": "C", "scale": "letter"},
            kinds.Completed(id="x", achievement="x", grade=Grade(D(2), "letter", "C")),
        ),
        ({"award": "w", "where": RED}, kinds.Earned(id="w", achievement="w", where=IS_RED)),
        ({"attested": "t", "where": RED}, kinds.Attested(id="t", achievement="t", where=IS_RED)),
        ({"all": ["x", "y"]}, kinds.AllOf(parts=(X, Y))),
        ({"any": ["x", "y"]}, kinds.AnyOf(parts=(X, Y))),
        ({"none": ["x", "y"]}, kinds.NoneOf(parts=(X, Y))),
        ({"at_least": 1, "of": ["x", "y"]}, kinds.AtLeast(count=1, parts=(X, Y))),
        ({"at_least": 2, "of": ["x", "y"]}, kinds.AtLeast(count=2, parts=(X, Y))),
        ({"learner": RED}, kinds.LearnerIs(where=IS_RED)),
        (
            {"at_most": {"credits": 3}, "of": ["x"], "where": RED},
            kinds.Limit(most=D(3), unit="credits", of=("x",), where=IS_RED),
        ),
        ({"at_most": {"items": 0}}, kinds.Limit(most=D(0))),
        (
            {"if": "x", "then": "y"},
            kinds.Choice(
                condition=kinds.Completed(id="if", achievement="x"),
                then=kinds.Completed(id="then", achievement="y"),
            ),
        ),
        (
            {"if": "x", "then": "y", "else": {"items": 1, "id": "other"}},
            kinds.Choice(
                condition=kinds.Completed(id="if", achievement="x"),
                then=kinds.Completed(id="then", achievement="y"),
                otherwise=kinds.Amount(id="else", need=D(1), unit="items"),
            ),
        ),
        ({"credits": "7.5"}, kinds.Amount(need=D("7.5"))),
        (
            {"items": 2, "of": ["x", {"award": "w"}, {"attested": "t"}], "use": "overlay"},
            kinds.Amount(
                need=D(2), unit="items", of=("x", "w", "t"), is_overlay=True,
                among=("completion", "award", "attestation"),
            ),
        ),
        (
            {"items": 2, "of": [{"award": "w"}]},
            kinds.Amount(need=D(2), unit="items", of=("w",), among=("award",)),
        ),
        ({"items": 1, "among": "all"}, kinds.Amount(
            need=D(1), unit="items", among=("completion", "award"))),
        ({"items": 1, "among": "attestations"}, kinds.Amount(
            need=D(1), unit="items", among=("attestation",))),
        (
            {"points": 90, "factors": {"x": "0.5"}, "scale": "1-5", "use": "consume"},
            kinds.Amount(need=D(90), unit="points", factors=(("x", D("0.5")),), scale="1-5"),
        ),
        (
            {"points": 90, "grade": 40},
            kinds.Amount(need=D(90), unit="points", grade=Grade(D(40))),
        ),
        (
            {"credits": 9, "items": 2, "grade": "C", "scale": "letter"},
            kinds.Amount(
                need=D(9), grade=Grade(D(2), "letter", "C"),
                clauses=(Least(id="items", need=D(2), unit="items"),),
            ),
        ),
        (
            {"credits": 9, "where": RED, "including": ["x"], "except": ["y"]},
            kinds.Amount(
                need=D(9),
                where=AllTests((
                    AnyTest((IS_RED, OneOf("achievement", ("x",)))),
                    NotTest(OneOf("achievement", ("y",))),
                )),
            ),
        ),
        (
            {"credits": 9, "including": ["x"]},
            kinds.Amount(need=D(9), where=OneOf("achievement", ("x",))),
        ),
        (
            {"credits": 9, "except": ["y"]},
            kinds.Amount(need=D(9), where=NotTest(OneOf("achievement", ("y",)))),
        ),
    ],
)  # fmt: skip
def test_a_requirement_is_read_as_it_is_written(written: object, meant: Requirement) -> None:
    read = stack_of({"all": [{"all": [written], "id": "group"}]}).requires
    group = read.parts[0]  # type: ignore[attr-defined]
    (found,) = group.parts
    if not meant.id:
        assert found.id == "1"
        meant = type(meant)(**{
            name: getattr(meant, name) for name in meant.__dataclass_fields__
        } | {"id": "1"})  # fmt: skip
    assert found == meant


WRONG: list[tuple[Any, str]] = [
    (5, ""),
    (None, ""),
    ({}, ""),
    ({"all": ["x"], "any": ["x"]}, ""),
    ({"credits": 5, "completed": "x"}, ""),
    ({"all": "x"}, "/all"),
    ({"all": ["x", "X"]}, "/all/1"),
    ({"all": ["x"], "of": ["x"]}, "/of"),
    ({"all": ["x"], "id": "A B"}, "/id"),
    ({"all": ["x"], "id": 5}, "/id"),
    ({"all": ["x"], "title": 5}, "/title"),
    ({"all": ["x"], "rule": ["R1", 2]}, "/rule"),
    ({"all": [{"credits": 1, "id": "x"}, "x"]}, "/all/1"),
    (
        {"all": [{"credits": 1, "id": "best"}], "bundles": [{"of": ["x"], "id": "best"}]},
        "",
    ),
    ({"at_least": 3, "of": ["x", "y"]}, "/at_least"),
    ({"at_least": -1, "of": ["x", "y"]}, "/at_least"),
    ({"at_least": 1}, "/of"),
    ({"none": []}, "/none"),
    ({"none": ["x"], "together": True}, "/together"),
    ({"completed": None}, "/completed"),
    ({"completed": "x", "scale": "1-5"}, "/scale"),
    ({"completed": "x", "grade": "B", "scale": "letter"}, "/grade"),
    ({"completed": "x", "grade": 6, "scale": "1-5"}, "/grade"),
    ({"completed": "x", "grade": 0, "scale": "1-5"}, "/grade"),
    ({"completed": "x", "where": []}, "/where"),
    ({"completed": "x", "use": "overlay"}, "/use"),
    ({"award": "W"}, "/award"),
    ({"attested": 5}, "/attested"),
    ({"learner": {}}, "/learner"),
    ({"learner": RED, "where": RED}, "/where"),
    ({"if": "x"}, ""),
    ({"if": "x", "then": 5}, "/then"),
    ({"if": 5, "then": "x"}, "/if"),
    ({"if": "x", "then": "x", "else": 5}, "/else"),
    ({"at_most": {}}, "/at_most"),
    ({"at_most": {"items": 1, "credits": 1}}, "/at_most"),
    ({"at_most": {"hours": 1}}, "/at_most/hours"),
    ({"at_most": {"items": -1}}, "/at_most/items"),
    ({"at_most": {"items": 1}, "of": []}, "/of"),
    ({"at_most": {"items": 1}, "grade": 5}, "/grade"),
    ({"items": "1"}, "/items"),
    ({"items": 1.5}, "/items"),
    ({"items": 10_001}, "/items"),
    ({"credits": -1}, "/credits"),
    ({"credits": "0.0000001"}, "/credits"),
    ({"credits": 1_000_001}, "/credits"),
    ({"points": "many"}, "/points"),
    ({"credits": 1, "items": "x"}, "/items"),
    ({"credits": 1, "of": "x"}, "/of"),
    ({"credits": 1, "of": ["x", "x"]}, "/of/1"),
    ({"credits": 1, "of": ["x", {"award": "W"}]}, "/of/1"),
    ({"credits": 1, "of": [{"course": "x"}]}, "/of/0/course"),
    ({"credits": 1, "among": "everything"}, "/among"),
    ({"credits": 1, "including": []}, "/including"),
    ({"credits": 1, "except": ["X"]}, "/except/0"),
    ({"credits": 1, "use": "twice"}, "/use"),
    ({"credits": 1, "factors": {"x": 2}}, "/factors"),
    ({"points": 1, "factors": []}, "/factors"),
    ({"points": 1, "factors": {"X/Y": 2}}, "/factors/X~1Y"),
    ({"points": 1, "factors": {"x": -2}}, "/factors/x"),
    ({"points": 1, "scale": "high"}, "/scale"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "place"), WRONG)
def test_what_cannot_be_meant_is_named_by_its_place(written: object, place: str) -> None:
    with pytest.raises(DocumentError) as caught:
        stack_of(written)
    assert caught.value.address == f"/stacks/0/requires{place}"


def test_a_tree_has_its_limits() -> None:
    deep: object = "x"
    for _ in range(39):
        deep = {"all": [deep]}
    assert stack_of(deep)
    with pytest.raises(LimitExceededError) as caught:
        stack_of({"all": [deep]})
    assert (caught.value.limit, caught.value.value) == ("levels", 40)
    with pytest.raises(LimitExceededError) as caught:
        stack_of({"any": [f"k{i}" for i in range(10_000)]})
    assert (caught.value.limit, caught.value.value) == ("nodes", 10_000)
    assert stack_of({"any": [f"k{i}" for i in range(9_999)]})


@pytest.mark.parametrize("name", ["then", "else", "if"])
def test_a_choice_is_a_level_of_the_tree(name: str) -> None:
    leaves = {"if": "a", "then": "b", "else": "c"}
    deep: dict[str, Any] = leaves
    for _ in range(38):
        deep = leaves | {name: deep}
    assert stack_of(deep)
    with pytest.raises(LimitExceededError):
        stack_of(leaves | {name: deep})


def test_a_requirement_says_one_thing() -> None:
    def message(requires: object) -> str:
        with pytest.raises(DocumentError) as caught:
            stack_of(requires)
        return caught.value.message

    said = "A requirement says one thing; this one says completed and award."
    assert message({"award": "a", "completed": "b"}) == said
    said = "A requirement says one thing; this one says all and credits."
    assert message({"credits": 5, "all": ["b"]}) == said
    words = "completed, award, attested, all, any, at_least, none, credits, points, items, at_most"
    assert message({"title": "T"}) == f"A requirement needs one of {words}, learner, if."


def test_what_may_count_is_of_the_kinds_that_are_said() -> None:
    for among, kinds_of_facts in {
        "completions": ("completion",),
        "awards": ("award",),
        "attestations": ("attestation",),
        "all": ("completion", "award"),
    }.items():
        found = stack_of({"items": 2, "among": among}).requires
        assert isinstance(found, kinds.Amount)
        assert (found.of, found.among) == ((), kinds_of_facts)
    everything = stack_of({"items": 2}).requires
    assert isinstance(everything, kinds.Amount)
    assert everything.among == ("completion",)


def test_a_test_on_the_learner_may_count_on_some_days() -> None:
    until = {"until": "2030-01-01"}
    assert stack_of({"learner": {"p": "nurse"}, "open": until}).requires.clauses


def test_the_terms_of_a_stack_are_read_as_they_are_written() -> None:
    found = stack_of(
        {"items": 1, "id": "top"},
        title="Title", description="Text", version=3, repeats="latest", valid="throughout",
        lasts={"years": 1, "months": 6, "end_of": "year"}, issue="opt-out", consume="bank",
        ledger_rule="R1", issue_rule=["R2", "R3"], credit_kind="ects", type="certificate",
        supersedes=["t"], until="2030-01-01", binding={"policy": "best", "event": "enrolled"},
        award_levels=[{"name": "Gold", "at": "/", "need": 5}, {"name": "Silver", "need": 3}],
        **{"from": "2020-01-01"},
    )  # fmt: skip
    assert (found.key, found.title, found.description, found.version) == ("s", "Title", "Text", 3)
    assert (found.repeats, found.valid, found.issue) == ("latest", "throughout", "opt-out")
    assert (found.consume, found.ledger_rule, found.issue_rule) == ("bank", ("R1",), ("R2", "R3"))
    assert found.lasts == Anchor("asked", "", Span(18), to_year_end=True)
    assert (found.credit_kind, found.award_type) == ("ects", "certificate")
    assert (found.supersedes, found.since, found.until) == (
        ("t",), date(2020, 1, 1), date(2030, 1, 1)
    )  # fmt: skip
    assert found.binding == Binding("best", "enrolled")
    assert found.levels == (Level("Gold", "/", D(5)), Level("Silver", "/", D(3)))


def test_a_stack_that_says_nothing_has_the_usual_terms() -> None:
    found = stack_of()
    assert (found.title, found.description, found.version) == ("s", "", 1)
    assert (found.repeats, found.valid, found.issue) == ("best", "at-award", "automatic")
    assert (found.consume, found.lasts, found.renewal, found.levels) == (
        "within-award", None, None, ()
    )  # fmt: skip
    assert (found.since, found.until, found.binding) == (date.min, date.max, Binding())
    assert stack_of(binding={"policy": "latest"}).binding == Binding()
    assert stack_of(lasts={"end_of": "year"}).lasts == Anchor("asked", "", Span(), to_year_end=True)
    assert stack_of(version=0).version == 1
    assert parse_stack({"key": "s", "requires": "x", "version": 4}).version == 4
    assert parse_stack({"key": "s", "requires": "x"}, version=5).version == 5


def test_a_renewal_has_a_rule_and_a_time_in_which_it_counts() -> None:
    renewal = {"requires": {"items": 1, "best": 2}, "opens": {"days": 180}, "rule": "R2"}
    found = stack_of(renewal=renewal).renewal
    assert found is not None
    opening = Filter(
        id="opens",
        rule=("R2",),
        where=AllTests(
            (
                Compare("on", "at_least", Anchor("expiry", "s", Span(0, -180))),
                Compare("on", "below", Anchor("expiry", "s")),
            )
        ),
    )
    assert [clause.id for clause in found.requires.clauses] == ["best", "opens"]
    assert found.requires.clauses[-1] == opening
    assert stack_of(renewal={"requires": "x"}).renewal is not None
    assert [at for at, _ in stack_of(renewal={"requires": {"all": ["y"]}}).walk()] == [
        "/", "/renewal", "/renewal/y"
    ]  # fmt: skip


TERMS: list[tuple[dict[str, Any], str]] = [
    *(({name: 5}, f"/{name}") for name in (
        "title", "description", "repeats", "valid", "lasts", "issue", "consume", "ledger_rule",
        "issue_rule", "credit_kind", "type", "supersedes", "from", "until", "binding", "renewal",
        "award_levels", "definitions",
    )),
    ({"credits": -5}, "/credits"),
    ({"version": "1"}, "/version"),
    ({"version": 1_000_001}, "/version"),
    ({"key": "S"}, "/key"),
    ({"colour": "red"}, "/colour"),
    ({"lasts": {}}, "/lasts"),
    ({"lasts": {"end_of": "month"}}, "/lasts/end_of"),
    ({"lasts": {"years": "1"}}, "/lasts/years"),
    ({"binding": {"policy": "newest"}}, "/binding/policy"),
    ({"binding": {"policy": "bound"}}, "/binding/event"),
    ({"binding": {"rule": "R1"}}, "/binding/rule"),
    ({"renewal": {}}, "/renewal"),
    ({"renewal": {"requires": 5}}, "/renewal/requires"),
    ({"renewal": {"requires": "x", "opens": {}}}, "/renewal/opens"),
    ({"renewal": {"requires": "x", "opens": {"days": 1}, "rule": 5}}, "/renewal/rule"),
    ({"award_levels": []}, "/award_levels"),
    ({"award_levels": [5]}, "/award_levels/0"),
    ({"award_levels": [{"name": "Gold", "at": "/x", "need": 1}]}, "/award_levels/0/at"),
    ({"award_levels": [{"name": 5, "need": 1}], "requires": {"items": 1}}, "/award_levels/0/name"),
    ({"award_levels": [{"name": "G"}], "requires": {"items": 1}}, "/award_levels/0/need"),
    ({"definitions": {"zones": "UTC"}}, "/definitions/zones"),
    ({"definitions": {"zone": 5}}, "/definitions/zone"),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "place"), TERMS)
def test_a_term_that_cannot_be_meant_is_named_by_its_place(
    terms: dict[str, Any], place: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_stack({"key": "s", "requires": "x", **terms}, address="/stacks/7")
    assert caught.value.address == f"/stacks/7{place}"


def test_a_document_holds_versions_of_a_stack_but_no_two_of_one() -> None:
    one, two = ({"key": "s", "version": n, "requires": "x", "credits": n} for n in (1, 2))
    found = parse_document({"quoin": 1, "stacks": [one, two]})
    assert [stack.version for stack in found.stacks] == [1, 2]
    assert found.award_credits == {"s": D(2)}
    with pytest.raises(DocumentError) as caught:
        parse_document({"quoin": 1, "stacks": [one, two, one]})
    assert caught.value.address == "/stacks/2/key"


def test_the_hash_of_a_rule_follows_what_it_means_and_not_how_it_is_ordered() -> None:
    assert (
        stack_of(title="A", version=2).content_hash == stack_of(version=2, title="A").content_hash
    )
    assert stack_of(title="A").content_hash != stack_of(title="B").content_hash
    said = {"key": "s", "requires": "x"}
    plain = parse_document({"quoin": 1, "stacks": [said]}).stacks[0]
    zoned = parse_document({"quoin": 1, "zone": "Europe/Madrid", "stacks": [said]}).stacks[0]
    named = parse_document({"quoin": 1, "achievements": {"x": {}}, "stacks": [said]}).stacks[0]
    assert plain.content_hash == parse_stack(said).content_hash == named.content_hash
    assert plain.content_hash != zoned.content_hash


def test_a_limit_on_what_counts_is_a_clause_and_one_on_what_is_held_a_requirement() -> None:
    clause = stack_of({"credits": 5, "of_which": [{"at_most": {"items": 1}}]}).requires.clauses
    assert clause == (Most(id="most", limit=D(1), unit="items"),)
    assert isinstance(stack_of({"at_most": {"items": 1}}).requires, kinds.Limit)
