"""Every setting of the tool: environment name, default and meaning, in one table."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from lti_tool.errors import ConfigurationError

SETTINGS = {
    "QUOIN_DATABASE_URL": (
        "an SQLite file under var/",
        "Where everything is kept: sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME.",
    ),
    "QUOIN_DATABASE_URL_FILE": ("none", "A file that holds the above."),
    "QUOIN_PUBLIC_URL": (
        "http://127.0.0.1:8000",
        "The address at which browsers and platforms reach the tool; https unless loopback.",
    ),
    "QUOIN_SECRET_KEY": (
        "var/secret.key, made at first use, on loopback only",
        "At least 32 characters; encrypts the private keys at rest and signs form tokens.",
    ),
    "QUOIN_SECRET_KEY_FILE": ("none", "A file that holds the secret key, instead of the above."),
    "QUOIN_PRIVATE_HOSTS": (
        "none",
        "Comma list of host:port that the tool may call, over https, at private addresses.",
    ),
    "QUOIN_TRUSTED_PROXIES": (
        "0",
        "How many proxies stand before the tool: whose address a browser has is read from theirs.",
    ),
    "QUOIN_SMTP_URL": (
        "none: no mail is sent",
        "The mail server: smtps://USER:PASSWORD@HOST:465?from=ADDRESS, or smtp:// with STARTTLS.",
    ),
    "QUOIN_SMTP_URL_FILE": ("none", "A file that holds the above."),
    "QUOIN_METRICS_TOKEN": (
        "none: there is no /metrics",
        "At least 16 characters; whoever sends them as a bearer token reads the metrics.",
    ),
    "QUOIN_METRICS_TOKEN_FILE": ("none", "A file that holds the above."),
    "QUOIN_ACCESSIBILITY_CONTACT": (
        "none: whoever looks after the learning platform",
        "Where people tell of barriers, on the page /accessibility: an e-mail or https address.",
    ),
    "QUOIN_SENTRY_DSN": (
        "none: errors stay in the log",
        "Where errors are told, scrubbed of personal data; needs 'quoin[sentry]'.",
    ),
    "QUOIN_SENTRY_DSN_FILE": ("none", "A file that holds the above."),
    "QUOIN_OTLP_ENDPOINT": (
        "none: no traces",
        "The collector that gets a trace of each request, by OTLP over HTTP; needs 'quoin[otel]'.",
    ),
    "QUOIN_MATCH_MODEL": (
        "none: words alone decide",
        "A folder with the files of all-MiniLM-L6-v2, which matches goals better (extra [match]).",
    ),
    "QUOIN_POLL_SECONDS": ("1", "How often the worker looks for due deliveries, in seconds."),
    "QUOIN_SOURCE_SECONDS": (
        "600",
        "How often the worker reads a course from its evidence source, in seconds.",
    ),
}

DEFAULT_PUBLIC_URL = "http://127.0.0.1:8000"
COUNTS_IN = "PROMETHEUS_MULTIPROC_DIR"
"""Set by the tool itself where several processes serve pages: each counts into that folder."""

SHORTEST_SECRET = 32
SHORTEST_TOKEN = 16


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one running tool; secrets never show in its repr."""

    database_url: str = field(repr=False)
    public_url: str = DEFAULT_PUBLIC_URL
    secret_key: bytes = field(repr=False, default=b"")
    private_hosts: frozenset[str] = frozenset()
    poll_seconds: float = 1.0
    source_seconds: float = 600.0
    smtp_url: str = field(default="", repr=False)
    metrics_token: bytes = field(default=b"", repr=False)
    accessibility_contact: str = ""
    sentry_dsn: str = field(default="", repr=False)
    otlp_endpoint: str = ""
    trusted_proxies: int = 0
    match_model: str = ""

    @classmethod
    def from_environ(
        cls, environ: Mapping[str, str] | None = None, *, home: Path | None = None
    ) -> Config:
        """Read the settings; ``ConfigurationError`` names the one that is wrong.

        ``home`` is where ``var/`` lies (the working directory by default).
        """
        values = os.environ if environ is None else environ
        var = (home or Path.cwd()) / "var"
        public_url = _public_url(values.get("QUOIN_PUBLIC_URL", DEFAULT_PUBLIC_URL))
        return cls(
            database_url=_text_or_file(values, "QUOIN_DATABASE_URL") or _default_database(var),
            public_url=public_url,
            secret_key=_secret(values, var, is_loopback=is_loopback(public_url)),
            private_hosts=frozenset(
                host.strip()
                for host in values.get("QUOIN_PRIVATE_HOSTS", "").split(",")
                if host.strip()
            ),
            poll_seconds=_seconds("QUOIN_POLL_SECONDS", values, "1", 3600),
            source_seconds=_seconds("QUOIN_SOURCE_SECONDS", values, "600", 86_400),
            smtp_url=_text_or_file(values, "QUOIN_SMTP_URL"),
            metrics_token=_metrics_token(values),
            match_model=values.get("QUOIN_MATCH_MODEL", "").strip(),
            accessibility_contact=_contact(values.get("QUOIN_ACCESSIBILITY_CONTACT", "").strip()),
            trusted_proxies=_proxies(values.get("QUOIN_TRUSTED_PROXIES") or "0"),
            sentry_dsn=_address("QUOIN_SENTRY_DSN", _text_or_file(values, "QUOIN_SENTRY_DSN")),
            otlp_endpoint=_address(
                "QUOIN_OTLP_ENDPOINT", values.get("QUOIN_OTLP_ENDPOINT", "").strip()
            ),
        )

    @property
    def origin(self) -> str:
        """Scheme, host and port of the public address."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"


@lru_cache(maxsize=1024)
def is_loopback(url: str) -> bool:
    """Return whether ``url`` names this machine and nothing else."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _public_url(url: str) -> str:
    url = url.rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise ConfigurationError(
            "QUOIN_PUBLIC_URL must be an address like https://quoin.example.edu"
        )
    if parts.scheme == "http" and not is_loopback(url):
        raise ConfigurationError("QUOIN_PUBLIC_URL must begin with https:// (loopback excepted)")
    return url


def _default_database(var: Path) -> str:
    var.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{var / 'quoin.sqlite3'}"


def _secret(values: Mapping[str, str], var: Path, *, is_loopback: bool) -> bytes:
    secret = values.get("QUOIN_SECRET_KEY", "").encode()
    if path := values.get("QUOIN_SECRET_KEY_FILE"):
        secret = read_secret_file("QUOIN_SECRET_KEY_FILE", path)
    if not secret and is_loopback:
        return _own_secret(var)
    if len(secret) < SHORTEST_SECRET:
        raise ConfigurationError(
            "QUOIN_SECRET_KEY (or QUOIN_SECRET_KEY_FILE) needs "
            f"{SHORTEST_SECRET} characters or more"
        )
    return secret


def _contact(text: str) -> str:
    is_mail = text.count("@") == 1 and "/" not in text and " " not in text
    if text and not is_mail and not text.startswith("https://"):
        raise ConfigurationError(
            "QUOIN_ACCESSIBILITY_CONTACT must be an e-mail address or begin with https://"
        )
    return text


def _text_or_file(values: Mapping[str, str], name: str) -> str:
    """Return the text of a setting, or of the file that ``name_FILE`` names."""
    if path := values.get(f"{name}_FILE"):
        return read_secret_file(f"{name}_FILE", path).decode("utf-8", "replace")
    return values.get(name, "").strip()


def _address(name: str, url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ConfigurationError(f"{name} must be an address that begins with https:// or http://")
    return url.rstrip("/")


def _metrics_token(values: Mapping[str, str]) -> bytes:
    token = values.get("QUOIN_METRICS_TOKEN", "").strip().encode()
    if path := values.get("QUOIN_METRICS_TOKEN_FILE"):
        token = read_secret_file("QUOIN_METRICS_TOKEN_FILE", path)
    if token and len(token) < SHORTEST_TOKEN:
        raise ConfigurationError(
            "QUOIN_METRICS_TOKEN (or QUOIN_METRICS_TOKEN_FILE) needs "
            f"{SHORTEST_TOKEN} characters or more"
        )
    return token


def read_secret_file(name: str, path: str) -> bytes:
    """Return the secret in the file that the setting ``name`` names; ``ConfigurationError``."""
    try:
        return Path(path).read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(f"{name} cannot be read: {error.strerror}") from None


def _own_secret(var: Path) -> bytes:
    """Return the secret of this folder; two processes that start at once agree on one."""
    var.mkdir(parents=True, exist_ok=True)
    path = var / "secret.key"
    fresh = var / f"secret.key.{os.getpid()}.{secrets.token_hex(4)}"
    if not path.exists():
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes().strip()


def _proxies(value: str) -> int:
    if value not in ("0", "1", "2", "3", "4", "5"):
        raise ConfigurationError("QUOIN_TRUSTED_PROXIES must be a number from 0 to 5")
    return int(value)


def _seconds(name: str, values: Mapping[str, str], otherwise: str, most: int) -> float:
    try:
        seconds = float(values.get(name, otherwise))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= most:
        raise ConfigurationError(f"{name} must be a number of seconds up to {most}")
    return seconds
