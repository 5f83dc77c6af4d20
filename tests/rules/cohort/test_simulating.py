"""A simulated change of rules: every learner as one by one under the rules of before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.sources.oulad import read_oulad
from lti_tool.stack_text import read_document
from stacking_rules import (
    Award,
    CircularStackError,
    DocumentError,
    LearnerRecord,
    RollUp,
    Stack,
    Status,
    parse_document,
    parse_record,
    roll_up,
)
from stacking_rules.cohort.changing import NoSuchStackError, RuleChange, Rules, VersionsError
from stacking_rules.cohort.facts_table import read_facts
from stacking_rules.cohort.simulating import EFFECTS, Crowd, Effect, Outcome, People, simulate
from stacking_rules.cohort.standings import STATUSES
from stacking_rules.cohort.tally import Totals, add_up
from stacking_rules.requirements import AllOf, Group
from stacking_rules.rule_mutants import mutants
from stacking_rules.stacks import ROOT, child_address
from tests.rules.cohort import random_documents
from tests.rules.cohort.tables import table_of
from tests.rules.cohort.test_cohort import KNOWN, done, has
from tests.rules.cohort.test_workload import OULAD
from tests.rules.random_rules import AS_OF, FEATURES, Draw

WHEN: dict[str, Any] = {"as_of": AS_OF, "known_on": KNOWN}


def rules_of(text: Mapping[str, Any]) -> Rules:
    document = parse_document(text)
    return Rules(document.stacks, document.award_credits)


def outcomes(
    before: Rules, after: Rules, records: Sequence[Mapping[str, Any]], only: str | None = None
) -> list[Outcome]:
    """Simulate, having seen that everything is what each learner alone says."""
    change = RuleChange(before, after, only)
    definitions = (*after.stacks, *before.stacks)[0].definitions
    cohort = read_facts(table_of(records), definitions, **WHEN)
    people = People(cohort.columns, cohort.record_of)
    told: list[int] = []
    found = simulate(change, Crowd(people, people), **WHEN, advance=told.append)
    assert sum(told) == len(records)
    for number, text in enumerate(records):
        record = parse_record(text, definitions)
        old, new = (ask(rules, record) for rules in (before, after))
        for key in {s.key for s in (*before.stacks, *after.stacks)} - set(change.keys):
            if only is None:
                assert status(old, key) == status(new, key), (key, text)
        for outcome in found:
            one = Alone(before, after, outcome.key, record, old, new)
            assert STATUSES[outcome.was[number]] is status(old, outcome.key)
            assert STATUSES[outcome.becomes[number]] is status(new, outcome.key)
            effect = EFFECTS[outcome.effects[number]]
            assert effect is one.effect(), (outcome.key, text)
            decisive = {at for at, flags in outcome.decisive.items() if flags[number]}
            assert decisive == one.decisive(effect), (outcome.key, effect, text)
    return found


def ask(rules: Rules, record: LearnerRecord) -> RollUp:
    return roll_up(rules.stacks, record, **WHEN, credits_of=rules.credits_of)


def status(found: RollUp, key: str) -> Status:
    return found.progress[key].status if key in found.progress else Status.NOT_MET


class Alone:
    """The same in other words: one learner, one stack, the roll-up alone."""

    def __init__(self, before: Rules, after: Rules, key: str, record: LearnerRecord,
                 old: RollUp, new: RollUp) -> None:  # fmt: skip
        self.key, self.record = key, record
        self.rules, self.found = (before, after), (old, new)
        self.stacks = [
            next((s for s in rules.stacks if s.key == key), None) for rules in self.rules
        ]
        self.met = [self.parts(0), self.parts(1)]

    def effect(self) -> Effect:
        old, new = (status(found, self.key) for found in self.found)
        if Status.NOT_DECIDED in (old, new):
            return Effect.UNDECIDED
        awards = sorted(
            (a for a in self.record.awards if a.achievement == self.key),
            key=lambda award: (award.on, award.id),
        )
        did, does = old is Status.MET, new is Status.MET
        if awards:
            return self._effect_of_holder(awards[-1], did=did, does=does)
        if did != does:
            return Effect.GAINS if does else Effect.MISSES
        return Effect.UNCHANGED if did else self.move()

    def _effect_of_holder(self, own: Award, *, did: bool, does: bool) -> Effect:
        holds = own.valid_until is None or own.valid_until > AS_OF
        if does:
            made = [any(n.stack.key == self.key for n in found.new_awards) for found in self.found]
            return Effect.GAINS if made == [False, True] else Effect.UNCHANGED
        if did:
            return Effect.KEEPS if holds else Effect.MISSES
        return Effect.UNCHANGED if holds else self.move()

    def move(self) -> Effect:
        if None in self.stacks:
            return Effect.UNCHANGED
        shares = [self.share(0), self.share(1)]
        if shares[0] == shares[1]:
            return Effect.UNCHANGED
        return Effect.UP if shares[1] > shares[0] else Effect.DOWN

    def share(self, side: int) -> Fraction:
        stack = self.stacks[side]
        need = stack.requires.needed if stack and isinstance(stack.requires, Group) else 1
        return Fraction(min(sum(self.met[side].values()), need), need) if need > 0 else Fraction(1)

    def parts(self, side: int) -> dict[str, bool]:
        stack = self.stacks[side]
        if stack is None:
            return {}
        if not isinstance(stack.requires, Group):
            return {"/": status(self.found[side], self.key) is Status.MET}
        return {
            child_address(ROOT, node): self.is_met(side, stack, node)
            for node in stack.requires.parts
        }

    def is_met(self, side: int, stack: Stack, node: Any) -> bool:
        alone = replace(stack, key="alone", requires=AllOf(parts=(node,)), renewal=None,
                        lasts=None, levels=(), consume="never", issue="on-application",
                        supersedes=(*stack.supersedes, stack.key))  # fmt: skip
        known = {at for at, _ in alone.walk()}
        alone = replace(alone, requires=without(alone.requires, known))
        below = child_address(ROOT, node)
        waivers = [
            replace(w, stack="alone")
            for w in self.record.waivers
            if w.stack == self.key and (w.at == "/" or f"{w.at}/".startswith(f"{below}/"))
        ]
        record = replace(self.record, waivers=(*self.record.waivers, *waivers))
        rules = self.rules[side]
        found = roll_up((*rules.stacks, alone), record, **WHEN, credits_of=rules.credits_of)
        return found.progress["alone"].status is Status.MET

    def decisive(self, effect: Effect) -> set[str]:
        good = effect in (Effect.GAINS, Effect.UP)
        if not good and effect not in (Effect.KEEPS, Effect.MISSES, Effect.DOWN):
            return set()
        old, new = self.met
        found = {a for a in old.keys() & new.keys() if old[a] != new[a] and new[a] is good}
        for a in new.keys() - old.keys():
            if (new[a], self.all_needed(1)) == ((True, False) if good else (False, True)):
                found.add(a)
        for a in old.keys() - new.keys():
            if (old[a], self.all_needed(0)) == ((False, True) if good else (True, False)):
                found.add(a)
        return found or {"/"}

    def all_needed(self, side: int) -> bool:
        stack = self.stacks[side]
        if stack is None or not isinstance(stack.requires, Group):
            return True
        return stack.requires.needed >= len(stack.requires.parts)


def without(node: Any, known: set[str]) -> Any:
    """Return a requirement without the clauses that speak of what is not there."""
    kept = tuple(
        clause
        for clause in node.clauses
        if all(
            getattr(clause, n, None) in known or not isinstance(getattr(clause, n, None), str)
            for n in ("of", "first", "second")
        )
    )
    node = replace(node, clauses=kept)
    if isinstance(node, Group):
        node = replace(node, parts=tuple(without(part, known) for part in node.parts))
    return node


def mutated(rules: Rules, some: Random) -> Rules:
    """Return rules with one to three small changes, in one stack or several."""
    stacks = list(rules.stacks)
    for _ in range(some.randint(1, 3)):
        number = some.randrange(len(stacks))
        every = list(mutants(stacks[number]))
        if every:
            stacks[number] = some.choice(every).stack
    return Rules(tuple(stacks), rules.credits_of)


@pytest.mark.parametrize("feature", range(len(FEATURES)), ids=FEATURES)
def test_random_changes_of_every_feature(feature: int) -> None:
    draw, some = Draw(feature), Random(feature)
    before = rules_of({"quoin": 1, "stacks": [draw.stack]})
    records = [draw.record, *(draw.draw_record() for _ in range(5))]
    outcomes(before, mutated(before, some), records)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_random_changes_of_stacks_that_build_on_each_other(seed: int) -> None:
    some = Random(seed)
    text: dict[str, Any] = {"quoin": 1, "stacks": random_documents.stacks(some)}
    try:
        before = rules_of(text)
    except DocumentError:
        return  # a part that stands twice
    draw = Draw(some.randint(0, 10**9))
    keys = [stack.key for stack in before.stacks]
    records = [holding(some, random_documents.record(some, draw), keys) for _ in range(6)]
    outcomes(before, mutated(before, some), records)


def holding(some: Random, record: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """Return a record that has, once in three times, an award that may have ended."""
    if some.random() < 0.67:
        return record
    ends = {"valid_until": some.choice(["2026-03-01", "2026-09-01"])}
    award = {"id": "held", "award": some.choice(keys), "on": "2026-01-15"}
    award |= ends if some.random() < 0.3 else {}
    return {**record, "awards": [*record.get("awards", ()), award]}


HELD = {"id": "w", "award": "s", "on": "2026-01-01"}
RENEWED = {"renewal": {"requires": {"all": ["b"]}}, "lasts": {"months": 6}}


def one(requires: Any, **terms: Any) -> Rules:
    return rules_of({"quoin": 1, "stacks": [{"key": "s", "requires": requires, **terms}]})


def effect_of(before: Rules, after: Rules, record: dict[str, Any]) -> Effect:
    (outcome,) = outcomes(before, after, [record, has()])
    return EFFECTS[int(outcome.effects[0])]


@pytest.mark.parametrize(
    ("before", "after", "record", "effect"),
    [
        (one({"all": ["a"]}), one({"all": ["b"]}), has(done("a")), Effect.MISSES),
        (one({"all": ["a"]}), one({"all": ["b"]}), has(done("a"), awards=[HELD]), Effect.KEEPS),
        (one({"all": ["a"]}), one({"all": ["b"]}), has(done("b")), Effect.GAINS),
        (one({"all": ["a"]}), one({"all": ["b"]}), has(done("b"), awards=[HELD]),
         Effect.UNCHANGED),
        # Two of three, and then two of four: what is held is a smaller share of what is needed.
        (one({"all": ["a", "b", "c"]}), one({"all": ["a", "b", "c", "d"]}),
         has(done("a"), done("b")), Effect.DOWN),
        (one({"all": ["a", "b", "c"]}), one({"at_least": 2, "of": ["a", "b", "c"]}),
         has(done("a")), Effect.UP),
        (one({"all": ["a", "b"]}), one({"all": ["a", "c"]}), has(awards=[HELD]),
         Effect.UNCHANGED),
        # It has ended, and what counts now is later than what counted then.
        (one({"all": ["a"], }, lasts={"months": 1}), one({"all": ["b"]}, lasts={"months": 6}),
         has(done("b", on="2026-06-01"), awards=[{**HELD, "valid_until": "2026-02-01"}]),
         Effect.GAINS),
        # It has ended. What is older than it serves where the part is asked about, and not there.
        (one({"all": ["a"]}, lasts={"months": 1}), one({"all": ["b"]}, lasts={"months": 1}),
         has(done("b", on="2025-06-01"), awards=[{**HELD, "valid_until": "2026-02-01"}]),
         Effect.UP),
        (one({"all": ["a"]}, **RENEWED),
         one({"all": ["a"]}, **{**RENEWED, "renewal": {"requires": {"all": ["c"]}}}),
         has(done("c", on="2026-06-01"), awards=[{**HELD, "valid_until": "2026-07-01"}]),
         Effect.GAINS),
    ],
)  # fmt: skip
def test_effects_on_who_has_an_award_and_who_has_none(
    before: Rules, after: Rules, record: dict[str, Any], effect: Effect
) -> None:
    assert effect_of(before, after, record) is effect


def test_an_exception_holds_for_the_requirement_that_it_is_about() -> None:
    waiver = {**random_documents.WAIVED, "id": "w", "stack": "s", "at": "/b"}
    record = has(done("a"), waivers=[waiver])
    before, after = one({"all": ["a", "b", "c"]}), one({"all": ["a", "b", "d"]})
    assert effect_of(before, after, record) is Effect.UNCHANGED
    assert effect_of(before, one({"all": ["a", "b"]}), record) is Effect.GAINS


def test_a_clause_that_speaks_of_another_requirement_falls_away_alone() -> None:
    first = {"id": "p", "items": 1, "of": ["a"]}
    second = {"id": "q", "items": 1, "of": ["b"], "after": {"of": "/p"}}
    record = has(done("a", on="2026-05-01"), done("b", on="2026-04-01"))
    plain = {"id": "q", "items": 1, "of": ["b"]}
    before, after = one({"all": [first, second]}), one({"all": [first, plain]})
    assert effect_of(before, after, record) is Effect.GAINS
    (outcome,) = outcomes(before, after, [record])
    # Either is met alone before and after: it is the whole that decides.
    assert [at for at, flags in outcome.decisive.items() if flags[0]] == ["/"]


def test_what_an_award_is_worth_matters_to_larger_stacks() -> None:
    texts = [
        {
            "quoin": 1,
            "stacks": [
                {"key": "s", "credits": worth, "requires": {"all": ["a"]}},
                {"key": "t", "requires": {"credits": 4, "of": [{"award": "s"}, "b"]}},
                {"key": "u", "requires": {"all": ["c"]}},
            ],
        }
        for worth in (2, 4)
    ]
    before, after = (rules_of(text) for text in texts)
    assert RuleChange(before, after).keys == ["s", "t"]
    found = outcomes(before, after, [has(done("a")), has(done("b"))])
    assert {o.key: EFFECTS[o.effects[0]] for o in found} == {
        "s": Effect.UNCHANGED,
        "t": Effect.GAINS,
    }


def test_only_what_may_differ_is_looked_at() -> None:
    before = one({"all": ["a"]}, title="Before")
    assert RuleChange(before, one({"all": ["a"]}, title="After")).keys == []
    assert outcomes(before, one({"all": ["a"]}, version=2), [has(done("a"))]) == []
    with pytest.raises(NoSuchStackError):
        RuleChange(before, before, "other")
    with pytest.raises(VersionsError):
        RuleChange(before, Rules((*before.stacks, replace(before.stacks[0], version=2)), {}))
    circle = [{"key": k, "requires": {"all": [{"award": o}]}} for k, o in ("st", "ts")]
    with pytest.raises(CircularStackError):
        RuleChange(before, rules_of({"quoin": 1, "stacks": circle}))


def test_totals_name_some_and_count_all() -> None:
    before, after = one({"all": ["a"]}), one({"all": ["b"]})
    found = outcomes(before, after, [has(done("b")) for _ in range(5)])
    totals: Totals = {}
    for _ in range(2):
        add_up(totals, found, "learner {}".format, 6)
    assert totals["s"].effects[Effect.GAINS] == 10
    assert totals["s"].requirements == {Effect.GAINS: {"/a": 10}}
    assert [e.learner for e in totals["s"].examples] == [
        *(f"learner {n}" for n in range(5)),
        "learner 0",
    ]


@pytest.mark.skipif(not OULAD.is_dir(), reason="the data are not there: set QUOIN_TEST_DATA")
def test_a_change_at_the_open_university() -> None:
    """Every twentieth learner of the real data, as the roll-up has each of them."""
    text = files("lti_tool.sources").joinpath("oulad.yaml").read_text("utf-8")
    document = read_document(text)
    before = Rules(document.stacks, document.award_credits)
    after = mutated(before, Random(3))
    facts = read_oulad(OULAD).facts
    records = [
        has(
            *(
                {"achievement": f.achievement, "on": f.on.isoformat()}
                | ({} if f.grade is None else {"grade": f.grade})
                for f in facts[learner]
            )
        )
        for learner in sorted(facts)[::100]
    ]
    found = outcomes(before, after, records)
    assert found
