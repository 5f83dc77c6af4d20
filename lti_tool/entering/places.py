"""Where a launch leads: the course, the link, what was placed there."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.copying import copy_course
from lti_tool.errors import LTILaunchError
from lti_tool.lti.launch import GradeService, Launch, MessageType
from lti_tool.persistence.courses import Context, ensure_context, get_context
from lti_tool.persistence.placements import (
    Placement,
    ResourceLink,
    ensure_line_item,
    ensure_resource_link,
    find_placed_in,
    find_placement,
    find_placement_of,
    get_placement,
)
from lti_tool.persistence.platforms import Deployment


def course_of(session: Session, deployment: Deployment, launch: Launch, now: datetime) -> Context:
    """Return the course of a launch, with what the launch tells of it noted."""
    grades = launch.grades or GradeService(None, None, ())
    return ensure_context(
        session,
        deployment.id,
        launch.context_id or _own_context_id(launch),
        now,
        title=launch.context_title,
        line_items_url=grades.line_items_url,
        grade_scopes=list(grades.scopes),
        memberships_url=launch.memberships_url,
    )


def _own_context_id(launch: Launch) -> str:
    """Return the id of a course of its own for what stands outside every course.

    The leading tab cannot occur in an id that a platform sends.
    """
    if launch.message_type is MessageType.DATA_PRIVACY:
        return "\tprivacy"
    if launch.resource_link_id is None:
        raise LTILaunchError(
            "Links can be chosen inside a course only. Open the tool from a course.",
            code="lti-context-missing",
        )
    return "\tlink " + hashlib.sha256(launch.resource_link_id.encode()).hexdigest()


def link_of(
    session: Session, deployment: Deployment, context: Context, launch: Launch, now: datetime
) -> ResourceLink | None:
    """Note the link, what it was placed for, and its gradebook column."""
    if launch.resource_link_id is None:
        return None
    placement = None
    if launch.placement_uuid is not None:
        placement = find_placement(session, context.id, launch.placement_uuid)
        placement = placement or _copied(session, deployment, context, launch.placement_uuid, now)
    link = ensure_resource_link(
        session,
        context.id,
        launch.resource_link_id,
        now,
        placement_id=None if placement is None else placement.id,
        title=launch.resource_link_title,
    )
    if link.placement_id is not None and launch.grades is not None:
        _note_line_item(session, context, link, link.placement_id, launch.grades, now)
    return link


def _copied(
    session: Session, deployment: Deployment, context: Context, uuid: UUID, now: datetime
) -> Placement | None:
    """Return what a link that was copied with its course stands for here (lti.md, section 12).

    The uuid it carries is that of the placement in the course it was copied from. Where no
    platform told of the copy, the link itself does.
    """
    assert deployment.institution_id is not None  # noqa: S101 - approved before anybody enters
    origin = find_placed_in(session, deployment.institution_id, uuid)
    if origin is None:
        return None
    copy_course(session, deployment, context, get_context(session, origin.context_id), now)
    return find_placement_of(session, context.id, origin.achievement_id)


def _note_line_item(
    session: Session,
    context: Context,
    link: ResourceLink,
    placement_id: int,
    grades: GradeService,
    now: datetime,
) -> None:
    """Note where the column is. The first one known stays: a second link to the same
    achievement may have a column of its own, and scores must not move between them."""
    placement = get_placement(session, placement_id)
    item = ensure_line_item(session, context.id, placement.achievement_id, now)
    if item.url is None and grades.line_item_url is not None:
        item.url = grades.line_item_url
    if item.resource_link_id is None:
        item.resource_link_id = link.lti_resource_link_id
        # The next score tells the platform what its column belongs to.
        item.told_label = None
