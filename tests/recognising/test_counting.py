"""A credential of another issuer counts in a stack, and the cap on transfer decides."""

from __future__ import annotations

import json

from tests.credentials.outside import raw
from tests.recognising.world import RecognitionWorld
from tests.web.world import ORIGIN


def test_one_from_elsewhere_completes_the_stack(world: RecognitionWorld) -> None:
    amara = world.amara
    world.record(amara, "maths")
    world.record(amara, "physics")
    page = world.hand_in(amara, world.credential())
    assert "It is kept. A person of your institution decides" in page.text
    (row,) = world.rows()
    assert (row.state, row.outcome) == ("waiting", "unknown issuer")

    desk = world.registrar.get("recognition")
    assert f"<b>{world.uni.did}</b>" in desk.text
    answer = world.recognise(row, "biology", reason="Same outcomes as ours.")
    assert answer.location.endswith("notice=outside-awarded")

    assert world.awarded(amara) == ["science"]
    progress = amara.get("progress").text
    assert "Science basics" in progress
    assert f"recognised from earlier learning, by a credential of {world.uni.did}" in progress
    own = amara.get("outside-credentials").text
    assert "Same outcomes as ours." in own
    assert "Ines" in own


def test_one_more_from_elsewhere_is_beyond_the_cap_and_the_page_says_why(
    world: RecognitionWorld,
) -> None:
    amara = world.amara
    world.record(amara, "maths")
    for number, key in ((1, "physics"), (2, "biology")):
        world.hand_in(amara, world.credential(number))
        assert world.recognise(world.rows()[-1], key).status_code == 303
    assert world.awarded(amara) == []
    progress = amara.get("progress").text
    assert "10 of 15 credits" in progress
    assert "From other institutions no more than this counts" in progress
    assert "5 of 5 credits" in progress

    world.record(amara, "biology")
    assert world.awarded(amara) == ["science"]


def test_our_credential_points_at_theirs_in_words_of_our_own(world: RecognitionWorld) -> None:
    amara = world.amara
    world.record(amara, "maths")
    world.record(amara, "physics")
    theirs = world.uni.sign(world.credential())
    world.hand_in(amara, theirs, is_signed=True)
    (row,) = world.rows()
    world.recognise(row, "biology")
    document = world.issued_to(amara)
    (piece,) = [e for e in document["evidence"] if e["genre"] == "Credential of another issuer"]
    assert piece["id"] == theirs["id"]
    assert f"Issued by {world.uni.did}. Recognised by harbour on 2026-06-30" in piece["narrative"]
    assert row.sha256 in piece["narrative"]
    assert theirs["proof"][0]["proofValue"] not in json.dumps(document)

    client = world.app.test_client(use_cookies=False)
    page = client.post(
        "/verify",
        data={"credential": raw(document).decode()},
        headers={"Origin": ORIGIN},
        base_url=ORIGIN,
    )
    assert "Valid</h1>" in page.text
    own = world.hand_in(amara, document, is_signed=True)
    assert "a credential of this institution itself" in own.text
    assert len(world.rows()) == 1


def test_a_credential_of_the_other_institution_of_this_tool_counts_like_any_other(
    sqlite_world: RecognitionWorld,
) -> None:
    world = sqlite_world
    for key in ("sql", "charts"):
        world.record(world.other_learner, key, world.other_teacher, "hill")
    theirs = world.issued_to(world.other_learner)
    page = world.hand_in(world.amara, theirs, is_signed=True)
    assert "Issued to somebody else" in page.text
    (row,) = world.rows()
    assert row.issuer == world.did_of("hill")
    world.record(world.amara, "ethics")
    world.recognise(row, "data-basics", identity="1", reason="Showed both accounts to me.")
    assert world.awarded(world.amara) == ["data-practice"]


def test_what_is_only_imagined_is_imagined_as_completed_here(world: RecognitionWorld) -> None:
    asked = "what-if?stack=science&done=maths&done=physics&done=biology"
    assert "Science basics would be earned." in " ".join(
        world.amara.get(asked).text.replace("<b>", "").replace("</b>", "").split()
    )
