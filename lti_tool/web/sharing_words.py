"""What pages say of credentials and their public pages."""

from __future__ import annotations

from lti_tool.translating import Words
from lti_tool.wallets.holdings import State

STATE_WORDS = Words(
    {
        State.ISSUED: "Issued",
        State.WAITING: "Awarded. The signed credential is being made: load this page again in a "
        "moment",
        State.EXPIRED: "Expired: it was valid and is not now",
        State.SUSPENDED: "Suspended for now by the institution",
        State.REVOKED: "Revoked by the institution: it is not valid",
    }
)
BANNERS = Words(
    {
        State.EXPIRED: (
            "This credential has expired",
            "It was valid, and its time is over. What was reached stays reached.",
        ),
        State.SUSPENDED: (
            "This credential is suspended",
            "Its issuer does not stand by it at the moment. Look again later.",
        ),
        State.REVOKED: (
            "This credential is revoked",
            "Its issuer does not stand by it any more. It is not valid.",
        ),
    }
)
"""What stands first on a public page: headline and sentence."""

KINDS = Words(
    {
        "MicroCredential": "Microcredential",
        "CertificateOfCompletion": "Certificate of completion",
        "LearningProgram": "Learning programme",
    }
)
"""Types of achievements whose name is no word; the others are shown as they are."""
