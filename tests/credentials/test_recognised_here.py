"""What this tool issues is valid when this tool checks it, in both forms."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from lti_tool.credentials.recognition.outcomes import Outcome
from lti_tool.credentials.recognition.pipeline import check
from lti_tool.credentials.recognition.policy import Policy
from tests.credentials import issuers
from tests.credentials.descriptions import described
from tests.credentials.outside import Web, raw

TEXTS = [
    "Données « ouvertes » \u2013 niveau Ⅱ",
    "数据基础 🎓👩🏽‍🎓",
    'He said "yes" and \\ "no"',
    "first line\nsecond line\tthird",
    "\u202eright to left\u202c \u200b \ufeff",
]
HOME = Policy(home="https://quoin.example.edu")


@pytest.mark.parametrize("text", TEXTS)
def test_both_forms_are_valid_here(text: str, now: datetime) -> None:
    issuer, web = issuers.TestIssuer(now), Web()
    made = [issuer.issue(name=text, credits=Decimal(1_000_000)), issuer.jwt(description=text * 2)]
    for url, document in issuer.documents.items():
        web.put(url, document)
    for one in made:
        verdict = check(raw(one), fetch=web.fetch, now=now, policy=HOME)
        assert verdict.outcome is Outcome.VALID, verdict


def test_all_that_an_achievement_can_say_is_valid_here(now: datetime) -> None:
    issuer, web = issuers.TestIssuer(now), Web()
    whole = {"elements": described(), "image": "ab" * 32, "result": "83"}
    for url, document in issuer.documents.items():
        web.put(url, document)
    for one in (issuer.issue(**whole), issuer.jwt(**whole)):
        verdict = check(raw(one), fetch=web.fetch, now=now, policy=HOME)
        assert verdict.outcome is Outcome.VALID, verdict
