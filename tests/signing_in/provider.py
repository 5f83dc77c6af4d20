"""A small OpenID Connect provider on this machine; it does wrong what a test asks it to."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from uuid import uuid4

import jwt

from tests.lti.local_server import LocalServer, Reply, Request, json_reply, serve
from tests.lti.platform import jwk_of, make_key

CLIENT_ID, SECRET = "quoin", "s3cret: ä"


class TestProvider:
    """Signs in whoever ``subject`` is; keeps codes, checks PKCE, redirect URI and secret.

    ``claims`` change the token, ``metadata`` the description, ``answer`` the redirect; a None
    takes a member away. ``status`` is what the token endpoint answers with.
    """

    __test__ = False

    def __init__(self, server: LocalServer, now: datetime) -> None:
        self.server, self.now = server, now
        self.issuer = server.url
        self.subject = "s-1"
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.answer: dict[str, str | None] = {}
        self.status = 200
        self.key, self.kid, self.algorithm = make_key(3), "k1", "RS256"
        self.secret: str | None = SECRET
        self._codes: dict[str, dict[str, str]] = {}
        server.on("GET /.well-known/openid-configuration", lambda _: json_reply(self.described()))
        server.on("GET /jwks", lambda _: json_reply({"keys": [jwk_of(make_key(3), "k1")]}))
        server.on("GET /authorize", self._authorize)
        server.on("POST /token", self._token)

    def described(self) -> dict[str, Any]:
        """What the provider says of itself."""
        usual = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        }
        return _without_none({**usual, **self.metadata})

    def sign_in(self, address: str) -> dict[str, str]:
        """Do what its pages do for a person; return the query with which the browser comes back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert address.startswith(f"{self.issuer}/authorize?")
        assert (asked["response_type"], asked["scope"]) == ("code", "openid")
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = uuid4().hex
        self._codes[code] = asked
        return _without_none({"code": code, "state": asked["state"], **self.answer})

    def _authorize(self, request: Request) -> Reply:
        """Send a browser straight back: whoever it is has signed in here before."""
        query = self.sign_in(f"{self.issuer}/authorize?{urlencode(request.query)}")
        target = f"{request.query['redirect_uri']}?{urlencode(query)}"
        return Reply(303, headers={"Location": target})

    def _token(self, request: Request) -> Reply:
        form = request.form
        asked = self._codes.pop(form.get("code", ""), None)
        if self.status != 200:
            return json_reply({"error": "server_error"}, self.status)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or challenge != asked["code_challenge"]
            or form.get("redirect_uri") != asked["redirect_uri"]
            or not self._knows(request)
        ):
            return json_reply({"error": "invalid_grant"}, 400)
        return json_reply({"token_type": "Bearer", "id_token": self.token(asked["nonce"])})

    def _knows(self, request: Request) -> bool:
        if self.secret is None:
            return "Authorization" not in request.headers
        given = request.headers.get("Authorization", "").removeprefix("Basic ")
        name, _, secret = base64.b64decode(given).decode().partition(":")
        return (unquote(name), unquote(secret)) == (CLIENT_ID, self.secret)

    def token(self, nonce: str) -> str:
        """The id_token, with whatever a test changes of it."""
        at = int(self.now.timestamp())
        usual = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": self.subject,
            "nonce": nonce,
            "iat": at,
            "exp": at + 300,
        }
        claims = _without_none({**usual, **self.claims})
        key: Any = self.key if self.algorithm == "RS256" else "k" * 40
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": self.kid})


@contextmanager
def running_provider(now: datetime) -> Iterator[TestProvider]:
    """Run a provider until the block ends."""
    with serve() as server:
        yield TestProvider(server, now)


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps({name: v for name, v in values.items() if v is not None}))  # type: ignore[no-any-return]
