"""What somebody handed in, as the single credentials that are kept: a transcript is taken apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from lti_tool.credentials.recognition.compact_jws import read_jws
from lti_tool.credentials.recognition.documents import Fetch, Fetched
from lti_tool.credentials.recognition.issuer_addresses import LONGEST_NAME, is_address
from lti_tool.credentials.recognition.outcomes import FindingError, Outcome, Verdict
from lti_tool.credentials.recognition.presented import read
from lti_tool.credentials.recognition.transcripts import members_of
from lti_tool.credentials.recognition.vc_jwt import document_of

OK = 200
KEPT = (Outcome.VALID, Outcome.UNKNOWN_ISSUER, Outcome.NOT_YOURS, Outcome.UNCHECKABLE)
"""What is kept; whatever else it is, the learner is told why it is not."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One credential as it was presented, with its verdict."""

    document: bytes
    verdict: Verdict

    @property
    def told(self) -> dict[str, Any]:
        """What it says, as plain data."""
        return {} if self.verdict.told is None else asdict(self.verdict.told)


def presented_document(raw: bytes, fetch: Fetch, home: str) -> bytes:
    """Return what is to be checked and kept: what stands at an address now, if one was given.

    Whatever stands there later is another document. What cannot be fetched is left as it is, for
    the check to say so; so is what is larger than a credential may be.
    """
    text = raw.strip()
    if not text.startswith(b"https://") or len(text) > LONGEST_NAME or not text.isascii():
        return raw
    url = text.decode("ascii")
    found = fetch(url) if is_address(url, home=home) else Fetched(0)
    return found.body if found.status == OK and found.body.strip() else raw


def take_apart(document: bytes, verdict: Verdict) -> list[Piece]:
    """Return the credentials in what was handed in: itself, or the members of a transcript.

    Only what the check found good is looked into, and only within its limits. Members of a
    transcript of an inner one are left to that one's own check.
    """
    if not verdict.members or verdict.outcome not in KEPT:
        return [Piece(document, verdict)]
    pairs = zip(_members(document), verdict.members, strict=True)
    return [piece for raw, member in pairs for piece in take_apart(raw, member)]


def _members(document: bytes) -> Iterator[bytes]:
    try:
        presented = read(document)
    except FindingError as error:  # what was checked a moment ago can be read
        raise AssertionError(error.code) from error
    held = document_of(read_jws(presented.jws)) if presented.jws else presented.document or {}
    for member in members_of(held, 1):
        text = member if isinstance(member, str) else json.dumps(member, ensure_ascii=False)
        yield text.encode()
