"""Credentials held against the Digital Bazaar libraries, which share no code with ours."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lti_tool.credentials.document import Alignment
from lti_tool.persistence.base import Database
from tests.credentials.descriptions import described
from tests.credentials.issuers import TestIssuer, an_award
from tests.credentials.issuing import IssuingWorld
from tests.credentials.node import bring_verifier, verify

pytestmark = pytest.mark.xdist_group("node")

TEXTS = [
    "Données « ouvertes » \u2013 niveau Ⅱ",
    "בסיסי נתונים",
    "数据基础 🎓👩🏽‍🎓",
    "combining: a\u0308 not ä",
    'He said "yes" and \\ "no"',
    "first line\nsecond line\r\nthird\rfourth\u2028fifth",
    "tab\there",
    "<b>&amp;</b> {curly} %20 ^^<x>@en",
    "\u202eright to left\u202c \u200b \ufeff",
    "astral \U0001d54f\U0010fffd and \u00a0",
]


@pytest.fixture
def issuer(now: datetime) -> TestIssuer:
    bring_verifier()
    return TestIssuer(now)


def test_a_credential_and_its_status_lists_are_valid(issuer: TestIssuer) -> None:
    served = issuer.documents
    lists = [served[issuer.issuer.status_url(uuid)] for uuid in issuer.lists.values()]
    found = verify(served, [issuer.issue(), *lists], [issuer.jwt()], now=issuer.now)
    assert (found.credentials, found.jwts) == ([True, True, True], [True]), found.reasons


def test_any_text_that_is_taken_gives_a_valid_credential(issuer: TestIssuer) -> None:
    made = [issuer.issue(name=text, description=text * 2) for text in TEXTS]
    tokens = [issuer.jwt(name=text, description=text * 2) for text in TEXTS]
    found = verify(issuer.documents, made, tokens, now=issuer.now)
    assert all(found.credentials), found.reasons
    assert all(found.jwts), found.reasons


def test_all_that_an_achievement_can_say_gives_a_valid_credential(issuer: TestIssuer) -> None:
    alignment = Alignment("SQL", "https://case.example/1", "CFItem", "1", "Data", "Asks.")
    whole: dict[str, Any] = {
        "elements": described(),
        "alignments": [alignment],
        "image": "ab" * 32,
        "result": "83.5",
    }
    made = [issuer.issue(**whole), issuer.issue(elements=described(), image="cd" * 32)]
    made.append(issuer.issue(valid_until=issuer.now.date() + timedelta(days=400)))
    for text in TEXTS:
        told = replace(described(), criteria=text, learning_outcomes=(text,), human_code=text)
        made.append(issuer.issue(elements=told, result=text, alignments=[alignment]))
    found = verify(issuer.documents, made, [issuer.jwt(**whole)], now=issuer.now)
    assert all(found.credentials), found.reasons
    assert all(found.jwts), found.reasons


def test_credits_of_every_form_give_a_valid_credential(issuer: TestIssuer) -> None:
    amounts = ("0", "1", "3.0", "2.5", "0.1", "12.375", "1000000")
    made = [issuer.issue(credits=Decimal(amount)) for amount in amounts]
    found = verify(issuer.documents, made, now=issuer.now)
    assert all(found.credentials), found.reasons


ALIGNMENTS = (
    Alignment("Use SQL", "https://frameworks.example/items/1", "CFItem", "D.1", "Data", "Asks."),
    Alignment("SQL", "http://data.europa.eu/esco/skill/1", "ext:ESCOSkill"),
    Alignment("Database administrator", "https://registry.example/ce-1", "ceterms:Credential"),
    *(Alignment(text, f"urn:uuid:{n}", "ceasn:Competency") for n, text in enumerate(TEXTS)),
)


def test_a_credential_with_alignments_is_valid(issuer: TestIssuer) -> None:
    credential = issuer.issue(alignments=ALIGNMENTS)
    written = credential["credentialSubject"]["achievement"]["alignment"]
    assert written[:2] == [
        {
            "type": ["Alignment"],
            "targetName": "Use SQL",
            "targetUrl": "https://frameworks.example/items/1",
            "targetType": "CFItem",
            "targetCode": "D.1",
            "targetFramework": "Data",
            "targetDescription": "Asks.",
        },
        {
            "type": ["Alignment"],
            "targetName": "SQL",
            "targetUrl": "http://data.europa.eu/esco/skill/1",
            "targetType": "ext:ESCOSkill",
        },
    ]
    found = verify(
        issuer.documents, [credential], [issuer.jwt(alignments=ALIGNMENTS)], now=issuer.now
    )
    assert (found.credentials, found.jwts) == ([True], [True]), found.reasons


def test_an_endorsement_is_valid_until_it_is_revoked(issuer: TestIssuer) -> None:
    made = [issuer.endorse("urn:uuid:5a2d6c36-9c7b-4b0e-9a4f-6d2f0f9c9a11", t) for t in TEXTS]
    found = verify(issuer.documents, made, now=issuer.now)
    assert all(found.credentials), found.reasons
    issuer.set_bits["revocation"].add(int(made[0]["credentialStatus"][0]["statusListIndex"]))
    found = verify(issuer.documents, made[:2], now=issuer.now)
    assert found.credentials == [False, True], found.reasons


def test_a_credential_that_embeds_an_endorsement_is_valid_and_so_is_what_it_embeds(
    issuer: TestIssuer, now: datetime
) -> None:
    body, award = TestIssuer(now, "Agency for quality"), an_award()
    endorsement = body.endorse(f"urn:uuid:{award.achievement}", 'It is "good"\nand more')
    credential = issuer.sign(issuer.unsigned(replace(award, endorsements=[endorsement])))
    [embedded] = credential["credentialSubject"]["achievement"]["endorsement"]
    assert embedded == endorsement
    served = {**issuer.documents, **body.documents}
    found = verify(served, [credential, embedded], now=now)
    assert found.credentials == [True, True], found.reasons
    for changed in ({**endorsement, "name": "Other"}, {**endorsement, "proof": []}):
        forged = copy.deepcopy(credential)
        forged["credentialSubject"]["achievement"]["endorsement"] = [changed]
        assert verify(served, [forged, changed], now=now).credentials == [False, False]


def changes(credential: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the credential with one text changed, for every text that stands in it."""
    paths: list[list[Any]] = []

    def walk(node: Any, path: list[Any]) -> None:
        if isinstance(node, dict):
            for name, value in node.items():
                walk(value, [*path, name])
        elif isinstance(node, list):
            for place, value in enumerate(node):
                walk(value, [*path, place])
        else:
            paths.append(path)

    walk(credential, [])
    for path in paths:
        changed = copy.deepcopy(credential)
        here: Any = changed
        for step in path[:-1]:
            here = here[step]
        value = here[path[-1]]
        here[path[-1]] = value + 1 if isinstance(value, int | float) else f"{value[:-1]}x"
        yield changed


def test_whatever_is_changed_makes_a_credential_invalid(issuer: TestIssuer) -> None:
    changed = list(changes(issuer.issue()))
    assert len(changed) > 40
    found = verify(issuer.documents, changed, now=issuer.now)
    assert not any(found.credentials)


def test_what_is_added_makes_a_credential_invalid(issuer: TestIssuer) -> None:
    credential = issuer.issue()
    added = [
        {**credential, "image": {"id": "https://evil.example/i.png", "type": "Image"}},
        {**credential, "unknownTerm": "x"},
        {**credential, "validUntil": "2099-01-01T00:00:00Z"},
    ]
    found = verify(issuer.documents, added, now=issuer.now)
    assert found.credentials == [False] * 3


def test_a_changed_jwt_is_invalid(issuer: TestIssuer) -> None:
    head, body, signature = issuer.jwt().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    claims["name"] = "Master of everything"
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    found = verify(issuer.documents, jwts=[f"{head}.{other}.{signature}"], now=issuer.now)
    assert found.jwts == [False]


def test_a_changed_status_list_makes_the_credential_invalid(issuer: TestIssuer) -> None:
    served, credential = issuer.documents, issuer.issue()
    url = credential["credentialStatus"][0]["statusListCredential"]
    subject = {**served[url]["credentialSubject"], "ttl": 1}
    found = verify(
        {**served, url: {**served[url], "credentialSubject": subject}}, [credential], now=issuer.now
    )
    assert found.credentials == [False]


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_a_set_bit_is_seen(issuer: TestIssuer, purpose: str) -> None:
    credential, other = issuer.issue(), issuer.issue()
    place = next(e for e in credential["credentialStatus"] if e["statusPurpose"] == purpose)
    issuer.set_bits[purpose].add(int(place["statusListIndex"]))
    found = verify(issuer.documents, [credential, other], now=issuer.now)
    assert found.credentials == [False, True], found.reasons
    assert f"status set: {purpose}" in found.reasons[0]


def test_after_a_rotation_old_and_new_are_valid_and_without_the_old_key_the_old_is_not(
    issuer: TestIssuer,
) -> None:
    old, old_jwt = issuer.issue(), issuer.jwt()
    issuer.rotate()
    new = issuer.issue()
    found = verify(issuer.documents, [old, new], [old_jwt], now=issuer.now)
    assert (found.credentials, found.jwts) == ([True, True], [True]), found.reasons
    issuer.keys = issuer.keys[:2]
    found = verify(issuer.documents, [old, new], [old_jwt], now=issuer.now)
    assert (found.credentials, found.jwts) == ([False, True], [False])


def test_the_key_of_another_issuer_is_not_taken(issuer: TestIssuer, now: datetime) -> None:
    stranger = TestIssuer(now)
    forged = {**stranger.unsigned(an_award()), "issuer": issuer.issue()["issuer"]}
    found = verify({**issuer.documents, **stranger.documents}, [stranger.sign(forged)], now=now)
    assert found.credentials == [False]


def test_before_its_day_a_credential_is_not_valid(issuer: TestIssuer) -> None:
    found = verify(issuer.documents, [issuer.issue()], now=issuer.now - timedelta(days=1))
    assert found.credentials == [False]


def test_what_the_running_tool_issued_is_valid_with_what_it_serves(
    sqlite_database: Database, now: datetime
) -> None:
    bring_verifier()
    world = IssuingWorld(sqlite_database, now)
    world.complete(world.learner.learner_id)
    world.complete(world.other_learner.learner_id, institution="hill")
    world.work()
    learner = world.learner
    uuids = world.awards(learner.learner_id)
    jwts = [learner.get(f"credentials/{uuid}?form=jwt").text for uuid in uuids]
    made = world.documents()
    served = world.served(made, jwts)
    found = verify(served, made, jwts, now=now)
    assert (found.credentials, found.jwts) == ([True] * 4, [True] * 2), found.reasons
