"""The checking process: it can open nothing, and has little memory and time.

It reads requests from its standard input and answers on its standard output. What it needs from
elsewhere it asks for there, one address after the other; whoever started it fetches.
"""

from __future__ import annotations

import math
import resource
import sys
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from jwt.algorithms import RSAAlgorithm

from lti_tool.credentials.contexts import check_contexts
from lti_tool.credentials.recognition import wire
from lti_tool.credentials.recognition.documents import Fetched
from lti_tool.credentials.recognition.linked_data import BASES, CLR, OPEN_BADGES, canonical
from lti_tool.credentials.recognition.outcomes import Outcome, Verdict, reason
from lti_tool.credentials.recognition.pipeline import check
from lti_tool.credentials.recognition.public_keys import is_signed, key_of_jwk, key_of_multibase

MULTIKEYS = (
    "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
)
"""Examples of the specification of did:key: an Ed25519 key and a P-256 key."""
READY: wire.Message = {"ready": True}


def main() -> None:
    """Get warm, give away what is not needed, then answer until the input ends."""
    memory, seconds = (int(argument) for argument in sys.argv[1:3])
    get_warm()
    give_away(memory)
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    _send(outgoing, READY)
    while (message := wire.read(incoming)) is not None:
        _bound_time(seconds)
        _send(outgoing, {"verdict": wire.verdict(_answer(message, incoming, outgoing))})


def get_warm() -> None:
    """Load everything that a check may need: later no file can be opened."""
    check_contexts()
    for contexts in ([BASES[0], CLR, OPEN_BADGES[-1]], [BASES[1], OPEN_BADGES[-1]]):
        canonical({"@context": contexts, "id": "urn:uuid:1", "type": ["VerifiableCredential"]})
    for key in (*map(key_of_multibase, MULTIKEYS), key_of_jwk(_rsa())):
        if key is None or is_signed(key, bytes(64), b""):
            raise SystemExit("The library of signatures does not work here.")


def give_away(memory: int) -> None:
    """Bound the address space to ``memory`` bytes; no file, connection or process from now on."""
    if sys.platform == "linux":
        # Elsewhere an address space cannot be bounded once it is used.
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _rsa() -> dict[str, Any]:
    key = rsa.RSAPublicNumbers(65537, 2**2047 + 1).public_key()
    load_pem_public_key(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return RSAAlgorithm.to_jwk(key, as_dict=True)


def _answer(message: wire.Message, incoming: BinaryIO, outgoing: BinaryIO) -> Verdict:
    def fetch(url: str) -> Fetched:
        _send(outgoing, {"fetch": url})
        found = wire.read(incoming)
        if found is None:
            raise SystemExit
        return wire.read_document(found)

    try:
        raw, now, policy = wire.read_request(message)
        return check(raw, fetch=fetch, now=now, policy=policy)
    except MemoryError:
        return Verdict(Outcome.INVALID, (reason("took-too-much"),))
    except Exception:  # noqa: BLE001 - whatever it is, it says nothing about the credential
        return Verdict(Outcome.UNCHECKABLE, (reason("check-failed"),))


def _bound_time(seconds: int) -> None:
    """Let the system end this process after so many more seconds of work."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _send(outgoing: BinaryIO, message: wire.Message) -> None:
    outgoing.write(wire.pack(message))
    outgoing.flush()


if __name__ == "__main__":
    main()
