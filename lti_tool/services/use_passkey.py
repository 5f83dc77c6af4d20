"""Use case: somebody signs in with a passkey."""

from __future__ import annotations

from datetime import datetime

from lti_tool.entering.opened import hash_token
from lti_tool.persistence.base import Database
from lti_tool.persistence.sign_in_attempts import consume_attempt
from lti_tool.persistence.sign_in_ways import Audience, Kind, SignInWay, find_way
from lti_tool.signing_in.attempts import AttemptKind, Door, belongs, stale
from lti_tool.signing_in.lookups import passkey_lookup
from lti_tool.signing_in.next_pages import next_page
from lti_tool.signing_in.opening import SignedInNow, open_session
from lti_tool.signing_in.passkeys import Passkey, Site, read_answer, refused, verify_use


def use_passkey(
    database: Database,
    site: Site,
    door: Door,
    *,
    answer: str,
    wanted: str = "",
    old_token: str = "",
    now: datetime,
) -> SignedInNow:
    """Sign in whoever has the passkey that signed the challenge of this browser.

    ``InvalidInputError`` (field "credential") says the same for a passkey that is unknown, of
    another institution, of the other side, or does not verify.
    """
    read = read_answer(answer)
    with database.writing() as session:
        attempt = consume_attempt(session, hash_token(read.challenge), now)
    if not belongs(attempt, door, AttemptKind.PASSKEY):
        raise stale("credential")
    with database.writing() as session:
        way = find_way(session, passkey_lookup(read.credential_id))
        if way is None or not _opens(way, door):
            raise refused()
        known = Passkey(read.credential_id, way.public_key or b"", way.sign_count)
        way.sign_count = verify_use(site, read, known)
        way.last_used_at = now
        token = open_session(session, way.person, now, way=Kind.PASSKEY, old_token=old_token)
    return SignedInNow(token, door.audience, next_page(door.audience, wanted))


def _opens(way: SignInWay, door: Door) -> bool:
    """Return whether a passkey is good at this door; that of the whole tool is for all staff."""
    if way.kind != Kind.PASSKEY or way.person.audience is not door.audience:
        return False
    is_for_all = door.audience is Audience.STAFF and door.institution_id is None
    return is_for_all or way.institution_id == door.institution_id
