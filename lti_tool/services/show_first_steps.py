"""Use case: show administrators how far the installation, or their institution, has been set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.administering import list_own_deployments, list_platforms_of
from lti_tool.healthy import WORKER_SILENT
from lti_tool.persistence.administrators import get_administrator
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import has_stacks
from lti_tool.persistence.issuer_keys import list_issuer_keys
from lti_tool.persistence.marks import BACKUP, WORKER, read_marks
from lti_tool.persistence.platforms import DeploymentState


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One step by its name, and whether what it leads to is there."""

    name: str
    is_done: bool


def show_first_steps(
    database: Database,
    administrator: UUID,
    *,
    within: int | None,
    has_mail: bool,
    now: datetime,
) -> tuple[FirstStep, ...]:
    """Return the steps in order; none once all are done, or when put away by this person.

    ``within`` is the institution of an administrator who sees no other (internal id): what
    concerns the whole installation is not theirs to do and left out.
    """
    with database.reading() as session:
        if get_administrator(session, administrator).checklist_hidden_at is not None:
            return ()
        steps = _of_institution(session, within)
        if within is None:
            steps += _of_installation(session, has_mail=has_mail, now=now)
    return () if all(step.is_done for step in steps) else steps


def _of_institution(session: Session, within: int | None) -> tuple[FirstStep, ...]:
    platforms = list_platforms_of(session, within)
    found = [row for one in platforms for row, _ in list_own_deployments(session, one, within)]
    approved = any(row.state == DeploymentState.APPROVED for row in found)
    return (
        FirstStep("platform", bool(platforms)),
        FirstStep("deployment", approved),
        FirstStep("launch", any(row.last_launch_at for row in found)),
        FirstStep("stack", has_stacks(session, within)),
        FirstStep("issuer-key", bool(list_issuer_keys(session, within))),
    )


def _of_installation(session: Session, *, has_mail: bool, now: datetime) -> tuple[FirstStep, ...]:
    marks = read_marks(session)
    worker_at = marks.get(WORKER)
    return (
        FirstStep("worker", worker_at is not None and now - worker_at <= WORKER_SILENT),
        FirstStep("mail", has_mail),
        FirstStep("backup", BACKUP in marks),
    )
