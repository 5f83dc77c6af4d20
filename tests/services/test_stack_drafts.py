"""Drafts of stacks: nothing is lost, nothing happens twice, four eyes hold in the database."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lti_tool.building.effects import Effect
from lti_tool.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import StackVersion, add_version
from lti_tool.persistence.stack_drafts import DraftRevision
from lti_tool.services.approve_draft import approve_draft
from lti_tool.services.delete_draft import delete_draft
from lti_tool.services.list_stacks import list_stacks
from lti_tool.services.preview_draft import preview_draft
from lti_tool.services.publish_draft import publish_draft
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_in_course import record_in_course
from lti_tool.services.show_draft import show_aside
from lti_tool.services.submit_draft import submit_draft
from lti_tool.services.switch_four_eyes import switch_four_eyes
from tests.services.drafting import RULE, Desk
from tests.web.world import STACKS, World

WHOLE = {f"{RULE}|pick": "award:data-basics", f"{RULE}|new": "Leading people (3 credits)"}


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    return World(database, now)


@pytest.fixture
def maria(world: World) -> Desk:
    return Desk(world, world.teacher)


@pytest.fixture
def ben(world: World) -> Desk:
    return Desk(world, world.come_as("ben", is_instructor=True))


def _count(world: World, table: type) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _demand(world: World, *, is_demanded: bool = True) -> None:
    switch_four_eyes(
        world.database, "harbour", is_demanded=is_demanded, actor="cli:test", now=world.now
    )


def test_a_form_that_is_sent_twice_begins_one_draft_and_makes_one_change(
    world: World, maria: Desk
) -> None:
    first = maria.start(form_id="a")
    assert maria.start(form_id="a") == first
    maria.edit(first, WHOLE, form_id="b", based_on=1)
    again = maria.edit(first, WHOLE, form_id="b", based_on=1)
    assert (again.aside, maria.view(first).revision) == (0, 2)
    assert _count(world, DraftRevision) == 2


def test_two_changes_of_one_text_are_both_kept_until_somebody_puts_them_together(
    maria: Desk, ben: Desk
) -> None:
    draft = maria.start()
    maria.edit(draft, {f"{RULE}|new": "Budgets"}, based_on=1)
    met = ben.edit(draft, {f"{RULE}|new": "Meetings"}, based_on=1)
    assert met.aside == 3
    assert "Budgets" in maria.view(draft).text
    view, aside = show_aside(ben.database, ben.place, draft, met.aside)
    assert ("Meetings" in view.text, "Meetings" in aside.text) == (False, True)
    assert (aside.author, "Meetings" in aside.base) == ("Ben", False)
    ben.write(draft, aside.text.replace("[meetings]", "[meetings, budgets]"))
    assert "[meetings, budgets]" in maria.view(draft).text


def test_a_draft_of_another_institution_is_not_there(world: World, maria: Desk) -> None:
    draft = maria.start()
    other = Desk(world, world.other_teacher, "hill")
    for attempt in (
        lambda: other.view(draft),
        lambda: other.edit(draft, WHOLE, based_on=1),
        lambda: show_aside(other.database, other.place, draft, 1),
        lambda: delete_draft(other.database, other.place, draft, now=other.now),
        lambda: submit_draft(other.database, other.place, draft, 1, now=other.now),
        lambda: approve_draft(other.database, other.place, draft, 1, now=other.now),
        lambda: publish_draft(other.database, other.place, draft, 1, now=other.now),
        lambda: preview_draft(other.database, other.place, draft, now=other.now),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert list_stacks(other.database, other.place.institution_id).drafts == ()


def test_a_deleted_draft_is_gone_from_the_list_and_its_texts_are_kept(
    world: World, maria: Desk
) -> None:
    draft = maria.start()
    delete_draft(maria.database, maria.place, draft, now=maria.now)
    assert list_stacks(maria.database, maria.place.institution_id).drafts == ()
    assert _count(world, DraftRevision) == 1


def test_a_draft_is_published_once_as_a_new_version_and_the_catalogue_keeps_its_words(
    world: World, maria: Desk
) -> None:
    draft = maria.start()
    maria.edit(draft, {**WHOLE, f"{RULE}|pick": "achievement:sql"})
    revision = maria.view(draft).revision
    found = publish_draft(maria.database, maria.place, draft, revision, now=maria.now)
    assert [(one.key, one.version, one.is_new) for one in found] == [("data-leader", 1, True)]
    assert publish_draft(maria.database, maria.place, draft, revision, now=maria.now) == ()
    known = {one.key: one for one in maria.view(draft).catalogue.known}
    assert known["sql"].description == "Ask a database."
    assert known["leading-people"].credits == 3
    assert maria.view(draft).state == "published"


def test_a_published_stack_goes_on_as_a_draft_with_its_whole_text(maria: Desk) -> None:
    draft = maria.start(key="data-basics")
    assert "grade: 60" in maria.view(draft).text
    revision = maria.view(draft).revision
    found = publish_draft(maria.database, maria.place, draft, revision, now=maria.now)
    assert [(one.version, one.is_new) for one in found] == [(1, False)]
    maria.edit(draft, {f"{RULE}/all/0|grade": "70"})
    preview = preview_draft(maria.database, maria.place, draft, now=maria.now)
    assert [c.version for c in preview.changes] == [1]
    assert "60" in str(preview.changes[0].differences)
    revision = maria.view(draft).revision
    found = publish_draft(maria.database, maria.place, draft, revision, now=maria.now)
    assert found[0].version == 2


def test_what_is_not_whole_is_neither_submitted_nor_published(maria: Desk) -> None:
    draft = maria.start()
    for act in (submit_draft, approve_draft, publish_draft):
        with pytest.raises(InvalidInputError, match="still to be corrected"):
            act(maria.database, maria.place, draft, 1, now=maria.now)


def test_nobody_decides_about_a_text_that_they_have_not_seen(maria: Desk, ben: Desk) -> None:
    draft = maria.start()
    maria.edit(draft, WHOLE)
    for act in (submit_draft, approve_draft, publish_draft):
        with pytest.raises(ConflictError, match="changed meanwhile"):
            act(ben.database, ben.place, draft, 1, now=ben.now)


def test_with_four_eyes_an_author_does_not_approve_and_nothing_unapproved_is_published(
    world: World, maria: Desk, ben: Desk
) -> None:
    _demand(world)
    draft = maria.start()
    maria.edit(draft, WHOLE)
    submit_draft(maria.database, maria.place, draft, 2, now=maria.now)
    for act in (approve_draft, publish_draft):
        with pytest.raises(ForbiddenError) as refused:
            act(maria.database, maria.place, draft, 2, now=maria.now)
        assert refused.value.code == "four-eyes"
    approve_draft(ben.database, ben.place, draft, 2, now=ben.now)
    maria.edit(draft, {f"{RULE}|new": "One more"})
    with pytest.raises(ForbiddenError):
        publish_draft(maria.database, maria.place, draft, 3, now=maria.now)
    approve_draft(ben.database, ben.place, draft, 3, now=ben.now)
    assert publish_draft(maria.database, maria.place, draft, 3, now=maria.now)[0].is_new
    with world.database.reading() as session:
        query = select(AuditEvent.action).where(AuditEvent.subject == str(draft))
        assert "draft-approved" in set(session.scalars(query))


def test_the_database_itself_holds_four_eyes(world: World, maria: Desk, ben: Desk) -> None:
    _demand(world)
    draft = maria.start()
    maria.edit(draft, WHOLE)
    approve = (
        "UPDATE stack_drafts SET state = 'approved', approved_revision = revision, "
        f"approved_by = {maria.place.learner_id}"
    )
    publish = "UPDATE stack_drafts SET state = 'published', published_revision = revision"
    for statement in (approve, publish):
        with pytest.raises(DBAPIError, match="four-eyes"), world.database.writing() as session:
            session.execute(text(statement))
    with world.database.reading() as session:
        stack_id = session.scalar(
            text(f"SELECT id FROM stacks WHERE institution_id = {maria.place.institution_id}")
        )
        draft_id = session.scalar(text("SELECT id FROM stack_drafts"))
    for draft_of in (None, draft_id):
        with pytest.raises(DBAPIError, match="four-eyes"), world.database.writing() as session:
            add_version(session, stack_id or 0, {}, "0" * 64, world.now, draft_of)
    for statement in ("UPDATE draft_revisions SET author_id = 1", "DELETE FROM draft_revisions"):
        with pytest.raises(DBAPIError, match="append-only"), world.database.writing() as session:
            session.execute(text(statement))
    before = _count(world, StackVersion)
    approve_draft(ben.database, ben.place, draft, 2, now=ben.now)
    publish_draft(maria.database, maria.place, draft, 2, now=maria.now)
    assert _count(world, StackVersion) == before + 1


def test_a_text_that_was_exchanged_after_its_approval_is_not_published(
    world: World, maria: Desk, ben: Desk
) -> None:
    _demand(world)
    draft = maria.start()
    maria.edit(draft, WHOLE)
    approve_draft(ben.database, ben.place, draft, 2, now=ben.now)
    with world.database.writing() as session:
        session.execute(
            text("UPDATE stack_drafts SET document = replace(document, 'basics', 'practice')")
        )
    with pytest.raises(DBAPIError, match="four-eyes"):
        publish_draft(maria.database, maria.place, draft, 2, now=maria.now)


def test_with_four_eyes_a_file_is_not_published_past_them(world: World) -> None:
    _demand(world)
    changed = STACKS.replace("grade: 60", "grade: 61")
    with pytest.raises(ForbiddenError) as refused:
        publish_stacks(
            world.database, institution_key="harbour", text=changed, actor="x", now=world.now
        )
    assert refused.value.code == "four-eyes"
    _demand(world, is_demanded=False)
    publish_stacks(
        world.database, institution_key="harbour", text=changed, actor="x", now=world.now
    )


def test_the_preview_says_who_gains_who_keeps_and_writes_nothing(world: World, maria: Desk) -> None:
    for key in ("sql", "charts"):
        _record(world, world.learner.learner_uuid, key)
    other = world.come_as("chidi")
    _record(world, other.learner_uuid, "sql")
    draft = maria.start(key="data-basics")
    maria.edit(draft, {f"{RULE}/all/0|grade": "95"})
    events = _count(world, AuditEvent)
    found = preview_draft(maria.database, maria.place, draft, now=maria.now).effects
    assert found is not None
    by_name = {one.name: one for one in found.stacks[0].learners}
    assert by_name["Amara"].effect is Effect.KEEPS
    assert by_name["Chidi"].effect is Effect.UNCHANGED
    assert (found.looked_at, found.there_are) == (2, 2)
    easy = maria.start("Anyone")
    maria.edit(easy, {f"{RULE}|pick": "achievement:sql"})
    effects = preview_draft(maria.database, maria.place, easy, now=maria.now).effects
    assert effects is not None
    assert [one.name for one in effects.stacks[0].here(Effect.GAINS)] == ["Amara", "Chidi"]
    assert _count(world, AuditEvent) == events + 1


def _record(world: World, learner_uuid: object, key: str) -> None:
    record_in_course(
        world.database,
        institution_id=world._institutions["harbour"],
        context_id=world.context_of("harbour"),
        recorded_by=world.teacher.learner_id,
        learner_uuid=learner_uuid,
        achievement_uuid=world.achievement(key),
        grade="90",
        completed_on=date(2026, 6, 1),
        note="",
        form_id=str(uuid4()),
        now=world.now,
    )
