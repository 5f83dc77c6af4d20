"""Broken launches, second part: the claims (rules V13 to V34)."""

from collections.abc import Callable
from typing import Any

from demo_lms.message_kinds import DEEP_LINKING, PRIVACY, REVIEW
from demo_lms.messages import AGS_CLAIM, CLAIM
from demo_lms.raw_tokens import token
from demo_lms.roles import INSTITUTION, MEMBERSHIP
from demo_lms.spoiling import (
    GONE,
    BadLaunch,
    BrokenForm,
    in_seconds,
    with_claims,
    with_pairs,
)

SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
LEARNER = [f"{MEMBERSHIP}Learner"]
ELSEWHERE = "https://elsewhere.example/"
LONG = "x" * 256
MANY = 2_000

Change = Callable[[dict[str, Any]], dict[str, Any]]


def _without(name: str) -> Change:
    return lambda old: {key: value for key, value in old.items() if key != name}


def _with(**more: Any) -> Change:
    return lambda old: {**old, **more}


def _claims(name: str, rule: str, words: str, message: str = "", **changes: Any) -> BadLaunch:
    """A launch with other claims; names of LTI claims are given by their last word."""
    named = {key if key in STANDARD else f"{CLAIM}{key}": value for key, value in changes.items()}
    launch = BadLaunch(name, rule, words, with_claims(named))
    return BadLaunch(name, rule, words, launch.spoil, message) if message else launch


STANDARD = ("iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "sub")
STANDARD_CLAIMS = (
    _claims("no-issuer", "V13", "No iss", iss=GONE),
    _claims("other-issuer", "V13", "Another iss", iss="https://elsewhere.example"),
    _claims("issuer-with-slash", "V13", "The iss ends with a slash", iss=lambda old: f"{old}/"),
    _claims("issuer-list", "V13", "The iss is a list", iss=lambda old: [old]),
    _claims("no-audience", "V14", "No aud", aud=GONE),
    _claims("other-audience", "V14", "Another aud", aud="another-client"),
    _claims("more-audiences", "V14", "A second aud", aud=lambda old: [old, "another-client"]),
    _claims("empty-audience", "V14", "An empty list as aud", aud=[]),
    _claims("audience-object", "V14", "The aud is an object", aud=lambda old: {"id": old}),
    _claims("other-party", "V15", "Another azp", azp="another-client"),
    _claims("no-expiry", "V16", "No exp", exp=GONE),
    _claims(
        "expired",
        "V16",
        "Expired (Timestamps Incorrect)",
        exp=in_seconds(-120),
        iat=in_seconds(-300),
    ),
    _claims("expiry-text", "V16", "The exp is a text", exp=str),
    _claims("no-issue-time", "V16", "No iat", iat=GONE),
    _claims(
        "from-the-future", "V16", "Issued in the future", iat=in_seconds(600), exp=in_seconds(900)
    ),
    _claims("too-old", "V16", "Issued an hour ago", iat=in_seconds(-3600)),
    _claims("not-yet", "V16", "Not valid before tomorrow", nbf=in_seconds(86400)),
    _claims("no-nonce", "V18", "No nonce", nonce=GONE),
    _claims("other-nonce", "V18", "The nonce of another login", nonce="of-another-login"),
    _claims("nonce-number", "V18", "The nonce is a number", nonce=7),
    BadLaunch(
        "other-state",
        "V18",
        "A mixed-up login: the state is of none",
        with_pairs(lambda pairs: [pairs[0], ("state", "of-no-login")]),
    ),
    BadLaunch(
        "mixed-up-login",
        "V18",
        "A mixed-up login: this token with the state of an earlier one",
        lambda good: BrokenForm(
            [
                ("id_token", token(good.header, good.claims, good.key.private)),
                ("state", dict(good.previous)["state"]),
            ]
        ),
    ),
    BadLaunch("replay", "V18", "The last launch again", lambda g: BrokenForm(g.previous)),
    _claims("no-sub", "V19", "No sub (user Claim Missing)", sub=GONE),
    _claims("empty-sub", "V19", "An empty sub", sub=""),
    _claims("sub-number", "V19", "The sub is a number", sub=7),
)
LTI_CLAIMS = (
    _claims("no-version", "V20", "No LTI Version", version=GONE),
    _claims("wrong-version", "V20", "Wrong LTI Version", version="1.1.0"),
    _claims("no-message-type", "V20", "message_type Claim Missing", message_type=GONE),
    _claims("unknown-message", "V20", "Invalid LTI Message", message_type="LtiUnknownRequest"),
    _claims("no-deployment", "V21", "deployment_id Claim Missing", deployment_id=GONE),
    _claims("other-deployment", "V21", "A deployment other than the login's", deployment_id="99"),
    _claims("deployment-number", "V21", "The deployment is a number", deployment_id=1),
    _claims("padded-deployment", "V21", "Blanks around it", deployment_id=lambda old: f" {old} "),
    _claims("no-target", "V22", "No target_link_uri", target_link_uri=GONE),
    _claims("foreign-target", "V22", "A foreign target", target_link_uri=ELSEWHERE),
    _claims(
        "other-target",
        "V22",
        "Another target than the login's",
        target_link_uri=lambda old: f"{old}?x=1",
    ),
    _claims("long-sub", "V23", "A sub of 256 characters", sub=LONG),
    _claims("sub-not-ascii", "V23", "A sub that is not ASCII", sub="süß"),
    _claims("long-link-id", "V23", "A link id of 256 characters", resource_link={"id": LONG}),
    _claims("long-context-id", "V23", "A context id of 256 characters", context={"id": LONG}),
    _claims("no-link", "V24", "resource_link_id Claim Missing", resource_link=GONE),
    _claims("link-without-id", "V24", "A link without id", resource_link=_without("id")),
    _claims("link-list", "V24", "The link is a list", resource_link=lambda old: [old]),
    _claims("link-id-number", "V24", "The link's id is a number", resource_link={"id": 7}),
    _claims("no-roles", "V25", "role Claim Missing", roles=GONE),
    _claims("roles-text", "V25", "The roles are a text", roles=f"{MEMBERSHIP}Instructor"),
    _claims("roles-numbers", "V25", "The roles are numbers", roles=[1, 2]),
    _claims("many-roles", "V25", "Two thousand roles", roles=LEARNER * MANY),
    _claims("context-list", "V26", "The context is a list", context=lambda old: [old]),
    _claims("context-title-object", "V26", "Its title is an object", context=_with(title={})),
    _claims("custom-text", "V26", "The custom values are a text", custom="a=b"),
    _claims("presentation-list", "V26", "The presentation is a list", launch_presentation=[]),
    _claims("platform-number", "V26", "The platform is a number", tool_platform=7),
    _claims("lis-text", "V26", "The claim lis is a text", lis="x"),
)
MESSAGES = (
    BadLaunch(
        "no-deep-linking-settings",
        "V31",
        "Deep linking without settings",
        with_claims({SETTINGS: GONE}),
        DEEP_LINKING,
    ),
    BadLaunch(
        "no-return-url",
        "V31",
        "Deep linking with no way back",
        with_claims({SETTINGS: _without("deep_link_return_url")}),
        DEEP_LINKING,
    ),
    BadLaunch(
        "foreign-return-url",
        "V31",
        "Deep linking that leads elsewhere",
        with_claims({SETTINGS: _with(deep_link_return_url=ELSEWHERE)}),
        DEEP_LINKING,
    ),
    BadLaunch(
        "script-return-url",
        "V31",
        "Deep linking that leads to a script",
        with_claims({SETTINGS: _with(deep_link_return_url="javascript:alert(1)")}),
        DEEP_LINKING,
    ),
    BadLaunch(
        "no-accept-types",
        "V31",
        "Deep linking that accepts nothing",
        with_claims({SETTINGS: _without("accept_types")}),
        DEEP_LINKING,
    ),
    BadLaunch(
        "review-without-column",
        "V32",
        "A review without line item",
        with_claims({AGS_CLAIM: GONE}),
        REVIEW,
    ),
    _claims("review-of-nobody", "V32", "A review of nobody", REVIEW, for_user=GONE),
    _claims(
        "review-of-a-stranger",
        "V32",
        "A review of somebody else",
        REVIEW,
        for_user={"user_id": "a-stranger"},
    ),
    _claims("privacy-of-nobody", "V33", "Data privacy of nobody", PRIVACY, for_user=GONE),
    _claims(
        "privacy-in-a-course",
        "V33",
        "Data privacy inside a course",
        PRIVACY,
        context={"id": "algorithms"},
    ),
    _claims(
        "privacy-by-a-student",
        "V33",
        "Data privacy asked by a student",
        PRIVACY,
        roles=[f"{INSTITUTION}Student"],
    ),
    _claims("deep-linking-by-a-learner", "V34", "A learner chooses", DEEP_LINKING, roles=LEARNER),
    _claims("review-by-a-learner", "V34", "A learner reviews", REVIEW, roles=LEARNER),
)
