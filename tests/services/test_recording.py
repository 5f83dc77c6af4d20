"""Recording completions: what follows in the same transaction, and what never happens twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

import lti_tool.solver
from benchmarks import s1m
from lti_tool.awarding import NewCompletion, stacks_with_news
from lti_tool.errors import ConflictError, InvalidInputError, StackTextError
from lti_tool.persistence.awards import Award, list_open_reviews
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement, StackVersion, list_achievements
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.courses import ensure_context
from lti_tool.persistence.deliveries import Delivery
from lti_tool.persistence.learners import ensure_learners
from lti_tool.persistence.platforms import ensure_deployment, ensure_registration
from lti_tool.persistence.snapshots import Published
from lti_tool.promising import SCORE_SCOPE
from lti_tool.services.count_standings import count_standings
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from lti_tool.services.report_awards import report_awards
from lti_tool.services.withdraw_completion import withdraw_completion
from stacking_rules import Network, roll_up
from stacking_rules.search import Budget

STACKS = """
quoin: 2
achievements:
  sql: {name: SQL}
  charts: {name: Charts}
  ethics: {name: Ethics}
stacks:
- {key: data-basics, title: Data basics, requires: {all: [sql, charts]}}
- {key: data-practice, title: Data practice, requires: {all: [{award: data-basics}, ethics]}}
"""


class World:
    """An institution with two stacks, one learner, and a course with a gradebook."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        self.institution = open_institution(database, key="u", name="U", now=now)
        publish_stacks(database, institution_key="u", text=STACKS, actor="test", now=now)
        with database.writing() as session:
            self.ids = {a.key: a.id for a in list_achievements(session, self.institution)}
            self.learner = ensure_learners(session, self.institution, "x", ["1"], now)["1"]
            registration = ensure_registration(
                session,
                "https://lms.example",
                "c",
                now,
                name="LMS",
                authorization_url="https://lms.example/auth",
                token_url="https://lms.example/token",
                jwks_url="https://lms.example/jwks",
            )
            deployment = ensure_deployment(session, registration.id, "1", now)
            self.context = ensure_context(
                session, deployment.id, "course", now, grade_scopes=[SCORE_SCOPE]
            ).id

    def entry(self, key: str, grade: int | None = 80, *, told: str = "") -> NewCompletion:
        return NewCompletion(
            learner_id=self.learner,
            achievement_id=self.ids[key],
            completed_on=date(2026, 6, 1),
            source="teacher",
            idempotency_key=told or key,
            grade=None if grade is None else Decimal(grade),
            context_id=self.context,
        )

    def record(self, *entries: NewCompletion):  # type: ignore[no-untyped-def]
        return record_completions(
            self.database,
            institution_id=self.institution,
            entries=entries,
            actor="test",
            now=self.now,
        )

    def count(self, table: type) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    return World(database, now)


def test_awards_follow_in_two_levels(world: World) -> None:
    assert world.record(world.entry("sql")).awards == ()
    made = world.record(world.entry("charts"), world.entry("ethics")).awards
    assert [award.stack_key for award in made] == ["data-basics", "data-practice"]
    assert report_awards(world.database) == {"data-basics": 1, "data-practice": 1}


def test_the_same_fact_twice_is_one_completion_and_one_award(world: World) -> None:
    entries = [world.entry(key) for key in ("sql", "charts", "ethics")]
    world.record(*entries)
    again = world.record(*entries)
    assert (again.added, again.repeated, again.awards) == (0, 3, ())
    # Three scores, two credentials and the transcript of the larger award are promised.
    assert (world.count(Completion), world.count(Award), world.count(Delivery)) == (3, 2, 6)


TIGHT = """
quoin: 2
achievements:
  sql: {name: SQL, credits: 2.5}
  charts: {name: Charts, credits: 2}
  ethics: {name: Ethics, credits: 4}
stacks:
- key: both
  title: Both halves
  requires:
    all:
    - {id: a, credits: 4, of: [sql, charts, ethics]}
    - {id: b, credits: 4, of: [sql, charts, ethics]}
"""


@pytest.mark.parametrize("is_installed", [True, False])
def test_what_the_search_leaves_open_is_awarded_where_a_solver_is_installed(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    is_installed: bool,
) -> None:
    if is_installed:
        pytest.importorskip("highspy", reason="it needs the extra 'solver'")
    else:
        monkeypatch.setattr(lti_tool.solver, "has_highs", lambda: False)
    monkeypatch.setattr("stacking_rules.allocate.Budget", lambda: Budget(0))
    publish_stacks(world.database, institution_key="u", text=TIGHT, actor="test", now=world.now)
    made = world.record(*(world.entry(key) for key in ("sql", "charts", "ethics"))).awards
    assert ("both" in [award.stack_key for award in made]) is is_installed


@pytest.mark.parametrize("grade", [-1, 101])
def test_a_grade_outside_its_scale_records_nothing(world: World, grade: int) -> None:
    with pytest.raises(InvalidInputError, match="between 0 and 100") as error:
        world.record(world.entry("sql"), world.entry("charts", grade))
    assert error.value.field == "grade"
    assert world.count(Completion) == 0


def test_a_score_is_promised_with_the_completion(world: World) -> None:
    world.record(world.entry("sql", 73))
    with world.database.reading() as session:
        (delivery,) = session.scalars(select(Delivery))
    assert delivery.payload["score_given"] == "73"
    assert delivery.payload["score_maximum"] == "100"


def test_a_withdrawal_asks_about_the_awards_that_rested_on_it(world: World) -> None:
    world.record(*(world.entry(key) for key in ("sql", "charts", "ethics")))
    done = withdraw_completion(
        world.database,
        institution_id=world.institution,
        completion_uuid=_uuid(world, "sql"),
        reason="Wrong learner",
        actor="test",
        now=world.now,
    )
    # The larger award counted the smaller one, which stands until a person has decided.
    assert done.reviews == 1
    assert world.count(Award) == 2
    with world.database.reading() as session:
        assert len(list_open_reviews(session, world.institution)) == 1


def test_an_award_that_still_stands_is_not_questioned(world: World) -> None:
    world.record(*(world.entry(key) for key in ("sql", "charts")), world.entry("sql", told="again"))
    done = withdraw_completion(
        world.database,
        institution_id=world.institution,
        completion_uuid=_uuid(world, "sql"),
        reason="Entered twice",
        actor="test",
        now=world.now,
    )
    assert done.reviews == 0


def test_a_completion_is_withdrawn_once_and_with_a_reason(world: World) -> None:
    world.record(world.entry("sql"))
    asked = {
        "institution_id": world.institution,
        "completion_uuid": _uuid(world, "sql"),
        "actor": "test",
        "now": world.now,
    }
    with pytest.raises(InvalidInputError):
        withdraw_completion(world.database, reason=" ", **asked)  # type: ignore[arg-type]
    withdraw_completion(world.database, reason="Mistake", **asked)  # type: ignore[arg-type]
    with pytest.raises(ConflictError):
        withdraw_completion(world.database, reason="Mistake", **asked)  # type: ignore[arg-type]


def test_publishing_again_changes_nothing_and_a_new_text_is_a_new_version(
    world: World, now: datetime
) -> None:
    publish = {"institution_key": "u", "actor": "test", "now": now}
    same = publish_stacks(world.database, text=STACKS, **publish)  # type: ignore[arg-type]
    assert [(p.version, p.is_new) for p in same] == [(1, False), (1, False)]
    changed = STACKS.replace("[sql, charts]", "[sql]")
    new = publish_stacks(world.database, text=changed, **publish)  # type: ignore[arg-type]
    assert [(p.version, p.is_new) for p in new] == [(2, True), (1, False)]


@pytest.mark.parametrize(
    ("text", "line", "address"),
    [
        ("quoin: 2\nstacks:\n- key: a\n  requires: {all: [b, b]}\n", 4, "/stacks/0/requires/all/1"),
        ("quoin: 2\nstacks: [\n", 3, ""),
        ("quoin: 2\nquoin: 2\n", 2, "/quoin"),
        ("quoin: 2\nstacks: &x\n- *x\n", 2, "/stacks"),
        ("quoin: !!python/name:os.system 1\n", 1, "/quoin"),
        (
            "quoin: 2\nstacks:\n- {key: a, requires: {credits: 1e400, of: [b]}}\n",
            3,
            "/stacks/0/requires/credits",
        ),
    ],
)
def test_a_bad_document_names_line_and_address(
    world: World, text: str, line: int, address: str
) -> None:
    with pytest.raises(StackTextError) as error:
        publish_stacks(world.database, institution_key="u", text=text, actor="t", now=world.now)
    assert (error.value.line, error.value.address) == (line, address)


def _uuid(world: World, key: str) -> UUID:
    with world.database.reading() as session:
        found = session.scalar(select(Completion.uuid).where(Completion.idempotency_key == key))
    assert found is not None
    return found


def test_two_awards_that_counted_the_same_never_count_both(world: World) -> None:
    """Also when nothing but the ledger knows what they have counted."""
    more = """
- {key: breadth, title: Breadth, requires: {at_least: 1, of: [sql]}}
- {key: both, title: Both, requires: {all: [{award: data-basics}, {award: breadth}]}}
- {key: free, title: Free, consume: never, requires: {at_least: 1, of: [sql]}}
- {key: with-free, title: With free, requires: {all: [{award: data-basics}, {award: free}]}}
"""
    text = STACKS + more.lstrip()
    publish_stacks(world.database, institution_key="u", text=text, actor="test", now=world.now)
    for key in ("sql", "charts", "ethics"):
        world.record(world.entry(key))
    made = {key for key, count in report_awards(world.database).items() if count}
    assert made == {"data-basics", "data-practice", "breadth", "free", "with-free"}
    standings = count_standings(world.database, institution_key="u", now=world.now)
    assert standings["both"]["met"] == 0
    assert standings["with-free"]["met"] == 1


def test_a_version_published_meanwhile_counts_at_the_next_completion(world: World) -> None:
    world.record(world.entry("sql"))
    easier = STACKS.replace("{all: [sql, charts]}", "{any: [sql, charts]}")
    publish_stacks(world.database, institution_key="u", text=easier, actor="test", now=world.now)
    assert [a.stack_key for a in world.record(world.entry("ethics")).awards] == [
        "data-basics",
        "data-practice",
    ]
    with world.database.reading() as session:
        numbers = session.scalars(
            select(StackVersion.number)
            .join(Award, Award.stack_version_id == StackVersion.id)
            .order_by(Award.id)
        ).all()
    assert numbers == [2, 1]


def test_rules_kept_of_one_institution_are_not_those_of_another(world: World) -> None:
    world.record(world.entry("sql"))
    other = open_institution(world.database, key="v", name="V", now=world.now)
    easier = STACKS.replace("{all: [sql, charts]}", "{any: [sql, charts]}")
    publish_stacks(world.database, institution_key="v", text=easier, actor="test", now=world.now)
    with world.database.writing() as session:
        ids = {a.key: a.id for a in list_achievements(session, other)}
        learner = ensure_learners(session, other, "x", ["1"], world.now)["1"]
    entry = replace(
        world.entry("sql"), learner_id=learner, achievement_id=ids["sql"], context_id=None
    )
    made = record_completions(
        world.database, institution_id=other, entries=[entry], actor="test", now=world.now
    ).awards
    assert [award.stack_key for award in made] == ["data-basics"]
    assert world.record(world.entry("ethics")).awards == ()
    with world.database.reading() as session:
        (award,) = session.scalars(select(Award)).all()
        assert (award.institution_id, award.learner_id) == (other, learner)


def test_what_an_award_is_worth_is_read_when_it_is_made(database: Database, now: datetime) -> None:
    rule = "{all: [{award: data-basics}, {credits: 5, of: [{award: data-basics}], use: overlay}]}"
    stacks = STACKS.replace("{all: [{award: data-basics}, ethics]}", rule)
    world = World(database, now)
    publish_stacks(database, institution_key="u", text=stacks, actor="test", now=now)
    world.record(world.entry("sql"))
    with database.writing() as session:
        session.execute(
            update(Achievement).where(Achievement.key == "data-basics").values(credits=Decimal(5))
        )
    made = world.record(world.entry("charts")).awards
    assert [award.stack_key for award in made] == ["data-basics", "data-practice"]


def test_the_quick_question_leaves_out_no_award() -> None:
    stacks = tuple(s1m.stacks())
    rules = Published(stacks, Network(stacks), {})
    some = 0
    for record in s1m.learners(300):
        when = {"as_of": s1m.TODAY, "known_on": s1m.KNOWN_ON}
        whole = roll_up(stacks, record, **when).new_awards
        asked = stacks_with_news(rules, record, s1m.KNOWN_ON)
        part = roll_up(asked, record, **when).new_awards
        assert [(new.award, new.receipt) for new in part] == [(n.award, n.receipt) for n in whole]
        some += len(whole)
    assert some > 200
