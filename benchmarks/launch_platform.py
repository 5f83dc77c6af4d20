"""The platform of ``quoin bench launch``: its key, its keyset, tokens with realistic claims."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID = "bench-client"
DEPLOYMENT_ID = "1"
KID = "bench-key"
COURSES = 20
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


class Platform:
    """A platform at ``url`` that signs launches of many learners in a few courses."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        self.keyset = {"keys": [public | {"kid": KID, "alg": "RS256", "use": "sig"}]}

    def token(self, nonce: str, target: str, number: int) -> str:
        """Return a signed launch of learner ``number``, about 2.6 kB as real platforms send."""
        return jwt.encode(
            self._claims(nonce, target, number), self.key, "RS256", headers={"kid": KID}
        )

    def _claims(self, nonce: str, target: str, number: int) -> dict[str, Any]:
        now, course = int(time.time()), number % COURSES
        services = f"{self.url}/contexts/{course}"
        return {
            "iss": self.url,
            "aud": CLIENT_ID,
            "azp": CLIENT_ID,
            "sub": f"user-{number}",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "name": f"Learner {number}",
            "given_name": "Learner",
            "family_name": str(number),
            "email": f"learner{number}@example.edu",
            f"{CLAIM}version": "1.3.0",
            f"{CLAIM}message_type": "LtiResourceLinkRequest",
            f"{CLAIM}deployment_id": DEPLOYMENT_ID,
            f"{CLAIM}target_link_uri": target,
            f"{CLAIM}resource_link": {"id": f"link-{course}", "title": "Microcredentials"},
            f"{CLAIM}roles": [
                f"{MEMBERSHIP}Learner",
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student",
            ],
            f"{CLAIM}context": {
                "id": f"course-{course}",
                "label": f"CS {course}",
                "title": f"Data skills, group {course}",
                "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"],
            },
            f"{CLAIM}custom": {"context_history": "$Context.id.history", "locale": "en"},
            f"{CLAIM}launch_presentation": {
                "locale": "en",
                "document_target": "iframe",
                "return_url": f"{self.url}/courses/{course}?session=0123456789",
            },
            f"{CLAIM}lis": {"person_sourcedid": f"p{number}", "course_section_sourcedid": "s1"},
            f"{CLAIM}tool_platform": {
                "guid": "bench",
                "name": "Bench platform",
                "product_family_code": "moodle",
                "version": "2024100700",
            },
            "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {
                "scope": [
                    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
                    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
                    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
                ],
                "lineitems": f"{services}/lineitems?type_id=1",
            },
            "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": {
                "context_memberships_url": f"{services}/members",
                "service_versions": ["1.0", "2.0"],
            },
        }


@contextmanager
def serve() -> Iterator[Platform]:
    """Run a platform whose keyset can be read over HTTP on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(platform.keyset).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    platform = Platform(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()


def read_login(location: str) -> tuple[str, str]:
    """Return state and nonce of an authentication request."""
    query = parse_qs(urlsplit(location).query)
    return query["state"][0], query["nonce"][0]


def login_query(platform: Platform, target: str) -> dict[str, str]:
    """Return the parameters of a login request."""
    return {
        "iss": platform.url,
        "client_id": CLIENT_ID,
        "lti_deployment_id": DEPLOYMENT_ID,
        "login_hint": uuid4().hex,
        "lti_message_hint": uuid4().hex,
        "target_link_uri": target,
    }
