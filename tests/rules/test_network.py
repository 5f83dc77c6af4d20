"""The counting network says what the roll-up says, for rules and records of every kind."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from stacking_rules import (
    CircularStackError,
    LearnerRecord,
    Network,
    Stack,
    Status,
    parse_document,
    parse_record,
)
from tests.rules.helpers import NOW, TODAY, rolled

KEYS = [f"k{number}" for number in range(12)]


def stacks_of(*rules: Any, **top: Any) -> list[Stack]:
    stacks = [
        rule if "requires" in rule else {"key": f"s{number}", "requires": rule}
        for number, rule in enumerate(rules)
    ]
    return list(parse_document({"quoin": 1, "stacks": stacks, **top}).stacks)


def statuses(stacks: list[Stack], record: LearnerRecord) -> dict[str, Status]:
    """Return the answers of the network, having seen that they are those of the roll-up."""
    found = Network(stacks).statuses(record, as_of=TODAY, known_on=NOW)
    assert found == {key: p.status for key, p in rolled(stacks, record).progress.items()}
    return found


def drawn_rule(some: Random, keys: list[str], awards: list[str]) -> dict[str, Any]:
    """Return a rule in which no achievement stands twice."""
    parts: list[Any] = []
    while len(keys) >= 3 and len(parts) < 3:
        own = [keys.pop() for _ in range(some.randint(1, 3))]
        unit = some.choice(["items", "credits"])
        amount: dict[str, Any] = {unit: some.randint(0, len(own)), "of": own}
        if some.random() < 0.4:
            amount["grade"] = some.choice([50, 60])
        if some.random() < 0.4:
            amount["where"] = {"on": {"last": {"months": some.choice([3, 6])}}}
        parts.append(some.choice([amount, own[0], {"any": own}, {"all": own}]))
    if awards and some.random() < 0.7:
        parts.append({"award": awards[-1]})
    parts = parts or [{"award": awards[-1]}]
    if some.random() < 0.5:
        return {"all": parts}
    return {"at_least": some.randint(1, len(parts)), "of": parts}


def drawn_record(some: Random) -> LearnerRecord:
    completions = []
    for number in range(some.randint(4, 16)):
        fact: dict[str, Any] = {"id": f"c{number}", "achievement": some.choice(KEYS)}
        fact["on"] = f"2026-{some.randint(1, 7):02}-{some.choice(['01', '15', '30'])[:2]}"
        fact["on"] = fact["on"].replace("-02-30", "-02-28")
        fact["credits"], fact["grade"] = some.randint(0, 2), some.choice([40, 50, 60, 70])
        if some.random() < 0.1:
            fact["valid_until"] = some.choice(["2026-06-30", "2026-07-01"])
        if some.random() < 0.05:
            fact.pop("grade")
        completions.append(fact)
    return parse_record({"completions": completions})


@pytest.mark.parametrize("seed", range(60))
def test_it_answers_as_the_roll_up_does(seed: int) -> None:
    some = Random(seed)
    keys, rules = some.sample(KEYS, len(KEYS)), []
    for number in range(3):
        rules.append(drawn_rule(some, keys, [f"s{n}" for n in range(number)]))
        keys = keys if len(keys) >= 3 else some.sample(KEYS, 5)
    stacks = stacks_of(*rules)
    for _ in range(4):
        statuses(stacks, drawn_record(some))


def done(key: str, **fields: Any) -> dict[str, Any]:
    return {"achievement": key, "on": "2026-03-01", "credits": 3, "grade": 60, **fields}


BASE = [{"key": "a", "requires": {"credits": 6, "of": ["x", "y"]}}, {"key": "b", "requires": {
    "all": [{"award": "a"}, {"items": 1, "of": ["z", "w"]}]}}]  # fmt: skip


@pytest.mark.parametrize(
    ("completions", "a", "b"),
    [
        ([done("x"), done("y"), done("z")], "met", "met"),
        ([done("x"), done("y", credits="2.9"), done("z")], "not-met", "not-met"),
        ([done("x", credits=6), done("z")], "met", "met"),
        ([done("x"), done("x", credits=6)], "met", "not-met"),
        ([done("x", credits=6), done("x")], "met", "not-met"),
        ([done("x"), done("x")], "not-met", "not-met"),
        ([done("x"), done("x", credits=4)], "not-met", "not-met"),
        ([done("x"), done("x", credits=5), done("y", credits=1)], "met", "not-met"),
        ([done("x", on="2026-07-01", credits=6)], "not-met", "not-met"),
        ([done("x", on="2026-06-30", credits=6)], "met", "not-met"),
        ([done("x", credits=6, valid_until="2026-06-30")], "not-met", "not-met"),
        ([done("x", credits=6, valid_until="2026-07-01")], "met", "not-met"),
        ([done("x", credits=6, withdrawn_at="2026-06-30T12:00:00Z")], "not-met", "not-met"),
        ([done("x", credits=6, withdrawn_at="2026-06-30T12:00:01Z")], "met", "not-met"),
        ([done("x", credits=6, recorded_at="2026-06-30T12:00:00Z")], "met", "not-met"),
        ([done("x", credits=6, recorded_at="2026-06-30T12:00:01Z")], "not-met", "not-met"),
        ([done("x", credits=6, state="planned")], "not-met", "not-met"),
        ([done("x", credits=6, state="pending")], "unknown", "unknown"),
        ([done("x", credits=6, credit_kind="ou")], "unknown", "unknown"),
        ([], "not-met", "not-met"),
    ],
)
def test_what_counts_and_what_does_not_is_seen(
    completions: list[dict[str, Any]], a: str, b: str
) -> None:
    facts = [fact | {"id": f"c{number}"} for number, fact in enumerate(completions)]
    stacks = stacks_of(*BASE)
    assert Network(stacks).is_simple
    found = statuses(stacks, parse_record({"completions": facts}))
    if facts and "z" not in {fact["achievement"] for fact in facts}:
        assert found["a"].value == a
    else:
        assert {key: status.value for key, status in found.items()} == {"a": a, "b": b}


@pytest.mark.parametrize(
    "more",
    [
        {"awards": [{"award": "a", "on": "2026-03-01"}]},
        {"awards": [{"award": "a", "on": "2026-07-01"}]},
        {"awards": [{"award": "a", "on": "2026-03-01", "valid_until": "2026-06-30"}]},
        {"awards": [{"award": "a", "on": "2026-03-01", "recorded_at": "2026-06-30T12:00:00Z"}]},
        {"awards": [{"award": "a", "on": "2026-03-01", "recorded_at": "2026-06-30T12:00:01Z"}]},
        {"awards": [{"award": "a", "on": "2026-03-01", "counted": ["c2"]}]},
        {"declined": ["a"], "applied": ["a"]},
        {"pins": [{"stack": "a", "at": "/", "fact": "c2"}]},
        {"waivers": [{"kind": "waive", "stack": "a", "author": "R", "reason": "S",
                      "from": "2026-01-01"}]},
    ],
)  # fmt: skip
def test_what_else_is_recorded_is_seen(more: dict[str, Any]) -> None:
    record = parse_record({"completions": [done("z", id="c1"), done("x", id="c2")], **more})
    statuses(stacks_of(*BASE), record)


SIMPLE: list[list[Any]] = [
    [{"all": ["x", "y"]}],
    [{"credits": 6, "of": ["x", "y"]}],
    [{"items": 2, "of": ["x", "y"], "grade": 50}],
    [{"items": 1, "of": ["x"], "where": {"on": {"last": {"years": 5}}}}],
    [{"all": [{"credits": 3, "of": ["x"]}, {"items": 1, "of": ["x"], "use": "overlay"}]}],
    [{"all": ["x"]}, {"all": [{"award": "s0"}, "y"]}],
    [{"all": ["x"]}, {"all": ["x"]}, {"any": [{"award": "s0"}, {"award": "s1"}]}],
    [{"all": ["x"]}, {"all": ["y"]}, {"all": [{"award": "s0"}, {"award": "s1"}]}],
    [{"all": ["x"]}, {"all": ["x"]}, {"items": 1, "of": [{"award": "s0"}, {"award": "s1"}]}],
    [{"all": ["x"]}, {"all": ["x"]}, {"items": 2, "of": ["s0", "s1", "x"]}],
    [{"all": ["x"]}, {"all": ["x"]}, {"any": [
        {"id": "p", "all": [{"award": "s0"}, "y"]}, {"id": "q", "all": [{"award": "s1"}, "z"]}]}],
    [{"all": ["x"]}, {"all": ["x"]}, {"all": [
        {"id": "p", "all": ["s0", "y"]}, {"id": "q", "all": ["s1", "z"]}]}],
]  # fmt: skip
NOT_SIMPLE: list[list[Any]] = [
    [{"all": [{"credits": 3, "of": ["x", "y"]}, {"items": 1, "of": ["y", "z"]}]}],
    [{"credits": 6}],
    [{"points": 90, "of": ["x", "y"]}],
    [{"items": 1, "of": ["x"], "where": {"color": "red"}}],
    [{"items": 1, "of": ["x"], "where": {"started": {"last": {"years": 1}}}}],
    [{"items": 1, "of": ["x"], "where": {"on": {"last": {"years": 1}, "at": {"event": "e"}}}}],
    [{"all": ["x", {"learner": {"job": "nurse"}}]}],
    [{"all": ["x", {"attested": "t"}]}],
    [{"all": ["x", {"award": "w", "where": {"color": "red"}}]}],
    [{"credits": 1, "of": [{"award": "w"}]}],
    [{"items": 2, "of": ["x", "y", "z"], "best": 2}],
    *([{"key": "s", "requires": {"all": ["x"]}, name: value}] for name, value in (
        ("repeats", "latest"), ("issue", "opt-out"), ("renewal", {"requires": "y"}),
    )),
    [{"all": ["x"]}, {"all": ["x"]}, {"all": [{"award": "s0"}, {"award": "s1"}]}],
    [{"all": ["x"]}, {"all": ["x"]}, {"items": 2, "of": [{"award": "s0"}, {"award": "s1"}]}],
    [{"all": ["x"]}, {"all": [{"award": "s0"}, "y"]},
     {"all": [{"award": "s0"}, {"all": [{"award": "s1"}], "id": "p"}]}],
    [{"all": ["x"]}, {"all": ["x"]}, {"any": [
        {"id": "p", "all": [{"award": "s0"}, {"award": "s1"}]}, {"id": "q", "all": ["y", "q"]}]}],
]  # fmt: skip
EVERYTHING = parse_record(
    {"completions": [done(key, id=key, attributes={"color": "red"}) for key in "xyz"],
     "awards": [{"award": "w", "on": "2026-01-01"}]}
)  # fmt: skip


@pytest.mark.parametrize("rules", SIMPLE)
def test_rules_of_thresholds_alone_are_joined(rules: list[Any]) -> None:
    stacks = stacks_of(*rules)
    assert Network(stacks).is_simple
    statuses(stacks, EVERYTHING)
    statuses(stacks, parse_record({"completions": [done("x")]}))


@pytest.mark.parametrize("rules", NOT_SIMPLE)
def test_rules_that_need_a_search_are_handed_over(rules: list[Any]) -> None:
    stacks = stacks_of(*rules)
    assert not Network(stacks).is_simple
    statuses(stacks, EVERYTHING)


@pytest.mark.parametrize(
    "top",
    [
        {"equivalent": [{"same": ["x", "q"]}]},
        {"accepted": [{"for": "x", "instead": "q"}]},
        {"tables": [{"from": "1-5", "to": "0-100", "rows": {"1": 50}}]},
        {"achievements": {"x": {"repeatable": 2}}},
        {"achievements": {"x": {"splittable": 1}}},
    ],
)
def test_declarations_that_change_what_an_item_is_are_handed_over(top: dict[str, Any]) -> None:
    stacks = stacks_of({"items": 1, "of": ["x"], "grade": 50}, **top)
    assert not Network(stacks).is_simple
    statuses(stacks, parse_record({"completions": [done("q"), done("x", grade=2, scale="1-5")]}))


def test_what_a_document_says_of_an_achievement_beside_that_changes_nothing() -> None:
    stacks = stacks_of({"all": ["x"]}, achievements={"x": {"credits": 3}, "y": {}})
    assert Network(stacks).is_simple
    assert statuses(stacks, EVERYTHING)["s0"] is Status.MET


def test_an_award_and_an_achievement_of_one_name_are_two_things() -> None:
    stacks = stacks_of({"all": ["y"]}, {"all": ["s0"]}, {"all": [{"award": "z"}]})
    assert Network(stacks).is_simple
    found = statuses(stacks, parse_record({"completions": [done("y"), done("z")]}))
    assert [found[key].value for key in ("s0", "s1", "s2")] == ["met", "not-met", "not-met"]
    held = parse_record({"awards": [{"award": "s0", "on": "2026-01-01"}]})
    assert statuses(stacks, held)["s1"] is Status.NOT_MET


def test_an_award_that_is_held_twice_counts_once() -> None:
    stacks = stacks_of({"items": 2, "of": [{"award": "v"}, {"award": "w"}]})
    twice = [{"award": "w", "on": f"2026-0{month}-01"} for month in (1, 2)]
    assert Network(stacks).is_simple
    assert statuses(stacks, parse_record({"awards": twice}))["s0"] is Status.NOT_MET
    other = [*twice, {"award": "v", "on": "2026-01-01"}]
    assert statuses(stacks, parse_record({"awards": other}))["s0"] is Status.MET


def test_what_a_held_award_has_counted_is_not_counted_again() -> None:
    stacks = stacks_of({"all": ["x"]}, {"items": 2, "of": [{"award": "s0"}, {"award": "w"}]})
    assert Network(stacks).is_simple
    made = {"award": "w", "on": "2026-04-01", "counted": ["c1"]}
    for more in ([], [{"award": "u", "on": "2026-04-01"}]):
        record = parse_record({"completions": [done("x", id="c1")], "awards": [*more, made]})
        assert statuses(stacks, record)["s1"] is Status.NOT_MET
    free = parse_record({"completions": [done("x", id="c1")],
                         "awards": [made | {"counted": []}]})  # fmt: skip
    assert statuses(stacks, free)["s1"] is Status.MET


def record_of(*facts: dict[str, Any]) -> LearnerRecord:
    return parse_record({"completions": [fact | {"id": f"c{n}"} for n, fact in enumerate(facts)]})


def unaided(
    patch: pytest.MonkeyPatch, rules: list[Any], record: LearnerRecord
) -> dict[str, str] | None:
    """Return the answers of the network, None where it asks the roll-up."""
    asked: list[object] = []

    def note(*given: object, **_: object) -> Any:
        asked.append(given)
        raise LookupError

    network = Network(stacks_of(*rules))
    with patch.context() as patched:
        patched.setattr("stacking_rules.network.roll_up", note)
        try:
            found = network.statuses(record, as_of=TODAY, known_on=NOW)
        except LookupError:
            assert asked
            return None
    return {key: status.value for key, status in found.items()}


def test_simple_rules_and_records_are_answered_without_the_roll_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert unaided(monkeypatch, BASE, EVERYTHING) == {"a": "met", "b": "met"}
    graded = {"items": 1, "of": ["x"], "grade": 60}
    for grade, answer in ((60, "met"), (59, "not-met")):
        record = parse_record({"completions": [done("x", grade=grade)]})
        assert unaided(monkeypatch, [graded], record) == {"s0": answer}
    look = [{"all": [{"id": "o", **graded, "use": "overlay"}, "y"]}]
    low = done("x", credits=9, grade=50)
    assert unaided(monkeypatch, look, record_of(done("x"), low, done("y"))) == {"s0": "met"}


LOOKED_AT = {
    "all": [
        {"id": "c", "credits": 3, "of": ["x"]},
        {"id": "o", "items": 1, "of": ["x"], "grade": 60, "use": "overlay"},
    ]
}
MUCH, GOOD, LITTLE = (
    {"grade": grade, "credits": worth} for grade, worth in ((50, 3), (60, 2), (50, 2))
)
BETTER = {"grade": 70, "credits": 3}


@pytest.mark.parametrize(
    ("attempts", "answer"),
    [
        ([BETTER], "met"),
        ([MUCH], "not-met"),
        ([BETTER, BETTER], "met"),
        ([BETTER, LITTLE], "met"),
        ([LITTLE, BETTER], "met"),
        ([MUCH, BETTER], "met"),
        ([BETTER, GOOD], "met"),
        ([LITTLE, MUCH, BETTER, GOOD], "met"),
        ([LITTLE, GOOD], "not-met"),
        ([GOOD, LITTLE], "not-met"),
        ([MUCH, GOOD], None),
        ([GOOD, MUCH], None),
        ([LITTLE, GOOD, MUCH], None),
        ([LITTLE, MUCH, GOOD], None),
    ],
)
def test_attempts_of_which_one_serves_as_well_as_the_others_are_no_trouble(
    attempts: list[dict[str, Any]], answer: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = record_of(*(done("x", **attempt) for attempt in attempts))
    assert unaided(monkeypatch, [LOOKED_AT], record) == (answer and {"s0": answer})
    assert statuses(stacks_of(LOOKED_AT), record)["s0"].value == (answer or "not-met")


def test_attempts_at_what_is_only_looked_at_are_told_apart_by_what_they_pass() -> None:
    recent = {"on": {"last": {"months": 3}}}
    good = {"id": "g", "items": 1, "of": ["x"], "grade": 60, "use": "overlay"}
    new = {"id": "n", "items": 1, "of": ["x"], "where": recent, "use": "overlay"}
    old = done("x", on="2026-01-10", grade=70)
    late = done("x", on="2026-06-01", grade=50)
    two = stacks_of({"all": [good, new, "y"]})
    assert Network(two).is_simple
    assert statuses(two, record_of(old, late, done("y")))["s0"] is Status.NOT_MET
    assert statuses(two, record_of(old, late | {"grade": 60}, done("y")))["s0"] is Status.MET
    much = {"id": "c", "credits": 5, "of": ["x"], "grade": 60}
    same = stacks_of({"all": [much, new | {"grade": 60}]})
    assert Network(same).is_simple
    record = record_of(old | {"credits": 5}, late | {"grade": 70})
    assert statuses(same, record)["s0"] is Status.NOT_MET


def test_a_grade_on_another_scale_or_missing_is_left_to_the_roll_up() -> None:
    stacks = stacks_of({"items": 1, "of": ["x"], "grade": 50})
    for fact in (done("x", grade=4, scale="1-5"), {"achievement": "x", "on": "2026-03-01"}):
        assert statuses(stacks, parse_record({"completions": [fact]}))["s0"] is Status.UNKNOWN
    assert (
        statuses(stacks, parse_record({"completions": [done("x", grade=50)]}))["s0"] is Status.MET
    )


@pytest.mark.parametrize(
    ("on", "met"), [("2026-01-31", True), ("2025-12-29", False), ("2025-12-30", True)]
)
def test_what_is_recent_lasts_until_its_day(on: str, met: bool) -> None:
    rule = {"items": 1, "of": ["x"], "where": {"on": {"last": {"months": 6}}}}
    found = statuses(stacks_of(rule), parse_record({"completions": [done("x", on=on)]}))
    assert found["s0"] is (Status.MET if met else Status.NOT_MET)


def test_what_an_award_is_worth_in_larger_stacks_is_asked_for() -> None:
    stacks = stacks_of({"all": ["x"]}, {"credits": 4, "of": [{"award": "s0"}]})
    record = parse_record({"completions": [done("x")]})
    network = Network(
        stacks,
        credits_of={
            "s0": parse_record({"completions": [done("x", credits=4)]}).completions[0].credits
        },
    )
    assert network.statuses(record, as_of=TODAY, known_on=NOW)["s1"] is Status.MET
    assert statuses(stacks, record)["s1"] is Status.NOT_MET


def test_an_award_that_has_ended_by_now_does_not_count_in_larger_stacks() -> None:
    small: dict[str, Any] = {"key": "s0", "lasts": {"months": 6}, "requires": {"all": ["x"]}}
    for on, answer in (("2026-03-01", Status.MET), ("2025-03-01", Status.NOT_MET)):
        record = parse_record({"completions": [done("x", on=on)]})
        stacks = stacks_of(small, {"key": "s1", "requires": {"all": [{"award": "s0"}]}})
        found = statuses(stacks, record)
        assert (found["s0"], found["s1"]) == (Status.MET, answer)


def test_versions_of_one_stack_are_handed_over_and_circles_refused() -> None:
    two = [{"key": "s", "version": n, "requires": {"all": ["x"]}} for n in (1, 2)]
    assert not Network(stacks_of(*two)).is_simple
    circle = stacks_of({"all": [{"award": "s1"}]}, {"all": [{"award": "s0"}]})
    with pytest.raises(CircularStackError):
        Network(circle)


def test_one_attempt_stands_for_an_item_that_is_looked_at() -> None:
    look = {"id": "o", "items": 1, "of": ["x"], "grade": 60, "use": "overlay"}
    stacks = stacks_of({"all": [{"id": "c", "credits": 3, "of": ["x"]}, look]})
    assert Network(stacks).is_simple
    much, good = done("x", grade=50, id="c1"), done("x", credits=1, grade=70, id="c2")
    found = statuses(stacks, parse_record({"completions": [much, good]}))
    assert found["s0"] is Status.NOT_MET
    both = parse_record({"completions": [much, good, done("x", id="c3")]})
    assert statuses(stacks, both)["s0"] is Status.MET
