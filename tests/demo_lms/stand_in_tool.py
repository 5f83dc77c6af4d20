"""A tool of a few lines: it publishes a key and signs whatever a test wants to have signed."""

import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from demo_lms.platform import ASSERTION_TYPE
from demo_lms.testing import LaunchForm, RunningLMS, Visitor, read_form

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SECONDS = 10


class StandInTool:
    """Serves /lti/jwks on a free port and keeps what is posted to it; the rest of a tool is played
    by its methods.
    """

    def __init__(self) -> None:
        self.new_key()
        self.received: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(SECONDS)

    def new_key(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = uuid.uuid4().hex

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        tool = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                public = RSAAlgorithm.to_jwk(tool.key.public_key(), as_dict=True)
                keys = [{**public, "kid": tool.kid, "alg": "RS256", "use": "sig"}]
                body = json.dumps({"keys": keys}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                tool.received.append(json.loads(body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        return Handler

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        headers = {"kid": self.kid, **header}
        return jwt.encode(claims, self.key, algorithm="RS256", headers=headers)


def changed(claims: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """``claims`` with ``changes``; a change to ... leaves the claim out."""
    merged = {**claims, **changes}
    return {name: value for name, value in merged.items() if value is not ...}


class Pair:
    """The LMS and its tool, and what the tests do with the two."""

    def __init__(self, lms: RunningLMS, tool: StandInTool, client_id: str = "quoin-demo") -> None:
        self.lms = lms
        self.tool = tool
        self.client_id = client_id

    # ---- launches

    def authentication(self, login_url: str, **changes: Any) -> dict[str, str]:
        """What a tool asks for after a login request."""
        login = {name: values[0] for name, values in parse_qs(urlsplit(login_url).query).items()}
        asked = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": self.client_id,
            "redirect_uri": f"{self.tool.url}/lti/launch",
            "login_hint": login["login_hint"],
            "lti_message_hint": login["lti_message_hint"],
            "state": "state-1",
            "nonce": uuid.uuid4().hex,
        }
        return changed(asked, changes)

    def ask(self, visitor: Visitor, asked: dict[str, str]) -> requests.Response:
        return visitor.get(f"{self.lms.url}/lti/auth?{urlencode(asked)}", timeout=SECONDS)

    def launch(self, visitor: Visitor, login_url: str, **changes: Any) -> LaunchForm:
        answer = self.ask(visitor, self.authentication(login_url, **changes))
        assert answer.status_code == 200, answer.text
        return read_form(answer.text)

    def claims_of(self, form: LaunchForm) -> dict[str, Any]:
        """The verified claims of a launch form."""
        assert "id_token" in form.fields, form.fields
        keys = requests.get(f"{self.lms.url}/lti/jwks", timeout=SECONDS).json()["keys"]
        key = jwt.PyJWK.from_dict(keys[0])
        assert jwt.get_unverified_header(form.fields["id_token"])["kid"] == keys[0]["kid"]
        return dict(
            jwt.decode(
                form.fields["id_token"], key.key, algorithms=["RS256"], audience=self.client_id
            )
        )

    # ---- access tokens

    def assertion(self, **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{self.lms.url}/lti/token",
            "iat": now - 2,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
        }
        return self.tool.sign(changed(claims, changes))

    def ask_token(self, scope: str, assertion: str = "", /, **changes: Any) -> requests.Response:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion or self.assertion(),
            "scope": scope,
        }
        url = f"{self.lms.url}/lti/token"
        return requests.post(url, data=changed(form, changes), timeout=SECONDS)

    def token(self, *scopes: str) -> str:
        answer = self.ask_token(" ".join(scopes))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def call(
        self,
        method: str,
        path: str,
        token: str,
        *,
        accept: str | None = None,
        body: object = None,
        content_type: str | None = None,
    ) -> requests.Response:
        """One service call; ``path`` is relative to /lti/contexts/, or a whole address."""
        url = path if path.startswith("http") else f"{self.lms.url}/lti/contexts/{path}"
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": accept,
            "Content-Type": content_type,
        }
        data = None if body is None else json.dumps(body)
        return requests.request(method, url, headers=headers, data=data, timeout=SECONDS)

    # ---- deep linking

    def deep_linking_settings(self, username: str = "maria", course: str = "algorithms") -> Any:
        visitor = self.lms.visit(username)
        form = self.launch(visitor, visitor.start_deep_linking(course, self.client_id))
        return self.claims_of(form)[f"{DEEP_LINKING}deep_linking_settings"]

    def reply(
        self, settings: dict[str, Any], items: list[Any], **changes: Any
    ) -> requests.Response:
        """Post a deep linking reply; ``changes`` name claims by their last word."""
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "aud": self.lms.url,
            "iat": now - 2,
            "exp": now + 300,
            "nonce": uuid.uuid4().hex,
            f"{CLAIM}message_type": "LtiDeepLinkingResponse",
            f"{CLAIM}version": "1.3.0",
            f"{CLAIM}deployment_id": "1",
            f"{DEEP_LINKING}data": settings["data"],
            f"{DEEP_LINKING}content_items": items,
        }
        full = {name.rsplit("/", 1)[-1]: name for name in claims}
        named = {full.get(name, name): value for name, value in changes.items()}
        return self.post_reply(settings, self.tool.sign(changed(claims, named)))

    def post_reply(self, settings: dict[str, Any], token: str) -> requests.Response:
        url = settings["deep_link_return_url"]
        return requests.post(url, data={"JWT": token}, timeout=SECONDS)
