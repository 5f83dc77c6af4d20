"""What counts is watched: a change of its status opens a question, and takes nothing away."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from lti_tool.cli import serving
from lti_tool.persistence.awards import list_open_reviews
from lti_tool.persistence.outside_credentials import OutsideCredential
from lti_tool.recognising.watching import Found
from lti_tool.services import recheck_credentials as recheck_module
from lti_tool.services.recheck_credentials import recheck_credentials
from lti_tool.web.fetching import fetch_outside_requests
from tests.credentials.outside import LIST, identity
from tests.recognising.world import EMAIL, RecognitionWorld


def _recheck(world: RecognitionWorld, **after: float) -> dict[Found, int]:
    world.now += timedelta(**after)
    world.forget_fetched()
    found = recheck_credentials(
        world.database,
        world.parts.checking,
        fetch_outside_requests(world.app),
        home=world.parts.config.public_url,
        now=world.now,
    )
    return dict(found)


def _with_status(world: RecognitionWorld, index: str = "7", **changes: Any) -> dict[str, Any]:
    entry = {
        "id": f"{LIST}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": index,
        "statusListCredential": LIST,
    }
    return world.credential(credentialStatus=[entry], **changes)


def _counting(world: RecognitionWorld) -> OutsideCredential:
    """A credential with a status that completes a stack of Amara's."""
    world.web.put(LIST, world.uni.status_list())
    world.record(world.amara, "maths")
    world.record(world.amara, "physics")
    world.hand_in(world.amara, _with_status(world))
    (row,) = world.rows()
    world.recognise(row, "biology")
    assert world.awarded(world.amara) == ["science"]
    return row


def test_one_that_is_revoked_later_opens_a_question_and_takes_nothing_away(
    world: RecognitionWorld,
) -> None:
    row = _counting(world)
    assert _recheck(world, hours=2) == {}
    assert _recheck(world, days=1) == {Found.HOLDS: 1}
    world.web.put(LIST, world.uni.status_list(7))
    assert _recheck(world, days=1) == {Found.CHANGED: 1}
    assert world.row(row.uuid).outcome == "revoked"
    world.refresh()
    desk = world.registrar.get("recognition").text
    assert "Changed since recognised (1)" in desk
    assert "no longer vouches for it" in world.amara.get("outside-credentials").text
    assert world.awarded(world.amara) == ["science"]
    assert world.recognise(row, "biology").status_code == 422

    answer = world.decide(row, decision="decline", reason="The issuer has revoked it.")
    assert answer.status_code == 303
    with world.database.reading() as session:
        assert len(list_open_reviews(session, row.institution_id)) == 1
    assert "Changed since recognised" not in world.registrar.get("recognition").text
    assert world.awarded(world.amara) == ["science"]


def test_a_person_may_let_it_go_on_to_count(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    row = _counting(world)
    world.web.put(LIST, world.uni.status_list(7))
    _recheck(world, days=2)
    world.refresh()
    answer = world.decide(row, decision="confirm", reason="Revoked for a new layout only.")
    assert answer.status_code == 303
    assert "Changed since recognised" not in world.registrar.get("recognition").text
    with world.database.reading() as session:
        assert list_open_reviews(session, row.institution_id) == []
    # It is revoked still, which is no news; vouched for again, all is well.
    assert _recheck(world, days=1) == {Found.HOLDS: 1}
    assert world.row(row.uuid).changed_at is None
    world.web.put(LIST, world.uni.status_list())
    assert _recheck(world, days=1) == {Found.CHANGED: 1}
    assert world.row(row.uuid).outcome == "unknown issuer"


def test_what_is_declined_while_it_is_checked_is_watched_no_more(
    sqlite_world: RecognitionWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = sqlite_world
    row = _counting(world)
    note = recheck_module.note_check

    def decide_first(session: Any, held: OutsideCredential, *rest: Any) -> Found:
        held.state = "declined"
        return note(session, held, *rest)

    monkeypatch.setattr(recheck_module, "note_check", decide_first)
    _recheck(world, days=1)
    assert world.row(row.uuid).next_check_at is None


def test_expiry_is_a_change_and_is_asked_for_no_more(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    world.hand_in(world.amara, world.credential(validUntil="2026-07-02T00:00:00Z"))
    (row,) = world.rows()
    world.recognise(row, "biology")
    assert _recheck(world, days=3) == {Found.CHANGED: 1}
    found = world.row(row.uuid)
    assert (found.outcome, found.changed_at, found.next_check_at) == ("expired", world.now, None)


def test_an_issuer_that_does_not_answer_is_left_alone_longer_and_longer(
    sqlite_world: RecognitionWorld,
) -> None:
    world = sqlite_world
    row = _counting(world)
    world.web.put(LIST, b"", 500)
    waits = []
    for _ in range(3):
        assert _recheck(world, days=2) == {Found.NO_ANSWER: 1}
        due = world.row(row.uuid).next_check_at
        assert due is not None
        waits.append(due - world.now)
    assert waits == sorted(waits)
    assert world.row(row.uuid).changed_at is None


def test_what_a_stop_leaves_undone_is_due_again(
    world: RecognitionWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    _counting(world)

    def stop(*_args: Any, **_named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("lti_tool.services.recheck_credentials.note_check", stop)
        with pytest.raises(KeyboardInterrupt):
            _recheck(world, days=1)
    assert _recheck(world, minutes=1) == {}
    assert _recheck(world, minutes=10) == {Found.HOLDS: 1}


def test_what_could_not_be_checked_waits_once_it_can(world: RecognitionWorld) -> None:
    world.hand_in(world.amara, _with_status(world))
    assert world.rows()[0].state == "unchecked"
    world.web.put(LIST, world.uni.status_list())
    assert _recheck(world, hours=1) == {Found.CHANGED: 1}
    (row,) = world.rows()
    # The platform vouches for an e-mail only while its owner is here.
    assert (row.state, row.outcome, row.is_unproved) == ("waiting", "not yours", True)


def test_handed_in_again_it_is_checked_with_its_owner_at_once(
    sqlite_world: RecognitionWorld,
) -> None:
    world = sqlite_world
    signed = world.uni.sign(_with_status(world))
    world.hand_in(world.amara, signed, is_signed=True)
    world.web.put(LIST, world.uni.status_list())
    world.forget_fetched()
    world.hand_in(world.amara, signed, is_signed=True)
    (row,) = world.rows()
    assert (row.state, row.outcome) == ("waiting", "unknown issuer")


def test_a_transcript_that_can_be_checked_later_is_taken_apart_then(
    sqlite_world: RecognitionWorld,
) -> None:
    world = sqlite_world
    entry = {"identifier": [identity(EMAIL)]}
    transcript = world.uni.transcript([world.uni.member(n, **entry) for n in (1, 2)], **entry)
    document = world.web.documents.pop(world.uni.document)
    world.hand_in(world.amara, transcript, is_signed=True)
    assert [row.state for row in world.rows()] == ["unchecked"]
    world.web.documents[world.uni.document] = document
    _recheck(world, hours=1)
    assert [row.state for row in world.rows()] == ["superseded", "waiting", "waiting"]


def test_of_what_turns_out_invalid_nothing_is_kept_but_the_reason(
    sqlite_world: RecognitionWorld,
) -> None:
    world = sqlite_world
    document = world.web.documents.pop(world.uni.document)
    signed = world.uni.sign(world.credential())
    world.hand_in(world.amara, {**signed, "name": "Forged"}, is_signed=True)
    world.web.documents[world.uni.document] = document
    assert _recheck(world, hours=1) == {Found.CHANGED: 1}
    (row,) = world.rows()
    assert (row.state, row.outcome, row.document) == ("declined", "invalid", b"")
    assert "it was changed after signing" in world.amara.get("outside-credentials").text
    assert "there is nothing to decide" in world.registrar.get("recognition").text


def test_an_award_that_counts_it_lets_it_be_checked_soon(world: RecognitionWorld) -> None:
    world.web.put(LIST, world.uni.status_list())
    world.record(world.amara, "maths")
    world.hand_in(world.amara, _with_status(world))
    world.recognise(world.rows()[0], "biology")
    world.now += timedelta(hours=3)
    assert _recheck(world) == {}
    world.record(world.amara, "physics")
    assert world.awarded(world.amara) == ["science"]
    assert _recheck(world) == {Found.HOLDS: 1}


def test_the_served_tool_asks_by_itself(
    sqlite_world: RecognitionWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = sqlite_world
    row = _counting(world)
    world.now += timedelta(days=1)
    world.web.put(LIST, world.uni.status_list(7))
    world.forget_fetched()
    monkeypatch.setattr(serving, "RECHECK_SECONDS", 0.01)
    deadline = time.monotonic() + 20
    with serving._rechecks(world.app):
        while world.row(row.uuid).changed_at is None and time.monotonic() < deadline:
            time.sleep(0.02)
    assert world.row(row.uuid).outcome == "revoked"
