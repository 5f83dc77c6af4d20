"""News for learners in words: in the tool and in mails alike."""

from __future__ import annotations

from datetime import date

from lti_tool.translating import Words, _, day, marked

KINDS = ("award", "evidence", "review", "expiry")
"""The kinds of news; each can be switched by the learner."""

KIND_WORDS = Words(
    {
        "award": "An award is made",
        "evidence": "Evidence is accepted or returned",
        "review": "An award is reviewed or revoked",
        "expiry": "Something ends soon",
    }
)

SENTENCES = {
    "award.made": marked("You earned {subject}."),
    "award.renewed": marked("You renewed {subject}."),
    "evidence.accepted": marked("Your evidence for {subject} is accepted."),
    "evidence.returned": marked("Your evidence for {subject} is returned with a note."),
    "review.opened": marked("Your award {subject} is being reviewed. You keep it meanwhile."),
    "review.revoked": marked("Your award {subject} was revoked. Your institution tells you why."),
    "expiry.near": marked("{subject} ends soon: it is valid until {day}."),
}


def sentence(kind: str, state: str, subject: str, last_day: date | None) -> str:
    """Return one piece of news; ``last_day`` is the last day of what ends."""
    ending = day(last_day) if last_day else ""
    return _(SENTENCES[f"{kind}.{state}"], subject=subject, day=ending)
