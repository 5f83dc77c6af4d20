"""Words for credentials of other issuers: what a check found, what became of it."""

from __future__ import annotations

from lti_tool.credentials.recognition.outcomes import Outcome
from lti_tool.credentials.recognition.words import WORDS
from lti_tool.services.check_own_receipt import ReceiptFinding
from lti_tool.services.hand_in_credential import Fate
from lti_tool.translating import Words, marked

HEADLINES = Words(
    {
        Outcome.VALID: ("Valid", "met"),
        Outcome.UNKNOWN_ISSUER: ("Good signature, unknown issuer", "unknown"),
        Outcome.NOT_YOURS: ("Issued to somebody else", "not-met"),
        Outcome.UNCHECKABLE: ("It cannot be checked", "unknown"),
        Outcome.UNSUPPORTED: ("This form is not supported", "unknown"),
        Outcome.SUSPENDED: ("Suspended", "waiting"),
        Outcome.EXPIRED: ("Expired", "waiting"),
        Outcome.REVOKED: ("Revoked", "failed"),
        Outcome.INVALID: ("Invalid", "failed"),
    }
)
"""What is said of each outcome, and the picture beside it."""

FATES = Words(
    {
        Fate.WAITING: "It is kept. A person of your institution decides what it counts for; you "
        "see "
        "the answer here.",
        Fate.RECOGNISED: "Your institution has decided on credentials of this kind before: it "
        "counts.",
        Fate.TRY_LATER: "It is kept and checked again by itself. You need not hand it in again.",
        Fate.ALREADY_HERE: "You have handed this in before; it is kept once. See below how it "
        "stands.",
        Fate.OLDER: "A newer version of it is here already, and that one counts. Nothing is "
        "changed.",
        Fate.OWN: "This is a credential of this institution itself. Whatever it stands for counts "
        "already, so it is not kept here.",
        Fate.REFUSED: "It is not kept, and nothing is changed.",
    }
)

STATES = Words(
    {
        "unchecked": ("Cannot be checked yet; it is tried again", "waiting"),
        "waiting": ("Waiting for a decision", "waiting"),
        "recognised": ("Recognised", "met"),
        "declined": ("Not recognised", "failed"),
        "superseded": ("Replaced by a newer version", "spare"),
    }
)

REMARKS = Words(
    {
        "another-learner": "Another learner has handed in the same credential. Find out whose "
        "it is.",
        "same-day-differs": "There is another version of it with the same date. Compare the two.",
        "newer-version": "This is a newer version of one that was handed in before. If you "
        "recognise "
        "it, it takes the place of the older one.",
    }
)

RECEIPTS = Words(
    {
        ReceiptFinding.HOLDS: (
            (
                "Checked again just now: what counted meets the rule, and both are as they were "
                "signed."
            ),
            "met",
        ),
        ReceiptFinding.OTHER_RULE: (
            "The rule that is kept here is not the one that this credential names. Ask the issuer.",
            "failed",
        ),
        ReceiptFinding.OTHER_RECEIPT: (
            (
                "The receipt that is kept here is not the one that this credential names. Ask the "
                "issuer."
            ),
            "failed",
        ),
        ReceiptFinding.DOES_NOT_HOLD: (
            "The receipt that is kept here does not show that the rule was met. Ask the issuer.",
            "failed",
        ),
    }
)
"""What is said of a stack's receipt, and the picture beside it."""

UNPROVED = marked(
    "Nothing in it shows that it was issued to this learner: no e-mail address that the "
    "learning platform vouches for, no identifier that is known here."
)


UNPROVED_OWN = marked(
    "Nothing in it shows that it was issued to you: it names another e-mail address than the one "
    "your learning platform vouches for, or none. If it is yours, be ready to show that."
)


def reason_words(codes: tuple[str, ...]) -> list[str]:
    """Return the sentences of reason codes."""
    return [WORDS[code] for code in codes if code in WORDS]
