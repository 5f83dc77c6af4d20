"""What a live launch session says: who is here, in which course, in what role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.persistence.brands import Brand, brand_of
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.courses import Context
from lti_tool.persistence.definitions import zone_of
from lti_tool.persistence.learners import Learner, Membership
from lti_tool.persistence.placements import Placement, ResourceLink
from lti_tool.persistence.platforms import Deployment, DeploymentState, Registration
from lti_tool.persistence.sessions import LaunchSession, Purpose

RECORD, LINK, STACKS, RECOGNISE = "record", "link", "stacks", "recognise"
ALL_RIGHTS = frozenset({RECORD, LINK, STACKS, RECOGNISE})
"""To record and decide on completions and evidence; to place links in the course; to write and
publish stacks; to decide what credentials of others count for."""

ASKED_FOR = frozenset({RECOGNISE})
"""Rights that only an administrator of a course has until an institution says more."""


_ZONE = zone_of(Institution.id.expression)
"""Made once: a session is looked up with every page."""


@dataclass(frozen=True, slots=True)
class Launched:
    """One person in one course, as the session of their launch says now.

    ``is_instructor`` holds only while both the launch and the course's latest list of members
    say so. ``achievement_id`` is what the opened link was placed for, None for other links.
    ``rights`` are what staff may do beside reading, as the institution allows it to their role.
    In a preview nothing is recorded. ``mentees`` and ``subject_id`` are internal ids of learners.
    ``platform_urls`` are addresses at the origins where the platform shows our pages.
    ``brand`` is how the institution's pages look, None for the usual look; ``home_language`` and
    ``home_zone`` are those it has said, None for none.
    """

    session_id: int
    token_hash: str
    institution_id: int
    learner_id: int
    learner_uuid: UUID
    learner_name: str | None
    context_id: int
    context_uuid: UUID
    context_title: str
    is_instructor: bool
    role: str
    rights: frozenset[str]
    is_preview: bool
    is_privacy: bool
    mentees: tuple[int, ...]
    subject_id: int | None
    locale: str | None
    email: str | None
    deep_linking: dict[str, Any] | None
    achievement_id: int | None
    registration_id: int
    platform_urls: tuple[str, ...]
    brand: Brand | None
    home_language: str | None
    home_zone: str | None


def find_launched(
    session: Session, token_hash: str, now: datetime, *, is_bearer: bool = False
) -> Launched | None:
    """Return what the session of this token says; None once it is over.

    ``is_bearer`` tells how the token came: one made for a header is no cookie, and no cookie
    is taken out of a header.
    A session is over when its time is, and as soon as its deployment, its platform or its
    institution is no longer let in.
    """
    query = (
        select(
            LaunchSession,
            Learner,
            Context,
            Membership,
            Placement.achievement_id,
            Registration,
            Institution,
            _ZONE,
        )
        .join(Learner, Learner.id == LaunchSession.learner_id)
        .join(Context, Context.id == LaunchSession.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .join(Institution, Institution.id == Deployment.institution_id)
        # Mentors, previews and privacy launches make nobody a member of the course.
        .outerjoin(
            Membership,
            (Membership.context_id == Context.id) & (Membership.learner_id == Learner.id),
        )
        .outerjoin(ResourceLink, ResourceLink.id == LaunchSession.resource_link_id)
        .outerjoin(Placement, Placement.id == ResourceLink.placement_id)
        .where(
            LaunchSession.token_hash == token_hash,
            LaunchSession.is_bearer.is_(is_bearer),
            LaunchSession.expires_at > now,
            Deployment.state == DeploymentState.APPROVED,
            Registration.is_enabled,
            Institution.suspended_at.is_(None),
        )
    )
    row = session.execute(query).one_or_none()
    return None if row is None else _launched(*row)


def _launched(
    opened: LaunchSession,
    learner: Learner,
    context: Context,
    membership: Membership | None,
    achievement_id: int | None,
    registration: Registration,
    institution: Institution,
    zone: str | None,
) -> Launched:
    is_instructor = opened.is_instructor and membership is not None and membership.is_instructor
    return Launched(
        session_id=opened.id,
        token_hash=opened.token_hash,
        institution_id=learner.institution_id,
        learner_id=learner.id,
        learner_uuid=learner.uuid,
        learner_name=learner.name,
        context_id=context.id,
        context_uuid=context.uuid,
        context_title=context.title,
        is_instructor=is_instructor,
        role=opened.role,
        rights=(
            rights_of_role(opened.role, institution.role_rights) if is_instructor else frozenset()
        ),
        is_preview=opened.purpose == Purpose.PREVIEW,
        is_privacy=opened.purpose == Purpose.PRIVACY,
        mentees=tuple(opened.mentees or ()),
        subject_id=opened.subject_id,
        locale=opened.locale,
        email=opened.email,
        deep_linking=opened.deep_linking,
        achievement_id=achievement_id,
        registration_id=registration.id,
        platform_urls=(
            registration.issuer,
            registration.authorization_url,
            *registration.frame_origins,
        ),
        brand=brand_of(institution.uuid, institution.name, institution.brand),
        home_language=institution.language,
        home_zone=zone,
    )


def rights_of_role(role: str, role_rights: dict[str, list[str]] | None) -> frozenset[str]:
    """Return what an institution lets a role of the staff do, or what it may where none said."""
    allowed = (role_rights or {}).get(role)
    return usual_rights(role) if allowed is None else ALL_RIGHTS & frozenset(allowed)


def usual_rights(role: str) -> frozenset[str]:
    """Return what a role of the staff may do until its institution says otherwise."""
    if role == "administrator":
        return ALL_RIGHTS
    # Stacks count for the whole institution; who helps in one course does not write them.
    return ALL_RIGHTS - ASKED_FOR - ({STACKS} if role == "assistant" else set())
