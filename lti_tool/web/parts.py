"""The parts that pages share, built once from the configuration."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import current_app

from lti_tool.config import Config
from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.gathering.opening import SourceDoor
from lti_tool.issuing.signing import Signing, build_signing
from lti_tool.lti.http_client import HTTPClient, Patience
from lti_tool.lti.jwks import KeysetCache, KeysetShelf
from lti_tool.lti.keys import KeyRing, SigningKey
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.mailing import Mailer
from lti_tool.matching import KeptMatchers
from lti_tool.outside_documents import OutsideDocuments
from lti_tool.persistence.base import Database
from lti_tool.services.ensure_signing_keys import ensure_signing_keys
from lti_tool.services.share_keysets import share_keysets
from lti_tool.signing_in.providers import Providers

SOURCE_PATIENCE = Patience(connect=5.0, read=15.0, total=20.0)
PROVIDER_PATIENCE = Patience(connect=3.0, read=5.0, total=10.0)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a running tool holds: settings, database, our keys, the ways out, and the clock."""

    config: Config
    database: Database
    keyring: KeyRing
    http: HTTPClient
    keysets: KeysetCache
    platforms: PlatformClient
    clock: Callable[[], datetime]
    checking: CheckingPool = field(default_factory=CheckingPool)
    outside: OutsideDocuments = field(default_factory=OutsideDocuments)
    mailer: Mailer | None = None
    source_http: HTTPClient = field(default_factory=lambda: build_source_http(()))
    matchers: KeptMatchers = field(default_factory=KeptMatchers)
    providers: Providers = field(default_factory=lambda: build_providers(()))

    @property
    def signing(self) -> Signing:
        """Who signs credentials, and for which address."""
        return build_signing(self.config.public_url, self.config.secret_key)

    @property
    def sources(self) -> SourceDoor:
        """What opens evidence sources."""
        return SourceDoor(self.source_http, self.config.secret_key, self.clock)


def build_parts(
    config: Config,
    *,
    database: Database | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Parts:
    """Build the parts; nothing is opened, read or fetched before it is needed."""
    opened = database or Database(config.database_url)
    http = HTTPClient(config.private_hosts)
    keyring = build_keyring(config, opened, clock)
    return Parts(
        config=config,
        database=opened,
        keyring=keyring,
        http=http,
        keysets=KeysetCache(http, share_keysets(opened)),
        platforms=PlatformClient(http, keyring, clock=clock),
        clock=clock,
        mailer=Mailer.read(config.smtp_url),
        source_http=build_source_http(config.private_hosts),
        matchers=KeptMatchers.read(config.match_model),
        providers=build_providers(config.private_hosts, share_keysets(opened)),
    )


def build_providers(private_hosts: Collection[str], shelf: KeysetShelf | None = None) -> Providers:
    """Return what asks sign-in providers; somebody waits, so it is less patient than others."""
    http = HTTPClient(private_hosts, patience=PROVIDER_PATIENCE)
    return Providers(http, KeysetCache(http, shelf))


def build_source_http(private_hosts: Collection[str]) -> HTTPClient:
    """Return what asks evidence sources; a teacher may wait for an answer."""
    return HTTPClient(private_hosts, patience=SOURCE_PATIENCE)


def build_keyring(config: Config, database: Database, clock: Callable[[], datetime]) -> KeyRing:
    """Return our keys as the database holds them; keys that are open stay open."""

    def load() -> tuple[SigningKey, ...]:
        return ensure_signing_keys(database, config.secret_key, now=clock(), known=ring.held())

    ring = KeyRing(load)
    return ring


def current_parts() -> Parts:
    """Return the parts of the running application."""
    parts: Parts = current_app.extensions["quoin"]
    return parts
