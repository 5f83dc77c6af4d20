"""Use case: check a credential that somebody hands in. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lti_tool.credentials.recognition.documents import Fetch
from lti_tool.credentials.recognition.outcomes import Verdict
from lti_tool.credentials.recognition.policy import Policy, TrustedIssuer
from lti_tool.credentials.recognition.pool import CheckingPool


def check_credential(
    pool: CheckingPool,
    fetch: Fetch,
    raw: bytes,
    *,
    trusted: Iterable[str] = (),
    home: str = "",
    now: datetime,
) -> Verdict:
    """Return the verdict about the bytes of a credential, a picture with one, or its address.

    ``fetch`` brings the documents of others. ``trusted`` names the issuers that are known here,
    by id or by domain; ``home`` is the public address of this tool, whose own issuers are known.
    """
    policy = Policy(trusted=tuple(TrustedIssuer(name) for name in trusted), home=home)
    return pool.check(raw, fetch=fetch, now=now, policy=policy)
