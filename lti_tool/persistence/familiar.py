"""What is known of a launch that has been here before, in one statement.

Nearly every launch brings somebody back who is known, into a course and through a link that are
known. Looked up table by table that takes a dozen statements, which cost more than everything
else of a launch together; so this one is written once, as a whole, and prepared when the module
is loaded.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Identity, Learner, Membership
from lti_tool.persistence.placements import LineItem, Placement, ResourceLink
from lti_tool.persistence.platforms import Deployment, DeploymentState, Registration
from lti_tool.persistence.sessions import LaunchSession

_deployments, _contexts, _links = (
    Deployment.__table__.c,
    Context.__table__.c,
    ResourceLink.__table__.c,
)
_learners, _members, _items = Learner.__table__.c, Membership.__table__.c, LineItem.__table__.c
_identities, _places = Identity.__table__.c, Placement.__table__.c
_registrations, _institutions = Registration.__table__.c, Institution.__table__.c

_MEMBERSHIPS: Any = Membership.__table__
_SESSIONS: Any = LaunchSession.__table__

FAMILIAR = (
    select(
        _deployments.platform_guid,
        _deployments.platform_name,
        _deployments.last_launch_at,
        _deployments.notices_url,
        _contexts.id.label("context_id"),
        _contexts.uuid.label("context_uuid"),
        _contexts.title,
        _contexts.line_items_url,
        _contexts.grade_scopes,
        _contexts.memberships_url,
        _contexts.copied_from_id,
        _learners.id.label("learner_id"),
        _learners.name,
        _learners.language,
        _members.id.label("membership_id"),
        _members.seen_at,
        _members.is_instructor,
        _links.id.label("link_id"),
        _links.title.label("link_title"),
        _places.uuid.label("placement_uuid"),
        _items.url.label("line_item_url"),
        _items.resource_link_id.label("line_item_link"),
    )
    .select_from(Deployment.__table__)
    .join(Registration.__table__, _registrations.id == _deployments.registration_id)
    .join(Institution.__table__, _institutions.id == _deployments.institution_id)
    .join(Context.__table__, _contexts.deployment_id == _deployments.id)
    .join(Identity.__table__, _identities.institution_id == _institutions.id)
    .join(Learner.__table__, _learners.id == _identities.learner_id)
    .join(
        Membership.__table__,
        and_(_members.context_id == _contexts.id, _members.learner_id == _learners.id),
    )
    .join(ResourceLink.__table__, _links.context_id == _contexts.id)
    .outerjoin(Placement.__table__, _places.id == _links.placement_id)
    .outerjoin(
        LineItem.__table__,
        and_(_items.context_id == _contexts.id, _items.achievement_id == _places.achievement_id),
    )
    .where(
        _deployments.registration_id == bindparam("registration_id"),
        _deployments.deployment_id == bindparam("deployment_id"),
        _deployments.state == DeploymentState.APPROVED,
        _registrations.is_enabled,
        _institutions.suspended_at.is_(None),
        _contexts.lti_context_id == bindparam("context"),
        _identities.authority == bindparam("authority"),
        _identities.subject == bindparam("subject"),
        _members.is_active,
        _links.lti_resource_link_id == bindparam("link"),
    )
)
_SEEN = (
    update(_MEMBERSHIPS)
    .where(_members.id == bindparam("membership"))
    .values(seen_at=bindparam("at"))
)
_OPENED = insert(_SESSIONS)


def find_familiar(connection: Connection, **values: Any) -> Any:
    """Return what is known of this person, course and link; None unless all of it is.

    ``values`` are registration_id, deployment_id, context, authority, subject and link. Nothing
    is found either where the platform, the deployment or the institution is not let in.
    """
    return connection.execute(FAMILIAR, values).one_or_none()


def note_seen(connection: Connection, membership_id: int, now: datetime) -> None:
    """Note that somebody was seen in a course again."""
    connection.execute(_SEEN, {"membership": membership_id, "at": now})


def add_opened(connection: Connection, now: datetime, **opened: Any) -> None:
    """Store the session that a launch opened; ``opened`` are columns of ``LaunchSession``."""
    connection.execute(_OPENED, {"uuid": uuid4(), "created_at": now, **opened})
