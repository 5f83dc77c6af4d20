"""What is to be said of the settings: each with its value, what is wrong, what to do.

Nothing is opened, made or fetched; a value that may hold a secret is never shown.
"""

from __future__ import annotations

import difflib
import stat
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from lti_tool import error_reports
from lti_tool.config import DEFAULT_PUBLIC_URL, SETTINGS, Config, is_loopback
from lti_tool.errors import ConfigurationError
from lti_tool.lti.platform_checks import Finding, Verdict
from lti_tool.mailing import Mailer
from lti_tool.persistence.base import read_url

FILE = "_FILE"
OF_COMMANDS = frozenset({"QUOIN_OLD_SECRET_KEY_FILE"})
"""Read by one command alone (``quoin keys reseal``)."""

OF_OTHERS = ("QUOIN_TEST", "QUOIN_BENCH_", "QUOIN_LOAD_", "QUOIN_WORKBENCH_", "QUOIN_XBLOCK")
"""How the variables of tests, benchmarks and the blocks begin."""

SECRETS = frozenset(
    {"QUOIN_SECRET_KEY", "QUOIN_SMTP_URL", "QUOIN_METRICS_TOKEN", "QUOIN_SENTRY_DSN"}
)
GOOD = {
    "QUOIN_DATABASE_URL": "sqlite://",
    "QUOIN_PUBLIC_URL": DEFAULT_PUBLIC_URL,
    "QUOIN_SECRET_KEY": "-" * 32,
}
"""Beside these one setting is read alone, so that each wrong one is named, and no file is made."""


def check_settings(values: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return a finding for every setting, then what else is wrong with the environment."""
    found = [_setting(name, values) for name in SETTINGS]
    return (*found, *_unknown(values))


def _setting(name: str, values: Mapping[str, str]) -> Finding:
    value = values.get(name, "")
    if not value.strip():
        return _unset(name, values)
    try:
        config = Config.from_environ({**GOOD, name: value})
        if look := CLOSER_LOOKS.get(name.removesuffix(FILE)):
            look(config)
    except ConfigurationError as error:
        return Finding(name, Verdict.FAILURE, f"{error.message}.", _meaning(name))
    return _doubt(name, value, values) or Finding(name, Verdict.OK, _shown(name, value))


def _database(config: Config) -> None:
    kind, _, _ = read_url(config.database_url)
    if kind not in ("sqlite", "postgresql"):
        raise ConfigurationError(
            f"QUOIN_DATABASE_URL names the database '{kind}'; "
            "use sqlite:/// or postgresql+psycopg://"
        )


def _private_hosts(config: Config) -> None:
    for address in config.private_hosts:
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal():
            raise ConfigurationError(f"QUOIN_PRIVATE_HOSTS: '{address}' is not host:port")


def _otlp(_config: Config) -> None:
    if find_spec("opentelemetry") is None:
        raise ConfigurationError("QUOIN_OTLP_ENDPOINT needs the extra 'quoin[otel]'")


CLOSER_LOOKS: dict[str, Callable[[Config], object]] = {
    "QUOIN_DATABASE_URL": _database,
    "QUOIN_SMTP_URL": lambda config: Mailer.read(config.smtp_url),
    "QUOIN_PRIVATE_HOSTS": _private_hosts,
    "QUOIN_SENTRY_DSN": lambda _config: error_reports.need_package(),
    "QUOIN_OTLP_ENDPOINT": _otlp,
}
"""What is otherwise read when it is first used; ``ConfigurationError``."""


def _unset(name: str, values: Mapping[str, str]) -> Finding:
    default = SETTINGS[name][0]
    is_wanted = name == "QUOIN_SECRET_KEY" and not values.get(f"{name}{FILE}")
    if is_wanted and not is_loopback(values.get("QUOIN_PUBLIC_URL") or DEFAULT_PUBLIC_URL):
        return Finding(
            name,
            Verdict.FAILURE,
            "It is missing; only a tool on loopback makes one itself.",
            "Write 32 random characters or more into a file, and name it in QUOIN_SECRET_KEY_FILE.",
        )
    return Finding(name, Verdict.OK, f"Not set: {default}.")


def _doubt(name: str, value: str, values: Mapping[str, str]) -> Finding | None:
    """Return what is no error and yet hardly meant."""
    if values.get(f"{name}{FILE}"):
        words = f"{name}{FILE} is set too, and counts."
        return Finding(name, Verdict.WARNING, words, "Take one of them away.")
    if name.endswith(FILE) and _others_read(value):
        words = f"{value}: others on this machine may read it."
        return Finding(name, Verdict.WARNING, words, f"chmod 600 {value}")
    if name == "QUOIN_PUBLIC_URL" and is_loopback(value):
        words = f"{value}: only this machine reaches it."
        return Finding(name, Verdict.WARNING, words, "For an LMS elsewhere set an https address.")
    return None


def _others_read(path: str) -> bool:
    return bool(Path(path).stat().st_mode & stat.S_IROTH)


def _shown(name: str, value: str) -> str:
    if name in SECRETS:
        return "Set; not shown."
    return read_url(value)[2] if name == "QUOIN_DATABASE_URL" else value


def _meaning(name: str) -> str:
    return SETTINGS[name][1]


def _unknown(values: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a warning for every variable that looks like a setting and is none."""
    for name in sorted(values):
        is_ours = name.startswith("QUOIN_") and not name.startswith(OF_OTHERS)
        if is_ours and name not in SETTINGS and name not in OF_COMMANDS:
            near = difflib.get_close_matches(name, SETTINGS, n=1)
            advice = f"Is {near[0]} meant?" if near else "'quoin config list' has all."
            yield Finding(
                name, Verdict.WARNING, "There is no such setting; nobody reads it.", advice
            )
