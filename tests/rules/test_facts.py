"""What is known of a learner on a day, and what a value that is left out means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from stacking_rules import (
    AllOf,
    Amount,
    Award,
    Completed,
    Completion,
    LearnerRecord,
    Limit,
    Stack,
    parse_record,
)
from stacking_rules import clauses as kinds
from stacking_rules.duplicates import to_review
from stacking_rules.facts import WAIVER_KINDS, is_valid
from stacking_rules.selection import Anchor, OneOf, Recent
from stacking_rules.spans import Span
from stacking_rules.stacks import Binding

DAY, NOON = date(2026, 6, 30), datetime(2026, 6, 30, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def known(**fields: Any) -> bool:
    usual = {"id": "c", "achievement": "x", "completed_on": DAY, "recorded_at": NOON}
    record = LearnerRecord((Completion(**usual | fields),))  # type: ignore[arg-type]
    return bool(record.known(as_of=DAY, known_on=NOON))


def test_what_had_happened_and_was_known_is_known() -> None:
    assert known()
    assert not known(completed_on=date(2026, 7, 1))
    assert not known(recorded_at=NOON + SECOND)
    assert not known(withdrawn_at=NOON)
    assert not known(withdrawn_at=NOON - SECOND)
    assert known(withdrawn_at=NOON + SECOND)
    assert not known(withdrawn_at=NOON + SECOND, recorded_at=NOON + SECOND)


def test_awards_are_known_as_completions_are() -> None:
    record = LearnerRecord(awards=(Award("a", "w", DAY, NOON),))
    assert record.known(as_of=DAY, known_on=NOON) == record.awards
    assert record.known(as_of=DAY, known_on=NOON - SECOND) == ()


def test_a_fact_is_valid_from_its_day_and_not_on_the_day_until_which() -> None:
    fact = Completion("c", "x", DAY, NOON, valid_until=date(2026, 7, 2))
    days = (date(2026, 6, 29), DAY, date(2026, 7, 1), date(2026, 7, 2))
    assert [is_valid(fact, day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize("kind", WAIVER_KINDS)
def test_every_kind_of_exception_can_be_recorded(kind: str) -> None:
    said = {"kind": kind, "stack": "s", "author": "R", "reason": "S", "from": "2026-01-01"}
    more = {"fact": "f", "field": "credits", "value": 1}
    assert parse_record({"waivers": [said | more]}).waivers[0].kind == kind
    assert {"waive", "substitute", "force", "exclude", "change-limit", "change-value"} == {
        *WAIVER_KINDS
    }


def test_attempts_that_cannot_be_told_apart_are_for_review() -> None:
    def pairs(*said: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        facts = [
            {"id": f"c{n}", "achievement": "x", "on": f"2026-01-0{n + 1}", "attempt": attempt,
             "attributes": {"issuer": issuer}}
            for n, (issuer, attempt) in enumerate(said)
        ]  # fmt: skip
        return to_review(parse_record({"completions": facts}))

    assert pairs(("a", ""), ("b", "")) == (("c0", "c1"),)
    assert pairs(("a", "1"), ("b", "")) == (("c0", "c1"),)
    assert pairs(("a", "1"), ("b", "1")) == ()
    assert pairs(("a", ""), ("a", "")) == ()
    assert pairs(("a", "1"), ("a", "")) == ()
    assert pairs(("a", ""), ("b", ""), ("a", "")) == (("c0", "c1"), ("c1", "c2"))


def test_what_a_fact_leaves_out_is_nothing_and_done() -> None:
    fact = Completion("c", "x", DAY, NOON)
    assert (fact.credits, fact.state, fact.attempt, fact.credit_kind) == (0, "done", "", "")
    award = Award("a", "w", DAY, NOON)
    assert (award.credits, award.carried, award.is_banked, award.counted) == (0, 0, False, ())


def test_what_a_rule_leaves_out_means_what_is_written_down() -> None:
    node = Completed(achievement="x")
    assert (node.id, node.title, node.rule, node.clauses, node.grade) == ("", "", (), (), None)
    amount = Amount(need=Decimal(1))
    assert (amount.unit, amount.among, amount.scale) == ("credits", ("completion",), "0-100")
    assert not amount.is_overlay
    assert Limit(most=Decimal(1)).unit == "items"
    stack = Stack("s", "S", AllOf(parts=(node,)))
    assert (stack.version, stack.description, stack.content_hash) == (1, "", "")
    assert (stack.repeats, stack.valid, stack.issue) == ("best", "at-award", "automatic")
    assert (stack.consume, stack.credit_kind, stack.award_type) == ("within-award", "", "")
    assert (Binding().policy, Binding().event) == ("latest", "")
    assert (Anchor("asked").key, Anchor("asked").to_year_end) == ("", False)
    assert Recent("on", Span(1)).anchor == Anchor(source="asked", key="")
    assert Recent("on", Span(1)).anchor.source == "asked"


def test_what_a_clause_leaves_out_means_what_is_written_down() -> None:
    window, after = kinds.Window(id="w"), kinds.After(id="a", of="/")
    assert (window.terms, window.start, window.span) == (0, "on", None)
    assert (after.by, after.is_strict) == ("started", False)
    assert not kinds.Grace(id="g").to_year_end
    least = kinds.Least(id="l", need=Decimal(1), unit="items")
    assert (least.rounded, least.printed, least.share) == ("", None, None)
    assert not kinds.Portion(id="p", share=Fraction(1), unit="items").is_most
    mean = kinds.Mean(id="m", target=Decimal(1), scale="0-100")
    assert (mean.weight, mean.over) == ("credits", "counted")
    assert kinds.Once(id="o").times == 1
    assert kinds.Filter(id="f", where=OneOf("a", ("b",))).rule == ()
