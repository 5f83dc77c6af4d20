"""Broken launches, first part: the form and the token (rules V7 to V12)."""

import json
from collections.abc import Callable

from demo_lms.raw_tokens import encode, hmac_token, token, unsigned_token
from demo_lms.spoiling import (
    GONE,
    BadLaunch,
    BrokenForm,
    GoodLaunch,
    form_of,
    strange_key,
    under_embedded_key,
    with_header,
    with_pairs,
    with_token,
)

HUGE = 300 * 1024
MANY = 10_000
DEEP = "[" * 1000 + "]" * 1000


def _payload(good: GoodLaunch, more: str) -> str:
    """The claims as JSON with a member written by hand."""
    return f"{json.dumps(good.claims)[:-1]}, {more}}}"


def _raw(more: str) -> Callable[[GoodLaunch], BrokenForm]:
    """A signed token whose payload has ``more`` in it, as no library would write it."""
    return with_token(lambda good: token(good.header, _payload(good, more), good.key.private))


def _tampered(good: GoodLaunch) -> str:
    head, _, signature = token(good.header, good.claims, good.key.private).split(".")
    return (
        f"{head}.{encode(json.dumps({**good.claims, 'sub': 'somebody-else'}).encode())}.{signature}"
    )


def _by_public_key(good: GoodLaunch) -> str:
    return hmac_token({**good.header, "alg": "HS256"}, good.claims, good.key.public_pem)


def _by_longer_hash(good: GoodLaunch) -> str:
    return token({**good.header, "alg": "RS512"}, good.claims, good.key.private, "RS512")


FORM = (
    BadLaunch(
        "get-method",
        "V7",
        "The form comes by GET",
        lambda good: BrokenForm(
            form_of(good, token(good.header, good.claims, good.key.private)).pairs, "get"
        ),
    ),
    BadLaunch("no-id-token", "V7", "No id_token", with_pairs(lambda pairs: pairs[1:])),
    BadLaunch("no-state", "V7", "No state", with_pairs(lambda pairs: pairs[:1])),
    BadLaunch("two-id-tokens", "V7", "Two id_tokens", with_pairs(lambda pairs: [pairs[0], *pairs])),
    BadLaunch("two-states", "V7", "Two states", with_pairs(lambda pairs: [*pairs, pairs[1]])),
    BadLaunch(
        "huge-form", "V7", "A form of 300 KiB", with_pairs(lambda p: [*p, ("more", "x" * HUGE)])
    ),
    BadLaunch(
        "many-fields",
        "V7",
        "A form of ten thousand fields",
        with_pairs(lambda pairs: [*pairs, *((f"f{number}", "") for number in range(MANY))]),
    ),
)
TOKENS = (
    BadLaunch("two-parts", "V8", "A token of two parts", with_token(lambda _: "e30.e30")),
    BadLaunch(
        "payload-list",
        "V8",
        "The payload is a list",
        with_token(lambda good: token(good.header, [good.claims], good.key.private)),
    ),
    BadLaunch(
        "header-list",
        "V8",
        "The header is a list",
        with_token(lambda good: token([good.header], good.claims, good.key.private)),
    ),
    BadLaunch("duplicate-claim", "V8", "A claim comes twice", _raw('"sub": "somebody-else"')),
    BadLaunch("not-a-number", "V8", "A claim is NaN", _raw('"more": NaN')),
    BadLaunch("endless-number", "V8", "A number beyond every limit", _raw('"more": 1e999')),
    BadLaunch("deep-nesting", "V8", "A thousand lists in lists", _raw(f'"more": {DEEP}')),
    BadLaunch(
        "alg-none",
        "V9",
        "Unsigned, alg none",
        with_token(lambda good: unsigned_token({**good.header, "alg": "none"}, good.claims)),
    ),
    BadLaunch(
        "alg-hs256",
        "V9",
        "Signed by HMAC with the public key",
        with_token(
            lambda good: hmac_token(
                {**good.header, "alg": "HS256"}, good.claims, good.key.public_pem
            )
        ),
    ),
    BadLaunch(
        "alg-rs512",
        "V9",
        "Signed by RS512",
        with_token(
            lambda good: token(
                {**good.header, "alg": "RS512"}, good.claims, good.key.private, "RS512"
            )
        ),
    ),
    BadLaunch("no-kid", "V10", "No key id (No KID)", with_header(kid=GONE)),
    BadLaunch("unknown-kid", "V10", "Unknown key id (Incorrect KID)", with_header(kid="unknown")),
    BadLaunch("kid-number", "V10", "The key id is a number", with_header(kid=7)),
    BadLaunch(
        "embedded-key", "V10", "The token brings its own key", with_token(under_embedded_key)
    ),
    BadLaunch(
        "foreign-keyset",
        "V10",
        "The token names a keyset elsewhere",
        with_header(kid="elsewhere", jku="https://elsewhere.example/jwks"),
    ),
    BadLaunch(
        "critical-header", "V10", "An unknown critical header", with_header(crit=["exp2"], exp2=1)
    ),
    BadLaunch(
        "foreign-key",
        "V10",
        "Signed by a strange key under our key id",
        with_token(lambda good: token(good.header, good.claims, strange_key())),
    ),
    BadLaunch("tampered", "V10", "Changed after signing", with_token(_tampered)),
    BadLaunch(
        "no-signature",
        "V10",
        "The signature is cut off",
        with_token(lambda good: unsigned_token(good.header, good.claims)),
    ),
    BadLaunch(
        "encrypted",
        "V12",
        "A token of five parts",
        with_token(lambda good: f"{token(good.header, good.claims, good.key.private)}.e30.e30"),
    ),
)
