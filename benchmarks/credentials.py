"""quoin bench credentials: how fast credentials are signed, and how soon one overtakes many."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from pyld import jsonld

from benchmarks.credentials_ledger import Ledger, description
from benchmarks.harness import InvalidRunError, Report
from lti_tool.credentials.canonical import canonize
from lti_tool.credentials.contexts import load_context
from lti_tool.credentials.data_integrity import add_proof, is_proved
from lti_tool.credentials.did_web import Issuer
from lti_tool.credentials.document import Awarded, Counted, Rule, build_credential
from lti_tool.credentials.signers import Algorithm, SealedKeySigner, public_key_of
from lti_tool.credentials.status_list import Purpose, entry, random_position
from lti_tool.credentials.vc_jwt import sign_jwt

RUNS = int(os.environ.get("QUOIN_BENCH_RUNS", "5"))
PER_RUN = int(os.environ.get("QUOIN_BENCH_CREDENTIALS", "200"))
BULK = int(os.environ.get("QUOIN_BENCH_BULK", "10000"))
SINGLES = int(os.environ.get("QUOIN_BENCH_SINGLES", "20"))
SECONDS = float(os.environ.get("QUOIN_BENCH_SECONDS", "20"))
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def run(report: Report) -> None:
    """Measure signing alone, beside peers, and then the worker with its ledger."""
    ours = _Issuer()
    _check(ours)
    proofs = _rate(lambda: ours.prove(ours.build()))
    raw = ed25519.Ed25519PrivateKey.generate()
    peers = {
        "raw Ed25519": _rate(lambda: raw.sign(b"x" * 64)),
        "PyLD alone": _rate(lambda: _with_pyld_alone(ours, raw)),
        "openbadgeslib": _rate(_openbadgeslib(ours, raw)),
    }
    _figures(report, "data_integrity_per_s", proofs, peers)
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwts = _rate(lambda: ours.jwt(ours.build()))
    peers = {
        "raw RSA-2048": _rate(lambda: rsa_key.sign(b"x" * 64, padding.PKCS1v15(), hashes.SHA256()))
    }
    _figures(report, "vc_jwt_per_s", jwts, peers)
    with tempfile.TemporaryDirectory() as folder:
        _work(report, Path(folder))


class _Issuer:
    """An issuer with keys; every credential is of another award."""

    def __init__(self) -> None:
        self.issuer = Issuer("https://quoin.example.edu", uuid4(), "Harbour University")
        self.signer = SealedKeySigner(Fernet(Fernet.generate_key()))
        self.proof_key = self.signer.make_key(Algorithm.ED25519)
        self.jwt_key = self.signer.make_key(Algorithm.RS256)
        self.method = self.issuer.verification_method(self.proof_key)
        self.elements = description().elements
        self.lists = {purpose: self.issuer.status_url(uuid4()) for purpose in Purpose}

    def build(self) -> dict[str, Any]:
        """Build the credential of a new award, with two entries."""
        counted = [
            Counted(uuid4(), f"Part {n}", f"/all/{n}", date(2026, 5, 1), is_award=n == 0)
            for n in range(3)
        ]
        award = Awarded(
            uuid=uuid4(),
            subject=uuid4(),
            achievement=uuid4(),
            name="Data practice",
            description="Works with data in practice.",
            credits=Decimal("7.5"),
            awarded_on=date(2026, 6, 1),
            rule=Rule(uuid4(), 3, "ab" * 32),
            receipt_hash=uuid4().hex * 2,
            counted=counted,
            elements=self.elements,
            image="ef" * 32,
        )
        status = [entry(url, p, random_position()) for p, url in self.lists.items()]
        return build_credential(self.issuer, award, status, now=NOW)

    def prove(self, document: dict[str, Any]) -> dict[str, Any]:
        """Add the proof."""
        return add_proof(document, self.signer, self.proof_key, self.method, created=NOW)

    def jwt(self, document: dict[str, Any]) -> str:
        """Sign the second form."""
        kid = self.issuer.kid(self.jwt_key)
        return sign_jwt(document, self.signer, self.jwt_key, kid)


def _check(ours: _Issuer) -> None:
    """Refuse a run whose documents are not canonized as PyLD does, or not signed."""
    key = public_key_of(ours.proof_key)
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise InvalidRunError("the key is of another kind")
    for _ in range(20):
        document = ours.build()
        if canonize(document) != _pyld(document):
            raise InvalidRunError("the canonical form is not that of PyLD")
        if not is_proved(ours.prove(document), key):
            raise InvalidRunError("a proof does not hold")


def _pyld(document: dict[str, Any]) -> str:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads"}
    text: str = jsonld.normalize(document, {**options, "documentLoader": load_context})
    return text


def _with_pyld_alone(ours: _Issuer, key: ed25519.Ed25519PrivateKey) -> None:
    document = ours.build()
    options = {
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-06-30T12:00:00Z",
        "verificationMethod": ours.method,
        "proofPurpose": "assertionMethod",
    }
    digest = hashes.Hash(hashes.SHA256())
    digest.update((_pyld(options) + _pyld(document)).encode())
    key.sign(digest.finalize())


def _openbadgeslib(ours: _Issuer, key: ed25519.Ed25519PrivateKey) -> Callable[[], object]:
    from openbadgeslib.ob3.ldp import add_data_integrity_proof

    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return lambda: add_data_integrity_proof(ours.build(), pem, ours.method, created=NOW)


def _rate(work: Callable[[], object]) -> float:
    """Return how often ``work`` is done in a second of CPU: the median of some runs."""
    work()
    return statistics.median(_runs(work))


def _runs(work: Callable[[], object]) -> Iterator[float]:
    for _ in range(RUNS):
        began = time.thread_time()
        for _ in range(PER_RUN):
            work()
        yield PER_RUN / (time.thread_time() - began)


def _figures(report: Report, name: str, rate: float, peers: dict[str, float]) -> None:
    for number, (peer, value) in enumerate(peers.items()):
        figure = name if number == 0 else f"{name}_vs_{peer.lower().replace(' ', '_')}"
        report.figure(
            figure,
            round(rate, 1),
            "credentials/s",
            better="higher",
            peer=peer,
            peer_value=round(value, 1),
        )


def _work(report: Report, folder: Path) -> None:
    """Let the worker issue many, and make awards of one learner meanwhile."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    ledger = Ledger(folder)
    ledger.award(BULK)
    stop, began = threading.Event(), time.perf_counter()
    thread = threading.Thread(target=ledger.work, args=(stop,))
    thread.start()
    waits = [ledger.wait_for_one() for _ in range(SINGLES)]
    rest = max(0.0, SECONDS - (time.perf_counter() - began))
    stop.wait(rest)
    stop.set()
    thread.join()
    issued, seconds = ledger.count(), time.perf_counter() - began
    waits.sort()
    report.figure("overtaking_p95_s", round(waits[int(0.95 * (len(waits) - 1))], 3), "s")
    report.figure("worker_per_s", round(issued / seconds, 1), "credentials/s", better="higher")
    report.remark(f"{issued} of {BULK + SINGLES} issued in {seconds:.1f} s, from SQLite to SQLite")
