"""A checked launch whose browser has not shown that it began it: held until it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.config import Config
from lti_tool.lti.launch import Launch
from lti_tool.lti.login import LoginRequest, browser_proof, storage_key
from lti_tool.lti.registrations import PlatformRegistration, platform_urls_of
from lti_tool.lti.tickets import LIFE, Ticket, hash_ticket, seal_ticket
from lti_tool.persistence.base import Database
from lti_tool.persistence.sessions import LoginUnderWay, add_ticket


@dataclass(frozen=True, slots=True)
class StorageQuestion:
    """What the page asks of the platform's storage, and the ticket that the answer makes good.

    ``frame`` is the frame that is asked, at the origin of ``url``; ``key`` names the value.
    """

    frame: str
    url: str
    key: str
    ticket: str


@dataclass(frozen=True, slots=True)
class HeldLaunch:
    """What the page of a held launch needs: nobody has a session, nothing of anybody is stored.

    ``restart`` are the parameters of the login, ``question`` is None where the platform offers
    no storage, ``reply_url`` is where a page of the course will post a choice of links to.
    """

    restart: dict[str, str]
    question: StorageQuestion | None
    reply_url: str | None
    platform_urls: tuple[str, ...]


def hold_launch(
    database: Database,
    config: Config,
    registration: PlatformRegistration,
    login: LoginUnderWay,
    *,
    state: str,
    claims: dict[str, Any],
    launch: Launch,
    now: datetime,
) -> HeldLaunch:
    """Hold a launch for two minutes; its person is known to the sealed ticket alone."""
    question = None
    if login.storage_target is not None:
        proof = browser_proof(state, config.secret_key)
        ticket = seal_ticket(Ticket(registration.id, proof, claims), config.secret_key, now)
        with database.writing() as session:
            add_ticket(session, hash_ticket(ticket), now + LIFE, now)
        question = StorageQuestion(
            login.storage_target, registration.authorization_url, storage_key(state), ticket
        )
    return HeldLaunch(
        restart=_asked(login, registration).fields(),
        question=question,
        reply_url=launch.deep_linking.return_url if launch.deep_linking else None,
        platform_urls=platform_urls_of(registration),
    )


def _asked(login: LoginUnderWay, registration: PlatformRegistration) -> LoginRequest:
    """Return the request that began the login."""
    return LoginRequest(
        issuer=registration.issuer,
        login_hint=login.login_hint,
        target_link_uri=login.target_link_uri,
        client_id=registration.client_id,
        deployment_id=login.lti_deployment_id,
        message_hint=login.message_hint,
    )
