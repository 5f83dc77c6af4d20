"""What is said of the health of an installation: each finding with what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.lti.key_rotation import SIGNS_FOR
from lti_tool.lti.platform_checks import Finding, Verdict
from lti_tool.persistence.figures import Queue

WORKER_SILENT = timedelta(minutes=5)
"""The worker says every few seconds that it is there; it may be busy for a while."""

UNTAKEN_LONG = timedelta(hours=1)
"""Due work that nobody has taken for so long: no worker runs, whatever it says."""

WAITS_LONG = timedelta(hours=1)
BACKUP_OLD = timedelta(days=8)
KIND_WORDS = {
    "score": ("scores", "score"),
    "credential": ("credentials", "credential"),
    "transcript": ("transcripts", "transcript"),
}


@dataclass(frozen=True, slots=True)
class PlatformHealth:
    """One platform: when somebody came last, and which refusal came after that (code)."""

    name: str
    is_enabled: bool
    last_launch_at: datetime | None
    last_error_code: str = ""
    last_error_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyHealth:
    """A key that signs: whose (None: the tool's own), and since when."""

    institution: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read of an installation at ``at``.

    ``version`` is that of the release, ``migration`` what the database is at, ``head`` what the
    release expects. ``untaken_since`` is since when due work waits that no worker has taken.
    """

    at: datetime
    version: str
    migration: str | None
    head: str | None
    size: int
    queues: tuple[Queue, ...]
    untaken_since: datetime | None
    worker_at: datetime | None
    backup_at: datetime | None
    keys: tuple[KeyHealth, ...]
    platforms: tuple[PlatformHealth, ...]
    has_mail: bool
    failing_mails: int


def find_health(found: Readings) -> tuple[Finding, ...]:
    """Return what is to be said of an installation, in the order of a page."""
    return (
        _database(found),
        _worker(found),
        *(_queue(queue, found.at) for queue in found.queues),
        *_keys(found),
        *(_platform(platform) for platform in found.platforms),
        _mail(found),
        _backup(found),
    )


def is_well(findings: Iterable[Finding]) -> bool:
    """Return whether nothing has failed."""
    return all(finding.verdict is not Verdict.FAILURE for finding in findings)


def _database(found: Readings) -> Finding:
    about = f"Release {found.version}, database at {found.migration or 'no migration'}"
    about = f"{about}, {found.size / 1e6:,.1f} MB."
    if found.migration == found.head:
        return Finding("database", Verdict.OK, about)
    advice = "Run 'quoin db upgrade' with the release that serves the pages."
    return Finding("database", Verdict.FAILURE, f"{about} It should be {found.head}.", advice)


def _worker(found: Readings) -> Finding:
    advice = "Start 'quoin serve', whose worker sends and issues, and look at its log."
    if found.worker_at is None:
        return Finding("worker", Verdict.FAILURE, "No worker has ever run.", advice)
    silent = found.at - found.worker_at
    if silent > WORKER_SILENT:
        words = f"The worker was last there {ago(silent)} ago."
        return Finding("worker", Verdict.FAILURE, words, advice)
    untaken = found.at - found.untaken_since if found.untaken_since else timedelta(0)
    if untaken > UNTAKEN_LONG:
        words = f"The worker runs, but due work waits since {ago(untaken)}."
        return Finding("worker", Verdict.FAILURE, words, "Look at its log for worker.pass_failed.")
    return Finding("worker", Verdict.OK, f"The worker was there {ago(silent)} ago.")


def _queue(queue: Queue, now: datetime) -> Finding:
    many, _ = KIND_WORDS[queue.kind]
    parts = [
        _counted(queue.waiting, "waits", "wait"),
        _counted(queue.held, "is held", "are held"),
        _counted(queue.overridden, "needs a teacher's choice", "need a teacher's choice"),
        _counted(queue.quarantined, "is in quarantine", "are in quarantine"),
    ]
    said = ", ".join(part for part in parts if part) or "nothing waits"
    waits = now - queue.oldest_at if queue.oldest_at else timedelta(0)
    if queue.oldest_at:
        said = f"{said}; the oldest was promised {ago(waits)} ago"
    words = f"{said[0].upper()}{said[1:]}."
    if queue.quarantined:
        return Finding(many, Verdict.WARNING, words, _resend(queue.kind))
    if waits > WAITS_LONG:
        advice = "The page “Scores” says what the platforms answer."
        if queue.kind != "score":
            advice = "Look at the worker's log."
        return Finding(many, Verdict.WARNING, words, advice)
    return Finding(many, Verdict.OK, words)


def _resend(kind: str) -> str:
    if kind == "score":
        return "The page “Scores” says why, and sends them again: 'quoin work resend --failed'."
    return "'quoin credentials waiting' says why; then 'quoin credentials issue'."


def _keys(found: Readings) -> Iterator[Finding]:
    if all(key.institution is not None for key in found.keys):
        yield Finding("keys", Verdict.WARNING, "The tool has no signing key yet.", _first_key())
    for key in found.keys:
        age = found.at - key.since
        whose = "The tool's own key" if key.institution is None else f"The key of {key.institution}"
        words = f"{whose} signs since {ago(age)}."
        if key.institution is None and age > SIGNS_FOR:
            advice = "Renew it with 'quoin keys rotate'; daily by a timer, it does what is due."
            yield Finding("keys", Verdict.WARNING, words, advice)
        else:
            yield Finding("keys", Verdict.OK, words)


def _first_key() -> str:
    return "It is made when a platform first reads the keyset, or somebody launches."


def _platform(found: PlatformHealth) -> Finding:
    topic = f"platform {found.name}"
    if not found.is_enabled:
        return Finding(topic, Verdict.WARNING, "Switched off: its launches are refused.")
    last = (
        f"Last launch on {found.last_launch_at:%Y-%m-%d %H:%M} UTC."
        if found.last_launch_at
        else "Nobody has launched yet."
    )
    if found.last_error_at is None:
        return Finding(topic, Verdict.OK, last)
    refused = f"{last} Refused since then: {found.last_error_code}."
    return Finding(topic, Verdict.WARNING, refused, "Its page says what that means and what to do.")


def _mail(found: Readings) -> Finding:
    if not found.has_mail:
        words = "No mail server is set: nobody gets mail."
        return Finding("mail", Verdict.WARNING, words, "Set QUOIN_SMTP_URL if people want it.")
    if found.failing_mails:
        words = f"Mail to {_people(found.failing_mails)} could not be sent; it is tried again."
        return Finding("mail", Verdict.WARNING, words, "Look at the log, and at QUOIN_SMTP_URL.")
    return Finding("mail", Verdict.OK, "A mail server is set, and no mail waits for another try.")


def _backup(found: Readings) -> Finding:
    advice = "'quoin backup create FILE' makes one. Tell of others by 'quoin health --backup-made'."
    if found.backup_at is None:
        return Finding("backup", Verdict.WARNING, "No backup is known of.", advice)
    age = found.at - found.backup_at
    verdict = Verdict.OK if age <= BACKUP_OLD else Verdict.WARNING
    said = f"The last backup that is known of is from {ago(age)} ago."
    return Finding("backup", verdict, said, "" if verdict is Verdict.OK else advice)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}" if count else ""


def ago(span: timedelta) -> str:
    """Return a time span in the largest unit that fits: "3 hours"."""
    seconds = max(int(span.total_seconds()), 0)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
