"""Words of the administrator's pages; what commands say of commands is said of buttons here."""

from __future__ import annotations

import re

from lti_tool.lti.canvas import HISTORY
from lti_tool.lti.error_codes import CODES, in_words
from lti_tool.lti.families import NAMES, ProductFamily
from lti_tool.lti.key_rotation import TO_COME, Step
from lti_tool.lti.platform_checks import Verdict
from lti_tool.web.wording import moment

NOTICES = {
    "approved": "The installation is approved. Launches are let in.",
    "revoked": "The installation is revoked. Its launches are refused; what is recorded stays.",
    "switched-on": "The platform is switched on. Launches are let in.",
    "switched-off": "The platform is switched off. Its launches are refused, and nothing is sent.",
    "changed": "The settings are changed.",
    "removed": "The platform is removed.",
    "registered": "The platform is registered. Tell the LMS the addresses below, then check it.",
    "rotated": "The keys are one step further.",
    "nothing-due": "Nothing is due. The next step stands below.",
    "fresh-key": "A fresh key signs now.",
    "retired": "The key is published no longer.",
    "score-again": "The score is sent again.",
    "scores-again": "The scores are sent again.",
    "score-unchanged": "Nothing was left to do: it is on its way, or done already.",
    "aligned": "The achievement is aligned. Credentials issued from now on say it.",
    "unaligned": "The alignment is taken away. Credentials that are issued keep it.",
    "review-kept": "The award stands. The reason is kept with the review.",
    "review-revoked": "The award is revoked. Verifiers see it within five minutes.",
    "request-answered": "The request is answered. The learner reads the answer on the next page.",
    "exception-granted": "The exception counts from now on. The learner sees it on the next page.",
    "exception-awards": (
        "The exception counts from now on, and the award is made. The learner sees both on the "
        "next page."
    ),
    "exception-ended": "The exception has ended. It counts no longer.",
    "exception-ended-review": (
        "The exception has ended. An award that was made with it waits under “Reviews”."
    ),
    "definitions-set": (
        "It is saved as a new version, and counts from now on. Published stacks are not changed."
    ),
    "definitions-same": "Nothing differs from what is set already.",
    "brand-changed": "It is saved. Pages look like this from the next click on.",
    "language-changed": "It is saved, and counts from the next click on.",
    "retention-set": "It is saved. What is past its time goes with the next pass of the worker.",
    "steps-hidden": "The first steps are put away. The page “Health” says how things are.",
    "source-added": "The source is kept. Check it now.",
    "source-token": "The token is kept, encrypted. All courses are read at once.",
    "source-read": "All its courses are read now. Load this page again in a moment.",
    "source-enable": "The source is switched on.",
    "source-disable": "The source is switched off. Nothing is asked of it; what is recorded stays.",
    "source-remove": "The source is removed. What it recorded stays.",
    "suspended": "The institution is suspended. Nobody launches, and nothing is sent.",
    "resumed": "The institution goes on. Scores that waited are sent.",
}
"""What a page says after a redirect; the address carries the name, never the words."""

DEPLOYMENT_WORDS = {
    "pending": "Waits for approval",
    "approved": "Approved",
    "revoked": "Revoked",
}
KEY_WORDS = {
    "next": "Published, signs later",
    "current": "Signs now",
    "retired": "Signs no longer, still published",
}
VERDICT_WORDS = {
    Verdict.OK: "In order",
    Verdict.WARNING: "Look at this",
    Verdict.FAILURE: "Does not work",
}

BUTTONS = (
    (r" \('quoin platform show'\)", ""),
    (r"'quoin platform show ID' says", "This page says"),
    (r"quoin platform approve \S+ --deployment .+ --institution KEY", "Approve it on this page."),
    (r"'quoin platform approve'", "“Approve”"),
    (r"'quoin institution resume KEY'", "“Resume” on the page “Institutions”"),
    (r"quoin platform invite", "“Make an invitation”"),
    (r"'quoin platform check'", "“Check now”"),
    (r"^quoin platform check ID$", "“Check now” says more."),
    (r"'quoin platform enable ID'", "“Switch on”"),
    (r"quoin platform enable \S+$", "“Switch on”."),
    (r"'quoin platform disable'", "“Switch off”"),
    (r"quoin platform list; then quoin platform add", "Look through the platforms; then register"),
    (r"register by hand: quoin platform add", "register by hand"),
    (r"with quoin platform set or add", "on its page"),
    (r"quoin platform add", "“Enter new addresses”"),
    (r"quoin platform set ID --add-host HOST", "enter it under “Settings”"),
    (r"quoin platform set \S+ --frame-origin (\S+)", r"enter \1 under “Settings”"),
    (r"'quoin keys rotate --now'", "“Let a fresh key sign at once”"),
    (r" With --now it goes at once\.", ""),
    (r" \(for a platform on this machine, --allow-loopback lets it be http\)", ""),
    (r"with --allow-loopback", "with “The LMS is on this machine”"),
    (r" for the right --family", " for the right product"),
    (r"^The (issuer|\w+_\w+) must", "This must"),
)


def on_page(said: str) -> str:
    """Return a sentence that names commands or options, with the buttons that do the same."""
    for command, button in BUTTONS:
        said = re.sub(command, button, said)
    return said


def refusal(code: str) -> tuple[str, str]:
    """Return what the code of a refused launch means, and what to do ("" if nobody knows)."""
    return in_words(code), on_page(CODES[code][1]) if code in CODES else ""


def family(name: str) -> str:
    """Return the name of a product: "Moodle"."""
    return "Other LMS" if name == ProductFamily.GENERIC else NAMES[ProductFamily(name)]


FAMILIES = [(found.value, family(found)) for found in ProductFamily]


def scope_name(url: str) -> str:
    """Return the short name of a permission, which platforms' pages use, too."""
    return url.rsplit("/", 1)[-1]


def next_step(steps: tuple[Step, ...]) -> str:
    """Return what happens next with our keys, and when."""
    if not steps:
        return "The first key is made when the tool first signs."
    return f"Next, from {moment(steps[0].due_at)} on: {TO_COME[steps[0].kind]}."


def tool_addresses(public_url: str) -> list[tuple[str, str]]:
    """Return what an LMS has to be told of this tool, by the names that LMSs use."""
    return [
        ("Initiate login URL", f"{public_url}/lti/login"),
        ("Launch URL: tool URL, target link and redirection URI", f"{public_url}/lti/launch"),
        ("Public keyset URL", f"{public_url}/lti/jwks"),
        *((f"Custom parameter {name}", f"{name}={value}") for name, value in HISTORY.items()),
    ]


def canvas_address(public_url: str) -> str:
    """Return where Canvas reads the JSON of a developer key."""
    return f"{public_url}/lti/canvas.json"
