"""Use case: show whoever runs the tool how the installation is, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.healthy import KeyHealth, PlatformHealth, Readings, find_health
from lti_tool.lti.platform_checks import Finding
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_institutions
from lti_tool.persistence.figures import (
    count_failing_mails,
    find_untaken,
    read_queues,
    read_size,
)
from lti_tool.persistence.issuer_keys import list_issuer_keys
from lti_tool.persistence.marks import BACKUP, WORKER, read_marks
from lti_tool.persistence.platforms import Registration, list_deployments, list_registrations
from lti_tool.persistence.schema import current, head
from lti_tool.persistence.tool_keys import KeyState, list_tool_keys, state_since


def show_health(
    database: Database, *, version: str, has_mail: bool, now: datetime
) -> tuple[Finding, ...]:
    """Return what is to be said of this installation at ``now`` (aware).

    ``version`` is that of the release, ``has_mail`` whether a mail server is set.
    """
    migration = current(database)
    with database.reading() as session:
        marks = read_marks(session)
        readings = Readings(
            at=now,
            version=version,
            migration=migration,
            head=head(),
            size=read_size(session),
            queues=read_queues(session),
            untaken_since=find_untaken(session, now),
            worker_at=marks.get(WORKER),
            backup_at=marks.get(BACKUP),
            keys=tuple(_keys(session)),
            platforms=tuple(_platform(session, row) for row in list_registrations(session)),
            has_mail=has_mail,
            failing_mails=count_failing_mails(session),
        )
    return find_health(readings)


def _keys(session: Session) -> Iterator[KeyHealth]:
    for key in list_tool_keys(session):
        if key.state == KeyState.CURRENT:
            yield KeyHealth(None, state_since(key))
    names = {found.id: found.name for found in list_institutions(session)}
    for row in list_issuer_keys(session):
        if row.retired_at is None and row.compromised_at is None:
            yield KeyHealth(names[row.institution_id], row.created_at)


def _platform(session: Session, row: Registration) -> PlatformHealth:
    deployments = [found for found, _ in list_deployments(session, row.id)]
    launches = [found.last_launch_at for found in deployments if found.last_launch_at]
    last = max(launches, default=None)
    refused = [
        (found.last_error_at, found.last_error_code or "")
        for found in deployments
        if found.last_error_at
        and (found.last_launch_at is None or found.last_launch_at <= found.last_error_at)
    ]
    at, code = max(refused, default=(None, ""))
    return PlatformHealth(row.name, row.is_enabled, last, code, at)
