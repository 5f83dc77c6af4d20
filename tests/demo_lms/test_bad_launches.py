"""Each broken launch is broken, and in nothing but the way it says."""

import json
import time
from typing import Any

import jwt
import pytest
import requests

from demo_lms.ags import ITEM
from demo_lms.broken_launches import BAD_LAUNCHES, NEEDS_AN_EARLIER_LAUNCH, list_bad_launches
from demo_lms.message_kinds import DEEP_LINKING, PRIVACY, RESOURCE_LINK, REVIEW
from demo_lms.registration import LINE_ITEM
from demo_lms.testing import LaunchForm, Visitor
from tests.demo_lms.stand_in_tool import Pair

SECONDS = 10
PEOPLE = {RESOURCE_LINK: "amara", DEEP_LINKING: "maria", REVIEW: "maria", PRIVACY: "ingrid"}
TIMES = {"iat", "exp", "nonce"}


class BrokenError(Exception):
    """A form is not what a proper launch would be."""


REFUSALS = (
    BrokenError,
    jwt.PyJWTError,
    AttributeError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)


def check(pair: Pair, form: LaunchForm, state: str, nonce: str) -> dict[str, Any]:
    """The claims of a proper form; raises for anything that is not."""
    if (form.method, [name for name, _ in form.pairs]) != ("post", ["id_token", "state"]):
        raise BrokenError("the form")
    if form.fields["state"] != state:
        raise BrokenError("the state")
    key = pair.lms.lms.keys.current
    id_token = form.fields["id_token"]
    if jwt.get_unverified_header(id_token) != {"alg": "RS256", "typ": "JWT", "kid": key.kid}:
        raise BrokenError("the header")
    payload = jwt.PyJWS().decode(id_token, key.public_pem, algorithms=["RS256"])
    claims: dict[str, Any] = json.loads(payload, object_pairs_hook=_once, parse_constant=_never)
    now = time.time()
    in_time = isinstance(claims["exp"], int) and now - 30 < claims["iat"] <= now < claims["exp"]
    if not in_time or claims.get("nbf", 0) > now or claims["nonce"] != nonce:
        raise BrokenError("times or nonce")
    return claims


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) != len(dict(pairs)):
        raise BrokenError("a member comes twice")
    return dict(pairs)


def _never(word: str) -> None:
    raise BrokenError(word)


def perform(pair: Pair, visitor: Visitor, login: str, number: int) -> tuple[LaunchForm, str, str]:
    """Follow a login; gives the form and the state and nonce that were asked for."""
    state, nonce = f"state-{number}", f"nonce-{number}"
    return pair.launch(visitor, login, state=state, nonce=nonce), state, nonce


def good_login(visitor: Visitor, message: str, column: int) -> str:
    if message == DEEP_LINKING:
        return visitor.start_deep_linking("algorithms")
    if message == REVIEW:
        return visitor.start_review("algorithms", column, "amara")
    if message == PRIVACY:
        return visitor.start_privacy("amara")
    return visitor.start_link("algorithms")


@pytest.fixture
def column(pair: Pair) -> int:
    """A column, which reviews need."""
    item = {"label": "Sorting", "scoreMaximum": 10}
    token = pair.token(LINE_ITEM)
    made = pair.call("POST", "algorithms/lineitems", token, body=item, content_type=ITEM)
    return int(made.json()["id"].rpartition("/")[2])


def stable(claims: dict[str, Any]) -> dict[str, Any]:
    """Claims that two launches of one person share."""
    kept = {name: value for name, value in claims.items() if name not in TIMES}
    settings = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
    if isinstance(kept.get(settings), dict):
        kept[settings] = {k: v for k, v in kept[settings].items() if k != "data"}
    presentation = "https://purl.imsglobal.org/spec/lti/claim/launch_presentation"
    kept.pop(presentation, None)  # in a window here, in a frame there
    return kept


@pytest.mark.parametrize("message", PEOPLE)
def test_two_good_launches_differ_in_nothing_that_counts(
    pair: Pair, column: int, message: str
) -> None:
    visitor = pair.lms.visit(PEOPLE[message])
    first, second = (
        check(pair, *perform(pair, visitor, good_login(visitor, message, column), number))
        for number in (1, 2)
    )
    assert stable(first) == stable(second)


@pytest.mark.parametrize("name", BAD_LAUNCHES)
def test_a_broken_launch_is_no_proper_one(pair: Pair, column: int, name: str) -> None:
    launch = BAD_LAUNCHES[name]
    visitor = pair.lms.visit(PEOPLE[launch.message])
    proper = perform(pair, visitor, good_login(visitor, launch.message, column), 1)
    claims = check(pair, *proper)
    broken = perform(pair, visitor, visitor.start_bad_launch(name, "algorithms"), 2)
    try:
        found = check(pair, *broken)
    except REFUSALS:
        return
    different = stable(found) != stable(claims)
    presentation = "https://purl.imsglobal.org/spec/lti/claim/launch_presentation"
    assert different or not isinstance(found[presentation], dict)


def test_the_list_goes_by_rule_and_names_each_once() -> None:
    launches = list_bad_launches()
    assert len({launch.name for launch in launches}) == len(launches) > 80
    rules = {launch.rule for launch in launches}
    everything = {f"V{number}" for number in range(7, 35)}
    # V11 is about keysets (see the faults), V17 about wording; V27 to V30 refuse nothing.
    assert everything - rules == {"V11", "V17", "V27", "V28", "V29", "V30"}
    titles = " ".join(launch.words for launch in launches)
    for title in ("No KID", "Incorrect KID", "Wrong LTI Version", "Timestamps Incorrect"):
        assert title in titles


def test_the_menu_is_a_page_and_a_list(pair: Pair) -> None:
    url = f"{pair.lms.url}/bad-launches"
    listed = requests.get(url, headers={"Accept": "application/json"}, timeout=SECONDS).json()
    assert {"name": "no-kid", "rule": "V10", "words": "No key id (No KID)"} in listed
    assert "Sign in" in requests.get(url, timeout=SECONDS).text
    page = pair.lms.visit("amara").get(url, timeout=SECONDS).text
    assert 'href="/bad-launches/no-kid?course=algorithms"' in page


def test_who_cannot_perform_one_is_told_why(pair: Pair) -> None:
    url = f"{pair.lms.url}/bad-launches"
    query = "?course=algorithms"
    amara, maria = pair.lms.visit("amara"), pair.lms.visit("maria")
    for name in NEEDS_AN_EARLIER_LAUNCH:
        answer = amara.get(f"{url}/{name}{query}", timeout=SECONDS)
        assert (answer.status_code, "properly first" in answer.text) == (409, True)
    assert amara.get(f"{url}/no-return-url{query}", timeout=SECONDS).status_code == 409
    review = maria.get(f"{url}/review-of-nobody{query}", timeout=SECONDS)
    assert (review.status_code, "no column" in review.text) == (409, True)
    assert maria.get(f"{url}/nothing{query}", timeout=SECONDS).status_code == 404
    assert requests.get(f"{url}/no-kid{query}", timeout=SECONDS).status_code == 401


def test_a_replay_is_the_last_form_to_the_letter(pair: Pair) -> None:
    visitor = pair.lms.visit("amara")
    good, _, _ = perform(pair, visitor, visitor.start_link("algorithms"), 1)
    again, _, _ = perform(pair, visitor, visitor.start_bad_launch("replay", "algorithms"), 2)
    assert again.fields == good.fields
    login = visitor.start_bad_launch("mixed-up-login", "algorithms")
    mixed, _, _ = perform(pair, visitor, login, 3)
    assert mixed.fields["state"] == "state-1"
    assert pair.claims_of(mixed)["nonce"] == "nonce-3"
