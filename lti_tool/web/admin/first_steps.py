"""The first steps of an installation: on the first page, each with its link or command."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, url_for
from werkzeug.wrappers import Response

from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.hide_first_steps import hide_first_steps
from lti_tool.services.show_first_steps import show_first_steps
from lti_tool.web.admin.access import admin_blueprint, administrator_page
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("first_steps")


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step in words. ``endpoint`` is the page where it is done, ``command`` does it otherwise."""

    title: str
    how: str
    endpoint: str = ""
    command: str = ""


WORDS = {
    "platform": StepWords(
        "Register a platform",
        "Your LMS and this tool learn each other's addresses.",
        endpoint="admin_registering.choose",
    ),
    "deployment": StepWords(
        "Approve its installation",
        "It shows up with its first launch, or you enter its id with the platform.",
        endpoint="admin_platforms.index",
    ),
    "launch": StepWords(
        "See a first launch",
        "Open the tool from a course of the LMS. If it is refused, the platform's page says why.",
        endpoint="admin_platforms.index",
    ),
    "stack": StepWords(
        "Publish a stack",
        "A teacher builds it on the pages of the course, or a document has it.",
        command="quoin stack publish FILE --institution KEY",
    ),
    "issuer-key": StepWords(
        "Let the institution have its signing key",
        "It is made with the first credential, so with the first award. Nothing to do by hand.",
        command="quoin credentials keys list --institution KEY",
    ),
    "worker": StepWords(
        "Let the worker run",
        "It sends scores and issues credentials, beside the pages.",
        endpoint="admin_health.show",
        command="quoin serve",
    ),
    "mail": StepWords(
        "Name a mail server",
        "For learners who want their news by mail, and for nothing else.",
        command="QUOIN_SMTP_URL",
    ),
    "backup": StepWords(
        "Make a backup",
        "Of the database and of the secret key: neither is worth anything without the other.",
        command="quoin backup create FILE",
    ),
}


def first_steps(signed_in: SignedIn) -> list[tuple[StepWords, bool]]:
    """Return the steps in words, and whether each is done; nothing once all are."""
    parts = current_parts()
    steps = show_first_steps(
        parts.database,
        signed_in.uuid,
        within=signed_in.institution_id,
        has_mail=parts.mailer is not None,
        now=parts.clock(),
    )
    return [(WORDS[step.name], step.is_done) for step in steps]


@blueprint.post("/first-steps/hide")
@administrator_page
def hide(signed_in: SignedIn) -> Response:
    """Put the steps away, for this administrator and for good."""
    parts = current_parts()
    hide_first_steps(parts.database, signed_in.uuid, now=parts.clock())
    return redirect(url_for("admin_platforms.index", notice="steps-hidden"), 303)
