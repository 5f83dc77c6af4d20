"""Where a sign-in may lead: pages of ours on the side of whoever signs in, and nowhere else."""

from __future__ import annotations

import re

from lti_tool.persistence.sign_in_ways import Audience

LONGEST = 200
_LEARNER = re.compile(r"/own(/(credentials|wallets|ways))?")
_STAFF = re.compile(
    r"/admin/(platforms|scores|frameworks|reviews|cases|exceptions|keys|institutions|ways)"
    r"(/[A-Za-z0-9-]{1,64})?"
)


def next_page(audience: Audience, wanted: str) -> str:
    """Return the page that was wanted if it is one of these, else ""."""
    pattern = _STAFF if audience is Audience.STAFF else _LEARNER
    return wanted if len(wanted) <= LONGEST and pattern.fullmatch(wanted) else ""
