"""What becomes of a credential that a learner hands in: kept once, the newest, or told why not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from lti_tool.credentials.recognition import png
from lti_tool.credentials.recognition.pool import CheckingPool, Limits
from lti_tool.persistence.joined_accounts import join_accounts
from lti_tool.persistence.learners import Learner
from lti_tool.services import hand_in_credential
from tests.credentials.bad_pictures import tiny_png
from tests.credentials.outside import LIST, Issuer, hosted, identity
from tests.recognising.world import EMAIL, RecognitionWorld


def test_the_same_one_twice_is_kept_once_whatever_its_form(world: RecognitionWorld) -> None:
    signed = world.uni.sign(world.credential())
    world.hand_in(world.amara, signed, is_signed=True)
    page = world.hand_in(world.amara, signed, is_signed=True)
    assert "it is kept once" in page.text
    assert len(world.rows()) == 1
    jwt = world.uni.jwt(world.credential())
    world.hand_in(world.amara, jwt, is_signed=True)
    assert [row.remark for row in world.rows()] == ["", "same-day-differs"]


def test_one_that_two_learners_hand_in_goes_to_review(world: RecognitionWorld) -> None:
    signed = world.uni.sign(world.credential())
    world.hand_in(world.amara, signed, is_signed=True)
    page = world.hand_in(world.ada, signed, is_signed=True)
    assert "Issued to somebody else" in page.text
    assert [row.remark for row in world.rows()] == ["", "another-learner"]
    assert "Another learner has handed in the same" in world.registrar.get("recognition").text


def test_joined_accounts_are_one_person(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    with world.database.writing() as session:
        ids = [world.amara.learner_id, world.ada.learner_id]
        institution = session.get_one(Learner, ids[0]).institution_id
        join_accounts(session, institution, ids, uuid4(), world.now)
    signed = world.uni.sign(world.credential())
    world.hand_in(world.amara, signed, is_signed=True)
    page = world.hand_in(world.ada, signed, is_signed=True)
    assert "it is kept once" in page.text
    assert len(world.rows()) == 1


def test_of_two_versions_the_newer_one_wins(world: RecognitionWorld) -> None:
    old = world.credential()
    new = world.credential(validFrom="2026-02-01T00:00:00Z")
    world.hand_in(world.amara, old)
    world.hand_in(world.amara, new)
    assert [row.state for row in world.rows()] == ["superseded", "waiting"]
    page = world.hand_in(world.amara, world.credential(validFrom="2025-12-01T00:00:00Z"))
    assert "A newer version of it is here already" in page.text
    assert len(world.rows()) == 2


def test_trust_is_the_institutions_own(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    world.trust(world.uni.did)
    world.hand_in(world.amara, world.credential())
    world.hand_in(world.ada, world.credential(2, "ada@uni.example"))
    world.hand_in(world.other_learner, world.credential(3))
    outcomes = [row.outcome for row in world.rows()]
    assert outcomes == ["valid", "valid", "not yours"]


def test_another_address_is_somebody_else(sqlite_world: RecognitionWorld) -> None:
    for number, email in enumerate(("Amara@uni.example", "amara+x@uni.example")):
        credential = sqlite_world.credential(number, email)
        page = sqlite_world.hand_in(sqlite_world.amara, credential)
        assert "Issued to somebody else" in page.text, email


def _tampered(world: RecognitionWorld) -> Any:
    signed = world.uni.sign(world.credential())
    return {**signed, "name": "Doctor of everything"}


def _revoked(world: RecognitionWorld) -> Any:
    world.web.put(LIST, world.uni.status_list(7))
    return world.uni.with_status()


def _expired(world: RecognitionWorld) -> Any:
    return world.uni.sign(world.credential(validUntil="2026-02-01T00:00:00Z"))


def test_what_is_no_good_is_not_kept_and_the_learner_is_told_why(
    sqlite_world: RecognitionWorld,
) -> None:
    world = sqlite_world
    for make, words in ((_tampered, "Invalid"), (_revoked, "Revoked"), (_expired, "Expired")):
        page = world.hand_in(world.amara, make(world), is_signed=True)
        assert words in page.text
        assert "It is not kept, and nothing is changed." in page.text
        assert "Doctor of everything" not in page.text
    assert world.rows() == []


def test_what_cannot_be_checked_is_kept_for_a_later_try(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    page = world.hand_in(world.amara, world.uni.with_status(), is_signed=True)
    assert "It is kept and checked again by itself" in page.text
    assert [row.state for row in world.rows()] == ["unchecked"]


def test_a_picture_and_a_transcript_are_taken_apart(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    baked = png.bake(tiny_png(), world.uni.jwt(world.credential()).encode())
    world.hand_in(world.amara, baked, is_signed=True, as_file=True)
    entry = {"identifier": [identity(EMAIL)]}
    members = [world.uni.member(number, **entry) for number in (11, 12)]
    transcript = world.uni.transcript(members, **entry)
    page = world.hand_in(world.amara, transcript, is_signed=True)
    assert page.text.count("It is kept. A person of your institution") == 2
    rows = world.rows()
    assert [row.credential_id.rpartition("/")[2] for row in rows] == ["1", "11", "12"]
    assert {row.outcome for row in rows} == {"unknown issuer"}


def test_of_an_address_what_stands_there_is_kept(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    url = f"{world.uni.base}/shared/1"
    signed = world.uni.sign(world.credential())
    world.web.put(url, signed)
    world.hand_in(world.amara, url, is_signed=True)
    (row,) = world.rows()
    assert json.loads(row.document) == signed
    assert row.outcome == "unknown issuer"
    world.hand_in(world.amara, hosted(world.web)["id"], is_signed=True)
    assert world.rows()[-1].form == "Open Badges 2.0 hosted"


def test_an_address_inside_is_never_asked(sqlite_world: RecognitionWorld) -> None:
    for url in ("https://127.0.0.1/x", "https://localhost/x", "https://uni.example:8443/x"):
        page = sqlite_world.hand_in(sqlite_world.amara, url, is_signed=True)
        assert "It is not kept" in page.text
    assert sqlite_world.web.asked == []


def test_an_empty_form_keeps_what_was_typed_and_a_huge_one_is_refused(
    sqlite_world: RecognitionWorld,
) -> None:
    world = sqlite_world
    assert world.amara.post("outside-credentials", {"credential": " "}).status_code == 422
    answer = world.amara.post("outside-credentials", {"credential": "x" * 3_000_000})
    assert answer.status_code == 413


def test_the_registrar_sees_what_it_says_of_results_levels_and_evidence(
    sqlite_world: RecognitionWorld,
) -> None:
    world = sqlite_world
    said = world.credential(
        evidence=[{"type": ["Evidence"], "name": "Report", "narrative": "Forty pages."}]
    )
    subject = said["credentialSubject"]
    subject["creditsEarned"] = 6
    subject["result"] = [{"type": ["Result"], "resultDescription": "urn:uuid:r", "value": "B+"}]
    subject["achievement"] |= {
        "resultDescription": [
            {
                "id": "urn:uuid:r",
                "type": ["ResultDescription"],
                "name": "Final grade",
                "resultType": "LetterGrade",
            }
        ],
        "alignment": [
            {
                "type": ["Alignment"],
                "targetFramework": "EQF",
                "targetName": "Level 6",
                "targetUrl": "https://uni.example/eqf/6",
            }
        ],
    }
    world.hand_in(world.amara, said)
    desk = world.registrar.get("recognition").text
    for words in ("Final grade: B+", "EQF: Level 6", "Report: Forty pages.", "Three graded tasks."):
        assert words in desk
    assert '<dd class="breaking" dir="auto">6</dd>' in desk


def test_a_text_of_a_credential_is_never_active(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    changed = world.credential()
    changed["credentialSubject"]["achievement"]["name"] = "<script>alert(1)</script>"
    for page in (world.hand_in(world.amara, changed), world.registrar.get("recognition")):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text


def test_a_credential_of_the_institution_itself_is_not_recognised_again(
    sqlite_world: RecognitionWorld,
) -> None:
    world = sqlite_world
    own = Issuer(world.web, world.did_of("harbour"), "Harbour")
    page = world.hand_in(world.amara, own.sign(own.credential()), is_signed=True)
    # Its real keys are others: it is a forgery, whatever it says.
    assert "Invalid" in page.text
    assert world.rows() == []


def test_a_preview_hands_nothing_in(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    preview = world.come_as("nobody", purpose="preview")
    assert world.hand_in(preview, world.credential()).status_code == 403
    assert world.rows() == []


def test_nobody_fills_the_queue_alone(
    sqlite_world: RecognitionWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = sqlite_world
    monkeypatch.setattr(hand_in_credential, "MOST_UNDECIDED", 1)
    world.hand_in(world.amara, world.credential())
    answer = world.hand_in(world.amara, world.credential(2))
    assert answer.status_code == 422
    assert "wait already" in answer.text
    assert "credentials/2" in answer.text
    assert world.hand_in(world.ada, world.credential(3, "ada@uni.example")).status_code == 200


def test_what_nobody_has_looked_at_is_not_kept(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    busy = CheckingPool(size=0, limits=Limits(patience=0))
    world.app.extensions["quoin"] = replace(world.parts, checking=busy)
    page = world.hand_in(world.amara, world.credential())
    assert "too many checks at the moment" in page.text
    assert "It is not kept" in page.text
    assert world.rows() == []
