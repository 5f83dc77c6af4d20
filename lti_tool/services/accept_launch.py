"""Use case: let a launch in, or say why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from lti_tool.config import Config
from lti_tool.entering.course import open_course
from lti_tool.entering.deployments import check_open
from lti_tool.entering.familiar import enter_familiar
from lti_tool.entering.held import HeldLaunch, hold_launch
from lti_tool.entering.letting_in import let_in, note_refusal
from lti_tool.entering.opened import LaunchAccepted
from lti_tool.errors import LTIError, LTILaunchError
from lti_tool.lti.claims import Trust, parse_launch
from lti_tool.lti.forms import Fields
from lti_tool.lti.id_token import (
    UnverifiedToken,
    check_nonce,
    check_standard_claims,
    read_token,
)
from lti_tool.lti.jwks import KeysetCache
from lti_tool.lti.launch import Launch
from lti_tool.lti.launch_form import parse_launch_form, platform_refusal
from lti_tool.lti.login import hash_state
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.return_url import error_return_url
from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import read_registration
from lti_tool.persistence.sessions import LoginUnderWay, consume_login


def accept_launch(
    database: Database,
    keysets: KeysetCache,
    config: Config,
    fields: Fields,
    *,
    began_here: Callable[[str], bool],
    now: datetime,
) -> LaunchAccepted | HeldLaunch:
    """Check a launch and open a session of eight hours; ``LTIError`` refuses it (V7-V31, V34).

    ``fields`` is the form as it came; ``began_here`` tells of a state whether this browser
    began that login. Where it does not say so, the launch is held and nobody has a session.
    The login is used up even if a later check fails.
    """
    form = parse_launch_form(fields)
    if form.error:
        with database.committing() as connection:
            _consumed(consume_login(connection, hash_state(form.state), now))
        raise platform_refusal(form.error)
    token = read_token(form.id_token)
    registration = _registration(database, token)
    token.verify(keysets.get(registration, token.kid, now))
    try:
        check_standard_claims(
            token.payload, issuer=registration.issuer, client_id=registration.client_id, now=now
        )
        is_bound = began_here(form.state)
        with database.committing() as connection:
            answered = _answer(
                connection, config, form.state, token, registration, now, is_bound=is_bound
            )
        # Whatever the answer is, the login is used up by now.
        if isinstance(answered, LTIError):
            raise answered
        login, launch, accepted = answered
        if is_bound:
            return accepted or open_course(database, registration, launch, now)
        check_open(database, registration, launch, now)
        return hold_launch(
            database,
            config,
            registration,
            login,
            state=form.state,
            claims=token.payload,
            launch=launch,
            now=now,
        )
    except LTIError as refusal:
        note_refusal(database, registration, token.payload, refusal, now)
        refusal.return_url = error_return_url(token.payload, registration, refusal)
        raise


def _answer(
    connection: Connection,
    config: Config,
    state: str,
    token: UnverifiedToken,
    registration: PlatformRegistration,
    now: datetime,
    *,
    is_bound: bool,
) -> tuple[LoginUnderWay, Launch, LaunchAccepted | None] | LTIError:
    """Use the login up and compare it with the token; let in at once whom we know well.

    A refusal is returned and not raised, because the transaction has to be committed (B1).
    """
    try:
        login = _consumed(consume_login(connection, hash_state(state), now))
        launch = _launch(token, login, registration, config)
        accepted = enter_familiar(connection, registration, launch, now) if is_bound else None
    except LTIError as refusal:
        return refusal
    return login, launch, accepted


def _registration(database: Database, token: UnverifiedToken) -> PlatformRegistration:
    with database.connected() as connection:
        found = read_registration(connection, token.issuer, token.client_id)
    return let_in(found)


def _consumed(login: LoginUnderWay | None) -> LoginUnderWay:
    """Return the login, used up whatever comes later (B1, B2)."""
    if login is None:
        raise LTILaunchError(
            "This launch was used already, or took longer than ten minutes. Open the tool "
            "again from your course.",
            code="lti-state",
        )
    return login


def _launch(
    token: UnverifiedToken, login: LoginUnderWay, registration: PlatformRegistration, config: Config
) -> Launch:
    """Compare the token with the login that it answers, and read its claims."""
    if login.registration_id != registration.id:
        raise _other_login("platform")
    check_nonce(token.payload, login.nonce)
    trust = Trust(config.public_url, registration)
    launch = parse_launch(token.payload, trust)
    if login.lti_deployment_id not in (None, launch.deployment_id):
        raise _other_login("deployment")
    if launch.target_link_uri not in (None, login.target_link_uri):
        raise _other_login("target")
    return launch


def _other_login(part: str) -> LTILaunchError:
    return LTILaunchError(
        f"The {part} of the token is not the one of the login. Open the tool again from your "
        "course.",
        code="lti-login-mismatch",
    )
