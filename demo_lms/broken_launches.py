"""The list of broken launches: everything that a tool must refuse, by the rule it breaks.

The rules are those of the tool's own design (V7 to V34: form, token, standard claims, LTI claims);
the titles of the 1EdTech certification suite's bad payloads are among them. What a tool accepts in
a reduced form (a service at a foreign host, unknown claims) is not a broken launch.
"""

from demo_lms.broken_claims import LTI_CLAIMS, MESSAGES, STANDARD_CLAIMS
from demo_lms.broken_tokens import FORM, TOKENS
from demo_lms.spoiling import BadLaunch

BAD_LAUNCHES = {
    launch.name: launch for launch in (*FORM, *TOKENS, *STANDARD_CLAIMS, *LTI_CLAIMS, *MESSAGES)
}
NEEDS_AN_EARLIER_LAUNCH = ("mixed-up-login", "replay")


def list_bad_launches() -> tuple[BadLaunch, ...]:
    """All broken launches, by rule."""
    return tuple(BAD_LAUNCHES.values())
