"""An award whose time ends is made again: by its path of renewal, or earned anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from stacking_rules import (
    Award,
    Completion,
    LearnerRecord,
    NewAward,
    Status,
    parse_stack,
    roll_up,
    verify_receipt,
)

LATER = datetime(2030, 1, 1, tzinfo=UTC)
RENEWED = {"requires": "refresher", "opens": {"days": 90}}
FIRST = Award("first", "first-aid", date(2024, 2, 1), LATER, valid_until=date(2025, 2, 1))
DONE = (("course", "2024-01-01"), ("exam", "2024-02-01"))


def _made(
    *facts: tuple[str, str],
    as_of: str,
    held: tuple[Award, ...] = (FIRST,),
    **rule: object,
) -> list[NewAward]:
    """Return what is awarded who has done ``facts`` (achievement, day) and holds ``held``."""
    text = {"key": "first-aid", "requires": {"all": ["course", "exam"]}, "lasts": {"years": 1}}
    record = LearnerRecord(
        tuple(
            Completion(f"c{number}", key, date.fromisoformat(day), LATER)
            for number, (key, day) in enumerate(facts)
        ),
        held,
    )
    stacks = [parse_stack({**text, **rule})]
    found = roll_up(stacks, record, as_of=date.fromisoformat(as_of), known_on=LATER)
    return list(found.new_awards)


def _ends(made: list[NewAward]) -> list[tuple[str, str]]:
    return [(str(new.award.on), str(new.award.valid_until)) for new in made]


def test_the_first_award_renews_none() -> None:
    (new,) = _made(*DONE, as_of="2024-02-01", held=())
    assert (new.renews, new.award.valid_until) == (None, date(2025, 2, 1))


@pytest.mark.parametrize(
    ("done_on", "made"),
    [
        ("2024-10-01", []),
        ("2024-11-02", []),
        # Ninety days before the end; and no day of what was there is lost.
        ("2024-11-03", [("2024-11-03", "2026-02-01")]),
        ("2025-01-31", [("2025-01-31", "2026-02-01")]),
        ("2025-02-01", []),
    ],
)
def test_who_renews_in_time_gets_an_award_that_continues_the_one_before(
    done_on: str, made: list[tuple[str, str]]
) -> None:
    found = _made(*DONE, ("refresher", done_on), as_of="2025-06-01", renewal=RENEWED)
    assert _ends(found) == made
    assert all(new.renews is FIRST for new in found)


def test_it_is_made_once() -> None:
    second = Award("second", "first-aid", date(2024, 12, 1), LATER, valid_until=date(2026, 2, 1))
    facts = (*DONE, ("refresher", "2024-12-01"))
    assert not _made(*facts, as_of="2025-01-01", held=(FIRST, second), renewal=RENEWED)
    again = _made(
        *facts,
        ("refresher", "2025-12-01"),
        as_of="2026-01-01",
        held=(FIRST, second),
        renewal=RENEWED,
    )
    assert [new.renews for new in again] == [second]
    assert _ends(again) == [("2025-12-01", "2027-02-01")]


def test_a_renewal_without_a_time_of_opening_asks_for_something_later_than_the_award() -> None:
    rule = {"requires": "course"}
    assert not _made(*DONE, as_of="2024-06-01", renewal=rule)
    # Of two attempts that are alike the first one counts, unless the rule says otherwise.
    assert not _made(*DONE, ("course", "2024-05-01"), as_of="2024-06-01", renewal=rule)
    latest = _made(
        *DONE, ("course", "2024-05-01"), as_of="2024-06-01", renewal=rule, repeats="latest"
    )
    assert _ends(latest) == [("2024-05-01", "2026-02-01")]


def test_after_its_end_an_award_is_earned_anew_by_everything_that_it_asks_for() -> None:
    assert not _made(*DONE, as_of="2026-01-01")
    assert not _made(*DONE, ("exam", "2025-05-01"), as_of="2026-01-01")
    made = _made(*DONE, ("course", "2025-04-01"), ("exam", "2025-05-01"), as_of="2025-06-01")
    assert _ends(made) == [("2025-05-01", "2026-05-01")]
    assert made[0].renews is FIRST


def test_it_is_not_earned_anew_before_its_end() -> None:
    facts = (*DONE, ("course", "2024-04-01"), ("exam", "2024-05-01"))
    assert not _made(*facts, as_of="2025-01-31")
    assert _ends(_made(*facts, as_of="2025-02-01")) == [("2024-05-01", "2025-05-01")]


def test_who_was_late_to_renew_starts_anew() -> None:
    late = (("refresher", "2025-03-01"),)
    assert not _made(*DONE, *late, as_of="2025-06-01", renewal=RENEWED)
    again = (("course", "2025-04-01"), ("exam", "2025-05-01"))
    assert _ends(_made(*DONE, *late, *again, as_of="2025-06-01", renewal=RENEWED)) == [
        ("2025-05-01", "2026-05-01")
    ]


def test_a_smaller_award_counts_again_while_it_is_valid() -> None:
    rule = {"all": [{"award": "basics"}, "exam"]}
    basics = Award("basics", "basics", date(2023, 1, 1), LATER)
    facts = (("exam", "2024-02-01"), ("exam", "2025-05-01"))
    made = _made(*facts, as_of="2025-06-01", held=(basics, FIRST), requires=rule)
    assert _ends(made) == [("2025-05-01", "2026-05-01")]


def test_an_award_that_lives_by_its_parts_comes_back_with_them() -> None:
    part = Award("p1", "part", date(2024, 2, 1), LATER, valid_until=date(2025, 2, 1))
    renewed = Award("p2", "part", date(2025, 3, 1), LATER, valid_until=date(2026, 3, 1))
    rule: Mapping[str, object] = {
        "requires": {"all": ["course", {"award": "part"}]},
        "valid": "throughout",
        "lasts": None,
    }
    text = {name: value for name, value in rule.items() if value is not None}
    text |= {"key": "first-aid"}
    record = LearnerRecord(
        (Completion("c", "course", date(2024, 1, 1), LATER),), (part, FIRST, renewed)
    )
    found = roll_up([parse_stack(text)], record, as_of=date(2025, 4, 1), known_on=LATER)
    assert _ends(list(found.new_awards)) == [("2025-03-01", "2026-03-01")]


def test_an_award_that_was_taken_back_is_not_made_again() -> None:
    never = datetime.max.replace(tzinfo=UTC)
    second = Award("second", "first-aid", date(2024, 12, 1), never, valid_until=date(2026, 2, 1))
    facts = (*DONE, ("refresher", "2024-12-01"))
    assert not _made(*facts, as_of="2025-01-01", held=(FIRST, second), renewal=RENEWED)


def test_the_receipt_of_a_renewal_proves_it() -> None:
    (new,) = _made(*DONE, ("refresher", "2024-12-01"), as_of="2025-01-01", renewal=RENEWED)
    assert verify_receipt(new.stack, new.receipt) == ()
    assert {note["address"] for note in new.receipt["counted"]} == {"/renewal"}


def test_progress_after_the_end_is_that_of_earning_it_anew() -> None:
    text = {"key": "first-aid", "requires": {"all": ["course", "exam"]}, "lasts": {"years": 1}}
    record = LearnerRecord(
        tuple(Completion(k, k, date.fromisoformat(day), LATER) for k, day in DONE), (FIRST,)
    )
    before, after = (
        roll_up([parse_stack(text)], record, as_of=day, known_on=LATER).progress["first-aid"]
        for day in (date(2025, 1, 31), date(2025, 2, 1))
    )
    assert (before.status, after.status) == (Status.MET, Status.NOT_MET)
