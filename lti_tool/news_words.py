"""News for learners in words (English): in the tool and in mails alike."""

from __future__ import annotations

from datetime import date

KINDS = ("award", "evidence", "review", "expiry")
"""The kinds of news; each can be switched by the learner."""

KIND_WORDS = {
    "award": "An award is made",
    "evidence": "Evidence is accepted or returned",
    "review": "An award is reviewed or revoked",
    "expiry": "Something ends soon",
}

SENTENCES = {
    "award.made": "You earned {subject}.",
    "evidence.accepted": "Your evidence for {subject} is accepted.",
    "evidence.returned": "Your evidence for {subject} is returned with a note.",
    "review.opened": "Your award {subject} is being reviewed. You keep it meanwhile.",
    "review.revoked": "Your award {subject} was revoked. Your institution tells you why.",
    "expiry.near": "{subject} ends soon: it is valid until {day}.",
}

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def day(value: date) -> str:
    """Return a date as people write it: 12 May 2026."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def sentence(kind: str, state: str, subject: str, last_day: date | None) -> str:
    """Return one piece of news; ``last_day`` is the last day of what ends."""
    ending = day(last_day) if last_day else ""
    return SENTENCES[f"{kind}.{state}"].format(subject=subject, day=ending)
