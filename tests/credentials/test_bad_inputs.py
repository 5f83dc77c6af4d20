"""Every bad input gets its outcome, in little time and memory, and nobody inside is asked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lti_tool.credentials.recognition.outcomes import Verdict
from lti_tool.credentials.recognition.policy import Policy, TrustedIssuer
from lti_tool.credentials.recognition.pool import CheckingPool
from tests.credentials.bad_inputs import Maker
from tests.credentials.bad_pictures import ROWS
from tests.credentials.outside import DID, HOST, NOW, Issuer, Web, raw

TRUSTS_UNI = Policy(trusted=(TrustedIssuer(DID), TrustedIssuer("badges.example")))
MOST_SECONDS = 2.0
MOST_MEMORY = 256 * 1024
"""KiB"""
RECOGNITION, PAGE = "credentials.test_recognition", "web.test_verify_page"
TRIED_ELSEWHERE = {
    41: (RECOGNITION, "the_same_credential_counts_once_and_the_newest_of_its_states"),
    42: (RECOGNITION, "the_same_credential_counts_once_and_the_newest_of_its_states"),
    43: (RECOGNITION, "it_is_yours_by_a_verified_address_alone"),
    51: (RECOGNITION, "scripts_in_a_picture_are_not_told"),
    52: (PAGE, "markup_in_a_credential_is_shown_as_text"),
    54: (RECOGNITION, "addresses_inside_a_credential_are_not_fetched"),
    60: (RECOGNITION, "a_look_alike_is_an_unknown_issuer_and_its_address_is_told"),
    61: (RECOGNITION, "only_others_endorse_and_only_this_achievement"),
    62: (RECOGNITION, "only_others_endorse_and_only_this_achievement"),
}
"""Rows whose outcome is not that of a check alone."""

NO_FETCH = {16, 17, 18}
KNOWN_HOSTS = {HOST, "uni.example", "other.example", "badges.example", "evil.example"}


@pytest.fixture(scope="module")
def pool() -> Iterator[CheckingPool]:
    """One warm process."""
    pool = CheckingPool(size=1)
    warm = pool.check(b"{}", fetch=Web().fetch, now=NOW)
    assert warm.outcome == "invalid"
    yield pool
    pool.close()


def _checked(pool: CheckingPool, web: Web, content: bytes) -> tuple[Verdict, float]:
    begun = time.monotonic()
    verdict = pool.check(content, fetch=web.fetch, now=NOW, policy=TRUSTS_UNI)
    return verdict, time.monotonic() - begun


@pytest.mark.parametrize(
    ("number", "outcomes", "maker"),
    [
        pytest.param(number, outcomes, maker, id=f"{number} {name}")
        for number, name, outcomes, maker in ROWS
    ],
)
def test_a_bad_input_gets_the_outcome_of_the_table(
    pool: CheckingPool, number: int, outcomes: set[str], maker: Maker
) -> None:
    web = Web()
    made = maker(web, Issuer(web))
    content = made if isinstance(made, bytes) else raw(made)
    verdict, seconds = _checked(pool, web, content)
    assert verdict.outcome in outcomes, verdict
    assert all(reason.words for reason in verdict.reasons)
    assert "check-failed" not in {reason.code for reason in verdict.reasons}
    assert seconds < MOST_SECONDS
    assert _peak_memory(pool) < MOST_MEMORY
    assert {urlsplit(url).hostname for url in web.asked} <= KNOWN_HOSTS
    if number == 13:
        assert not any("evil.example" in url for url in web.asked)
    if number in NO_FETCH:
        assert web.asked == []
    if verdict.outcome == "invalid":
        assert verdict.told is None, "what no signature covers is never told"


def test_the_same_credentials_are_valid_when_nothing_is_wrong_with_them(pool: CheckingPool) -> None:
    web = Web()
    uni = Issuer(web)
    for made in (
        uni.sign(uni.credential()),
        uni.sign(uni.credential(), alg="ES256"),
        uni.jwt(uni.credential()),
        uni.transcript([uni.member(1), uni.member(2)]),
    ):
        verdict, seconds = _checked(pool, web, raw(made))
        assert verdict.outcome == "valid", verdict
        assert seconds < MOST_SECONDS


def test_every_row_of_the_table_is_tried() -> None:
    tried = {number for number, *_ in ROWS} | set(TRIED_ELSEWHERE)
    assert tried == set(range(1, 66))
    for module, name in TRIED_ELSEWHERE.values():
        assert callable(getattr(import_module(f"tests.{module}"), f"test_{name}"))


def _peak_memory(pool: CheckingPool) -> int:
    """Return the most address space (KiB) that the idle process ever had."""
    status = Path(f"/proc/{pool._idle[0]._process.pid}/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmPeak")).split()[1])
