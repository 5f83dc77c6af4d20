"""Use case: diagnose one platform, from here and now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from lti_tool.administering import get_platform, list_own_deployments
from lti_tool.lti.error_codes import CODES, in_words
from lti_tool.lti.http_client import HTTPClient
from lti_tool.lti.keys import KeyRing
from lti_tool.lti.platform_checks import (
    Finding,
    Verdict,
    check_clock,
    check_configuration,
    check_keyset,
    check_scopes,
)
from lti_tool.lti.platform_configuration import is_hosted_canvas
from lti_tool.lti.registrations import registration_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import (
    Deployment,
    DeploymentState,
    Registration,
    get_registration_by_uuid,
)


def check_platform(
    database: Database,
    http: HTTPClient,
    keyring: KeyRing,
    platform: UUID,
    *,
    clock: Callable[[], datetime],
    within: int | None = None,
) -> list[Finding]:
    """Return what was found, line by line, each with what to do.

    The granted scopes are kept with the registration. ``clock`` is read beside each answer of
    the platform, so that a slow one does not look like a wrong clock. ``within`` is the
    institution of an administrator who sees no other (internal id). ``NotFoundError`` for an
    unknown platform.
    """
    with database.reading() as session:
        row = get_platform(session, platform, within)
        deployments = list_own_deployments(session, row, within)
    registration = registration_of(row)
    keyset, answer = check_keyset(http, registration)
    clocks = check_clock(answer, clock())
    scopes, granted = check_scopes(http, keyring, registration, clock())
    if granted is not None:
        with database.writing() as session:
            found = get_registration_by_uuid(session, platform)
            found.granted_scopes = sorted(granted)
    findings = [_state(row), keyset, clocks, *scopes]
    if row.configuration_url is not None:
        findings.append(check_configuration(http, registration, row.configuration_url))
    findings += [*_frames(row), *_deployments(row, deployments)]
    return [finding for finding in findings if finding is not None]


def _state(row: Registration) -> Finding:
    if row.is_enabled:
        return Finding("registration", Verdict.OK, f"{row.name} is switched on.")
    reason = row.disabled_reason or "No reason was noted."
    return Finding(
        "registration",
        Verdict.FAILURE,
        f"{row.name} is switched off. {reason}",
        f"Let it in when that is settled: quoin platform enable {row.uuid}",
    )


def _frames(row: Registration) -> Iterator[Finding]:
    """Yield a warning where no browser will show our pages: hosted Canvas frames them elsewhere."""
    if is_hosted_canvas(row.issuer) and not row.frame_origins:
        yield Finding(
            "frame",
            Verdict.WARNING,
            f"People see this Canvas at a host of its own, and not at {row.issuer}: a browser "
            "leaves the frame with our pages empty.",
            f"quoin platform set {row.uuid} --frame-origin https://YOUR-CANVAS-HOST",
        )


def _deployments(
    row: Registration, deployments: list[tuple[Deployment, str | None]]
) -> Iterator[Finding]:
    if not deployments:
        yield Finding(
            "deployments",
            Verdict.WARNING,
            "Nobody has launched yet, and no deployment is approved.",
            "Activate the tool in the LMS, add it to a course, and open it once.",
        )
    for deployment, institution in deployments:
        yield _deployment(row, deployment, institution)
        if deployment.last_error_at is not None and deployment.last_error_code is not None:
            yield _last_refusal(deployment, deployment.last_error_at, deployment.last_error_code)


def _deployment(row: Registration, deployment: Deployment, institution: str | None) -> Finding:
    topic = f"deployment {deployment.deployment_id}"
    last = deployment.last_launch_at
    seen = "nobody has launched yet" if last is None else f"last launch {last:%Y-%m-%d %H:%M} UTC"
    if deployment.state == DeploymentState.APPROVED:
        return Finding(topic, Verdict.OK, f"Approved for {institution}; {seen}.")
    return Finding(
        topic,
        Verdict.WARNING,
        f"It is {deployment.state}; {seen}.",
        f"quoin platform approve {row.uuid} --deployment {deployment.deployment_id} "
        "--institution KEY",
    )


def _last_refusal(deployment: Deployment, at: datetime, code: str) -> Finding:
    is_settled = deployment.last_launch_at is not None and deployment.last_launch_at > at
    advice = "" if is_settled or code not in CODES else CODES[code][1]
    return Finding(
        f"deployment {deployment.deployment_id}, last refusal",
        Verdict.OK if is_settled else Verdict.WARNING,
        f"Last refusal {at:%Y-%m-%d %H:%M} UTC ({code}): {in_words(code)}",
        advice,
    )
