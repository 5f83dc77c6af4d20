"""A portfolio that reads badges: Authlib's OAuth client over requests, as such hosts are built."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter

from tests.credentials.issuing import PUBLIC_URL
from tests.wallet_protocols.world import WalletWorld

CALLBACK = "https://portfolio.example/callback"
SCOPE = "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
ALL = f"{SCOPE}credential.readonly {SCOPE}profile.readonly offline_access"


class Loopback(HTTPAdapter):
    """Finds the tool's public name, of which no DNS knows, on this machine."""

    def __init__(self, local: str) -> None:
        super().__init__()
        self._local = local

    def send(self, request: requests.PreparedRequest, *given: Any, **named: Any) -> Any:
        assert request.url is not None
        request.url = self._local + request.url.removeprefix(PUBLIC_URL)
        return super().send(request, *given, **named)


class Portfolio:
    """A host of badges that knows the tool's address and nothing else."""

    def __init__(self, world: WalletWorld, *, auth_method: str = "client_secret_basic") -> None:
        self._local, self._auth_method = world.local, auth_method
        self.browser = requests.Session()
        self._mount(self.browser)
        self.service = self.browser.get(f"{PUBLIC_URL}/ims/ob/v3p0/discovery", timeout=30).json()
        security = self.service["components"]["securitySchemes"]["OAuth2ACG"]
        self.flow = security["flows"]["authorizationCode"]
        self._registration_url = security["x-imssf-registrationUrl"]
        self.client = self.register()
        self.session = OAuth2Session(
            self.client["client_id"],
            self.client.get("client_secret"),
            scope=ALL,
            redirect_uri=CALLBACK,
            token_endpoint_auth_method=auth_method,
            code_challenge_method="S256",
            token_endpoint=self.flow["tokenUrl"],
        )
        self._mount(self.session)

    def register(self) -> dict[str, Any]:
        """Register by RFC 7591."""
        body = {
            "client_name": "Portfolio <of> Ada",
            "client_uri": "https://portfolio.example",
            "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": self._auth_method,
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": f"{ALL} {SCOPE}credential.upsert",
        }
        answer = self.browser.post(self._registration_url, json=body, timeout=30)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def consent(self, code: str, decision: str = "allow") -> str:
        """Let somebody type their code on the page of consent; return where they are sent."""
        self.verifier = "v" * 64
        address, self.state = self.session.create_authorization_url(
            self.flow["authorizationUrl"], code_verifier=self.verifier
        )
        page = self.browser.get(address, timeout=30)
        assert page.status_code == 200, page.text
        assert "Portfolio &lt;of&gt; Ada" in page.text
        fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        form = {name: html.unescape(value) for name, value in fields}
        action = re.search(r'method="post" action="([^"]+)"', page.text)
        assert action is not None
        answer = self.browser.post(
            urljoin(address, action[1]),
            data={**form, "code": code, "decision": decision},
            headers={"Origin": PUBLIC_URL},
            allow_redirects=False,
            timeout=30,
        )
        return str(answer.headers.get("Location", answer.text))

    def connect(self, code: str) -> dict[str, Any]:
        """Go the whole way to a token."""
        there = self.consent(code)
        assert there.startswith(f"{CALLBACK}?"), there
        assert parse_qs(urlsplit(there).query)["iss"] == [f"{PUBLIC_URL}/ims/ob/v3p0"]
        found: dict[str, Any] = self.session.fetch_token(
            self.flow["tokenUrl"],
            authorization_response=there,
            code_verifier=self.verifier,
            state=self.state,
        )
        return found

    def read(self, path: str) -> requests.Response:
        """Read with the token (an address, or the end of one)."""
        url = path if path.startswith("https://") else self.service["servers"][0]["url"] + path
        answer: requests.Response = self.session.get(url, timeout=30)
        return answer

    def _mount(self, session: requests.Session) -> None:
        session.mount(PUBLIC_URL, Loopback(self._local))
        # The server of a test ends when its connections do.
        session.headers["Connection"] = "close"
