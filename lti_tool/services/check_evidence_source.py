"""Use case: ask a source whether everything is in order, and say what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.errors import SourceError
from lti_tool.gathering.course import load_course
from lti_tool.gathering.opening import SourceDoor
from lti_tool.persistence.base import Database
from lti_tool.persistence.evidence_readings import find_course_of, hasten_readings
from lti_tool.persistence.evidence_sources import get_evidence_source
from lti_tool.persistence.platforms import Registration, get_deployment
from lti_tool.sources.evidence import Finding


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, and the course on which it was tried ("" for none)."""

    findings: Sequence[Finding]
    course: str

    @property
    def is_good(self) -> bool:
        """Return whether everything is in order."""
        return all(finding.is_good for finding in self.findings)


def check_evidence_source(
    database: Database,
    door: SourceDoor,
    source_uuid: UUID,
    *,
    now: datetime,
    within: int | None = None,
) -> Checked:
    """Try a source on the latest course of its platform, if one is known.

    Where all is in order, its problem is over and its courses are read at once.
    ``NotFoundError`` outside of ``within``.
    """
    with database.writing() as session:
        source = get_evidence_source(session, source_uuid, within)
        deployment = get_deployment(session, source.deployment_id)
        registration = session.get_one(Registration, deployment.registration_id)
        allows_loopback, course = registration.allows_loopback, None
        context = find_course_of(session, source)
        if context is not None:
            try:
                course = load_course(session, source, context.id)
            except SourceError as error:
                found = [Finding("The platform", is_good=False, words=error.message)]
                return Checked(found, context.title)
    try:
        opened = door.open(
            source.kind, source.base_url, source.sealed_token, allows_loopback=allows_loopback
        )
        key, person = (None, None) if course is None else (course.key, course.somebody)
        findings = list(opened.check(key, person))
    except SourceError as error:
        findings = [Finding("The token", is_good=False, words=error.message, code=error.code)]
    checked = Checked(findings, "" if context is None else context.title)
    with database.writing() as session:
        source = get_evidence_source(session, source_uuid, within)
        bad = next((one.code for one in findings if not one.is_good), "")
        source.problem, source.problem_at = bad, now if bad else None
        if checked.is_good:
            source.held_until = None
            hasten_readings(session, source.id, now)
    return checked
