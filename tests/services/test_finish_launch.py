"""Use case: a held launch is finished with what the platform's storage answered (B46)."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lti_tool.entering.opened import Landing
from lti_tool.errors import LTIError
from lti_tool.lti.login import browser_proof
from lti_tool.lti.tickets import open_ticket, seal_ticket
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.platforms import Deployment, DeploymentState, Registration
from lti_tool.persistence.sessions import LaunchSession, LaunchTicket
from lti_tool.services.finish_launch import finish_launch
from tests.lti.platform import INSTRUCTOR, NOW, TestPlatform
from tests.lti.world import SECRET, World


@pytest.fixture
def world(database):
    return World(database)


def _finish(world, ticket, value, *, is_bearer=False):
    return finish_launch(
        world.database,
        world.config,
        ticket=ticket,
        value=value,
        is_bearer=is_bearer,
        now=world.now,
    )


def _hold(world, **claims):
    """Return the ticket of a held launch and the value that its browser would show."""
    login, held = world.hold(**claims)
    assert held.question is not None
    return held.question.ticket, browser_proof(login.state, SECRET)


def _refused(world, code, ticket, value):
    with pytest.raises(LTIError) as caught:
        _finish(world, ticket, value)
    assert caught.value.code == code
    with world.database.reading() as session:
        for table in (LaunchSession, Learner):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def _events(world):
    with world.database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "launch-refused"))
        return [event.subject for event in events]


def test_the_value_of_the_login_opens_the_course(world):
    accepted = _finish(world, *_hold(world))
    assert accepted.landing is Landing.PROGRESS
    launched = world.launched(accepted)
    assert (launched.learner_name, launched.context_title) == ("Ada Example", "Data literacy")


def test_a_teacher_whose_launch_was_held_teaches(world):
    accepted = _finish(world, *_hold(world, roles=[INSTRUCTOR]))
    assert accepted.landing is Landing.ROSTER
    assert world.launched(accepted).is_instructor


def test_a_bearer_is_no_cookie_and_a_cookie_is_no_bearer(world):
    bearer = _finish(world, *_hold(world), is_bearer=True)
    cookie = _finish(world, *_hold(world))
    assert world.find_launched(bearer, is_bearer=True)
    assert world.find_launched(bearer) is None
    assert world.find_launched(cookie, is_bearer=True) is None


def test_a_bearer_lasts_one_hour(world):
    bearer = _finish(world, *_hold(world), is_bearer=True)
    world.now = NOW + timedelta(minutes=59)
    assert world.find_launched(bearer, is_bearer=True)
    world.now = NOW + timedelta(hours=1)
    assert world.find_launched(bearer, is_bearer=True) is None


def test_a_later_launch_as_a_learner_ends_the_bearer_of_a_teacher(world):
    """B15."""
    bearer = _finish(world, *_hold(world, roles=[INSTRUCTOR]), is_bearer=True)
    world.launch()
    assert world.find_launched(bearer, is_bearer=True) is None


def test_a_wrong_value_is_refused_noted_and_uses_the_ticket_up(world):
    ticket, value = _hold(world)
    _refused(world, "lti-other-browser", ticket, "0" * 64)
    assert _events(world) == ["lti-other-browser"]
    _refused(world, "lti-ticket", ticket, value)


def test_the_value_of_another_login_is_refused(world):
    """B46."""
    other = browser_proof(world.log_in().state, SECRET)
    _refused(world, "lti-other-browser", _hold(world)[0], other)


def test_a_value_that_is_no_plain_text_is_refused(world):
    _refused(world, "lti-other-browser", _hold(world)[0], "é\u0000")


def test_a_ticket_works_once(world):
    ticket, value = _hold(world)
    _finish(world, ticket, value)
    with pytest.raises(LTIError) as caught:
        _finish(world, ticket, value)
    assert caught.value.code == "lti-ticket"


def test_a_ticket_that_is_used_by_several_at_once_works_once(world):
    """B1."""
    ticket, value = _hold(world)
    outcomes = []

    def finish():
        try:
            _finish(world, ticket, value)
            outcomes.append("in")
        except LTIError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=finish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "lti-ticket", "lti-ticket", "lti-ticket"]


def test_a_ticket_lasts_two_minutes(world):
    ticket, value = _hold(world)
    world.now = NOW + timedelta(minutes=2)
    _refused(world, "lti-ticket", ticket, value)


def test_an_altered_or_made_up_ticket_is_refused(world):
    ticket, value = _hold(world)
    for forged in (ticket[:-2] + "AA", ticket[::-1], "", "é", "gAAAAA"):
        _refused(world, "lti-ticket", forged, value)


def test_a_sealed_ticket_that_was_never_handed_out_is_refused(world):
    """A copy of the secret alone, or a ticket of another database, opens nothing."""
    ticket, value = _hold(world)
    copy = seal_ticket(open_ticket(ticket, SECRET, NOW), SECRET, NOW)
    assert copy != ticket
    _refused(world, "lti-ticket", copy, value)


def test_a_ticket_of_another_secret_is_refused(world):
    ticket, value = _hold(world)
    opened = replace(open_ticket(ticket, SECRET, NOW), registration_id=99)
    _refused(world, "lti-ticket", seal_ticket(opened, b"x" * 40, NOW), value)


def test_the_value_of_a_login_at_another_registration_is_refused(world):
    other = TestPlatform(client_id="client-2")
    world.register(other)
    value = browser_proof(world.log_in(other).state, SECRET)
    _refused(world, "lti-other-browser", _hold(world)[0], value)


def test_a_platform_that_was_switched_off_meanwhile_is_refused(world):
    """B9."""
    ticket, value = _hold(world)
    with world.database.writing() as session:
        session.scalars(select(Registration)).one().is_enabled = False
    _refused(world, "lti-platform-disabled", ticket, value)


def test_a_deployment_that_was_revoked_meanwhile_is_refused(world):
    """B9."""
    ticket, value = _hold(world)
    with world.database.writing() as session:
        session.scalars(select(Deployment)).one().state = DeploymentState.REVOKED
    _refused(world, "lti-deployment-revoked", ticket, value)
    assert _events(world) == ["lti-deployment-revoked"]


def test_tickets_that_are_over_are_forgotten(world):
    for _ in range(3):
        _hold(world)
    world.now = NOW + timedelta(minutes=2)
    _hold(world)
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LaunchTicket)) == 1
