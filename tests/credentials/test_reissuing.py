"""Credentials issued anew: a key that others may have, a text that was put right."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from lti_tool.credentials.signers import Algorithm
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.issuing.signing import load_keys
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.issuer_keys import IssuerKeyRow
from lti_tool.services.change_status import StatusAct, change_status
from lti_tool.services.compromise_key import TakenOut, compromise_key
from lti_tool.services.correct_credential import correct_credential
from lti_tool.services.issue_credentials import issue_credentials
from lti_tool.services.reissue_signed import reissue_signed
from tests.credentials.issuing import IssuingWorld
from tests.credentials.node import bring_verifier, verify


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    return IssuingWorld(database, now)


def work(world: IssuingWorld) -> None:
    while world.work():
        pass


def issue(world: IssuingWorld) -> None:
    """Two credentials and a transcript of the first learner; then a minute passes."""
    world.complete(world.learner.learner_id)
    work(world)
    world.now += timedelta(minutes=1)


def key_of(world: IssuingWorld, algorithm: str) -> str:
    with world.database.reading() as session:
        query = select(IssuerKeyRow.key_id).where(
            IssuerKeyRow.institution_id == 1,
            IssuerKeyRow.algorithm == algorithm,
            IssuerKeyRow.retired_at.is_(None),
        )
        return str(session.scalar(query))


def take_out(world: IssuingWorld, key_id: str) -> TakenOut:
    return compromise_key(
        world.database,
        world.parts.signing,
        key_id,
        reason="a backup was stolen",
        actor="test",
        now=world.now,
    )


def reissue(world: IssuingWorld, key_id: str) -> list[UUID]:
    found, after = [], 0
    while True:
        part = reissue_signed(world.database, key_id, after=after, now=world.now)
        found += part.credentials
        if part.after is None:
            return found
        after = part.after


def method(document: dict[str, Any]) -> str:
    return str(document["proof"][0]["verificationMethod"]).rpartition("#")[2]


def test_a_key_that_got_known_is_gone_at_once_and_all_is_signed_anew(world: IssuingWorld) -> None:
    issue(world)
    old, old_clr = world.documents(), world.transcripts()
    key_id = key_of(world, Algorithm.ED25519)
    url = old[0]["credentialStatus"][0]["statusListCredential"]
    assert method(json.loads(world.fetch(url).text)) == key_id
    done = take_out(world, key_id)
    assert done.credentials == 2
    published = world.fetch(f"{world.issuer().url}/did.json").text
    assert key_id not in published
    assert done.replaced_by is not None
    assert done.replaced_by in published
    assert method(json.loads(world.fetch(url).text)) == done.replaced_by
    assert set(reissue(world, key_id)) == set(world.awards(world.learner.learner_id))
    work(world)
    new, new_clr = world.documents(), world.transcripts()
    assert {method(d) for d in [*new, *new_clr]} == {done.replaced_by}
    for before, after in zip([*old, *old_clr], [*new, *new_clr], strict=True):
        assert (after["id"], after["awardedDate"]) == (before["id"], before["awardedDate"])
        assert after["validFrom"] > before["validFrom"]
        assert after["credentialStatus"] == before["credentialStatus"]
    members = {m["id"]: m for m in new_clr[0]["credentialSubject"]["verifiableCredential"]}
    assert members == {d["id"]: d for d in new}


def test_broken_off_it_goes_on_and_nothing_is_doubled(world: IssuingWorld) -> None:
    issue(world)
    key_id = key_of(world, Algorithm.ED25519)
    first = take_out(world, key_id)
    again = take_out(world, key_id)
    assert (again.replaced_by, again.credentials) == (None, 2)
    reissue(world, key_id)
    reissue(world, key_id)
    assert len(world.promises()) == 2
    world.work()
    done = [method(d) for d in world.documents()]
    world.now += timedelta(minutes=1)
    before = [d for d in world.documents() if method(d) == first.replaced_by]
    reissue(world, key_id)
    work(world)
    assert len(world.documents()) == len(done) == 2
    assert all(d in world.documents() for d in before)
    assert reissue(world, key_id) == []
    after = world.documents()
    for promise in world.promises():
        issue_credentials(world.database, world.parts.signing, [promise.id], now=world.now)
    assert world.documents() == after


def test_a_retired_key_that_got_known_leaves_the_one_that_signs(world: IssuingWorld) -> None:
    issue(world)
    key_id = key_of(world, Algorithm.ED25519)
    current = take_out(world, key_id).replaced_by
    assert current is not None
    second = take_out(world, current)
    assert second.replaced_by not in (None, current, key_id)
    with world.database.reading() as session:
        published = [key.key_id for key in load_keys(session, 1)]
    assert published == [second.replaced_by]


def test_jwts_of_a_key_that_got_known_are_made_anew_when_they_are_asked_for(
    world: IssuingWorld,
) -> None:
    issue(world)
    uuid = world.awards(world.learner.learner_id)[0]
    old = world.learner.get(f"credentials/{uuid}?form=jwt").text
    before = world.documents()
    key_id = key_of(world, Algorithm.RS256)
    kid = f"{world.issuer().url}/keys/{key_id}"
    assert world.fetch(kid).status_code == 200
    take_out(world, key_id)
    assert world.fetch(kid).status_code == 404
    assert reissue(world, key_id) == [uuid]
    assert world.learner.get(f"credentials/{uuid}?form=jwt").text != old
    assert world.documents() == before


def test_a_key_that_is_published_reissues_nothing(world: IssuingWorld) -> None:
    issue(world)
    with pytest.raises(ConflictError):
        reissue_signed(world.database, key_of(world, Algorithm.ED25519), now=world.now)
    with pytest.raises(NotFoundError):
        take_out(world, "nobody's")
    with pytest.raises(InvalidInputError):
        compromise_key(
            world.database,
            world.parts.signing,
            key_of(world, Algorithm.ED25519),
            reason=" ",
            actor="test",
            now=world.now,
        )


def test_what_is_signed_while_its_key_is_taken_out_is_not_stored(
    world: IssuingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.complete(world.learner.learner_id, ["sql", "charts"])
    signer = type(world.parts.signing.signer)
    sign = signer.sign

    def slow(self: Any, key: Any, message: bytes) -> bytes:
        monkeypatch.undo()
        take_out(world, key.key_id)
        return sign(self, key, message)

    monkeypatch.setattr(signer, "sign", slow)
    world.work()
    assert world.credentials() == []
    assert world.promises()[0].reason == "key-taken-out"
    world.now += timedelta(minutes=1)
    work(world)
    (document,) = world.documents()
    assert method(document) == key_of(world, Algorithm.ED25519)


@pytest.mark.xdist_group("node")
def test_old_copies_are_invalid_elsewhere_and_new_ones_valid(
    sqlite_database: Database, now: datetime
) -> None:
    bring_verifier()
    world = IssuingWorld(sqlite_database, now)
    issue(world)
    old = [*world.documents(), *world.transcripts()]
    key_id = key_of(world, Algorithm.ED25519)
    take_out(world, key_id)
    reissue(world, key_id)
    work(world)
    new = [*world.documents(), *world.transcripts()]
    found = verify(world.served(world.documents(), []), [*old, *new], now=world.now)
    assert found.credentials == [False] * 3 + [True] * 3, found.reasons


def correct(world: IssuingWorld, uuid: UUID, **other: Any) -> None:
    values = {"institution_key": "harbour", "reason": "misspelt", "actor": "test"}
    correct_credential(world.database, award_uuid=uuid, now=world.now, **{**values, **other})


def rename(world: IssuingWorld, key: str, name: str) -> None:
    with world.database.writing() as session:
        session.execute(update(Achievement).where(Achievement.key == key).values(name=name))


def test_a_correction_keeps_id_and_awarded_date_and_moves_valid_from(world: IssuingWorld) -> None:
    issue(world)
    uuid = world.awards(world.learner.learner_id)[0]
    before = {d["id"]: d for d in world.documents()}
    rename(world, "data-basics", "Basics of data")
    world.learner.get(f"credentials/{uuid}?form=jwt")
    correct(world, uuid)
    work(world)
    after = {d["id"]: d for d in world.documents()}
    url = world.issuer().credential_url(uuid)
    assert after[url]["name"] == "Basics of data"
    assert after[url]["validFrom"] > before[url]["validFrom"]
    for name in ("awardedDate", "credentialStatus", "issuer"):
        assert after[url][name] == before[url][name]
    assert {k: v for k, v in after.items() if k != url} == {
        k: v for k, v in before.items() if k != url
    }
    assert all(row.jwt is None for row in world.credentials())
    (clr,) = world.transcripts()
    assert after[url] in clr["credentialSubject"]["verifiableCredential"]


def test_a_correction_that_cannot_be_signed_leaves_what_is_there(world: IssuingWorld) -> None:
    issue(world)
    uuid = world.awards(world.learner.learner_id)[0]
    before = world.documents()
    rename(world, "data-basics", "a\x07b")
    correct(world, uuid)
    work(world)
    assert world.documents() == before
    assert {row.state for row in world.promises()} == {"done", "failed"}


def test_under_a_bad_key_the_old_text_is_signed_where_the_new_one_cannot_be(
    world: IssuingWorld,
) -> None:
    issue(world)
    before = {d["name"] for d in world.documents()}
    rename(world, "data-basics", "a\x07b")
    correct(world, world.awards(world.learner.learner_id)[0])
    work(world)
    key_id = key_of(world, Algorithm.ED25519)
    new = take_out(world, key_id).replaced_by
    reissue(world, key_id)
    work(world)
    assert {method(d) for d in world.documents()} == {new}
    assert {d["name"] for d in world.documents()} == before


def test_within_the_second_in_which_it_was_issued_a_correction_waits(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id, ["sql", "charts"])
    work(world)
    correct(world, world.awards(world.learner.learner_id)[0])
    world.work()
    (promise,) = world.promises()
    assert (promise.state, promise.reason) == ("pending", "too-soon")


def test_what_is_not_issued_not_theirs_or_revoked_is_not_corrected(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id, ["sql", "charts"])
    (uuid,) = world.awards(world.learner.learner_id)
    with pytest.raises(NotFoundError):
        correct(world, uuid)
    work(world)
    with pytest.raises(NotFoundError):
        correct(world, uuid, institution_key="hill")
    with pytest.raises(InvalidInputError):
        correct(world, uuid, reason=" ")
    change_status(
        world.database,
        institution_key="harbour",
        award_uuid=uuid,
        act=StatusAct.REVOKE,
        reason="by mistake",
        actor="test",
        now=world.now,
    )
    with pytest.raises(ConflictError):
        correct(world, uuid)
