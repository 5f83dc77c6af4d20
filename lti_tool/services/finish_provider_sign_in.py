"""Use case: a browser comes back from the provider of an institution."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from sqlalchemy.orm import Session

from lti_tool.entering.opened import hash_token
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.base import Database
from lti_tool.persistence.sign_in_attempts import SignInAttempt, consume_attempt
from lti_tool.persistence.sign_in_ways import Audience, Kind, Person, find_way
from lti_tool.signing_in.adding import add
from lti_tool.signing_in.attempts import AttemptKind, stale
from lti_tool.signing_in.clients import get_client
from lti_tool.signing_in.lookups import provider_lookup
from lti_tool.signing_in.opening import SignedInNow, open_session
from lti_tool.signing_in.provider import ProviderClient, unusable
from lti_tool.signing_in.providers import Providers

UNKNOWN = (
    "Your institution knows you, but this account opens nothing here yet. Students connect it "
    "once from inside a course (My credentials, “Keep access when you leave”); staff with "
    "the link that an administrator sends."
)


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back, where, and in which browser.

    ``answer`` is the query of the redirect. ``signed_in`` is who is signed in in this browser,
    ``old_tokens`` are the tokens of those sessions by side.
    """

    institution_id: int
    browser: str
    answer: Mapping[str, str]
    redirect_uri: str
    signed_in: Collection[Person]
    old_tokens: Mapping[Audience, str]


@dataclass(frozen=True, slots=True)
class WayAdded:
    """The account at the provider is a way of whoever is signed in."""

    audience: Audience


def finish_provider_sign_in(
    database: Database,
    providers: Providers,
    secret_key: bytes,
    returned: Returned,
    *,
    now: datetime,
) -> SignedInNow | WayAdded:
    """Check the answer, and sign in whoever it is, or add it to whoever is signed in.

    ``InvalidInputError`` says what went wrong; whatever it was, the state is used up.
    """
    with database.writing() as session:
        attempt = _take(session, returned, now)
    if attempt is None:
        raise stale()
    with database.reading() as session:
        client = get_client(session, returned.institution_id, secret_key)
    code = _code(providers, client, attempt, returned, now)
    subject = providers.redeem(
        client,
        code=code,
        redirect_uri=returned.redirect_uri,
        verifier=attempt.verifier,
        nonce=attempt.nonce,
        now=now,
    )
    with database.writing() as session:
        if attempt.is_adding:
            return _add(session, attempt, client, subject, now)
        return _enter(session, attempt, client, subject, returned, now)


def _take(session: Session, returned: Returned, now: datetime) -> SignInAttempt | None:
    attempt = consume_attempt(session, hash_token(returned.answer.get("state", "")), now)
    if attempt is None or attempt.kind != AttemptKind.PROVIDER:
        return None
    is_here = attempt.institution_id == returned.institution_id and compare_digest(
        attempt.browser_hash or "", hash_token(returned.browser)
    )
    is_theirs = not attempt.is_adding or attempt.person in returned.signed_in
    return attempt if is_here and is_theirs else None


def _code(
    providers: Providers,
    client: ProviderClient,
    attempt: SignInAttempt,
    returned: Returned,
    now: datetime,
) -> str:
    """Return the code of an answer that comes from the provider that was asked (RFC 9207)."""
    issuer = returned.answer.get("iss", "")
    is_named = issuer or providers.describe(client, now).sends_issuer
    if attempt.issuer != client.issuer or (is_named and issuer != client.issuer):
        raise unusable("the answer comes from another provider")
    if returned.answer.get("error") == "access_denied":
        raise InvalidInputError(
            "You did not sign in there. Try again, or sign in another way.",
            code="sign-in-denied",
        )
    code = returned.answer.get("code", "")
    if returned.answer.get("error") or not code:
        raise unusable("it sent an error instead of a code")
    return code


def _add(
    session: Session, attempt: SignInAttempt, client: ProviderClient, subject: str, now: datetime
) -> WayAdded:
    audience = Audience(attempt.audience)
    add(
        session,
        attempt.person,
        Kind.PROVIDER,
        now,
        field="provider",
        lookup=provider_lookup(attempt.institution_id, audience, client.issuer, subject),
        name=client.name,
        issuer=client.issuer,
        subject=subject,
    )
    return WayAdded(audience)


def _enter(
    session: Session,
    attempt: SignInAttempt,
    client: ProviderClient,
    subject: str,
    returned: Returned,
    now: datetime,
) -> SignedInNow:
    audience = Audience(attempt.audience)
    lookup = provider_lookup(attempt.institution_id, audience, client.issuer, subject)
    way = find_way(session, lookup)
    if way is None:
        raise InvalidInputError(UNKNOWN, code="sign-in-unknown")
    way.last_used_at = now
    old = returned.old_tokens.get(audience, "")
    token = open_session(session, way.person, now, way=Kind.PROVIDER, old_token=old)
    return SignedInNow(token, audience, attempt.next_page)
