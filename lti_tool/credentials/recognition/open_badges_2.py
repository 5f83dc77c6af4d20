"""Open Badges 2.0: a badge that stands at its issuer's address, or one signed as a JWS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from lti_tool.credentials.recognition.compact_jws import JWS, read_jws
from lti_tool.credentials.recognition.dates import read_date
from lti_tool.credentials.recognition.documents import Documents
from lti_tool.credentials.recognition.issuer_addresses import check_address, origin
from lti_tool.credentials.recognition.outcomes import (
    FindingError,
    Outcome,
    Told,
    Verdict,
    gravest,
    invalid,
    uncheckable,
)
from lti_tool.credentials.recognition.policy import Policy, judged
from lti_tool.credentials.recognition.presented import Presented, check_texts, read
from lti_tool.credentials.recognition.public_keys import PublicKey, accepted
from lti_tool.credentials.recognition.shape import expired
from lti_tool.credentials.recognition.values import listed, name_of, plain

CONTEXT = "https://w3id.org/openbadges/v2"
UNREACHABLE = "hosted-unreachable"
LONGEST_PEM = 10_000


@dataclass(frozen=True, slots=True)
class Badge:
    """An Assertion with its BadgeClass and the Profile of its issuer."""

    assertion: dict[str, Any]
    achievement: dict[str, Any]
    issuer: dict[str, Any]


def is_meant(presented: Presented) -> bool:
    """Return whether this is an Assertion of Open Badges 2.0."""
    document = read_jws(presented.jws).payload if presented.jws else presented.document or {}
    return CONTEXT in listed(document.get("@context")) and "Assertion" in listed(
        document.get("type")
    )


def fetched(presented: Presented, documents: Documents) -> Presented:
    """Return the credential that stands at an address."""
    found = documents.get(presented.url)
    if found.status == 410:
        raise FindingError(Outcome.REVOKED, "hosted-gone")
    found_there = read(documents.body(presented.url, missing=UNREACHABLE))
    if found_there.url:
        raise invalid("not-a-credential")
    return found_there


def check(presented: Presented, documents: Documents, policy: Policy, *, now: datetime) -> Verdict:
    """Return the verdict about an Assertion; ``FindingError`` when it is invalid."""
    if presented.jws:
        jws = read_jws(presented.jws)
        badge, form = _signed(jws, documents), f"Open Badges 2.0 {presented.form}"
    else:
        badge, form = _hosted(presented.document or {}, documents), "Open Badges 2.0 hosted"
    assertion = badge.assertion
    issued = read_date(assertion.get("issuedOn"))
    if issued > now:
        raise invalid("not-yet-valid")
    said = _told(badge)
    found = _changes(badge, documents, now, is_hosted=not presented.jws)
    found = found or [judged(policy, said, _subject(assertion.get("recipient")), issued)]
    return Verdict(gravest(found).outcome, tuple(one.reason for one in found), form, said)


def _hosted(document: dict[str, Any], documents: Documents) -> Badge:
    """Read the badge again from its own address: only there it is its issuer's."""
    url = name_of(document)
    check_address(url)
    if _verification(document) not in ("HostedBadge", "hosted"):
        raise invalid("no-proof")
    there = fetched(Presented("address", url=url), documents).document
    if there is None or there.get("id") != url or not is_meant(Presented("", document=there)):
        raise invalid("hosted-differs")
    badge = _badge(there, documents)
    issuer = name_of(badge.issuer)
    if {origin(url), origin(name_of(badge.achievement))} != {origin(issuer)}:
        raise invalid("hosted-elsewhere")
    return badge


def _signed(jws: JWS, documents: Documents) -> Badge:
    """Check that a key signed it that the issuer names, and that names the issuer."""
    verification = jws.payload.get("verification", jws.payload.get("verify"))
    creator = verification.get("creator") if isinstance(verification, dict) else None
    badge = _badge(jws.payload, documents, is_hosted=False)
    issuer = name_of(badge.issuer)
    keys = [name_of(key) for key in listed(badge.issuer.get("publicKey"))]
    if not isinstance(creator, str) or creator not in keys:
        raise invalid("key-not-issuers")
    jws.check(_key(creator, issuer, documents))
    return badge


def _badge(assertion: dict[str, Any], documents: Documents, *, is_hosted: bool = True) -> Badge:
    check_texts(assertion)
    achievement = _part(assertion.get("badge"), documents)
    issuer = achievement.get("issuer")
    check_address(name_of(issuer))
    if is_hosted and origin(name_of(issuer)) != origin(name_of(assertion)):
        raise invalid("hosted-elsewhere")
    # Who signs is read at the issuer's own address, whatever the badge carries.
    return Badge(assertion, achievement, _part(issuer if is_hosted else name_of(issuer), documents))


def _part(value: object, documents: Documents) -> dict[str, Any]:
    """Return an embedded part, or the one that stands at its address and says so."""
    url = name_of(value)
    check_address(url)
    found = value if isinstance(value, dict) else documents.json(url, missing=UNREACHABLE)
    if not isinstance(found, dict) or found.get("id") != url:
        raise invalid("hosted-differs")
    check_texts(found)
    return found


def _key(url: str, issuer: str, documents: Documents) -> PublicKey:
    check_address(url)
    if origin(url) != origin(issuer):
        raise invalid("key-not-issuers")
    found = documents.json(url, missing="issuer-unreachable")
    pem = found.get("publicKeyPem") if isinstance(found, dict) else None
    if not isinstance(pem, str) or len(pem) > LONGEST_PEM or found.get("owner") != issuer:
        raise invalid("key-not-issuers")
    try:
        key = accepted(load_pem_public_key(pem.encode()))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if key is None:
        raise invalid("issuer-document")
    return key


def _changes(
    badge: Badge, documents: Documents, now: datetime, *, is_hosted: bool
) -> list[FindingError]:
    found = []
    if badge.assertion.get("revoked") is True:
        found.append(FindingError(Outcome.REVOKED, "revoked"))
    if not is_hosted and badge.issuer.get("revocationList") is not None:
        found += _revoked(badge, documents)
    end = badge.assertion.get("expires")
    if end is not None and read_date(end) <= now:
        found.append(expired())
    return found


def _revoked(badge: Badge, documents: Documents) -> list[FindingError]:
    url = name_of(badge.issuer["revocationList"])
    check_address(url)
    try:
        there = documents.json(url, missing="status-unreachable", wrong=uncheckable("status-wrong"))
    except FindingError as finding:
        return [finding]
    if not isinstance(there, dict) or origin(url) != origin(name_of(badge.issuer)):
        return [uncheckable("status-of-another")]
    names = {name_of(entry) for entry in listed(there.get("revokedAssertions"))}
    return [FindingError(Outcome.REVOKED, "revoked")] if badge.assertion.get("id") in names else []


def _verification(assertion: dict[str, Any]) -> object:
    found = assertion.get("verification", assertion.get("verify"))
    return found.get("type") if isinstance(found, dict) else None


def _subject(recipient: object) -> dict[str, Any]:
    """Return a recipient in the words of Open Badges 3.0."""
    if not isinstance(recipient, dict) or recipient.get("type") != "email":
        return {}
    identity = recipient.get("identity")
    entry = {"identityType": "emailAddress", "identityHash": identity, **recipient}
    return {"identifier": [entry]}


def _told(badge: Badge) -> Told:
    assertion, achievement, issuer = badge.assertion, badge.achievement, badge.issuer
    return Told(
        kind="Assertion",
        id=plain(assertion.get("id")),
        issuer=plain(name_of(issuer)),
        issuer_name=plain(issuer.get("name")),
        name=plain(achievement.get("name")),
        description=plain(achievement.get("description")),
        achievement=plain(name_of(achievement)),
        valid_from=plain(assertion.get("issuedOn")),
        valid_until=plain(assertion.get("expires")),
    )
