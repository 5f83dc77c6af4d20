"""Transcripts (CLR 2.0): made of credentials as they were issued, and good for other verifiers."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from lti_tool.credentials.clr import Association, Relation, Transcript, build_clr
from lti_tool.credentials.recognition.documents import Fetch, Fetched
from lti_tool.credentials.recognition.outcomes import Outcome
from lti_tool.credentials.recognition.pipeline import check
from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.deliveries import DeliveryState
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.show_transcript import learner_transcript
from tests.credentials.issuers import TestIssuer, an_award
from tests.credentials.issuing import IssuingWorld
from tests.credentials.node import bring_verifier, verify
from tests.credentials.test_verified_elsewhere import changes

GONE = Fetched(404)

LADDER = """
quoin: 2
achievements:
  sql: {name: SQL foundations, credits: 2.5, description: Ask a database.}
  charts: {name: Charts that tell the truth, credits: 2.5}
  ethics: {name: Data ethics, credits: 5}
stacks:
- {key: data-basics, title: Data basics, requires: {all: [{completed: sql, grade: 60}, charts]}}
- {key: data-practice, title: Data practice, requires: {all: [{award: data-basics}, ethics]}}
- key: data-expert
  title: Data expert
  requires:
    all:
    - {id: first, award: data-practice}
    - {id: then, completed: charts, after: {of: first, by: "on"}}
"""


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    return IssuingWorld(database, now)


def work(world: IssuingWorld) -> None:
    """Let the worker pass until nothing is due."""
    while world.work():
        pass


def test_a_stacked_award_has_a_transcript_of_its_members_as_they_were_issued(
    world: IssuingWorld,
) -> None:
    world.complete(world.learner.learner_id)
    work(world)
    assert [row.state for row in world.promised("transcript")] == [DeliveryState.DONE]
    (found,) = world.transcripts()
    assert found["@context"][1].endswith("clr/v2p0/context-2.0.1.json")
    assert found["type"] == ["VerifiableCredential", "ClrCredential"]
    subject = found["credentialSubject"]
    basics, practice = sorted(world.documents(), key=lambda found: found["name"])
    assert subject["verifiableCredential"] == [basics, practice]
    ids = {
        name: d["credentialSubject"]["achievement"]["id"]
        for name, d in (("basics", basics), ("practice", practice))
    }
    steps = {a["name"]: a["id"] for a in subject["achievement"]}
    assert {
        (a["associationType"], a["sourceId"], a["targetId"]) for a in subject["association"]
    } == {
        ("isChildOf", ids["basics"], ids["practice"]),
        ("isPartOf", steps["SQL foundations"], ids["basics"]),
        ("isPartOf", steps["Charts that tell the truth"], ids["basics"]),
        ("isPartOf", steps["Data ethics"], ids["practice"]),
    }
    assert found["credentialStatus"] == practice["credentialStatus"]
    assert found["id"] == f"{practice['id']}/transcript"


def test_it_waits_for_a_member_and_is_then_issued_once(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id)
    basics = world.awards(world.learner.learner_id)[0]
    transcript = world.promised("transcript")[0]
    world.postpone(f"credential:{basics}", timedelta(minutes=5))
    work(world)
    (waiting,) = world.promised("transcript")
    assert (waiting.state, waiting.reason) == ("held", "member-missing")
    assert "Data basics" in waiting.last_answer
    for _ in range(2):
        world.now += timedelta(minutes=6)
        work(world)
    assert len(world.transcripts()) == 1
    first = world.transcripts()
    world.reopen(transcript.id)
    world.now += timedelta(minutes=1)
    work(world)
    assert world.transcripts() == first


def test_it_goes_down_to_the_last_step_and_says_what_comes_first(
    world: IssuingWorld,
) -> None:
    publish_stacks(
        world.database, institution_key="harbour", text=LADDER, actor="test", now=world.now
    )
    world.complete(world.learner.learner_id)
    work(world)
    expert = next(t for t in world.transcripts() if t["name"].startswith("Data expert"))
    subject = expert["credentialSubject"]
    names = [m["name"] for m in subject["verifiableCredential"]]
    assert names == ["Data basics", "Data practice", "Data expert"]
    by_name = {a["id"]: a["name"] for a in subject["achievement"]} | {
        m["credentialSubject"]["achievement"]["id"]: m["name"]
        for m in subject["verifiableCredential"]
    }
    told = {
        (by_name[a["sourceId"]], a["associationType"], by_name[a["targetId"]])
        for a in subject["association"]
    }
    assert ("Data practice", "precedes", "Charts that tell the truth") in told
    assert ("Data basics", "isChildOf", "Data practice") in told
    assert ("Data practice", "isChildOf", "Data expert") in told


def test_a_learner_takes_transcripts_along_and_nobody_else_does(world: IssuingWorld) -> None:
    learner = world.learner
    assert learner.get("credentials/clr.json").status_code == 404
    world.complete(learner.learner_id)
    work(world)
    basics, practice = world.awards(learner.learner_id)
    found = learner.get(f"credentials/{practice}/transcript")
    assert (found.status_code, found.content_type) == (200, "application/vc")
    assert json.loads(found.text) == world.transcripts()[0]
    assert learner.get(f"credentials/{basics}/transcript").status_code == 404
    assert f"/credentials/{practice}/transcript" in learner.get("progress").text
    everything = learner.get("credentials/clr.json")
    assert everything.headers["Cache-Control"] == "no-store"
    members = json.loads(everything.text)["credentialSubject"]["verifiableCredential"]
    assert {m["id"] for m in members} == {d["id"] for d in world.documents()}
    assert learner.get("credentials/clr.json?part=2").status_code == 404
    assert learner.get("credentials/clr.json?part=x").status_code == 422
    for other in (world.teacher, world.other_learner):
        assert other.get(f"credentials/{practice}/transcript").status_code == 404
        assert other.get("credentials/clr.json").status_code == 404
    assert world.fetch(world.issuer().transcript_url(practice)).status_code == 404


def test_asked_for_again_and_again_everything_is_refused_for_a_minute(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id, ["sql", "charts"])
    work(world)
    # The count of this process may have begun with other tests.
    world.now += timedelta(hours=1)
    codes = [world.learner.get("credentials/clr.json").status_code for _ in range(8)]
    assert codes[0] == 200
    assert codes[-1] == 429


def test_a_part_that_is_not_there_is_not_found(world: IssuingWorld) -> None:
    with pytest.raises(NotFoundError):
        learner_transcript(
            world.database,
            world.parts.signing,
            institution_id=1,
            learner_id=world.learner.learner_id,
            part=0,
            now=world.now,
        )


@pytest.mark.xdist_group("node")
def test_what_the_tool_issues_is_valid_elsewhere_and_here(
    sqlite_database: Database, now: datetime
) -> None:
    bring_verifier()
    world = IssuingWorld(sqlite_database, now)
    world.complete(world.learner.learner_id)
    work(world)
    everything = learner_transcript(
        world.database,
        world.parts.signing,
        institution_id=1,
        learner_id=world.learner.learner_id,
        now=now,
    )
    made = [*world.transcripts(), json.loads(everything)]
    served = world.served(world.documents(), [])
    found = verify(served, made, now=now)
    assert found.credentials == [True, True], found.reasons
    fetch = _fetch(served)
    for document in made:
        verdict = check(json.dumps(document).encode(), fetch=fetch, now=now)
        assert verdict.outcome == Outcome.UNKNOWN_ISSUER, verdict
        assert [member.outcome for member in verdict.members] == [Outcome.UNKNOWN_ISSUER] * 2


def _fetch(served: dict[str, Any]) -> Fetch:
    return lambda url: Fetched(200, json.dumps(served[url]).encode()) if url in served else GONE


@pytest.fixture
def issuer(now: datetime) -> TestIssuer:
    return TestIssuer(now)


def transcript(issuer: TestIssuer, **other: Any) -> Transcript:
    """A transcript of two credentials of one person, the first a member of the second."""
    subject = uuid4()
    lower, upper = (issuer.issue(subject=subject, name=name) for name in ("Lower", "Upper"))
    ids = [d["credentialSubject"]["achievement"]["id"] for d in (lower, upper)]
    values: dict[str, Any] = {
        "id": f"{upper['id']}/transcript",
        "name": "Upper and all that it was built from",
        "subject": f"urn:uuid:{subject}",
        "members": (lower, upper),
        "associations": (Association(Relation.CHILD, *ids),),
        "status": upper["credentialStatus"],
    }
    return Transcript(**{**values, **other})


@pytest.mark.xdist_group("node")
def test_whatever_is_changed_makes_a_transcript_invalid(issuer: TestIssuer) -> None:
    bring_verifier()
    signed = issuer.sign(build_clr(issuer.issuer, transcript(issuer), now=issuer.now))
    changed = list(changes(signed))
    assert len(changed) > 100
    # Signed again by the issuer itself: the proof of the member shows it.
    (forged, *_) = changes(signed["credentialSubject"]["verifiableCredential"][0]["evidence"][1])
    member = copy.deepcopy(signed["credentialSubject"]["verifiableCredential"][0])
    member["evidence"][1] = forged
    bare = {name: value for name, value in signed.items() if name != "proof"}
    bare["credentialSubject"] = {**signed["credentialSubject"]}
    bare["credentialSubject"]["verifiableCredential"] = [
        member,
        signed["credentialSubject"]["verifiableCredential"][1],
    ]
    asked = [signed, issuer.sign(bare), *changed[::6]]
    found = verify(issuer.documents, asked, now=issuer.now)
    assert found.credentials[0], found.reasons[0]
    assert not any(found.credentials[1:])
    assert found.reasons[1].startswith(f"member {member['id']}")


@pytest.mark.xdist_group("node")
def test_a_revoked_member_is_seen(issuer: TestIssuer) -> None:
    bring_verifier()
    made = transcript(issuer)
    signed = issuer.sign(build_clr(issuer.issuer, made, now=issuer.now))
    place = made.members[0]["credentialStatus"][0]
    issuer.set_bits["revocation"].add(int(place["statusListIndex"]))
    found = verify(issuer.documents, [signed], now=issuer.now)
    assert found.credentials == [False]
    assert "status set: revocation" in found.reasons[0]


def _with_two_people(issuer: TestIssuer) -> Transcript:
    made = transcript(issuer)
    return transcript(issuer, members=(*made.members, issuer.issue()), subject=made.subject)


def _circle(issuer: TestIssuer) -> Transcript:
    made = transcript(issuer)
    (down,) = made.associations
    up = Association(Relation.PART, down.target, down.source)
    return _again(made, associations=(down, up))


def _again(made: Transcript, **other: Any) -> Transcript:
    names = ("id", "name", "subject", "members", "associations", "status")
    return Transcript(**{**{name: getattr(made, name) for name in names}, **other})


def _dangling(issuer: TestIssuer) -> Transcript:
    made = transcript(issuer)
    wild = Association(Relation.CHILD, made.associations[0].source, f"urn:uuid:{uuid4()}")
    return _again(made, associations=(wild,))


def _twice(issuer: TestIssuer) -> Transcript:
    made = transcript(issuer)
    return _again(made, members=(*made.members, made.members[0]))


def _too_much(issuer: TestIssuer) -> Transcript:
    made = transcript(issuer)
    greedy = copy.deepcopy(made.members[0])
    greedy["credentialSubject"]["creditsEarned"] = 1000
    return _again(made, members=(greedy, made.members[1]))


def _many(issuer: TestIssuer) -> Transcript:
    made = transcript(issuer)
    return _again(made, members=made.members * 30)


def _unknown_result(issuer: TestIssuer) -> Transcript:
    made = transcript(issuer)
    odd = copy.deepcopy(made.members[0])
    odd["credentialSubject"]["result"] = [{"type": ["Result"], "resultDescription": "urn:uuid:x"}]
    return _again(made, members=(odd, made.members[1]))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_with_two_people, "somebody else"),
        (_circle, "circle"),
        (_dangling, "not there"),
        (_twice, "twice"),
        (_too_much, "redit"),
        (_many, "between 1 and 40"),
        (_unknown_result, "description"),
    ],
)
def test_what_a_careful_verifier_refuses_is_not_signed(
    issuer: TestIssuer, make: Callable[[TestIssuer], Transcript], said: str
) -> None:
    with pytest.raises(InvalidInputError, match=said):
        build_clr(issuer.issuer, make(issuer), now=issuer.now)


def test_members_are_not_touched(issuer: TestIssuer) -> None:
    member = issuer.sign(issuer.unsigned(an_award())) | {"evidence": [], "note": "a\tb\r\n"}
    made = transcript(issuer, members=(member,), associations=(), subject=_subject(member))
    document = build_clr(issuer.issuer, made, now=issuer.now)
    assert document["credentialSubject"]["verifiableCredential"] == [member]


def _subject(member: dict[str, Any]) -> str:
    return str(member["credentialSubject"]["id"])


def test_more_credentials_than_one_transcript_holds_come_in_parts(
    sqlite_database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.issuing.transcripts.MOST", 1)
    world = IssuingWorld(sqlite_database, now)
    world.complete(world.learner.learner_id)
    work(world)
    found = [
        json.loads(
            learner_transcript(
                world.database,
                world.parts.signing,
                institution_id=1,
                learner_id=world.learner.learner_id,
                now=now,
                part=part,
            )
        )
        for part in (1, 2)
    ]
    members = [m["id"] for d in found for m in d["credentialSubject"]["verifiableCredential"]]
    assert sorted(members) == sorted(d["id"] for d in world.documents())
    assert [d["name"][-11:] for d in found] == ["part 1 of 2", "part 2 of 2"]
