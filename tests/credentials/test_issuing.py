"""From an award to a credential: promised with it, issued by the worker, fetched by its learner."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from lti_tool.credentials.signers import Algorithm
from lti_tool.errors import ConfigurationError
from lti_tool.issuing.awards import receipt_hash
from lti_tool.issuing.signing import build_signing, ensure_key, load_keys
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement, Institution
from lti_tool.persistence.deliveries import DeliveryState
from lti_tool.persistence.status_lists import StatusEntry, StatusList
from lti_tool.promising import FEW
from lti_tool.services.export_learner import export_learner
from lti_tool.services.forget_learner import forget_learner
from lti_tool.services.issue_credentials import issue_credentials
from lti_tool.services.reseal_keys import reseal_keys
from tests.credentials.issuing import IssuingWorld


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    return IssuingWorld(database, now)


def test_every_award_has_its_credential_and_a_stacked_one_points_at_its_member(
    world: IssuingWorld,
) -> None:
    world.complete(world.learner.learner_id)
    assert world.work() == 2
    basics, practice = world.awards(world.learner.learner_id)
    found = {document["id"]: document for document in world.documents()}
    assert set(found) == {world.issuer().credential_url(uuid) for uuid in (basics, practice)}
    stacked = found[world.issuer().credential_url(practice)]
    assert world.issuer().credential_url(basics) in [e["id"] for e in stacked["evidence"]]
    with world.database.reading() as session:
        award = session.scalars(select(Award).where(Award.uuid == practice)).one()
    assert receipt_hash(award.receipt) in stacked["evidence"][0]["narrative"]
    assert [row.state for row in world.promises()] == [DeliveryState.DONE] * 2


def test_a_credential_tells_neither_name_nor_grade(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id)
    world.work()
    for row in world.credentials():
        assert "Amara" not in row.document
        assert "grade" not in row.document


def test_issued_twice_it_is_the_same_credential(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id)
    world.work()
    before = [row.document for row in world.credentials()]
    for promise in world.promises():
        again = issue_credentials(
            world.database, world.parts.signing, [promise.id], now=world.now + timedelta(days=1)
        )
        assert again[promise.id].state is DeliveryState.DONE
    assert [row.document for row in world.credentials()] == before


def test_places_in_lists_are_random_and_belong_to_one_award_each(world: IssuingWorld) -> None:
    world.complete_many(world.strangers(12), ["sql", "charts"])
    while world.work():
        pass
    with world.database.reading() as session:
        entries = list(session.scalars(select(StatusEntry)))
        lists = list(session.scalars(select(StatusList)))
    assert sorted(row.purpose for row in lists) == ["revocation", "suspension"]
    assert [row.taken for row in lists] == [12, 12]
    assert len({(e.status_list_id, e.position) for e in entries}) == 24
    positions = [e.position for e in entries if e.status_list_id == lists[0].id]
    assert positions != sorted(positions)


def test_a_list_that_is_half_full_is_followed_by_a_new_one(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id, ["sql", "charts"])
    world.work()
    with world.database.writing() as session:
        session.execute(update(StatusList).values(taken=65_536))
    world.complete(world.learner.learner_id)
    world.work()
    with world.database.reading() as session:
        assert len(list(session.scalars(select(StatusList)))) == 4


def test_each_institution_has_an_issuer_and_lists_of_its_own(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id)
    world.complete(world.other_learner.learner_id, institution="hill")
    world.work()
    documents = world.documents()
    assert len({d["issuer"]["id"] for d in documents}) == 2
    assert len({d["proof"][0]["verificationMethod"] for d in documents}) == 2
    assert len({e["statusListCredential"] for d in documents for e in d["credentialStatus"]}) == 4


def test_one_award_overtakes_what_many_wait_for(world: IssuingWorld) -> None:
    world.complete_many(world.strangers(FEW + 1), ["sql", "charts"])
    world.now += timedelta(seconds=5)
    world.complete(world.learner.learner_id, ["sql", "charts"])
    world.work()
    first = world.credentials()[0]
    assert first.learner_id == world.learner.learner_id


def test_a_suspended_institution_issues_nothing_and_loses_nothing(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id)
    with world.database.writing() as session:
        session.execute(update(Institution).values(suspended_at=world.now))
    world.work()
    assert world.credentials() == []
    assert {row.state for row in world.promises()} == {DeliveryState.HELD}
    with world.database.writing() as session:
        session.execute(update(Institution).values(suspended_at=None))
    world.now += timedelta(hours=1)
    world.work()
    assert len(world.credentials()) == 2


def test_a_text_that_cannot_be_signed_stops_this_credential_alone(world: IssuingWorld) -> None:
    with world.database.writing() as session:
        session.execute(
            update(Achievement).where(Achievement.key == "data-basics").values(name="a\x07b")
        )
    world.complete(world.learner.learner_id)
    world.work()
    states = [(row.state, row.reason) for row in world.promises()]
    # The larger award names the smaller one, so it cannot be signed either.
    assert states == [("failed", "text")] * 2
    assert "control character" in world.promises()[0].last_answer


def test_a_learner_takes_both_forms_along(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id)
    uuid = world.awards(world.learner.learner_id)[0]
    assert world.learner.get(f"credentials/{uuid}").status_code == 404
    world.work()
    found = world.learner.get(f"credentials/{uuid}")
    assert found.content_type == "application/vc"
    assert found.headers["Cache-Control"] == "no-store"
    assert f"credential-{uuid}.json" in found.headers["Content-Disposition"]
    assert found.text in [row.document for row in world.credentials()]
    first = world.learner.get(f"credentials/{uuid}?form=jwt")
    assert first.content_type == "application/vc+jwt"
    again = world.learner.get(f"credentials/{uuid}", Accept="application/vc+jwt")
    assert again.text == first.text
    assert world.learner.get(f"credentials/{uuid}?form=pdf").status_code == 422


def test_nobody_else_reads_a_credential(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id)
    world.work()
    uuid = world.awards(world.learner.learner_id)[0]
    assert world.teacher.get(f"credentials/{uuid}").status_code == 404
    assert world.other_learner.get(f"credentials/{uuid}").status_code == 404
    assert world.fetch(world.issuer().credential_url(uuid)).status_code == 404


def test_the_page_links_to_a_credential_once_it_is_there(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id)
    assert "is being made" in world.learner.get("progress").text
    world.work()
    page = world.learner.get("progress").text
    for uuid in world.awards(world.learner.learner_id):
        assert f"/credentials/{uuid}?form=jwt" in page
    teachers = world.teacher.get(f"learners/{world.learner.learner_uuid}").text
    assert "/credentials/" not in teachers


def test_what_anybody_may_read_may_be_kept_for_a_while(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id)
    world.work()
    issuer, document = world.issuer(), world.documents()[0]
    status = document["credentialStatus"][0]["statusListCredential"]
    rule = document["credentialSubject"]["achievement"]["criteria"]["id"]
    assert world.fetch(rule).get_json()["stack"]["title"] in {"Data basics", "Data practice"}
    for url in (issuer.url, f"{issuer.url}/did.json", f"{issuer.url}/jwks.json", status, rule):
        answer = world.fetch(url)
        assert answer.status_code == 200, url
        assert "public, max-age=" in answer.headers["Cache-Control"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        same = world.fetch(url, **{"If-None-Match": answer.headers["ETag"]})
        assert same.status_code == 304, url
    for unknown in (f"{issuer.url}/status/{uuid4()}", f"{issuer.url}/keys/nope"):
        assert world.fetch(unknown).status_code == 404
    other = status.replace(str(issuer.uuid), str(world.issuer("hill").uuid))
    assert world.fetch(other).status_code == 404


def test_a_status_list_is_signed_anew_after_a_day(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id)
    world.work()
    url = world.documents()[0]["credentialStatus"][0]["statusListCredential"]
    first = world.fetch(url).text
    world.now += timedelta(hours=23)
    assert world.fetch(url).text == first
    world.now += timedelta(hours=2)
    assert json.loads(world.fetch(url).text)["validFrom"] > json.loads(first)["validFrom"]


def test_keys_lie_encrypted_in_the_database(world: IssuingWorld) -> None:
    with world.database.writing() as session:
        row = ensure_key(session, world.parts.signing, 1, Algorithm.ED25519, world.now)
        assert row.handle.startswith(b"gAAAA")


def test_keys_are_sealed_with_a_new_secret_like_all_others(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id)
    world.work()
    old, new = world.parts.config.secret_key, b"n" * 40
    with pytest.raises(ConfigurationError, match="issuer's key"):
        reseal_keys(world.database, b"x" * 40, new, actor="test", now=world.now)
    assert reseal_keys(world.database, old, new, actor="test", now=world.now) == 1
    with world.database.reading() as session:
        key = load_keys(session, 1)[0]
    assert build_signing("https://quoin.example.edu", new).signer.sign(key, b"x")


def test_an_export_of_a_person_holds_their_credentials_and_an_erasure_issues_no_more(
    world: IssuingWorld,
) -> None:
    learner = world.learner.learner_id
    world.complete(learner, ["sql", "charts"])
    world.work()
    world.complete(learner)
    told = export_learner(
        world.database, institution_id=1, learner_id=learner, actor="test", now=world.now
    )
    assert [json.loads(c["document"])["name"] for c in told["credentials"]] == ["Data basics"]
    assert told["scores"] == []
    forget_learner(
        world.database, institution_id=1, learner_id=learner, actor="test", now=world.now
    )
    world.work()
    assert len(world.credentials()) == 1
