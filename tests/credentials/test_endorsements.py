"""Endorsements: issued here, taken in from others after a check, and carried by credentials."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from lti_tool.credentials.recognition.documents import Fetched
from lti_tool.credentials.recognition.outcomes import Outcome
from lti_tool.credentials.recognition.pipeline import check
from lti_tool.credentials.recognition.policy import Policy, TrustedIssuer
from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.issuing.endorsements import shown_endorsements
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_achievement, get_institution
from lti_tool.persistence.endorsements import GivenEndorsement
from lti_tool.services.add_endorsement import Added, add_endorsement
from lti_tool.services.align_achievement import Address, align_achievement
from lti_tool.services.change_status import StatusAct, change_status
from lti_tool.services.export_credentials import export_credentials
from lti_tool.services.issue_endorsement import IssuedDocument, issue_endorsement
from lti_tool.services.list_endorsements import list_endorsements
from lti_tool.services.recheck_endorsements import recheck_endorsements
from lti_tool.services.remove_endorsement import remove_endorsement
from lti_tool.services.revoke_endorsement import revoke_endorsement
from tests.credentials.issuing import PUBLIC_URL, IssuingWorld
from tests.credentials.node import bring_verifier, verify
from tests.credentials.outside import ED2020, OB, OB301, SUBJECT, V1, V2, Document, Issuer, Web, raw

pytestmark = pytest.mark.xdist_group("node")
BODY = "did:web:quality.example"


@pytest.fixture(scope="module")
def pool() -> Iterator[CheckingPool]:
    """One process that checks."""
    made = CheckingPool(size=1)
    yield made
    made.close()


class Endorsing(IssuingWorld):
    """Two institutions of the tool, and a body elsewhere that endorses."""

    def __init__(self, database: Database, now: datetime, pool: CheckingPool) -> None:
        super().__init__(database, now)
        self.pool, self.web = pool, Web()
        self.body = Issuer(self.web, BODY, "Agency for Quality")

    def find(self, url: str) -> Fetched:
        """Bring a document: of the tool as it serves it, or of the others."""
        if url.startswith(PUBLIC_URL):
            answer = self.fetch(url)
            return Fetched(answer.status_code, answer.get_data())
        return self.web.fetch(url)

    def target(self, key: str = "data-basics", institution: str = "harbour") -> str:
        """The id of an achievement in credentials."""
        return f"urn:uuid:{self.achievement(key, institution)}"

    def endorsement(self, target: str, by: Issuer | None = None, **changes: Any) -> Document:
        """A signed endorsement by somebody elsewhere."""
        issuer = by or self.body
        subject = {
            "id": target,
            "type": ["EndorsementSubject"],
            "endorsementComment": "Assessed against clear standards.",
        }
        document: Document = {
            "@context": [V2, OB],
            "id": f"{issuer.base}/endorsements/1",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "Quality label",
            "issuer": {"id": issuer.did, "type": ["Profile"], "name": issuer.name},
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": subject,
            **changes,
        }
        return issuer.sign(document)

    def add(self, handed_in: Any, institution: str = "harbour", trusted: str = BODY) -> Added:
        """Hand an endorsement in."""
        return add_endorsement(
            self.database,
            self.parts.signing,
            self.pool,
            self.find,
            handed_in if isinstance(handed_in, bytes) else raw(handed_in),
            institution_key=institution,
            trusted=[trusted],
            actor="test",
            now=self.now,
        )

    def endorse(self, target: str, institution: str = "hill", **changes: str) -> IssuedDocument:
        """Let an institution of the tool endorse."""
        texts = {"name": "Recognised", "comment": "We count it.", **changes}
        return issue_endorsement(
            self.database,
            self.parts.signing,
            institution_key=institution,
            target=target,
            actor="test",
            now=self.now,
            **texts,
        )

    def issued(self) -> dict[str, Document]:
        """Complete everything, let the worker pass, and return the credentials by name."""
        self.complete(self.learner.learner_id)
        self.work()
        return {document["name"]: document for document in self.documents()}

    def stored(self) -> list[GivenEndorsement]:
        """All that was taken in."""
        with self.database.reading() as session:
            return list(session.scalars(select(GivenEndorsement).order_by(GivenEndorsement.id)))


@pytest.fixture
def world(database: Database, now: datetime, pool: CheckingPool) -> Endorsing:
    """The world on each engine."""
    return Endorsing(database, now, pool)


@pytest.fixture
def small(sqlite_database: Database, now: datetime, pool: CheckingPool) -> Endorsing:
    """The world on one engine, for what no engine decides."""
    return Endorsing(sqlite_database, now, pool)


def carried(document: Document) -> list[Document]:
    """The endorsements in a credential."""
    found: list[Document] = document["credentialSubject"]["achievement"].get("endorsement", [])
    return found


def test_an_endorsement_is_kept_as_it_is_and_carried_from_then_on(world: Endorsing) -> None:
    handed_in = json.dumps(world.endorsement(world.target()), indent=3).encode()
    added = world.add(handed_in)
    assert (added.about, added.issuer, added.outcome, added.is_new) == (
        "Data basics",
        BODY,
        "valid",
        True,
    )
    [row] = world.stored()
    assert row.document.encode() == handed_in
    documents = world.issued()
    assert carried(documents["Data basics"]) == [json.loads(handed_in)]
    assert carried(documents["Data practice"]) == []
    verdict = check(
        raw(documents["Data basics"]),
        fetch=world.find,
        now=world.now,
        policy=Policy((TrustedIssuer(BODY),), home=PUBLIC_URL),
    )
    assert verdict.outcome is Outcome.VALID, verdict
    assert verdict.told is not None
    assert verdict.told.endorsed_by == (BODY,)
    again = world.add(handed_in)
    assert (again.uuid, again.is_new) == (added.uuid, False)


def test_a_page_is_told_who_endorses_and_what_they_say(world: Endorsing) -> None:
    world.add(world.endorsement(world.target(), validUntil="2026-12-31T00:00:00Z"))
    with world.database.reading() as session:
        institution = get_institution(session, "harbour").id
        achievement = find_achievement(session, institution, "data-basics")
        assert achievement is not None
        [shown] = shown_endorsements(session, institution, achievement.id, world.now)
        later = world.now + timedelta(days=365)
        assert shown_endorsements(session, institution, achievement.id, later) == []
        other = get_institution(session, "hill").id
        assert shown_endorsements(session, other, achievement.id, world.now) == []
    assert (shown.issuer, shown.issuer_name) == (BODY, "Agency for Quality")
    assert shown.comment == "Assessed against clear standards."
    assert shown.url == "https://quality.example/endorsements/1"


def test_an_endorsement_that_is_over_is_carried_no_more(small: Endorsing) -> None:
    small.add(small.endorsement(small.target(), validUntil="2026-07-01T00:00:00Z"))
    small.now += timedelta(days=10)
    assert carried(small.issued()["Data basics"]) == []


def test_an_unknown_issuer_is_taken_and_noted(small: Endorsing) -> None:
    added = small.add(small.endorsement(small.target()), trusted="elsewhere.example")
    assert added.outcome == "unknown issuer"
    assert small.stored()[0].outcome == "unknown issuer"


def test_the_institution_itself_is_endorsed_in_its_profile(world: Endorsing) -> None:
    endorsement = world.endorsement(world.issuer().did)
    assert world.add(endorsement).about == "harbour"
    profile = world.fetch(world.issuer().url).get_json(force=True)
    assert profile["endorsement"] == [endorsement]
    assert "endorsement" not in world.fetch(world.issuer("hill").url).get_json(force=True)
    assert carried(world.issued()["Data basics"]) == []


def _refused(world: Endorsing, handed_in: Any, institution: str = "harbour") -> tuple[str, str]:
    with pytest.raises(InvalidInputError) as caught:
        world.add(handed_in, institution)
    assert world.stored() == []
    return caught.value.code, caught.value.message


def test_an_endorsement_of_something_else_is_refused(small: Endorsing) -> None:
    for target in (
        f"urn:uuid:{uuid4()}",
        small.target(institution="hill"),
        small.issuer("hill").did,
        "https://quality.example/achievements/1",
    ):
        code, says = _refused(small, small.endorsement(target))
        assert code == "endorsement-of-another"
        assert target in says


def test_nobody_endorses_themselves(small: Endorsing) -> None:
    made = small.endorse(small.target(), "hill").document
    own = json.loads(made)
    assert _refused(small, own, "hill")[0] in ("endorsement-own", "endorsement-of-another")
    with pytest.raises(InvalidInputError, match="says of themselves"):
        small.endorse(small.target(), "harbour")
    for target in (small.issuer().did, small.issuer().url, f"{small.issuer().url}/rules/1"):
        with pytest.raises(InvalidInputError, match="says of themselves"):
            small.endorse(target, "harbour")


def test_an_endorsement_by_the_institution_of_its_own_is_refused_when_handed_in(
    small: Endorsing,
) -> None:
    # Signed with the institution's own key, past the use case that would refuse it.
    other = small.endorse(small.target("sql", "hill"), "harbour")
    with small.database.writing() as session:
        achievement = find_achievement(session, get_institution(session, "hill").id, "sql")
        assert achievement is not None
        taken = achievement.uuid
        achievement.uuid = uuid4()
        session.flush()
        own = find_achievement(session, get_institution(session, "harbour").id, "sql")
        assert own is not None
        own.uuid = taken
    assert _refused(small, json.loads(other.document))[0] == "endorsement-own"


def test_what_is_not_valid_is_refused_with_the_reasons(small: Endorsing) -> None:
    good = small.endorsement(small.target())
    stranger = Issuer(small.web, "did:web:stranger.example")
    forged = stranger.sign({**{k: v for k, v in good.items() if k != "proof"}})
    tried = [
        ({**good, "name": "Better"}, "signature-wrong"),
        ({k: v for k, v in good.items() if k != "proof"}, "no-proof"),
        (forged, "key-not-issuers"),
        ({**good, "extra": "unsigned"}, "term-unknown"),
        (small.endorsement(small.target(), validUntil="2026-02-01T00:00:00Z"), "expired"),
        (small.endorsement(small.target(), validFrom="2027-01-01T00:00:00Z"), "not-yet-valid"),
        (small.body.sign(small.body.credential()), "endorsement-kind"),
        (b'{"a": 1}', "type-wrong"),
        (b'{"a": 1, "a": 1}', "not-strict-json"),
        (b"not JSON at all", "endorsement-form"),
        (small.body.jwt({**good, "id": "urn:uuid:1"}).encode(), "endorsement-form"),
        (small.endorsement(small.target(), description="x" * 40_000), "endorsement-form"),
        (small.endorsement(small.target(), description="a\u2028b"), "endorsement-form"),
        (small.endorsement(small.target(), description="a\tb"), "endorsement-form"),
    ]
    for handed_in, expected in tried:
        assert _refused(small, handed_in)[0] == expected


def test_one_that_cannot_stand_in_a_credential_is_refused(small: Endorsing) -> None:
    old = {
        "@context": [V1, OB301, ED2020],
        "id": "https://quality.example/endorsements/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Quality label",
        "issuer": {"id": BODY, "type": ["Profile"]},
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": small.target(), "type": ["EndorsementSubject"]},
    }
    code, says = _refused(
        small, small.body.sign(old, type="Ed25519Signature2020", cryptosuite=None)
    )
    assert code == "endorsement-form", says


def test_one_whose_issuer_does_not_answer_is_refused_for_now(small: Endorsing) -> None:
    endorsement = small.endorsement(small.target())
    del small.web.documents[small.body.document]
    assert _refused(small, endorsement)[0] == "issuer-unreachable"


def test_the_newest_state_of_an_endorsement_counts(world: Endorsing) -> None:
    first = world.endorsement(world.target())
    newer = world.endorsement(world.target(), validFrom="2026-03-01T00:00:00Z", name="Renewed")
    other = world.endorsement(world.target(), validFrom="2026-03-01T00:00:00Z", name="Another")
    world.add(first)
    assert world.add(newer).is_new
    for handed_in in (other, world.endorsement(world.target(), validFrom="2026-02-01T00:00:00Z")):
        with pytest.raises(ConflictError, match="not newer"):
            world.add(handed_in)
    assert carried(world.issued()["Data basics"]) == [newer]


def test_what_is_removed_is_carried_no_more_until_it_is_handed_in_again(world: Endorsing) -> None:
    endorsement = world.endorsement(world.target())
    added = world.add(endorsement)

    def remove(institution: str) -> None:
        remove_endorsement(
            world.database, added.uuid, institution_key=institution, actor="test", now=world.now
        )

    with pytest.raises(NotFoundError):
        remove("hill")
    remove("harbour")
    with pytest.raises(NotFoundError):
        remove("harbour")
    found = list_endorsements(world.database, world.parts.signing, institution_key="harbour")
    assert found.given == ()
    world.complete(world.learner.learner_id, ["sql", "charts"])
    world.work()
    assert carried(world.documents()[0]) == []
    again = world.add(endorsement)
    assert (again.uuid, again.is_new) == (added.uuid, True)


def test_one_that_its_issuer_takes_back_is_left_out_after_the_next_check(
    world: Endorsing,
) -> None:
    made = world.endorse(world.target())
    world.add(made.document.encode())
    theirs = world.endorsement(world.target())
    world.add(theirs)

    def recheck(institution: str = "harbour") -> list[tuple[str, bool]]:
        found = recheck_endorsements(
            world.database,
            world.parts.signing,
            world.pool,
            world.find,
            institution_key=institution,
            actor="test",
            now=world.now,
        )
        return [(row.outcome, row.is_removed) for row in found]

    assert recheck("hill") == []
    assert recheck() == [("valid", False), ("unknown issuer", False)]
    revoke_endorsement(
        world.database,
        made.uuid,
        institution_key="hill",
        reason="over",
        actor="test",
        now=world.now,
    )
    del world.web.documents[world.body.document]
    assert recheck() == [("revoked", True), ("cannot be checked", False)]
    assert recheck() == [("cannot be checked", False)]
    assert carried(world.issued()["Data basics"]) == [theirs]


def test_ours_is_valid_elsewhere_until_it_is_revoked(world: Endorsing) -> None:
    bring_verifier()
    made = world.endorse("https://elsewhere.example/achievements/1", "harbour", comment='"Good"\n')
    document = json.loads(made.document)
    answer = world.fetch(made.url)
    assert (answer.status_code, answer.content_type) == (200, "application/vc")
    assert answer.get_json(force=True) == document == {**document, "id": made.url}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    strange = made.url.replace(str(world.issuer().uuid), str(world.issuer("hill").uuid))
    assert world.fetch(strange).status_code == 404
    served = world.served([document], [])
    found = verify(served, [document], now=world.now)
    assert found.credentials == [True], found.reasons

    def revoke(institution: str) -> bool:
        return revoke_endorsement(
            world.database,
            made.uuid,
            institution_key=institution,
            reason="no longer reviewed",
            actor="test",
            now=world.now,
        )

    with pytest.raises(NotFoundError):
        revoke("hill")
    assert (revoke("harbour"), revoke("harbour")) == (True, False)
    found = verify(world.served([document], []), [document], now=world.now)
    assert found.credentials == [False]
    assert "status set: revocation" in found.reasons[0]
    with world.database.reading() as session:
        acts = list(session.scalars(select(AuditEvent.action)))
    assert [a for a in acts if a.startswith("endorsement.")] == [
        "endorsement.issued",
        "endorsement.revoked",
    ]


def test_one_institution_endorses_another_and_all_of_it_is_valid_elsewhere(
    world: Endorsing,
) -> None:
    bring_verifier()
    made = world.endorse(world.target())
    world.add(made.document.encode())
    align_achievement(
        world.database,
        institution_key="harbour",
        achievement_key="data-basics",
        target=Address("https://registry.example/ce-1", "Data work"),
        actor="test",
        now=world.now,
    )
    credential = world.issued()["Data basics"]
    [embedded] = carried(credential)
    assert embedded == json.loads(made.document)
    assert credential["credentialSubject"]["achievement"]["alignment"] == [
        {
            "type": ["Alignment"],
            "targetName": "Data work",
            "targetUrl": "https://registry.example/ce-1",
            "targetType": "ceterms:Credential",
        }
    ]
    uuid = credential["id"].rsplit("/", 1)[1]
    jwt = world.learner.get(f"credentials/{uuid}?form=jwt").text
    served = world.served([credential, embedded], [jwt])
    found = verify(served, [credential, embedded], [jwt], now=world.now)
    assert (found.credentials, found.jwts) == ([True, True], [True]), found.reasons


def test_a_transcript_with_an_endorsed_member_is_valid_here_and_elsewhere(world: Endorsing) -> None:
    bring_verifier()
    made = world.endorse(world.target())
    world.add(made.document.encode())
    world.issued()
    while world.work():
        pass
    [transcript] = world.transcripts()
    members = transcript["credentialSubject"]["verifiableCredential"]
    assert carried(members[0]) == [json.loads(made.document)]
    policy = Policy(home=PUBLIC_URL)
    verdict = check(raw(transcript), fetch=world.find, now=world.now, policy=policy)
    assert [one.outcome for one in (verdict, *verdict.members)] == [Outcome.VALID] * 3, verdict
    served = world.served([transcript, *members, json.loads(made.document)], [])
    found = verify(served, [transcript, *members], now=world.now)
    assert found.credentials == [True] * 3, found.reasons


def test_places_in_the_lists_are_of_one_thing_each(world: Endorsing) -> None:
    made = world.endorse("https://elsewhere.example/achievements/1", "harbour")
    credential = world.issued()["Data basics"]
    uuid = credential["id"].rsplit("/", 1)[1]
    change_status(
        world.database,
        institution_key="harbour",
        award_uuid=UUID(uuid),
        act=StatusAct.REVOKE,
        reason="test",
        actor="test",
        now=world.now,
    )
    policy = Policy(home=PUBLIC_URL)
    outcomes = [
        check(raw(one), fetch=world.find, now=world.now, policy=policy).outcome
        for one in (json.loads(made.document), credential)
    ]
    assert outcomes == [Outcome.VALID, Outcome.REVOKED]


def test_an_export_holds_what_was_endorsed(small: Endorsing) -> None:
    made = small.endorse("https://elsewhere.example/achievements/1", "harbour")
    files = {
        f.url: f for f in export_credentials(small.database, small.parts.signing, now=small.now)
    }
    assert (files[made.url].kind, files[made.url].content) == ("endorsement", made.document)


@pytest.mark.parametrize(
    ("target", "changes", "says"),
    [
        ("an achievement", {}, "by its id"),
        ("javascript:alert(1)", {}, "by its id"),
        (SUBJECT, {"name": " "}, "The name must have"),
        (SUBJECT, {"comment": "x" * 10_001}, "The comment must have"),
        (SUBJECT, {"comment": "a\x07b"}, "control character"),
    ],
)
def test_what_cannot_be_endorsed_is_refused(
    small: Endorsing, target: str, changes: dict[str, str], says: str
) -> None:
    with pytest.raises(InvalidInputError, match=says):
        small.endorse(target, **changes)
    found = list_endorsements(small.database, small.parts.signing, institution_key="hill")
    assert found.issued == ()


def test_the_public_page_of_an_achievement_shows_what_it_is_about_and_who_endorses_it(
    world: Endorsing,
) -> None:
    world.add(world.endorsement(world.target(), validUntil="2026-07-02T00:00:00Z"))
    align_achievement(
        world.database,
        institution_key="harbour",
        achievement_key="data-basics",
        target=Address("https://registry.example/ce-1", "Data <b>work</b>"),
        actor="test",
        now=world.now,
    )
    url = world.issuer().achievement_url(world.achievement("data-basics"))
    page = world.fetch(url, Accept="text/html").text
    assert "Data &lt;b&gt;work&lt;/b&gt;" in page
    assert 'href="https://registry.example/ce-1"' in page
    assert "Assessed against clear standards." in page
    assert BODY in page
    told = world.fetch(url, Accept="application/json").get_json()["achievement"]
    assert told["endorsement"] == [json.loads(world.stored()[0].document)]
    assert told["alignment"][0]["targetName"] == "Data <b>work</b>"
    world.now += timedelta(days=10)
    later = world.fetch(url, Accept="text/html").text
    assert "What others say" not in later
    other = world.issuer().achievement_url(world.achievement("data-practice"))
    assert "Skills and standards" not in world.fetch(other, Accept="text/html").text
