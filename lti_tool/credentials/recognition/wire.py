"""What the tool and a checking process say to each other: JSON objects with their length before."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO

from lti_tool.credentials.recognition.documents import Fetched
from lti_tool.credentials.recognition.outcomes import Outcome, Reason, Told, Verdict
from lti_tool.credentials.recognition.policy import Policy, Recipient, TrustedIssuer

LENGTH_BYTES = 4
LARGEST_MESSAGE = 8 * 1024 * 1024

Message = dict[str, Any]


def pack(message: Message) -> bytes:
    """Return a message with its length before it."""
    text = json.dumps(message).encode()
    return len(text).to_bytes(LENGTH_BYTES) + text


def read(stream: BinaryIO | Callable[[int], bytes]) -> Message | None:
    """Return the next message; None when the other side has gone."""
    take = stream if callable(stream) else stream.read
    head = take(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    length = int.from_bytes(head)
    if length > LARGEST_MESSAGE:
        return None
    text = take(length)
    return dict(json.loads(text)) if len(text) == length else None


def request(raw: bytes, now: datetime, policy: Policy) -> Message:
    """Return the message that asks for a check."""
    trusted = [
        {
            "name": one.name,
            "since": one.since and one.since.isoformat(),
            "until": one.until and one.until.isoformat(),
            "achievement_types": sorted(one.achievement_types),
        }
        for one in policy.trusted
    ]
    return {
        "raw": b64encode(raw).decode("ascii"),
        "now": now.isoformat(),
        "trusted": trusted,
        "recipient": policy.recipient and asdict(policy.recipient),
        "home": policy.home,
    }


def read_request(message: Message) -> tuple[bytes, datetime, Policy]:
    """Return what a message asks for: the bytes, the moment, the policy."""
    trusted = tuple(
        TrustedIssuer(
            name=one["name"],
            since=_moment(one["since"]),
            until=_moment(one["until"]),
            achievement_types=frozenset(one["achievement_types"]),
        )
        for one in message["trusted"]
    )
    recipient = message["recipient"]
    person = recipient and Recipient(tuple(recipient["emails"]), tuple(recipient["ids"]))
    now = datetime.fromisoformat(message["now"])
    return b64decode(message["raw"]), now, Policy(trusted, person, message["home"])


def document(fetched: Fetched) -> Message:
    """Return the message that hands a fetched document in."""
    return {"status": fetched.status, "body": b64encode(fetched.body).decode("ascii")}


def read_document(message: Message) -> Fetched:
    """Return the document of a message."""
    return Fetched(int(message["status"]), b64decode(message["body"]))


def verdict(found: Verdict) -> Message:
    """Return the message with a verdict; also what ``--json`` shows."""
    return asdict(found)


def read_verdict(message: Message) -> Verdict:
    """Return the verdict of a message."""
    said = message["told"]
    return Verdict(
        outcome=Outcome(message["outcome"]),
        reasons=tuple(Reason(**one) for one in message["reasons"]),
        form=message["form"],
        told=said and Told(**{name: _frozen(value) for name, value in said.items()}),
        members=tuple(read_verdict(member) for member in message["members"]),
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
