"""A public page: there only while its learner wants it, and showing what they want."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from lti_tool.errors import ForbiddenError, NotFoundError
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.public_pages import PublicPage
from lti_tool.services.change_brand import NewBrand, change_brand
from lti_tool.services.change_status import StatusAct, change_status
from lti_tool.services.export_learner import export_learner
from lti_tool.services.forget_learner import forget_learner
from lti_tool.services.publish_page import Consent, publish_page
from lti_tool.services.show_credential import Form
from lti_tool.services.show_public_page import (
    PublicView,
    show_public_document,
    show_public_page,
)
from lti_tool.services.withdraw_page import withdraw_page
from lti_tool.wallets.holdings import State
from tests.credentials.descriptions import FULL
from tests.credentials.issuing import PUBLIC_URL, IssuingWorld
from tests.credentials.test_described import describe

NOTHING = Consent()
ALL = Consent(
    shows_name=True,
    shows_evidence=True,
    shows_results=True,
    shows_document=True,
    is_listed=True,
)


def award(world: IssuingWorld) -> UUID:
    return world.awards(world.learner.learner_id)[0]


def publish(world: IssuingWorld, consent: Consent, learner_id: int | None = None) -> str:
    return publish_page(
        world.database,
        learner_id=learner_id or world.learner.learner_id,
        award_uuid=award(world),
        consent=consent,
        now=world.now,
    )


def look(world: IssuingWorld, token: str) -> PublicView:
    return show_public_page(world.database, token=token, now=world.now)


def document(world: IssuingWorld, token: str, form: Form = Form.JSON_LD) -> str:
    return show_public_document(
        world.database, world.parts.signing, token=token, form=form, now=world.now
    )


def test_nothing_beside_the_award_is_shown_that_was_not_ticked(world: IssuingWorld) -> None:
    token = publish(world, NOTHING)
    view = look(world, token)
    assert view.told.name == "Data basics"
    assert (view.name, view.evidence, view.results, view.is_listed) == ("", (), (), False)
    for form in (Form.JSON_LD, Form.JWT):
        with pytest.raises(ForbiddenError):
            document(world, token, form)


def test_a_described_award_is_summed_up_as_it_was_issued(sqlite_world: IssuingWorld) -> None:
    world = sqlite_world
    assert look(world, publish(world, NOTHING)).summary == ()
    first = "Asks a database exact questions"
    for name, learner in zip((first, "Knows SQL"), world.strangers(2), strict=True):
        describe(world, FULL.replace(first, name))
        world.complete(learner, ["sql", "charts"])
        world.work()
        (held,) = world.awards(learner)
        token = publish_page(
            world.database, learner_id=learner, award_uuid=held, consent=NOTHING, now=world.now
        )
        summary = dict(look(world, token).summary)
        assert name in summary["Learning outcomes"]
        assert summary["Learner"] != "Ada"
        assert look(world, token).told.outcomes == ()
        world.now += timedelta(days=1)


@pytest.mark.parametrize("item", ["shows_name", "shows_evidence", "shows_document", "is_listed"])
def test_each_item_is_a_choice_of_its_own(sqlite_world: IssuingWorld, item: str) -> None:
    view = look(sqlite_world, publish(sqlite_world, Consent(**{item: True})))
    assert bool(view.name) == (item == "shows_name")
    # The signed credential cannot be cut: whoever gives it out gives the evidence with it.
    assert bool(view.evidence) == (item in ("shows_evidence", "shows_document"))
    assert view.has_document == (item == "shows_document")
    assert view.is_listed == (item == "is_listed")


def test_the_document_is_what_was_signed_and_its_jwt_is_made_once(
    sqlite_world: IssuingWorld,
) -> None:
    world = sqlite_world
    token = publish(world, ALL)
    row = next(one for one in world.credentials() if str(award(world)) in one.document[:400])
    assert document(world, token) == row.document
    jwt = document(world, token, Form.JWT)
    world.now += timedelta(hours=1)
    assert document(world, token, Form.JWT) == jwt


def test_an_address_is_random_stays_when_changed_and_never_comes_back(
    world: IssuingWorld,
) -> None:
    token = publish(world, NOTHING)
    assert len(token) >= 32
    assert str(award(world)) not in token
    assert publish(world, ALL) == token
    assert look(world, token).name == "Amara"
    assert publish(world, NOTHING) == token
    assert look(world, token).name == ""
    gone = withdraw_page(
        world.database,
        learner_id=world.learner.learner_id,
        award_uuid=award(world),
        now=world.now,
    )
    assert gone
    with pytest.raises(NotFoundError):
        look(world, token)
    again = publish(world, NOTHING)
    assert again != token
    with pytest.raises(NotFoundError):
        look(world, token)


def test_nobody_publishes_or_withdraws_what_is_not_theirs(world: IssuingWorld) -> None:
    token = publish(world, NOTHING)
    for stranger in (world.other_learner, world.teacher):
        with pytest.raises(NotFoundError):
            publish(world, ALL, stranger.learner_id)
        with pytest.raises(NotFoundError):
            withdraw_page(
                world.database,
                learner_id=stranger.learner_id,
                award_uuid=award(world),
                now=world.now,
            )
    with pytest.raises(NotFoundError):
        publish_page(
            world.database,
            learner_id=world.learner.learner_id,
            award_uuid=uuid4(),
            consent=ALL,
            now=world.now,
        )
    assert look(world, token).name == ""


def test_revoked_suspended_and_reinstated_are_seen_at_once(world: IssuingWorld) -> None:
    token = publish(world, NOTHING)
    assert look(world, token).state is State.ISSUED
    for act, state in (
        (StatusAct.SUSPEND, State.SUSPENDED),
        (StatusAct.REINSTATE, State.ISSUED),
        (StatusAct.SUSPEND, State.SUSPENDED),
        (StatusAct.REVOKE, State.REVOKED),
    ):
        change_status(
            world.database,
            institution_key="harbour",
            award_uuid=award(world),
            act=act,
            reason="a test",
            actor="test",
            now=world.now,
        )
        assert look(world, token).state is state


def test_what_has_run_out_is_expired(sqlite_world: IssuingWorld) -> None:
    world = sqlite_world
    token = publish(world, NOTHING)
    until = world.now + timedelta(days=30)
    with world.database.writing() as session:
        page = session.scalars(select(PublicPage)).one()
        row = next(one for one in world.credentials() if one.award_id == page.award_id)
        changed = json.loads(row.document) | {"validUntil": until.isoformat()}
        session.merge(row).document = json.dumps(changed)
    assert look(world, token).state is State.ISSUED
    world.now = until
    assert look(world, token).state is State.EXPIRED


def test_consent_is_written_down_and_given_out_and_goes_with_the_person(
    world: IssuingWorld,
) -> None:
    token = publish(world, Consent(shows_name=True))
    with world.database.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "credential-published")
        ).one()
        institution_id = event.institution_id
    assert institution_id is not None
    assert event.actor == str(world.learner.learner_uuid)
    assert event.subject == str(award(world))
    assert event.detail == {
        "shows_name": True,
        "shows_evidence": False,
        "shows_results": False,
        "shows_document": False,
        "is_listed": False,
    }
    exported = export_learner(
        world.database,
        institution_id=institution_id,
        learner_id=world.learner.learner_id,
        actor="test",
        now=world.now,
    )
    [page] = exported["public_pages"]
    assert page["shows_name"] is True
    assert page["consented_at"].startswith("2026-06-30T12:00")
    assert page["token"] == token
    forget_learner(
        world.database,
        institution_id=institution_id,
        learner_id=world.learner.learner_id,
        actor="test",
        now=world.now,
    )
    with pytest.raises(NotFoundError):
        look(world, token)


def test_a_public_page_looks_as_its_institution_does(sqlite_world: IssuingWorld) -> None:
    token = publish(sqlite_world, NOTHING)
    assert look(sqlite_world, token).brand is None
    new = NewBrand("Harbour University", light="#7a1f5c")
    change_brand(sqlite_world.database, "harbour", new, actor="t", now=sqlite_world.now)
    brand = look(sqlite_world, token).brand
    assert brand is not None
    assert brand.style
    page = sqlite_world.public.test_client().get(f"/shared/{token}", base_url=PUBLIC_URL).text
    assert f"style.css?v={brand.style}" in page
