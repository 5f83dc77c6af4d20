"""Sentences made from values: forms of words, amounts, and a reason for everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lti_tool.rule_reading import amounts
from lti_tool.translating import day, listed
from lti_tool.web import learner_wording, wording
from stacking_rules import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Completed,
    Earned,
    Grade,
    LearnerRecord,
    Status,
    Step,
    Unused,
)
from tests.web.values import (
    ALGORITHMS,
    NAMES,
    SIXTY,
    TODAY,
    done,
    of_requirement,
    progress_view,
    single,
    stack_view,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [("1", "1 credit"), ("0", "0 credits"), ("7.50", "7.5 credits"), ("1E+2", "100 credits")],
)
def test_credits_take_their_plural_and_no_needless_zeros(value: str, words: str) -> None:
    assert amounts.credit_words(Decimal(value)) == words


def test_a_grade_names_its_scale() -> None:
    assert amounts.grade_words(Decimal("82.5"), "0-100") == "82.5 of 100"
    assert amounts.grade_words(Decimal(4), "1-5") == "4 (scale 1 to 5)"


def test_a_day_is_written_in_words() -> None:
    assert day(TODAY) == "20 May 2026"


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (datetime(2026, 7, 21, tzinfo=UTC), "20 July 2026"),
        (datetime(2026, 7, 20, 23, 59, 59, tzinfo=UTC), "20 July 2026"),
        (datetime(2026, 7, 21, 0, 0, 1, tzinfo=UTC), "21 July 2026"),
    ],
)
def test_the_last_day_before_an_end_is_the_one_that_still_holds(end: datetime, words: str) -> None:
    assert learner_wording.day_within(end) == words


@pytest.mark.parametrize(
    ("words", "sentence"),
    [([], ""), (["A"], "A"), (["A", "B"], "A or B"), (list("ABC"), "A, B or C")],
)
def test_a_choice_is_listed_with_or(words: list[str], sentence: str) -> None:
    assert listed(words) == sentence


def test_the_state_counts_parts_and_credits() -> None:
    pool = Amount(id="pool", need=Decimal(12), of=("sql", "graphs", "ethics"))
    stack = of_requirement(
        AllOf(parts=(single("sorting"), pool)),
        LearnerRecord((done("sorting"), done("sql", worth="7.5"))),
    )
    assert wording.state(stack) == "1 of 2 parts counted, 7.5 of 12 credits"


def test_a_choice_without_options_lists_none() -> None:
    assert wording.has_choice(Step("/", "items", ("sql",), 1))
    assert not wording.has_choice(Step("/", "credits", (), credits=Decimal(2)))


def test_the_state_of_items_alone_speaks_of_items() -> None:
    pool = Amount(need=Decimal(3), unit="items")
    assert wording.state(of_requirement(pool)).endswith("of 3 items counted")
    assert wording.rule(pool, {}) == "3 items from all that is completed"


def test_the_state_of_credits_alone_speaks_of_credits() -> None:
    stack = of_requirement(Amount(need=Decimal(12), of=("sql",)))
    assert wording.state(stack) == "2.5 of 12 credits counted"


def test_the_state_of_one_part_is_singular() -> None:
    stack = of_requirement(AnyOf(parts=(single("ethics"), single("dynamic"))))
    assert wording.state(stack) == "0 of 1 part counted"


def test_the_state_of_one_competency_says_whether_it_counts() -> None:
    assert wording.state(of_requirement(single("sorting"))) == "Counted"
    assert wording.state(of_requirement(single("ethics"))) == "Not counted yet"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Step("/", "complete", ("ethics",)), "Complete Data ethics"),
        (
            Step("/", "complete", ("sql",), grade=SIXTY),
            "Complete SQL foundations with 60 of 100 or better",
        ),
        (Step("/", "complete-any", ("sql", "charts", "ethics"), 2), "Complete two of these"),
        (Step("/", "earn", ("data",)), "Earn Data Skills"),
        (
            Step("/", "improve", ("sql",), grade=SIXTY),
            "Improve SQL foundations: reach 60 of 100 or better",
        ),
        (Step("/", "credits", ("sql",), credits=Decimal(1)), "Gain 1 more credit"),
        (Step("/", "items", ("sql", "r"), 1), "Complete one more of these"),
        (Step("/", "items", (), 3), "Complete three more of the kind asked for"),
        (Step("/", "blocked", ("sql",)), "Not possible beside SQL foundations"),
        (Step("/", "blocked", ()), "Not possible beside what is held already"),
        (Step("/", "credits", ("sql",), credits=Decimal("4.5")), "Gain 4.5 more credits"),
    ],
)
def test_each_kind_of_step_has_its_sentence(step: Step, words: str) -> None:
    assert wording.step(step, NAMES) == words


def test_steps_lead_to_the_award_by_their_number() -> None:
    stack = of_requirement(single("ethics"))
    assert wording.unlocks(stack) == "This is the last step to One."
    two = replace(stack, steps=stack.steps * 2)
    assert wording.unlocks(two) == "This is the first of 2 steps to One."


def test_every_reason_for_not_counting_has_words() -> None:
    sentences = {wording.unused(reason, SIXTY) for reason in Unused}
    assert len(sentences) == len(Unused)


def test_every_status_has_words() -> None:
    assert set(wording.STATUS_WORDS) == set(Status)


def test_requirements_without_a_title_are_named_by_what_they_ask() -> None:
    parts = (single("sql"), single("charts"), single("ethics"))
    assert wording.requirement_title(AllOf(parts=parts), NAMES) == "All of these"
    assert wording.requirement_title(AnyOf(parts=parts), NAMES) == "One of these"
    assert wording.requirement_title(AtLeast(count=2, parts=parts), NAMES) == (
        "At least 2 of these 3"
    )
    assert wording.requirement_title(Earned(achievement="data"), NAMES) == "Data Skills"
    assert (
        wording.requirement_title(Completed(achievement="sql", title="Basics"), NAMES) == "Basics"
    )
    pool = Amount(need=Decimal(5), of=("sql",), grade=Grade(Decimal(4), "1-5"))
    assert wording.requirement_title(pool, NAMES) == "At least 5 credits"
    assert wording.rule(pool, NAMES) == (
        "5 credits with 4 (scale 1 to 5) or better from SQL foundations"
    )


def test_a_fact_says_what_when_how_good_and_where() -> None:
    view = progress_view()
    assert wording.fact(view.facts["c:sorting"]) == (
        "Sorting and searching, completed on 12 May 2026 with 91 of 100 (2.5 credits); "
        "recorded by a teacher in Algorithms in Practice"
    )
    assert wording.fact(view.facts["a:algorithms"]) == (
        "Algorithms in Practice, awarded on 12 May 2026 (10 credits)"
    )


def test_a_fact_from_elsewhere_names_its_source() -> None:
    fact = replace(progress_view().facts["c:sorting"], source="oulad", course="")
    assert wording.fact(fact).endswith("; brought in from oulad")
    assert wording.fact(replace(fact, is_recognised=True)).endswith(
        "; recognised from earlier learning"
    )


def test_awards_held_are_counted_for_learner_and_teacher() -> None:
    view = progress_view()
    assert wording.held(view.stacks) == "You hold 1 of 3 awards."
    assert wording.held_by_other(view.stacks) == "Holds 1 of 3 awards."
    none = (stack_view(ALGORITHMS, LearnerRecord()),)
    assert wording.held(none) == "You hold none of 1 award yet."
