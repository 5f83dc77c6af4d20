"""An institution with a registered platform, and browsers that log in through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lti_tool.config import Config
from lti_tool.entering.held import HeldLaunch
from lti_tool.entering.opened import LaunchAccepted
from lti_tool.lti.jwks import KeysetCache
from lti_tool.lti.keys import KeyRing, SigningKey
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import ensure_achievement, ensure_institution
from lti_tool.persistence.launched import Launched, find_launched
from lti_tool.services.accept_launch import accept_launch
from lti_tool.services.accept_login import LoginStarted, accept_login
from lti_tool.services.register_platform import PlatformDetails, register_platform
from lti_tool.web.session import hash_token
from tests.lti.platform import NOW, PUBLIC_URL, TARGET, FakeHTTP, TestPlatform, make_key

SECRET = b"a secret key of more than thirty-two bytes"


@dataclass
class World:
    """A database with one institution and one approved deployment of one platform."""

    database: Database
    platform: TestPlatform = field(default_factory=TestPlatform)
    http: FakeHTTP = field(default_factory=FakeHTTP)
    now: datetime = NOW
    allows_loopback: bool = False

    def __post_init__(self) -> None:
        self.config = Config("", PUBLIC_URL, SECRET)
        self.keysets = KeysetCache(self.http)  # type: ignore[arg-type]
        self.keyring = KeyRing(lambda: [SigningKey("our-key", make_key(3))])
        with self.database.writing() as session:
            institution = ensure_institution(session, "harbour", "Harbour University", self.now)
            self.institution_id = institution.id
            achievement = ensure_achievement(
                session, institution.id, "cleaning", self.now, name="Data cleaning"
            )
            self.achievement_id, self.achievement_uuid = achievement.id, achievement.uuid
        self.register(self.platform)

    def register(
        self,
        platform: TestPlatform,
        *deployments: str,
        institution: str = "harbour",
        **details: Any,
    ) -> None:
        """Register a platform and approve its deployments (its own one by default)."""
        registration = platform.registration
        known = {
            "issuer": platform.issuer,
            "client_id": platform.client_id,
            "name": "Harbour LMS",
            "authorization_url": registration.authorization_url,
            "token_url": registration.token_url,
            "jwks_url": registration.jwks_url,
            "allows_loopback": self.allows_loopback,
        }
        register_platform(
            self.database,
            institution,
            PlatformDetails(**(known | details)),
            deployments or [platform.deployment_id],
            actor="test",
            now=self.now,
        )
        self.http.serve(registration.jwks_url, platform.keyset())

    def log_in(self, platform: TestPlatform | None = None, **fields: str) -> Login:
        """Start a login and return what the platform gets to see of it."""
        asked = platform or self.platform
        known = {
            "iss": asked.issuer,
            "login_hint": "user-7",
            "target_link_uri": TARGET,
            "client_id": asked.client_id,
            "lti_deployment_id": asked.deployment_id,
        }
        wanted = {name: value for name, value in (known | fields).items() if value}
        started = accept_login(self.database, wanted.items(), public_url=PUBLIC_URL, now=self.now)
        assert isinstance(started, LoginStarted)
        query = parse_qs(urlsplit(started.url).query)
        return Login(started.state, query["nonce"][0], started.url)

    def post(
        self, state: str, token: str, *, is_bound: bool = True, now: datetime | None = None
    ) -> LaunchAccepted | HeldLaunch:
        """Post a token to the launch address."""
        return accept_launch(
            self.database,
            self.keysets,
            self.config,
            [("state", state), ("id_token", token)],
            began_here=lambda _: is_bound,
            now=now or self.now,
        )

    def launch(self, **claims: Any) -> LaunchAccepted:
        """Log in and launch with these claims."""
        login = self.log_in()
        wanted = {"nonce": login.nonce} | claims
        token = self.platform.sign(self.platform.claims(now=self.now, **wanted))
        return self._entered(login, token)

    def deep_link(self, **claims: Any) -> LaunchAccepted:
        """Log in and ask for links as a teacher."""
        login = self.log_in()
        wanted = {"nonce": login.nonce} | claims
        found = self.platform.deep_linking_claims(now=self.now, **wanted)
        return self._entered(login, self.platform.sign(found))

    def hold(self, *, storage: str = "_parent", **claims: Any) -> tuple[Login, HeldLaunch]:
        """Log in and launch with these claims in a browser that brings no cookie."""
        login = self.log_in(lti_storage_target=storage)
        wanted = {"nonce": login.nonce} | claims
        token = self.platform.sign(self.platform.claims(now=self.now, **wanted))
        held = self.post(login.state, token, is_bound=False)
        assert isinstance(held, HeldLaunch)
        return login, held

    def _entered(self, login: Login, token: str) -> LaunchAccepted:
        accepted = self.post(login.state, token)
        assert isinstance(accepted, LaunchAccepted)
        return accepted

    def launched(self, accepted: LaunchAccepted) -> Launched:
        """Return what the session of a launch says now."""
        found = self.find_launched(accepted)
        assert found is not None
        return found

    def find_launched(
        self, accepted: LaunchAccepted, *, is_bearer: bool = False
    ) -> Launched | None:
        token_hash = hash_token(accepted.session_token)
        with self.database.reading() as session:
            return find_launched(session, token_hash, self.now, is_bearer=is_bearer)


@dataclass(frozen=True)
class Login:
    """A login under way."""

    state: str
    nonce: str
    url: str
