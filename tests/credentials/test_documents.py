"""What stands in a credential, and what is refused before it is signed."""

from __future__ import annotations

import gzip
import json
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from pyld import jsonld

from lti_tool.credentials import contexts, resolver
from lti_tool.credentials.canonical import canonize
from lti_tool.credentials.data_integrity import is_proved
from lti_tool.credentials.did_web import Issuer, did_document, keyset
from lti_tool.credentials.document import Counted
from lti_tool.credentials.multikey import multibase, read_ed25519_multikey, read_multibase
from lti_tool.credentials.signers import Algorithm, SealedKeySigner, public_key_of
from lti_tool.credentials.status_list import ENTRIES, encode, random_position, status_list
from lti_tool.errors import ConfigurationError, InvalidInputError
from tests.credentials.descriptions import described
from tests.credentials.issuers import TestIssuer, an_award


@pytest.fixture
def issuer(now: datetime) -> TestIssuer:
    return TestIssuer(now)


def test_the_contexts_stand_in_the_order_of_the_standard(issuer: TestIssuer) -> None:
    assert issuer.issue()["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]


def test_a_credential_tells_the_award_its_rule_and_what_counted(issuer: TestIssuer) -> None:
    award = an_award()
    credential = issuer.issue(**{name: getattr(award, name) for name in award.__slots__})
    subject = credential["credentialSubject"]
    assert credential["id"] == f"https://quoin.example.edu/credentials/{award.uuid}"
    assert credential["awardedDate"] == "2026-06-01T00:00:00Z"
    assert subject["id"] == f"urn:uuid:{award.subject}"
    assert subject["creditsEarned"] == 7.5
    assert subject["achievement"]["criteria"]["id"].endswith(f"/rules/{award.rule.uuid}")
    receipt, member, completion = credential["evidence"]
    assert "ab" * 32 in receipt["narrative"]
    assert "cd" * 32 in receipt["narrative"]
    assert member["id"] == f"https://quoin.example.edu/credentials/{award.counted[0].uuid}"
    assert completion["id"] == f"urn:uuid:{award.counted[1].uuid}"
    assert [e["statusPurpose"] for e in credential["credentialStatus"]] == [
        "revocation",
        "suspension",
    ]


def test_whole_credits_are_written_as_whole_numbers(issuer: TestIssuer) -> None:
    earned = issuer.issue(credits=Decimal("3.0"))["credentialSubject"]["creditsEarned"]
    assert json.dumps(earned) == "3"
    assert "creditsEarned" not in issuer.issue(credits=Decimal(0))["credentialSubject"]


def test_what_counted_at_two_places_is_one_piece_of_evidence(issuer: TestIssuer) -> None:
    item = Counted(uuid4(), "Ethics", "/all/0", issuer.now.date(), is_award=False)
    twice = (item, Counted(item.uuid, "Ethics", "/all/1", item.on, is_award=False))
    _, piece = issuer.issue(counted=twice)["evidence"]
    assert "/all/0" in piece["description"]
    assert "/all/1" in piece["description"]


@pytest.mark.parametrize("bad", ["\x07", "\x00", "\x7f", "\x85", "\ud800", "\ufffe", "\x1b"])
def test_control_characters_are_refused(issuer: TestIssuer, bad: str) -> None:
    with pytest.raises(InvalidInputError, match="control character") as refused:
        issuer.issue(name=f"a{bad}b")
    assert refused.value.code == "text"


def test_line_breaks_become_line_feeds_and_tabs_spaces(issuer: TestIssuer) -> None:
    assert issuer.issue(name="a\r\nb\rc\td")["name"] == "a\nb\nc d"


@pytest.mark.parametrize(
    "unknown",
    [{"undefined": 1}, {"type": ["VerifiableCredential", "Nope"]}, {"id": "relative"}],
)
def test_what_the_contexts_do_not_know_is_never_signed(
    issuer: TestIssuer, unknown: dict[str, object]
) -> None:
    with pytest.raises(InvalidInputError, match="do not know") as refused:
        issuer.sign({**issuer.unsigned(an_award()), **unknown})
    assert refused.value.code == "unknown-term"


def test_an_unknown_context_is_refused_and_not_fetched(issuer: TestIssuer) -> None:
    document = {**issuer.unsigned(an_award()), "@context": [contexts.VC, "https://evil.example/c"]}
    with pytest.raises(InvalidInputError) as refused:
        canonize(document)
    assert refused.value.code == "unknown-context"


@pytest.mark.parametrize("place", ["document", "subject"])
def test_a_context_inside_the_document_is_refused(issuer: TestIssuer, place: str) -> None:
    document = issuer.unsigned(an_award())
    inline = {"name": "https://evil.example/other"}
    if place == "document":
        document["@context"] = [*document["@context"], inline]
    else:
        document["credentialSubject"]["@context"] = inline
    with pytest.raises(InvalidInputError) as refused:
        canonize(document)
    assert refused.value.code == "inline-context"


def test_the_canonical_form_is_that_of_pyld_alone(issuer: TestIssuer) -> None:
    for text in ('Ärger "x" \\ \n 数据 🎓', "plain"):
        document = issuer.unsigned(an_award(name=text))
        whole = issuer.unsigned(
            an_award(name=text, elements=described(), image="ab" * 32, result="83")
        )
        status = status_list(
            issuer.issuer, "https://h.example/l", "revocation", [7], now=issuer.now
        )
        transcript = {
            "@context": [contexts.VC, contexts.CLR, contexts.OPEN_BADGES],
            "id": "https://h.example/clr",
            "type": ["VerifiableCredential", "ClrCredential"],
            "name": text,
            "issuer": document["issuer"],
            "validFrom": document["validFrom"],
            "credentialSubject": {
                "id": document["credentialSubject"]["id"],
                "type": ["ClrSubject"],
                "verifiableCredential": [issuer.sign(document), issuer.sign(whole)],
            },
        }
        for _ in range(3):
            for each in (document, whole, status, transcript):
                assert canonize(each) == jsonld.normalize(
                    each,
                    {
                        "algorithm": "URDNA2015",
                        "format": "application/n-quads",
                        "documentLoader": contexts.load_context,
                    },
                )


def test_what_is_remembered_of_contexts_stays_small(
    issuer: TestIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = issuer.unsigned(an_award(elements=described(), image="ab" * 32))
    expected = canonize(whole)
    resolver.processed().clear()
    monkeypatch.setattr(resolver, "MOST_PROCESSED", 3)
    for _ in range(5):
        assert canonize(whole) == expected
        assert len(resolver.processed()) <= 3


def test_several_threads_canonize_the_same(issuer: TestIssuer) -> None:
    document = issuer.unsigned(an_award())
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: canonize(document), range(24)))) == 1


def test_a_context_that_is_not_the_pinned_file_stops_signing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contexts.check_contexts()
    contexts.context_text.cache_clear()
    place, name, _ = contexts.PINS[contexts.VC]
    monkeypatch.setitem(contexts.PINS, contexts.VC, (place, name, "0" * 64))
    with pytest.raises(ConfigurationError, match="not the pinned file"):
        contexts.check_contexts()


def test_our_own_check_takes_what_we_signed_and_nothing_that_was_changed(
    issuer: TestIssuer,
) -> None:
    key = public_key_of(issuer.key(Algorithm.ED25519))
    credential = issuer.issue()
    assert is_proved(credential, key)  # type: ignore[arg-type]
    assert not is_proved({**credential, "name": "Else"}, key)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="no single proof"):
        is_proved({**credential, "proof": credential["proof"] * 2}, key)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "did"),
    [
        ("https://q.example", "did:web:q.example:issuers:{}"),
        ("https://q.example/tool", "did:web:q.example:tool:issuers:{}"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000:issuers:{}"),
    ],
)
def test_the_did_is_made_of_the_address(url: str, did: str) -> None:
    uuid = UUID(int=7)
    assert Issuer(url, uuid, "U").did == did.format(uuid)


def test_the_documents_of_an_issuer_hold_public_keys_of_their_kind_alone(
    issuer: TestIssuer,
) -> None:
    document = did_document(issuer.issuer, issuer.keys)
    (method,) = document["verificationMethod"]
    assert document["assertionMethod"] == [method["id"]]
    assert method["controller"] == document["id"]
    assert read_ed25519_multikey(method["publicKeyMultibase"])
    (key,) = keyset(issuer.issuer, issuer.keys)["keys"]
    assert set(key) == {"kty", "use", "alg", "kid", "iss", "n", "e"}


def test_a_key_sealed_with_another_secret_says_so(issuer: TestIssuer) -> None:
    other = SealedKeySigner(Fernet(Fernet.generate_key()))
    with pytest.raises(ConfigurationError, match="QUOIN_SECRET_KEY"):
        other.sign(issuer.keys[0], b"x")
    assert "handle" not in repr(issuer.keys[0])


def test_the_first_bit_of_a_list_is_the_leftmost() -> None:
    text = encode([0, 9, ENTRIES - 1])
    bits = gzip.decompress(urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4)))
    assert (len(bits) * 8, bits[0], bits[1], bits[-1]) == (ENTRIES, 0x80, 0x40, 1)
    assert encode([5]) == encode([5])
    assert {0 <= random_position() < ENTRIES for _ in range(100)} == {True}


@pytest.mark.parametrize("octets", [b"", b"\0", b"\0\0a", b"hello", bytes(range(64))])
def test_base58_comes_back_as_it_was(octets: bytes) -> None:
    assert read_multibase(multibase(octets)) == octets


@pytest.mark.parametrize("text", ["", "u123", "z0", "zO", "z" + "1" * 500])
def test_what_is_not_base58_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        read_multibase(text)
