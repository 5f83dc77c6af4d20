"""The form that brings an id_token, or the platform's refusal to send one (V7)."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.errors import LTILaunchError
from lti_tool.lti.forms import Fields, single_fields
from lti_tool.lti.id_token import LARGEST_TOKEN

LIMITS = {"id_token": LARGEST_TOKEN, "state": 512, "error": 255, "error_description": 8192}
SIGN_IN_ERRORS = frozenset({"login_required", "interaction_required", "account_selection_required"})


@dataclass(frozen=True, slots=True)
class LaunchForm:
    """What was posted to the launch address; ``error`` is set when there is no token."""

    state: str
    id_token: str
    error: str


def parse_launch_form(fields: Fields) -> LaunchForm:
    """Check the form of a launch; ``LTILaunchError`` names what is wrong."""
    found = single_fields(fields, LIMITS, LTILaunchError, "lti-launch-form")
    form = LaunchForm(
        state=found.get("state", ""),
        id_token=found.get("id_token", ""),
        error=found.get("error", ""),
    )
    if not form.state or not (form.id_token or form.error):
        raise LTILaunchError(
            "This address is for your LMS: open the tool from your course.",
            code="lti-launch-form",
        )
    return form


def platform_refusal(error: str) -> LTILaunchError:
    """Return the error for a platform that answered a login with ``error``."""
    advice = (
        "Sign in to your LMS again, then open the tool from your course."
        if error in SIGN_IN_ERRORS
        else "If you opened it in a new tab, open your course itself in a new tab and the tool "
        "from there. Otherwise open it again from your course; if it stays, tell the administrator."
    )
    return LTILaunchError(
        f"Your LMS did not let this launch through. {advice}", code="lti-platform-answer"
    )
