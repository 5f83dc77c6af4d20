"""Progress trees as rows and cards: the order of the page, and the status of every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lti_tool.web.outline import Card, Page, Row, build_page, find_focus
from tests.web.values import RECORD, STACKS, evidence, progress_view, stack_view, uuid_of


def _page() -> Page:
    return build_page(progress_view())


def _card(page: Page, key: str) -> Card:
    return next(card for card in page.open + page.earned if card.stack.key == key)


def _rows(row: Row) -> Iterator[Row]:
    yield row
    for child in row.rows:
        yield from _rows(child)


def _row(page: Page, key: str, title: str) -> Row:
    return next(row for row in _rows(_card(page, key).map) if row.title == title)


def test_awards_come_first_and_the_nearest_open_award_before_the_larger_one() -> None:
    page = _page()
    assert [card.stack.key for card in page.earned] == ["algorithms"]
    assert [card.stack.key for card in page.open] == ["data", "practitioner"]
    assert page.nearest is page.open[0]


def test_an_award_that_follows_but_is_not_made_yet_says_so_and_names_no_step() -> None:
    record = replace(RECORD, awards=())
    stacks = tuple(stack_view(stack, record) for stack in STACKS)
    page = build_page(progress_view(stacks=stacks, record=record))
    assert page.open[0].stack.key == "algorithms"
    assert page.open[0].is_due
    assert page.nearest is not None
    assert page.nearest.stack.key == "data"


def test_an_award_that_is_not_recorded_yet_still_counts_in_words() -> None:
    view = progress_view()
    facts = {key: fact for key, fact in view.facts.items() if not fact.is_award}
    row = _row(build_page(replace(view, facts=facts)), "practitioner", "Algorithms in Practice")
    assert row.facts[0].words == "Awarded on 12 May 2026 (10 credits)"


def test_a_held_award_names_the_larger_one_it_counts_in() -> None:
    page = _page()
    assert page.earned[0].counts_in == ("Computing Practitioner",)
    assert _row(page, "practitioner", "Algorithms in Practice").award_key == "algorithms"


def test_an_open_award_says_what_it_leads_on_to() -> None:
    assert _card(_page(), "data").leads_on == "That award is a part of Computing Practitioner."


def test_a_fact_that_counts_and_one_that_does_not_are_told_apart() -> None:
    page = _page()
    (counts,) = _row(page, "data", "SQL foundations").facts
    assert counts.why_not == ""
    (low,) = _row(page, "data", "Data cleaning").facts
    assert low.why_not == "Not counted here: the grade is below 60 of 100."


def test_evidence_on_its_way_makes_the_row_wait() -> None:
    row = _row(_page(), "data", "Charts that tell the truth")
    assert (row.kind, row.status) == ("waiting", "Waiting for a decision")


def test_returned_evidence_leaves_the_row_open() -> None:
    view = progress_view(handed_in=(evidence("charts", "returned"),))
    row = _row(build_page(view), "data", "Charts that tell the truth")
    assert row.kind == "not-met"


def test_an_alternative_that_is_not_needed_says_so_and_asks_for_nothing() -> None:
    row = _row(_page(), "algorithms", "Dynamic programming")
    assert (row.kind, row.status, row.hand_in) == ("spare", "Not needed", None)


def test_evidence_can_be_handed_in_where_a_competency_is_open() -> None:
    assert _row(_page(), "data", "Data ethics").hand_in == uuid_of("ethics")
    assert _row(_page(), "data", "SQL foundations").hand_in is None


def test_the_bar_has_a_block_for_each_part_but_none_for_a_single_one() -> None:
    assert _card(_page(), "data").segments == 3


def test_the_link_of_a_competency_shows_where_it_counts() -> None:
    focus = find_focus(progress_view(), "graphs")
    assert focus is not None
    assert focus.row.status == "Counted"
    assert find_focus(progress_view(), "unheard-of") is None
