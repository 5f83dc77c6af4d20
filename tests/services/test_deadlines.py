"""What ends by the rules that made awards, what falls with it, and what is used up for good."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from lti_tool.awarding import NewCompletion
from lti_tool.deadlines import HORIZON
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.courses import ensure_context
from lti_tool.persistence.learners import ensure_learner
from lti_tool.persistence.platforms import DeploymentState, ensure_deployment, ensure_registration
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from lti_tool.services.show_progress import ProgressView, show_progress
from lti_tool.web.learner_wording import conflict
from stacking_rules import Status, Unused
from stacking_rules.held import LEDGER

RULES = """
quoin: 2
achievements:
  aid: {name: First aid, credits: 1}
  more: {name: More, credits: 1}
  refresher: {name: Refresher, credits: 1}
stacks:
- key: card
  title: Safety card
  lasts: {months: 6}
  requires: {all: [aid]}
  renewal: {requires: {all: [refresher]}}
- {key: pass, title: Pass, valid: throughout, requires: {all: [{award: card}, aid]}}
- {key: licence, title: Licence, requires: {all: [{award: card}]}}
- {key: open, title: Open, requires: {all: [{award: pass}, more]}}
- {key: banked, title: Banked, consume: bank, requires: {all: [refresher]}}
- {key: second, title: Second, requires: {all: [refresher, more]}}
- key: twice
  title: Twice
  requires:
    all:
    - {title: First part, id: one, credits: 1, of: [aid, more]}
    - {title: Second part, id: two, credits: 1, of: [aid, more]}
"""


class Person:
    """One learner of one institution, with what was completed on which day."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        self.institution = open_institution(database, key="harbour", name="Harbour", now=now)
        publish_stacks(database, institution_key="harbour", text=RULES, actor="test", now=now)
        with database.writing() as session:
            lms = "https://lms.example"
            found = ensure_registration(
                session,
                lms,
                "c",
                now,
                name="LMS",
                authorization_url=f"{lms}/auth",
                token_url=f"{lms}/token",
                jwks_url=f"{lms}/jwks",
            )
            deployment = ensure_deployment(
                session,
                found.id,
                "1",
                now,
                institution_id=self.institution,
                state=DeploymentState.APPROVED,
            )
            self.context = ensure_context(session, deployment.id, "c1", now, title="Course").id
            self.learner = ensure_learner(session, self.institution, "lti", "amara", now).id

    def complete(self, key: str, on: date) -> None:
        """Record one completion, with what follows."""
        with self.database.reading() as session:
            keys = {a.key: a.id for a in list_achievements(session, self.institution)}
        entry = NewCompletion(self.learner, keys[key], on, "teacher", f"{key}:{on}")
        record_completions(
            self.database,
            institution_id=self.institution,
            entries=[entry],
            actor="test",
            now=self.now,
        )

    def view(self, now: datetime | None = None) -> ProgressView:
        """Return the page's values."""
        return show_progress(
            self.database,
            institution_id=self.institution,
            context_id=self.context,
            learner_id=self.learner,
            now=now or self.now,
        )


@pytest.fixture
def person(database: Database, now: datetime) -> Person:
    """A learner without anything, on each engine in turn."""
    return Person(database, now)


def test_an_award_ends_by_its_rule_and_takes_others_with_it(person: Person) -> None:
    start = person.now.date() - timedelta(days=90)
    person.complete("aid", start)
    view = person.view()
    awards = {stack.key: stack.award for stack in view.stacks}
    end = awards["card"].ends_on if awards["card"] else None
    assert end == date(2026, 10, 1)
    assert awards["pass"] is not None
    assert awards["pass"].ends_on == end
    assert awards["licence"] is not None
    assert awards["licence"].ends_on is None
    by_key = {deadline.key: deadline for deadline in view.deadlines}
    assert set(by_key) == {"card", "pass"}
    assert set(by_key["card"].counts_in) == {"pass", "licence"}
    assert {"pass", "licence"} <= set(by_key["card"].falls)
    assert by_key["card"].can_renew
    assert by_key["pass"].counts_in == ("open",)
    assert not by_key["pass"].can_renew
    (card,) = [stack for stack in view.stacks if stack.key == "card"]
    assert [step.options for step in card.steps] == [("refresher",)]


def test_what_ends_later_than_the_horizon_is_not_listed_yet(person: Person) -> None:
    person.complete("aid", person.now.date())
    assert person.view().deadlines == ()
    assert person.view(person.now + HORIZON).deadlines != ()


def test_an_award_that_has_ended_counts_nowhere(person: Person) -> None:
    person.complete("aid", person.now.date())
    then = person.view(person.now + timedelta(days=200))
    progress = {stack.key: stack.progress for stack in then.stacks}
    assert progress["licence"].status is Status.NOT_MET
    (look,) = [unused for node in progress["licence"].walk() for unused in node.unused]
    assert look.reason is Unused.EXPIRED


def test_what_an_award_has_debited_is_used_by_it_alone(person: Person) -> None:
    person.complete("refresher", person.now.date())
    (second,) = [stack for stack in person.view().stacks if stack.key == "second"]
    looks = [unused for node in second.progress.walk() for unused in node.unused]
    assert [look.barriers for look in looks] == [(LEDGER,)]
    assert second.progress.have == 0


def test_parts_that_compete_for_one_thing_are_named_with_the_proof(person: Person) -> None:
    assert person.view().conflicts == {}
    person.complete("aid", person.now.date())
    view = person.view()
    (stack,) = [stack for stack in view.stacks if stack.key == "twice"]
    said = conflict(view.conflicts["twice"], stack, view.names)
    assert "What is held is not enough for First part and Second part at once." in said
    assert "These compete for First aid." in said
    assert "Together they ask for 2; all that is held for any of them is 1." in said
    person.complete("more", person.now.date())
    assert "twice" not in person.view().conflicts
