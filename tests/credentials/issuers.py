"""An issuer with keys, awards of it, and all that it serves, made without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from cryptography.fernet import Fernet

from lti_tool.credentials.data_integrity import add_proof
from lti_tool.credentials.did_web import Issuer, did_document, jwk
from lti_tool.credentials.document import Awarded, Counted, Rule, build_credential
from lti_tool.credentials.endorsement import Endorsement, build_endorsement
from lti_tool.credentials.signers import Algorithm, IssuerKey, SealedKeySigner
from lti_tool.credentials.status_list import Purpose, entry, random_position, status_list
from lti_tool.credentials.vc_jwt import sign_jwt


def an_award(**changes: Any) -> Awarded:
    """An award of a stack, with a smaller award and a completion that counted."""
    values: dict[str, Any] = {
        "uuid": uuid4(),
        "subject": uuid4(),
        "achievement": uuid4(),
        "name": "Data practice",
        "description": "Works with data.",
        "credits": Decimal("7.5"),
        "awarded_on": date(2026, 6, 1),
        "rule": Rule(uuid4(), 3, "ab" * 32),
        "receipt_hash": "cd" * 32,
        "counted": (
            Counted(uuid4(), "Data basics", "/all/0", date(2026, 5, 1), is_award=True),
            Counted(uuid4(), "Data ethics", "/all/1", date(2026, 6, 1), is_award=False),
        ),
    }
    return Awarded(**{**values, **changes})


@dataclass
class TestIssuer:
    """An issuer in memory; ``documents`` is all that it serves, by address."""

    __test__ = False
    now: datetime
    name: str = "Harbour University"
    issuer: Issuer = field(init=False)
    signer: SealedKeySigner = field(init=False)
    keys: list[IssuerKey] = field(init=False)
    lists: dict[str, UUID] = field(init=False)
    set_bits: dict[str, set[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.issuer = Issuer("https://quoin.example.edu", uuid4(), self.name)
        self.signer = SealedKeySigner(Fernet(Fernet.generate_key()))
        self.keys = [self.signer.make_key(algorithm) for algorithm in Algorithm]
        self.lists = {purpose: uuid4() for purpose in Purpose}
        self.set_bits = {purpose: set() for purpose in Purpose}

    def rotate(self) -> None:
        """Sign with new keys; the old ones are still published."""
        self.keys = [*(self.signer.make_key(algorithm) for algorithm in Algorithm), *self.keys]

    def key(self, algorithm: str) -> IssuerKey:
        """The key that signs."""
        return next(key for key in self.keys if key.algorithm == algorithm)

    def unsigned(self, award: Awarded) -> dict[str, Any]:
        """The credential of an award with its two entries."""
        status = [
            entry(self.issuer.status_url(uuid), purpose, random_position())
            for purpose, uuid in self.lists.items()
        ]
        return build_credential(self.issuer, award, status, now=self.now)

    def sign(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with a proof."""
        key = self.key(Algorithm.ED25519)
        method = self.issuer.verification_method(key)
        return add_proof(document, self.signer, key, method, created=self.now)

    def issue(self, **changes: Any) -> dict[str, Any]:
        """A signed credential of a new award."""
        return self.sign(self.unsigned(an_award(**changes)))

    def endorse(self, target: str, comment: str = "Well assessed.") -> dict[str, Any]:
        """A signed endorsement of something of somebody else, with its entry."""
        said = Endorsement(uuid4(), target, "Endorsement", comment)
        place = entry(
            self.issuer.status_url(self.lists[Purpose.REVOCATION]),
            Purpose.REVOCATION,
            random_position(),
        )
        return self.sign(build_endorsement(self.issuer, said, place, now=self.now))

    def jwt(self, **changes: Any) -> str:
        """The second form of the credential of a new award."""
        key = self.key(Algorithm.RS256)
        document = self.unsigned(an_award(**changes))
        return sign_jwt(document, self.signer, key, self.issuer.kid(key))

    @property
    def documents(self) -> dict[str, Any]:
        """Everything that is served."""
        served: dict[str, Any] = {
            f"{self.issuer.url}/did.json": did_document(self.issuer, self.keys)
        }
        for key in self.keys:
            if key.algorithm == Algorithm.RS256:
                served[self.issuer.kid(key)] = jwk(self.issuer, key)
        for purpose, uuid in self.lists.items():
            url = self.issuer.status_url(uuid)
            bits = self.set_bits[purpose]
            served[url] = self.sign(status_list(self.issuer, url, purpose, bits, now=self.now))
        return served
