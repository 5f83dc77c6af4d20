"""What is read and verified of credentials from elsewhere, form by form."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from lti_tool.credentials.recognition import png, svg
from lti_tool.credentials.recognition.importing import Again, Held, compare
from lti_tool.credentials.recognition.outcomes import Outcome, Verdict
from lti_tool.credentials.recognition.pipeline import check
from lti_tool.credentials.recognition.policy import Policy, Recipient, TrustedIssuer
from lti_tool.errors import InvalidInputError
from tests.credentials.bad_inputs import with_subject
from tests.credentials.bad_pictures import tiny_png
from tests.credentials.outside import (
    DID,
    ED2020,
    LIST,
    NOW,
    OB,
    OB301,
    V1,
    V2,
    Document,
    Issuer,
    Key,
    Web,
    add_proof,
    hosted,
    identity,
    jws,
    raw,
)

TRUSTED = Policy(trusted=(TrustedIssuer(DID),))
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><!-- x --><g/></svg>'


@pytest.fixture
def web() -> Web:
    """The documents of others."""
    return Web()


@pytest.fixture
def uni(web: Web) -> Issuer:
    """A university with its DID document."""
    return Issuer(web)


def checked(web: Web, made: Any, policy: Policy = TRUSTED) -> Verdict:
    """Return the verdict about something handed in."""
    content = made if isinstance(made, bytes) else raw(made)
    return check(content, fetch=web.fetch, now=NOW, policy=policy)


def codes(verdict: Verdict) -> list[str]:
    """Return the codes of the reasons."""
    return [reason.code for reason in verdict.reasons]


@pytest.mark.parametrize("alg", ["EdDSA", "ES256"])
def test_a_data_integrity_proof_is_verified(web: Web, uni: Issuer, alg: str) -> None:
    verdict = checked(web, uni.sign(uni.credential(), alg=alg))
    assert verdict.outcome is Outcome.VALID
    assert verdict.told is not None
    assert verdict.told.name == "SQL foundations"
    assert verdict.told.issuer == DID
    assert web.asked == [uni.document]


@pytest.mark.parametrize("alg", ["RS256", "ES256", "EdDSA"])
def test_a_jwt_is_verified(web: Web, uni: Issuer, alg: str) -> None:
    verdict = checked(web, uni.jwt(uni.credential(validUntil="2027-01-01T00:00:00Z"), alg=alg))
    assert verdict.outcome is Outcome.VALID
    assert verdict.form == f"JWT {alg}"


def test_a_jwt_that_brings_the_issuers_own_key_is_verified(web: Web, uni: Issuer) -> None:
    header = {"alg": "ES256", "jwk": uni.keys["ES256"].jwk}
    assert checked(web, uni.jwt(uni.credential(), alg="ES256", header=header)).outcome == "valid"


def test_a_jwt_of_the_old_form_is_not_supported(web: Web, uni: Issuer) -> None:
    verdict = checked(web, uni.jwt(uni.credential(), vc={}))
    assert verdict.outcome is Outcome.UNSUPPORTED


def test_ed25519_signature_2020_on_the_old_data_model_is_verified(web: Web, uni: Issuer) -> None:
    changes: Document = {"@context": [V1, OB301, ED2020], "validFrom": None}
    document = uni.credential(**changes, issuanceDate="2026-01-01T00:00:00Z")
    proof = {
        "type": "Ed25519Signature2020",
        "created": "2026-01-01T00:00:00Z",
        "verificationMethod": uni.key_id(),
        "proofPurpose": "assertionMethod",
    }
    signed = add_proof(document, proof, uni.keys["EdDSA"])
    assert checked(web, signed).outcome is Outcome.VALID
    signed["name"] = "Another"
    assert codes(checked(web, signed)) == ["signature-wrong"]


def test_an_unknown_suite_is_not_supported(web: Web, uni: Issuer) -> None:
    verdict = checked(web, uni.sign(uni.credential(), cryptosuite="bbs-2023"))
    assert verdict.outcome is Outcome.UNSUPPORTED
    assert verdict.told is None


def test_a_did_key_needs_no_document(web: Web, uni: Issuer) -> None:
    key = uni.keys["EdDSA"].multikey
    did = f"did:key:{key}"
    document = uni.credential(issuer={"id": did, "type": ["Profile"]})
    verdict = checked(web, uni.sign(document, verificationMethod=f"{did}#{key}"))
    assert verdict.outcome is Outcome.UNKNOWN_ISSUER
    assert web.asked == []


def test_an_https_issuer_is_verified_by_its_own_document(web: Web, uni: Issuer) -> None:
    issuer = "https://uni.example/issuer"
    method = {"id": f"{issuer}#k", "controller": issuer, "type": "Multikey"}
    method["publicKeyMultibase"] = uni.keys["EdDSA"].multikey
    web.put(
        issuer, {"id": issuer, "assertionMethod": [f"{issuer}#k"], "verificationMethod": [method]}
    )
    document = uni.credential(issuer={"id": issuer, "type": ["Profile"]})
    signed = uni.sign(document, verificationMethod=f"{issuer}#k")
    policy = Policy(trusted=(TrustedIssuer("uni.example"),))
    assert checked(web, signed, policy).outcome is Outcome.VALID
    web.put(issuer, {"id": issuer, "verificationMethod": [method]})
    assert codes(checked(web, signed)) == ["key-not-issuers"], "it may not sign claims"


def test_an_https_issuer_is_verified_by_a_key_set_on_its_host(web: Web, uni: Issuer) -> None:
    issuer, keys = "https://uni.example/issuer", "https://uni.example/jwks.json"
    document = uni.credential(issuer={"id": issuer, "type": ["Profile"]})
    token = uni.jwt(document, header={"alg": "RS256", "kid": f"{keys}#k"}, iss=issuer)
    jwk = {**uni.keys["RS256"].jwk, "kid": "k"}
    web.put(keys, {"keys": [jwk]})
    assert checked(web, token).outcome is Outcome.UNKNOWN_ISSUER
    web.put(keys, {"keys": [{**jwk, "iss": "https://uni.example/other-issuer"}]})
    assert codes(checked(web, token)) == ["key-not-issuers"]


def test_a_did_web_may_serve_the_key_of_a_jwt_on_its_host(web: Web) -> None:
    one = Issuer(web, "did:web:quoin.example:issuers:one")
    kid = "https://quoin.example/issuers/one/keys/1"
    token = one.jwt(one.credential(), header={"alg": "RS256", "kid": kid})
    jwk = {**one.keys["RS256"].jwk, "kid": kid}
    web.put(kid, {**jwk, "iss": one.did})
    assert checked(web, token).outcome is Outcome.UNKNOWN_ISSUER
    for iss in ({"iss": "did:web:quoin.example:issuers:two"}, {}):
        web.put(kid, {**jwk, **iss})
        assert codes(checked(web, token)) == ["key-not-issuers"], "it is one issuer among many"


def test_the_issuers_of_this_tool_are_known_wherever_it_runs(web: Web) -> None:
    home = "http://127.0.0.1:8000"
    own = Issuer(web, "did:web:127.0.0.1%3A8000:issuers:one")
    web.put(f"{home}/issuers/one/did.json", json.loads(web.documents[own.document].body))
    signed = own.sign(own.credential())
    assert checked(web, signed, Policy(home=home)).outcome is Outcome.VALID
    assert web.asked == [f"{home}/issuers/one/did.json"]
    assert codes(checked(web, signed)) == ["issuer-address"], "elsewhere it is refused"
    assert codes(checked(web, signed, Policy(home="http://127.0.0.1:80"))) == ["issuer-address"]


def test_a_key_that_names_an_issuer_must_be_named_by_it(web: Web, uni: Issuer) -> None:
    issuer, key = "https://host.example/uni", "https://host.example/evil/key"
    web.put(issuer, {"id": issuer, "assertionMethod": []})
    multikey = uni.keys["EdDSA"].multikey
    web.put(key, {"id": key, "controller": issuer, "publicKeyMultibase": multikey})
    document = uni.credential(issuer={"id": issuer, "type": ["Profile"]})
    signed = uni.sign(document, verificationMethod=key)
    assert codes(checked(web, signed)) == ["key-not-issuers"]
    web.put(issuer, {"id": issuer, "assertionMethod": [key]})
    assert checked(web, signed).outcome is Outcome.UNKNOWN_ISSUER


def test_when_the_keys_cannot_be_had_nothing_is_told(web: Web, uni: Issuer) -> None:
    signed = uni.sign(uni.credential())
    web.documents.clear()
    verdict = checked(web, signed)
    assert (verdict.outcome, verdict.told) == (Outcome.UNCHECKABLE, None)


def test_a_retired_key_verifies_and_a_removed_one_does_not(web: Web, uni: Issuer) -> None:
    signed = uni.sign(uni.credential())
    uni.keys["next"] = uni.keys["EdDSA"]
    del uni.keys["EdDSA"]
    uni.keys["EdDSA"] = uni.keys.pop("next")
    uni.publish()
    assert checked(web, signed).outcome is Outcome.VALID
    uni.keys["EdDSA"] = Key()
    uni.publish()
    assert codes(checked(web, signed)) == ["signature-wrong"]


def test_a_status_list_that_says_nothing_leaves_it_valid(web: Web, uni: Issuer) -> None:
    web.put(LIST, uni.status_list(6, 8))
    assert checked(web, uni.with_status("7")).outcome is Outcome.VALID
    assert checked(web, uni.with_status("8")).outcome is Outcome.REVOKED


def test_a_revoked_credential_that_is_also_expired_is_revoked(web: Web, uni: Issuer) -> None:
    web.put(LIST, uni.status_list(7))
    document = uni.with_status()
    del document["proof"]
    verdict = checked(web, uni.sign({**document, "validUntil": "2026-02-01T00:00:00Z"}))
    assert verdict.outcome is Outcome.REVOKED
    assert codes(verdict) == ["revoked", "expired"]
    assert verdict.told is not None


def test_an_outdated_status_list_says_nothing(web: Web, uni: Issuer) -> None:
    listed = uni.status_list()
    del listed["proof"]
    web.put(LIST, uni.sign({**listed, "validUntil": "2026-05-01T00:00:00Z"}))
    assert codes(checked(web, uni.with_status())) == ["status-outdated"]


def test_the_revocation_list_of_1edtech_is_read(web: Web, uni: Issuer) -> None:
    url = "https://credentials.uni.example/revoked"
    document = uni.credential(
        **{"@context": [V2, OB, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]},
        credentialStatus={"id": url, "type": "1EdTechRevocationList"},
    )
    token = uni.jwt(document)
    web.put(url, {"id": url, "issuer": DID, "revokedCredential": []})
    assert checked(web, token).outcome is Outcome.VALID
    web.put(url, {"issuer": DID, "revokedCredential": [{"id": document["id"], "revoked": True}]})
    assert checked(web, token).outcome is Outcome.REVOKED


def test_an_unknown_kind_of_status_cannot_be_checked(web: Web, uni: Issuer) -> None:
    token = uni.jwt(uni.credential(credentialStatus={"id": "urn:x:1", "type": "Sometimes"}))
    assert codes(checked(web, token)) == ["status-unsupported"]


def test_a_transcript_tells_of_each_member(web: Web, uni: Issuer) -> None:
    web.put(LIST, uni.status_list(7))
    members = [uni.member(2), uni.member(3), uni.with_status()]
    verdict = checked(web, uni.transcript(members))
    assert verdict.outcome is Outcome.VALID
    assert [member.outcome.value for member in verdict.members] == ["valid", "valid", "revoked"]


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_a_credential_is_baked_into_a_png_and_read_again(web: Web, uni: Issuer, form: str) -> None:
    made = raw(uni.sign(uni.credential()) if form == "json" else uni.jwt(uni.credential()))
    baked = png.bake(png.bake(tiny_png(), b"{}"), made)
    assert png.unbake(baked) == made
    assert checked(web, baked).outcome is Outcome.VALID


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_a_credential_is_baked_into_an_svg_and_read_again(web: Web, uni: Issuer, form: str) -> None:
    made = uni.jwt(uni.credential())
    if form == "json":
        made = raw(uni.sign(uni.credential(name="a ]]> b < c & ü"))).decode()
    baked = svg.bake(SVG, made)
    assert svg.unbake(baked).decode() == made
    assert baked.startswith(b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><')
    assert checked(web, baked).outcome is Outcome.VALID
    with pytest.raises(InvalidInputError):
        svg.bake(baked, made)


@pytest.mark.parametrize(
    "picture", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html></html>", b"<svg", b""]
)
def test_nothing_is_baked_into_what_cannot_hold_it(picture: bytes) -> None:
    with pytest.raises(InvalidInputError):
        svg.bake(picture, "{}")
    with pytest.raises(InvalidInputError):
        png.bake(picture, b"{}")


def test_scripts_in_a_picture_are_not_told(web: Web, uni: Issuer) -> None:
    active = SVG.replace(b"<g/>", b"<script>alert(1)</script><g onload='alert(1)'/>")
    verdict = checked(web, svg.bake(active, raw(uni.sign(uni.credential())).decode()))
    assert verdict.outcome is Outcome.VALID
    assert "alert" not in repr(verdict)


@pytest.mark.parametrize(
    ("identifier", "outcome"),
    [
        (identity("ada@uni.example", salt="s"), Outcome.VALID),
        (identity("ada@uni.example"), Outcome.VALID),
        (identity("eve@uni.example"), Outcome.NOT_YOURS),
        (identity("ada@uni.example", algorithm="md5"), Outcome.NOT_YOURS),
        (identity("Ada@uni.example"), Outcome.NOT_YOURS),
        (identity("ada+1@uni.example"), Outcome.NOT_YOURS),
    ],
)
def test_it_is_yours_by_a_verified_address_alone(
    web: Web, uni: Issuer, identifier: Document, outcome: Outcome
) -> None:
    person = Recipient(emails=("ada@uni.example",))
    policy = Policy(trusted=TRUSTED.trusted, recipient=person)
    signed = with_subject(uni, identifier=[identifier])
    assert checked(web, signed, policy).outcome is outcome


def test_trust_is_for_a_time_and_for_types(web: Web, uni: Issuer) -> None:
    signed = uni.sign(uni.credential())
    types = frozenset({"Degree"})
    assert checked(web, signed, Policy((TrustedIssuer(DID, until=NOW),))).outcome == "valid"
    for issuer in (TrustedIssuer(DID, since=NOW), TrustedIssuer(DID, achievement_types=types)):
        assert checked(web, signed, Policy((issuer,))).outcome is Outcome.UNKNOWN_ISSUER


def test_a_look_alike_is_an_unknown_issuer_and_its_address_is_told(web: Web) -> None:
    fake = Issuer(web, "did:web:uni-example.example", name="Univ\u0435rsity of Example")
    verdict = checked(web, fake.sign(fake.credential()))
    assert verdict.outcome is Outcome.UNKNOWN_ISSUER
    assert verdict.told is not None
    assert verdict.told.issuer == "did:web:uni-example.example"


def test_letters_that_turn_the_text_around_are_not_shown(web: Web, uni: Issuer) -> None:
    document = copy.deepcopy(uni.credential())
    document["credentialSubject"]["achievement"]["name"] = "Master\u202e gnp.exe\u2066 \u0645"
    verdict = checked(web, uni.sign(document))
    assert verdict.told is not None
    assert verdict.told.name == "Master gnp.exe \u0645"


def test_only_others_endorse_and_only_this_achievement(web: Web, uni: Issuer) -> None:
    body = Issuer(web, "did:web:quality.example", name="Quality body")
    document = uni.credential()
    about = document["credentialSubject"]["achievement"]["id"]

    def endorsement(issuer: Issuer, subject: str) -> Document:
        return issuer.sign(
            {
                "@context": [V2, OB],
                "id": f"{issuer.base}/endorsements/1",
                "type": ["VerifiableCredential", "EndorsementCredential"],
                "name": "Endorsement",
                "issuer": {"id": issuer.did, "type": ["Profile"]},
                "validFrom": "2026-01-01T00:00:00Z",
                "credentialSubject": {"id": subject, "type": ["EndorsementSubject"]},
            }
        )

    forged = {**endorsement(body, about), "name": "Changed"}
    for found, expected in (
        (endorsement(body, about), (body.did,)),
        (endorsement(body, "https://elsewhere.example/achievements/1"), ()),
        (endorsement(uni, about), ()),
        (forged, ()),
    ):
        verdict = checked(web, uni.sign({**document, "endorsement": [found]}))
        assert verdict.outcome is Outcome.VALID
        assert verdict.told is not None
        assert verdict.told.endorsed_by == expected


def test_a_hosted_badge_of_open_badges_2_is_read_at_its_own_address(web: Web) -> None:
    assertion = hosted(web)
    forged = {**assertion, "issuedOn": "2020-01-01T00:00:00Z"}
    for made in (assertion, forged, assertion["id"].encode(), raw(assertion["id"])):
        verdict = checked(web, made, Policy((TrustedIssuer("https://badges.example/issuer"),)))
        assert verdict.outcome is Outcome.VALID, verdict
        assert verdict.told is not None
        assert verdict.told.valid_from == "2024-01-01T00:00:00Z"


def test_a_hosted_badge_is_revoked_or_expires_where_it_stands(web: Web) -> None:
    assertion = hosted(web)
    web.put(assertion["id"], {**assertion, "revoked": True})
    assert checked(web, assertion).outcome is Outcome.REVOKED
    web.put(assertion["id"], {**assertion, "expires": "2025-01-01T00:00:00Z"})
    assert checked(web, assertion).outcome is Outcome.EXPIRED


def test_a_signed_badge_of_open_badges_2_is_verified(web: Web, uni: Issuer) -> None:
    base, key = "https://badges.example", "https://badges.example/key"
    assertion = {**hosted(web), "id": "urn:uuid:1"}
    assertion["verification"] = {"type": "SignedBadge", "creator": key}
    profile = {"id": f"{base}/issuer", "type": "Issuer", "publicKey": key}
    web.put(f"{base}/issuer", {**profile, "revocationList": f"{base}/revoked"})
    pem = uni.keys["RS256"].pem
    web.put(key, {"id": key, "owner": f"{base}/issuer", "publicKeyPem": pem})
    web.put(f"{base}/revoked", {"revokedAssertions": []})
    token = jws({"alg": "RS256"}, assertion, uni.keys["RS256"].sign)
    assert checked(web, token).outcome is Outcome.UNKNOWN_ISSUER
    web.put(f"{base}/revoked", {"revokedAssertions": [{"id": "urn:uuid:1"}]})
    assert checked(web, token).outcome is Outcome.REVOKED
    web.put(key, {"id": key, "owner": f"{base}/another", "publicKeyPem": pem})
    assert codes(checked(web, token)) == ["key-not-issuers"]
    forged = jws({"alg": "RS256"}, assertion, Key("RS256").sign)
    web.put(key, {"id": key, "owner": f"{base}/issuer", "publicKeyPem": pem})
    assert codes(checked(web, forged)) == ["signature-wrong"]


def test_addresses_inside_a_credential_are_not_fetched(web: Web, uni: Issuer) -> None:
    inside = "https://127.0.0.1/secret"
    document = copy.deepcopy(uni.credential())
    document["credentialSubject"]["achievement"]["image"] = {"id": inside, "type": "Image"}
    document["issuer"]["url"] = inside
    document["refreshService"] = {"id": inside, "type": "Refresh"}
    document["credentialSchema"] = [{"id": inside, "type": "JsonSchema"}]
    document["evidence"] = [{"id": inside, "type": ["Evidence"]}]
    verdict = checked(web, uni.jwt(document))
    assert verdict.outcome is Outcome.VALID
    assert web.asked == [uni.document]


def test_the_same_credential_counts_once_and_the_newest_of_its_states() -> None:
    def held(learner: str = "ada", day: int = 1, sha256: str = "a") -> Held:
        return Held(learner, DID, "urn:uuid:1", NOW.replace(day=day), sha256)

    assert compare(held(), []) is Again.NEW
    assert compare(held(), [held()]) is Again.ALREADY_HERE
    assert compare(held(day=2, sha256="b"), [held()]) is Again.NEWER
    assert compare(held(day=1, sha256="b"), [held(day=2)]) is Again.OLDER
    assert compare(held("eve"), [held("ada")]) is Again.REVIEW
    assert compare(held(sha256="b"), [held()]) is Again.REVIEW
