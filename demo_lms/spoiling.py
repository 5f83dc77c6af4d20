"""How a good launch is broken: in its claims, in its token, in the form that carries it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from demo_lms.keys import SigningKey
from demo_lms.message_kinds import RESOURCE_LINK
from demo_lms.raw_tokens import token

GONE = object()
"""In place of a value: the claim is left out."""

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class GoodLaunch:
    """What would have been sent; ``previous`` is the last form this person has sent properly."""

    claims: dict[str, Any]
    key: SigningKey
    state: str
    previous: Pairs

    @property
    def header(self) -> dict[str, Any]:
        """The header of a proper token."""
        return {"alg": "RS256", "typ": "JWT", "kid": self.key.kid}


@dataclass(frozen=True)
class BrokenForm:
    """What is sent instead: pairs, because a field may come twice."""

    pairs: Pairs
    method: str = "post"


@dataclass(frozen=True)
class BadLaunch:
    """One broken launch: the rule of the tool that must refuse it, and what is wrong in words."""

    name: str
    rule: str
    words: str
    spoil: Callable[[GoodLaunch], BrokenForm]
    message: str = RESOURCE_LINK


def form_of(good: GoodLaunch, id_token: str) -> BrokenForm:
    """A proper form around a token that is not."""
    return BrokenForm([("id_token", id_token), ("state", good.state)])


def with_claims(changes: dict[str, Any]) -> Callable[[GoodLaunch], BrokenForm]:
    """Properly signed, but with other claims; a function gets the old value and makes the new."""

    def spoil(good: GoodLaunch) -> BrokenForm:
        claims = dict(good.claims)
        for name, value in changes.items():
            claims[name] = value(claims.get(name)) if callable(value) else value
        kept = {name: value for name, value in claims.items() if value is not GONE}
        return form_of(good, token(good.header, kept, good.key.private))

    return spoil


def with_header(**changes: Any) -> Callable[[GoodLaunch], BrokenForm]:
    """The right claims under another header, signed with our key."""

    def spoil(good: GoodLaunch) -> BrokenForm:
        header = {**good.header, **changes}
        kept = {name: value for name, value in header.items() if value is not GONE}
        return form_of(good, token(kept, good.claims, good.key.private))

    return spoil


def with_token(make: Callable[[GoodLaunch], str]) -> Callable[[GoodLaunch], BrokenForm]:
    """A token made by ``make`` in a proper form."""
    return lambda good: form_of(good, make(good))


def with_pairs(make: Callable[[Pairs], Pairs]) -> Callable[[GoodLaunch], BrokenForm]:
    """A proper token in a form with other fields."""

    def spoil(good: GoodLaunch) -> BrokenForm:
        proper = form_of(good, token(good.header, good.claims, good.key.private))
        return BrokenForm(make(proper.pairs))

    return spoil


def in_seconds(seconds: float) -> Callable[[object], int]:
    """A claim of time that far from now."""
    return lambda _: int(time.time() + seconds)


def strange_key() -> rsa.RSAPrivateKey:
    """A key that the LMS has never published."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def under_embedded_key(good: GoodLaunch) -> str:
    """A token that brings the key along that verifies it."""
    key = strange_key()
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    header = {**good.header, "kid": "embedded", "jwk": {**public, "kid": "embedded"}}
    return token(header, good.claims, key)
