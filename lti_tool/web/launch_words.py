"""What people read of a launch that is refused, in their language; the exact reason is English.

``docs/launch-errors.md`` says the rest to whoever looks after the platform.
"""

from __future__ import annotations

from lti_tool.translating import ENGLISH, _, language, marked

AGAIN = marked("The launch did not work. Open the tool again from your course.")
TELL = marked(
    "Your learning platform sent something that cannot be read here. Tell whoever looks after it, "
    "with the code and the reference below."
)
OFF = marked(
    "This tool is switched off for your learning platform at the moment. Ask whoever looks after "
    "the platform."
)
USED = marked(
    "This launch was used already, or took too long. Open the tool again from your course."
)
SENTENCES = {
    "lti-address-refused": TELL,
    "lti-answer-too-large": TELL,
    "lti-claim-invalid": TELL,
    "lti-claim-missing": TELL,
    "lti-client-id-missing": TELL,
    "lti-context-missing": marked("Content can be chosen inside a course alone. Open one first."),
    "lti-deployment-pending": marked(
        "This tool still waits for approval here. Ask whoever looks after your learning platform."
    ),
    "lti-deployment-revoked": OFF,
    "lti-institution-suspended": OFF,
    "lti-login-form": TELL,
    "lti-message-unsupported": TELL,
    "lti-no-answer": marked(
        "Your learning platform did not answer in time. Wait a minute, and open the tool again."
    ),
    "lti-nonce": USED,
    "lti-other-browser": marked(
        "The launch was finished in another browser than it began in. Open the tool again from "
        "your course."
    ),
    "lti-platform-answer": marked(
        "Your learning platform refused the launch itself. Sign in there again."
    ),
    "lti-platform-disabled": OFF,
    "lti-state": USED,
    "lti-ticket": USED,
    "lti-token-algorithm": TELL,
    "lti-token-audience": TELL,
    "lti-token-key": TELL,
    "lti-token-malformed": TELL,
    "lti-token-refused": TELL,
    "lti-token-signature": TELL,
    "lti-token-time": marked(
        "The clocks of your learning platform and of this tool do not agree, or the launch is too "
        "old. Open the tool again; if it stays, tell whoever looks after the platform."
    ),
    "lti-too-many-logins": marked(
        "Very many launches came from your network. Wait a minute, and open the tool again."
    ),
    "lti-unknown-platform": marked(
        "Your learning platform is not registered with this tool. Tell whoever looks after it."
    ),
    "lti-version": TELL,
}
"""By code; all other refusals of a launch say AGAIN."""


def launch_sentence(code: str, message: str) -> str:
    """Return what people read of a refused launch; in English the exact reason says it all."""
    if language() == ENGLISH or _(message) != message:
        return _(message)
    return _(SENTENCES.get(code, AGAIN))
