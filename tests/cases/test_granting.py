"""Exceptions in the database: counted everywhere, in one transaction with what follows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.awards import Award, AwardReview, ReviewState
from lti_tool.persistence.deliveries import CREDENTIAL
from lti_tool.persistence.exceptions import ExceptionEnd, GrantedException
from lti_tool.persistence.requests import RequestState
from lti_tool.persistence.snapshots import load_records, load_rules
from lti_tool.services.decide_review import Answer, decide_review
from lti_tool.services.decline_request import decline_request
from lti_tool.services.end_exception import end_exception
from lti_tool.services.list_exceptions import list_exceptions
from lti_tool.services.preview_exception import preview_exception
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.show_progress import show_progress
from stacking_rules import Status, verify_receipt
from tests.cases.world import REASON, CasesWorld, waiver

AMOUNTS = """
quoin: 2
achievements:
  sql: {name: SQL foundations, credits: 2.5}
  charts: {name: Charts, credits: 2.5}
  ethics: {name: Data ethics, credits: 5}
stacks:
- key: amounts
  title: Amounts
  requires:
    all:
    - {id: breadth, credits: 5, of: [sql, charts]}
    - {id: core, completed: ethics, grade: 90}
"""


def status(world: CasesWorld, key: str = "data-basics") -> Status:
    """Where Amara stands, as her page says it."""
    view = show_progress(
        world.database,
        institution_id=world.institution,
        context_id=world.context_of("harbour"),
        learner_id=world.learner.learner_id,
        now=world.now,
    )
    return next(stack for stack in view.stacks if stack.key == key).progress.status


def test_a_waiver_makes_the_award_in_the_same_transaction(world: CasesWorld) -> None:
    world.complete(world.learner.learner_id, ["sql"])
    asked = world.ask()
    done = world.grant(request_uuid=asked)
    assert done.awards == ("Data basics",)
    assert status(world) is Status.MET
    (request,) = world.requests()
    assert (request.state, request.answer) == (RequestState.GRANTED, REASON)
    assert (request.decided_by, request.exception_id) == ("admin:test", world.exceptions()[0].id)
    with world.database.reading() as session:
        receipt: dict[str, Any] = session.scalars(select(Award.receipt)).one()
        (stack,) = (
            s for s in load_rules(session, world.institution).stacks if s.key == "data-basics"
        )
        actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert receipt["waived"] == {"/charts": str(done.uuid)}
    (noted,) = receipt["waivers"]
    assert (noted["author"], noted["reason"], noted["at"]) == (
        "admin:test",
        "equivalent",
        "/charts",
    )
    assert REASON not in str(receipt), "the words of a decision stay out of receipts"
    assert verify_receipt(stack, receipt) == ()
    assert actions[-3:] == ["request.asked", "exception.granted", "awards.made"]
    assert len(world.promised(CREDENTIAL)) == 1


def test_nothing_is_stored_when_the_awards_cannot_be_made(
    world: CasesWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.complete(world.learner.learner_id, ["sql"])
    asked = world.ask()

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the power is cut")

    monkeypatch.setattr("lti_tool.services.grant_exception.award_what_follows", broken)
    with pytest.raises(RuntimeError):
        world.grant(request_uuid=asked)
    assert world.exceptions() == []
    assert world.requests()[0].state == RequestState.OPEN


def test_the_same_form_twice_is_one_exception(world: CasesWorld) -> None:
    form_id, asked = str(uuid4()), world.ask()
    first = world.grant(form_id=form_id, request_uuid=asked)
    again = world.grant(form_id=form_id, request_uuid=asked)
    assert (first.is_repeated, again.is_repeated) == (False, True)
    assert len(world.exceptions()) == 1


def test_the_second_registrar_is_told(world: CasesWorld) -> None:
    asked = world.ask()
    world.grant(request_uuid=asked)
    with pytest.raises(ConflictError, match="Somebody else"):
        world.grant(request_uuid=asked)
    with pytest.raises(ConflictError, match="Somebody else"):
        decline_request(
            world.database,
            asked,
            institution_id=world.institution,
            answer="No.",
            actor="admin:other",
            now=world.now,
        )
    assert len(world.exceptions()) == 1
    assert world.requests()[0].answer == REASON


@pytest.mark.parametrize(
    ("entry", "awards"),
    [
        (waiver(kind="substitute", fact="ethics"), ("Data basics",)),
        (waiver(kind="force", fact="ethics"), ("Data basics",)),
        (waiver(stack_key="amounts", kind="change-limit", address="/breadth", value="2,5"), ()),
        (
            waiver(
                stack_key="amounts",
                kind="change-value",
                address="/core",
                fact="ETHICS",
                field="grade",
                value="95",
            ),
            (),
        ),
    ],
)
def test_every_kind_that_helps_helps(
    quick_world: CasesWorld, entry: Any, awards: tuple[str, ...]
) -> None:
    world = quick_world
    publish_stacks(
        world.database, institution_key="harbour", text=AMOUNTS, actor="test", now=world.now
    )
    world.complete(world.learner.learner_id, ["sql", "ethics"])
    with world.database.reading() as session:
        record = load_records(session, [world.learner.learner_id])[world.learner.learner_id]
    ethics = next(c.id for c in record.completions if c.achievement == "ethics")
    entry = replace(entry, fact=entry.fact.replace("ETHICS", ethics))
    effect = preview_exception(
        world.database,
        entry,
        institution_id=world.institution,
        learner_uuid=world.learner.learner_uuid,
        now=world.now,
    )
    assert [node.address for node in effect.met if node.address != "/"] == [entry.address]
    assert world.exceptions() == [], "a preview records nothing"
    assert world.grant(entry).awards[: len(awards)] == awards
    if entry.kind == "change-limit":
        assert (world.exceptions()[0].value, "2.5") == ("2.5", "2.5")


def test_an_exclusion_counts_and_awards_that_are_held_stay(quick_world: CasesWorld) -> None:
    world = quick_world
    world.complete(world.learner.learner_id, ["sql", "charts"])
    entry = waiver(kind="exclude", fact="charts")
    effect = preview_exception(
        world.database,
        entry,
        institution_id=world.institution,
        learner_uuid=world.learner.learner_uuid,
        now=world.now,
    )
    assert effect.is_held
    assert "/charts" in [node.address for node in effect.unmet]
    world.grant(entry)
    assert status(world) is Status.NOT_MET
    assert len(world.awards(world.learner.learner_id)) == 1


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"stack_key": "nothing"}, "stack"),
    ({"kind": "bribe"}, "kind"),
    ({"address": "/nowhere"}, "address"),
    ({"address": "/"}, "address"),
    ({"reason_code": ""}, "reason_code"),
    ({"reason": "  "}, "reason"),
    ({"reason": "x" * 2001}, "reason"),
    ({"document_url": "javascript:alert(1)"}, "document_url"),
    ({"until": date(2026, 6, 30)}, "until"),
    ({"kind": "substitute"}, "fact"),
    ({"kind": "exclude", "fact": "charts"}, "fact"),
    ({"kind": "change-limit", "value": "1"}, "address"),
    ({"kind": "change-limit", "address": "/", "value": "1.5"}, "value"),
    ({"kind": "change-limit", "address": "/", "value": "NaN"}, "value"),
    ({"kind": "change-limit", "address": "/", "value": "1e999999999"}, "value"),
    ({"kind": "change-value", "fact": "sql", "field": "grade", "value": "9"}, "fact"),
    ({"kind": "change-value", "fact": "SQL", "field": "name", "value": "9"}, "field"),
    ({"kind": "change-value", "fact": "SQL", "field": "grade", "value": "101"}, "value"),
    ({"kind": "change-value", "fact": "SQL", "field": "on", "value": "May"}, "value"),
    ({"kind": "change-value", "fact": "SQL", "field": "credits", "value": "-1"}, "value"),
]


def test_what_is_wrong_is_named_and_nothing_is_stored(quick_world: CasesWorld) -> None:
    world = quick_world
    world.complete(world.learner.learner_id, ["sql"])
    with world.database.reading() as session:
        record = load_records(session, [world.learner.learner_id])[world.learner.learner_id]
    for wrong, field in WRONG:
        fact = wrong.get("fact", "").replace("SQL", record.completions[0].id)
        with pytest.raises(InvalidInputError) as refused:
            world.grant(waiver(**{**wrong, "fact": fact}))
        assert refused.value.field == field, wrong
    assert world.exceptions() == []


def test_an_exception_counts_until_its_day_and_the_award_stays(world: CasesWorld) -> None:
    world.grant(waiver(until=world.now.date() + timedelta(days=10)))
    world.now += timedelta(days=10)
    world.complete(world.learner.learner_id, ["sql"])
    assert status(world) is Status.NOT_MET
    assert world.awards(world.learner.learner_id) == []
    (row,) = list_exceptions(world.database, now=world.now).rows
    assert row.state == "over"


def test_a_later_completion_counts_with_an_earlier_exception(world: CasesWorld) -> None:
    world.grant()
    world.now += timedelta(days=3)
    world.complete(world.learner.learner_id, ["sql"])
    assert len(world.awards(world.learner.learner_id)) == 1


def test_an_ended_exception_counts_nowhere_and_its_award_is_asked_about(world: CasesWorld) -> None:
    world.complete(world.learner.learner_id, ["sql"])
    done = world.grant()
    world.now += timedelta(days=1)
    ended = end_exception(
        world.database, done.uuid, reason="not genuine", actor="admin:b", now=world.now
    )
    assert ended.reviews == 1
    assert status(world) is Status.NOT_MET
    with world.database.reading() as session:
        review = session.scalars(select(AwardReview)).one()
    assert (review.state, review.reason) == (ReviewState.OPEN, "not genuine")
    assert len(world.awards(world.learner.learner_id)) == 1, "the award stands until decided"
    with pytest.raises(ConflictError):
        end_exception(world.database, done.uuid, reason="again", actor="admin:b", now=world.now)
    decide_review(
        world.database, review.uuid, Answer.REVOKE, reason="so", actor="admin:b", now=world.now
    )
    (row,) = list_exceptions(world.database, now=world.now).rows
    assert (row.state, row.end_reason) == ("ended", "not genuine")


def test_an_award_that_follows_without_the_exception_stands(world: CasesWorld) -> None:
    world.complete(world.learner.learner_id, ["sql"])
    done = world.grant()
    world.complete(world.learner.learner_id, ["charts"])
    ended = end_exception(world.database, done.uuid, reason="moot", actor="b", now=world.now)
    assert ended.reviews == 0
    with world.database.reading() as session:
        assert session.scalars(select(AwardReview.state)).all() == [ReviewState.STANDS]


def test_the_database_refuses_to_change_or_delete_a_decision(world: CasesWorld) -> None:
    world.grant()
    for statement in (
        update(GrantedException).values(kind="force"),
        update(GrantedException).values(valid_until=world.now.date()),
        delete(GrantedException),
    ):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            world.database.writing() as session,
        ):
            session.execute(statement)


def test_another_institution_finds_nothing(world: CasesWorld) -> None:
    done = world.grant()
    hill = world._institutions["hill"]
    with pytest.raises(NotFoundError):
        world.grant(institution_id=hill)
    with pytest.raises(NotFoundError):
        end_exception(world.database, done.uuid, reason="x", actor="a", now=world.now, within=hill)
    asked = world.ask("/sql")
    with pytest.raises(NotFoundError):
        world.grant(request_uuid=asked, learner_uuid=world.other_learner.learner_uuid)
    assert list_exceptions(world.database, within=hill, now=world.now).rows == ()
    with world.database.reading() as session:
        assert session.scalars(select(ExceptionEnd)).all() == []


def test_credits_are_exact(world: CasesWorld) -> None:
    world.complete(world.learner.learner_id, ["sql"])
    with world.database.reading() as session:
        record = load_records(session, [world.learner.learner_id])[world.learner.learner_id]
    fact = record.completions[0].id
    world.grant(
        waiver(kind="change-value", address="/sql", fact=fact, field="credits", value="0.100001")
    )
    with world.database.reading() as session:
        record = load_records(session, [world.learner.learner_id])[world.learner.learner_id]
    assert record.waivers[0].value == Decimal("0.100001")


def test_of_two_at_once_one_decides_and_the_other_is_told(world: CasesWorld) -> None:
    world.complete(world.learner.learner_id, ["sql"])
    asked, ready = world.ask(), Barrier(4)

    def decide(number: int) -> str:
        ready.wait(10)
        try:
            if number % 2:
                world.grant(request_uuid=asked, actor=f"admin:{number}")
            else:
                decline_request(
                    world.database,
                    asked,
                    institution_id=world.institution,
                    answer="No.",
                    actor=f"admin:{number}",
                    now=world.now,
                )
        except ConflictError:
            return "told"
        return "decided"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(decide, range(4)))
    assert outcomes == ["decided", "told", "told", "told"]
    (request,) = world.requests()
    assert len(world.exceptions()) == (request.state == RequestState.GRANTED)


def test_two_requests_about_one_requirement_at_once_are_one(world: CasesWorld) -> None:
    ready = Barrier(3)

    def ask(_: int) -> str:
        ready.wait(10)
        try:
            world.ask()
        except InvalidInputError as error:
            return error.message[:25]
        return "asked"

    with ThreadPoolExecutor(3) as pool:
        outcomes = sorted(pool.map(ask, range(3)))
    assert outcomes == ["You have asked about this", "You have asked about this", "asked"]
    assert len(world.requests()) == 1
