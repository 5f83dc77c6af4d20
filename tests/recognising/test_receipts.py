"""/verify checks again what a credential of a stack rests on, without asking anybody outside."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.credentials.data_integrity import add_proof
from lti_tool.credentials.recognition.outcomes import Outcome
from lti_tool.credentials.recognition.pipeline import check
from lti_tool.issuing.signing import issuer_of, load_keys
from lti_tool.persistence.awards import Award
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.credentials import load_award
from lti_tool.promising import promise_credentials
from lti_tool.web import verifying
from lti_tool.web.rate_limit import RateLimit
from tests.credentials.outside import LIST, NOW, Issuer, Web, raw
from tests.recognising.world import RecognitionWorld
from tests.web.world import ORIGIN

HOLDS = "what counted meets the rule, and both are as they were signed"


@pytest.fixture(autouse=True)
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tests check as often as they want."""
    monkeypatch.setattr(verifying, "check_limit", RateLimit(1000))


def _verify(world: RecognitionWorld, document: Any, **headers: str) -> TestResponse:
    client = world.app.test_client(use_cookies=False)
    return client.post(
        "/verify",
        data={"credential": raw(document).decode()},
        headers={"Origin": ORIGIN, **headers},
        base_url=ORIGIN,
    )


def _awarded(world: RecognitionWorld) -> dict[str, Any]:
    for key in ("sql", "charts"):
        world.record(world.amara, key)
    return world.issued_to(world.amara)


def _signed_anew(world: RecognitionWorld, document: dict[str, Any]) -> dict[str, Any]:
    """The document as the institution itself would have signed it."""
    signing = world.parts.signing
    with world.database.writing() as session:
        institution = get_institution(session, "harbour")
        key = next(k for k in load_keys(session, institution.id) if k.algorithm == "Ed25519")
        method = issuer_of(signing, institution).verification_method(key)
    bare = {name: value for name, value in document.items() if name != "proof"}
    return add_proof(bare, signing.signer, key, method, created=world.now)


def _with_other_hash(document: dict[str, Any], before: str) -> dict[str, Any]:
    text = json.dumps(document)
    at = text.index(before) + len(before)
    return dict(json.loads(text[:at] + "0" * 64 + text[at + 64 :]))


def test_the_receipt_of_a_stack_is_checked_again(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    document = _awarded(world)
    page = _verify(world, document)
    assert "Valid</h1>" in page.text
    assert HOLDS in page.text
    assert _verify(world, document, Accept="application/json").get_json()["receipt"] == "holds"
    assert world.web.asked == []


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("SHA-256 of the rule: ", "The rule that is kept here is not the one"),
        ("receipt of what was counted: ", "The receipt that is kept here is not the one"),
    ],
)
def test_a_hash_that_differs_is_told(
    sqlite_world: RecognitionWorld, before: str, words: str
) -> None:
    document = _signed_anew(sqlite_world, _with_other_hash(_awarded(sqlite_world), before))
    page = _verify(sqlite_world, document)
    assert "Valid</h1>" in page.text
    assert words in page.text


def test_a_receipt_that_shows_nothing_is_told(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    _awarded(world)
    with world.database.writing() as session:
        good = session.scalars(select(Award)).one()
        forged = Award(
            institution_id=good.institution_id,
            learner_id=world.ada.learner_id,
            stack_id=good.stack_id,
            stack_version_id=good.stack_version_id,
            achievement_id=good.achievement_id,
            awarded_on=good.awarded_on,
            receipt={**good.receipt, "counted": []},
            recorded_at=world.now,
        )
        session.add(forged)
        session.flush()
        row = {
            "uuid": forged.uuid,
            "learner_id": forged.learner_id,
            "achievement_id": forged.achievement_id,
            "receipt": forged.receipt,
        }
        promise_credentials(session, [row], world.now)
        assert load_award(session, forged.uuid)
    page = _verify(world, world.issued_to(world.ada))
    assert "does not show that the rule was met" in page.text


def test_others_may_name_our_address_and_get_no_receipt(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    document = _awarded(world)
    theirs = world.credential(id=document["id"], evidence=document["evidence"])
    answer = _verify(world, world.uni.sign(theirs), Accept="application/json").get_json()
    assert (answer["outcome"], answer["receipt"]) == ("unknown issuer", None)


def _outcome(minutes: int) -> Outcome:
    web = Web()
    uni = Issuer(web)
    listed = uni.status_list()
    begin = (NOW + timedelta(minutes=minutes)).isoformat()
    bare = {name: value for name, value in listed.items() if name != "proof"}
    web.put(LIST, uni.sign({**bare, "validFrom": begin}))
    return check(raw(uni.with_status()), fetch=web.fetch, now=NOW).outcome


def test_a_status_list_that_is_signed_while_the_check_runs_is_good() -> None:
    assert _outcome(1) is Outcome.UNKNOWN_ISSUER
    assert _outcome(10) is Outcome.INVALID
