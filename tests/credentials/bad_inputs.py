"""The bad inputs that every check must refuse, each with a maker of its bytes."""

from __future__ import annotations

import copy
import gzip
import hmac
import json
from collections.abc import Callable
from typing import Any

from tests.credentials.outside import (
    CLR,
    DID,
    LIST,
    OB,
    SUBJECT,
    V2,
    Document,
    Issuer,
    Key,
    Web,
    add_proof,
    base64url,
    encode_bits,
    hosted,
    jws,
    raw,
)

INVALID, REVOKED, SUSPENDED = {"invalid"}, {"revoked"}, {"suspended"}
UNCHECKABLE, EXPIRED = {"cannot be checked"}, {"expired"}
NEVER_VALID = INVALID | UNCHECKABLE

Maker = Callable[[Web, Issuer], Any]
ROWS: list[tuple[int, str, set[str], Maker]] = []
"""Number in the table, name, allowed outcomes, maker."""


def row(number: int, name: str, outcomes: set[str]) -> Callable[[Maker], Maker]:
    """Take a maker into the table."""

    def take(maker: Maker) -> Maker:
        ROWS.append((number, name, outcomes, maker))
        return maker

    return take


def changed(document: Document, **changes: Any) -> Document:
    """Return a copy of a signed document with members replaced after signing."""
    return {**copy.deepcopy(document), **changes}


def with_subject(issuer: Issuer, **changes: Any) -> Document:
    """Return a signed credential whose subject has further members."""
    document = copy.deepcopy(issuer.credential())
    document["credentialSubject"] |= changes
    return issuer.sign(document)


def with_achievement(issuer: Issuer, subject: Document | None = None, **changes: Any) -> Document:
    """Return a signed credential whose achievement has further members."""
    document = copy.deepcopy(issuer.credential())
    document["credentialSubject"] |= subject or {}
    document["credentialSubject"]["achievement"] |= changes
    return issuer.sign(document)


@row(1, "a claim changed", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return changed(uni.sign(uni.credential()), validFrom="2026-01-02T00:00:00Z")


@row(2, "another did:key", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    key = Key()
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": f"did:key:{key.multikey}#{key.multikey}",
        "proofPurpose": "assertionMethod",
    }
    return add_proof(uni.credential(), proof, key)


@row(3, "multikey as fragment", INVALID)
def _(web: Web, uni: Issuer) -> Any:
    key, issuer = Key(), "https://uni.example/issuer"
    web.put(issuer, {"id": issuer, "type": "Profile", "name": uni.name})
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": f"{issuer}#{key.multikey}",
        "proofPurpose": "assertionMethod",
    }
    return add_proof(uni.credential(issuer={"id": issuer, "type": ["Profile"]}), proof, key)


@row(4, "jwk in the header", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    uni.keys["RS256"] = Key("RS256")  # never published
    return uni.jwt(uni.credential(), header={"alg": "RS256", "jwk": uni.keys["RS256"].jwk})


@row(4, "jwk beside the issuer's kid", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    uni.keys["RS256"] = Key("RS256")
    header = {"alg": "RS256", "kid": uni.key_id("RS256"), "jwk": uni.keys["RS256"].jwk}
    return uni.jwt(uni.credential(), header=header)


@row(5, "alg none", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    good = uni.jwt(uni.credential())
    payload = good.split(".")[1]
    return f"{base64url(json.dumps({'alg': 'none'}).encode())}.{payload}."


@row(6, "HS256 with the public key", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    secret = uni.keys["RS256"].pem.encode()
    payload = uni.credential(iss=DID, jti="x", sub=SUBJECT)
    header = {"alg": "HS256", "kid": uni.key_id("RS256")}
    return jws(header, payload, lambda text: hmac.digest(secret, text, "sha256"))


@row(7, "payload changed", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    head, payload, signature = uni.jwt(uni.credential()).split(".")
    other = uni.jwt(uni.credential(name="Another")).split(".")[1]
    assert other != payload
    return f"{head}.{other}.{signature}"


@row(7, "payload garbled", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    head, payload, signature = uni.jwt(uni.credential()).split(".")
    return f"{head}.{payload[:40]}x{payload[41:-3]}.{signature}"


@row(8, "iss", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.jwt(uni.credential(), iss="did:web:other.example")


@row(9, "jti", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.jwt(uni.credential(), jti="urn:uuid:other")


@row(10, "nbf", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.jwt(uni.credential(), nbf=1)


@row(11, "exp", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.jwt(uni.credential(validUntil="2027-01-01T00:00:00Z"), exp=2_000_000_000)


@row(12, "no sub", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.jwt(uni.credential(), sub=None)


@row(13, "kid elsewhere", INVALID)
def _(web: Web, uni: Issuer) -> Any:
    kid = "https://evil.example/jwks.json#k"
    web.put("https://evil.example/jwks.json", {"keys": [{**uni.keys["RS256"].jwk, "kid": "k"}]})
    return uni.jwt(uni.credential(), header={"alg": "RS256", "kid": kid})


@row(13, "kid elsewhere, https issuer", INVALID)
def _(web: Web, uni: Issuer) -> Any:
    kid, issuer = "https://evil.example/jwks.json#k", "https://uni.example/issuer"
    web.put("https://evil.example/jwks.json", {"keys": [{**uni.keys["RS256"].jwk, "kid": "k"}]})
    document = uni.credential(issuer={"id": issuer, "type": ["Profile"]})
    return uni.jwt(document, header={"alg": "RS256", "kid": kid}, iss=issuer)


@row(14, "unknown word injected", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return changed(uni.sign(uni.credential()), grade="with distinction")


def _with_evidence(uni: Issuer, name: str) -> Document:
    forged = {"id": name, "type": ["Evidence"], "name": "Doctor of everything"}
    return changed(uni.sign(uni.credential()), evidence=[forged])


@row(14, "evidence on an id that is none", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return _with_evidence(uni, "1:x")


@row(14, "evidence on an id with a space", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return _with_evidence(uni, "urn:x y")


@row(14, "evidence on a relative id", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return _with_evidence(uni, "x")


@row(14, "a type that is none", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    found = uni.sign(uni.credential())
    return changed(found, type=[*found["type"], "1:Degree"])


@row(15, "unknown word signed", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.sign(uni.credential(grade="with distinction"))


@row(16, "inline context", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    inline = {"@context": [V2, OB, {"ext": "https://evil.example/ext"}]}
    return uni.sign(uni.credential(**inline))


@row(16, "inline context inside", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    found = uni.sign(uni.credential())
    found["credentialSubject"]["@context"] = {"achievement": "https://evil.example/nothing"}
    return found


@row(17, "remote context", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return changed(
        uni.sign(uni.credential()), **{"@context": [V2, OB, "https://evil.example/context.json"]}
    )


@row(18, "contexts swapped", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return changed(uni.sign(uni.credential()), **{"@context": [OB, V2]})


@row(19, "duplicate keys", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    text = raw(uni.sign(uni.credential()))
    return text.replace(b'{"@context"', b'{"name": "Professor", "@context"', 1)


@row(20, "purpose authentication", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.sign(uni.credential(), proofPurpose="authentication")


@row(21, "no proof", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.credential()


@row(22, "revocation bit", REVOKED)
def _(web: Web, uni: Issuer) -> Any:
    web.put(LIST, uni.status_list(7))
    return uni.with_status()


@row(23, "suspension bit", SUSPENDED)
def _(web: Web, uni: Issuer) -> Any:
    web.put(LIST, uni.status_list(7, purpose="suspension"))
    return uni.with_status(purpose="suspension")


@row(24, "list of another issuer", NEVER_VALID)
def _(web: Web, uni: Issuer) -> Any:
    other = Issuer(web, "did:web:other.example")
    web.put(LIST, other.status_list())
    return uni.with_status()


@row(24, "tampered list", NEVER_VALID)
def _(web: Web, uni: Issuer) -> Any:
    found = uni.status_list(7)
    found["credentialSubject"]["encodedList"] = encode_bits(bytes(16 * 1024))
    web.put(LIST, found)
    return uni.with_status()


@row(25, "index out of range", NEVER_VALID)
def _(web: Web, uni: Issuer) -> Any:
    web.put(LIST, uni.status_list())
    return uni.with_status("131072")


@row(25, "index negative", NEVER_VALID)
def _(web: Web, uni: Issuer) -> Any:
    web.put(LIST, uni.status_list())
    return uni.with_status("-1")


@row(25, "index 7abc", NEVER_VALID)
def _(web: Web, uni: Issuer) -> Any:
    web.put(LIST, uni.status_list())
    return uni.with_status("7abc")


@row(26, "purposes differ", NEVER_VALID)
def _(web: Web, uni: Issuer) -> Any:
    web.put(LIST, uni.status_list(purpose="suspension"))
    return uni.with_status(purpose="revocation")


@row(27, "short list", NEVER_VALID)
def _(web: Web, uni: Issuer) -> Any:
    web.put(LIST, uni.status_list(encodedList=encode_bits(bytes(1250))))
    return uni.with_status()


@row(28, "gzip bomb", NEVER_VALID)
def _(web: Web, uni: Issuer) -> Any:
    # 600 MB would be refused by the size of the list; this one is small enough to be unpacked.
    small = gzip.compress(bytes(128 * 1024 * 1024), 9, mtime=0)
    web.put(LIST, uni.status_list(encodedList="u" + base64url(small)))
    return uni.with_status()


@row(29, "status unreachable", UNCHECKABLE)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.with_status()


@row(29, "status 500", UNCHECKABLE)
def _(web: Web, uni: Issuer) -> Any:
    web.put(LIST, {}, status=500)
    return uni.with_status()


@row(30, "expired", EXPIRED)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.sign(uni.credential(validUntil="2026-05-31T00:00:00Z"))


@row(31, "from the future", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.sign(uni.credential(validFrom="2026-07-01T00:00:00Z"))


@row(32, "no zone", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.sign(uni.credential(validFrom="2026-01-01T00:00:00"))


@row(33, "below required value", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return _result(uni, {"resultType": "Percent", "requiredValue": "60"}, {"value": "59"})


@row(33, "below required level", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    levels = [
        {"id": f"urn:x:{n}", "type": ["RubricCriterionLevel"], "name": n, "points": n}
        for n in ("1", "2")
    ]
    description = {
        "resultType": "RubricCriterionLevel",
        "rubricCriterionLevel": levels,
        "requiredLevel": "urn:x:2",
    }
    return _result(uni, description, {"achievedLevel": "urn:x:1"})


def _result(uni: Issuer, description: Document, result: Document) -> Document:
    name = "urn:uuid:result-1"
    described = {"id": name, "type": ["ResultDescription"], "name": "Exam", **description}
    reached = {"type": ["Result"], "resultDescription": name, **result}
    return with_achievement(uni, {"result": [reached]}, resultDescription=[described])


@row(34, "credits 1e9", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return with_subject(uni, creditsEarned=1_000_000_000)


@row(34, "credits negative", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return with_subject(uni, creditsEarned=-1)


@row(34, "credits as text", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return with_subject(uni, creditsEarned="20")


@row(34, "credits NaN", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return raw(with_subject(uni, creditsEarned=5)).replace(b'Earned": 5', b'Earned": NaN')


@row(34, "more than available", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return with_achievement(uni, {"creditsEarned": 6}, creditsAvailable=5)


def _association(source: int, target: int, kind: str = "isChildOf") -> Document:
    base = "https://credentials.uni.example/achievements"
    return {
        "type": "Association",
        "associationType": kind,
        "sourceId": f"{base}/{source}",
        "targetId": f"{base}/{target}",
    }


@row(35, "associations in a circle", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    circle = [_association(1, 2), _association(2, 3), _association(3, 1)]
    return uni.transcript([uni.member(n) for n in (1, 2, 3)], association=circle)


@row(36, "dangling association", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.transcript([uni.member(1)], association=[_association(1, 9)])


@row(37, "tampered member", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.transcript([uni.member(1), changed(uni.member(2), name="Better")])


@row(38, "member of another person", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.transcript([uni.member(1), uni.member(2, id="urn:uuid:somebody-else")])


@row(39, "10,000 members", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    found = uni.transcript([uni.member(1)])
    found["credentialSubject"]["verifiableCredential"] = [{"id": str(n)} for n in range(10_000)]
    return found


@row(39, "member twice", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return uni.transcript([uni.member(1), uni.member(1)])


@row(40, "transcript in transcript, 50 deep", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    found = uni.sign(uni.credential())
    for _ in range(50):
        found = {
            "@context": [V2, CLR, OB],
            "id": "urn:x:1",
            "name": "n",
            "issuer": DID,
            "type": ["VerifiableCredential", "ClrCredential"],
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": SUBJECT, "type": [], "verifiableCredential": [found]},
        }
    return found


@row(40, "transcript in transcript, 5 deep", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    found = uni.member(1)
    for _ in range(5):
        found = uni.transcript([found])
    return found


REFUSED_DIDS = (
    "did:web:169.254.169.254",
    "did:web:localhost%3A8080",
    "did:web:localhost",
    "did:web:intranet",
    "did:web:db.internal",
    "did:web:[::ffff:127.0.0.1]",
    "did:web:2130706433",
    "did:web:0x7f.1",
    "did:web:127.1",
    "did:web:uni.example:..%2F..%2Fadmin",
    "did:web:uni.example:..:admin",
    "did:web:uni.example%2Fadmin",
    "did:web:user@uni.example",
    "https://127.0.0.1/issuer",
    "https://uni.example:8443/issuer",
    "http://uni.example/issuer",
    "file:///etc/passwd",
)


def _of_did(did: str) -> Maker:
    def make(_web: Web, uni: Issuer) -> Any:
        document = uni.credential(issuer={"id": did, "type": ["Profile"]})
        return uni.sign(document, verificationMethod=f"{did}#key-1")

    return make


for _did in REFUSED_DIDS:
    row(53, _did, INVALID)(_of_did(_did))


@row(55, "poisoned graph", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    names = [f"_:b{n}" for n in range(8)]
    nodes = [
        {"id": name, "type": ["Evidence"], "related": [{"id": other} for other in names]}
        for name in names
    ]
    return changed(uni.sign(uni.credential()), evidence=nodes)


@row(56, "100,000 levels", INVALID)
def _(_web: Web, _uni: Issuer) -> Any:
    return b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@row(57, "50 MB", INVALID)
def _(_web: Web, _uni: Issuer) -> Any:
    return b'{"a": "' + b"x" * 50_000_000 + b'"}'


@row(58, "byte order mark", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return b"\xef\xbb\xbf" + raw(uni.sign(uni.credential()))


@row(58, "UTF-16", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return json.dumps(uni.sign(uni.credential())).encode("utf-16")


@row(59, "lone surrogate", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return raw(uni.sign(uni.credential())).replace(b"SQL foundations", b"SQL \\ud800", 1)


@row(59, "U+0000", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    return raw(uni.sign(uni.credential())).replace(b"SQL foundations", b"SQL \\u0000", 1)


@row(63, "hosted elsewhere", INVALID)
def _(web: Web, _uni: Issuer) -> Any:
    return hosted(web, "https://evil.example/assertions/1")


@row(64, "hosted, 410", REVOKED)
def _(web: Web, _uni: Issuer) -> Any:
    found = hosted(web)
    web.put(found["id"], b"", status=410)
    return found


@row(64, "hosted, 404", UNCHECKABLE)
def _(web: Web, _uni: Issuer) -> Any:
    found = hosted(web)
    web.put(found["id"], b"", status=404)
    return found


@row(65, "zip as picture", {"not supported"})
def _(_web: Web, _uni: Issuer) -> Any:
    return b"PK\x03\x04" + bytes(100)


@row(65, "PDF as picture", {"not supported"})
def _(_web: Web, _uni: Issuer) -> Any:
    return b"%PDF-1.7\n" + bytes(100)
