"""Asking platforms to tell of copied courses."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.lti.platform_client import PlatformClient
from lti_tool.persistence.platforms import Deployment
from lti_tool.services.request_notices import request_notices
from tests.lti.local_server import Reply, json_reply, serve
from tests.lti.platform import PUBLIC_URL, TestPlatform
from tests.lti.world import World

SERVICE = "https://purl.imsglobal.org/spec/lti/claim/platformnotificationservice"


class Asking:
    def __init__(self, database, server):
        from lti_tool.lti.http_client import HTTPClient

        platform = TestPlatform(issuer=server.url)
        self.world = World(database, platform, allows_loopback=True)
        self.server = server
        server.on("POST /token", json_reply({"access_token": "t", "expires_in": 3600}))
        self.http = HTTPClient()
        self.client = PlatformClient(
            self.http, self.world.keyring, clock=lambda: self.world.now, sleep=lambda _: None
        )

    def launch(self):
        service = {
            "platform_notification_service_url": f"{self.server.url}/notices",
            "notice_types_supported": ["LtiHelloWorldNotice", "LtiContextCopyNotice"],
        }
        self.world.launch(**{SERVICE: service})

    def ask(self, **later):
        now = self.world.now + timedelta(**later)
        return request_notices(self.world.database, self.client, public_url=PUBLIC_URL, now=now)

    def answer(self):
        with self.world.database.reading() as session:
            return session.scalars(select(Deployment)).one().notices_answer


@pytest.fixture
def asking(database):
    with serve() as server:
        found = Asking(database, server)
        yield found
        found.http.close()


def test_a_platform_is_asked_once_and_told_our_address(asking):
    assert asking.ask() == 0
    asking.server.on("PUT /notices", json_reply({"notice_type": "LtiContextCopyNotice"}))
    asking.launch()
    assert asking.ask() == 1
    (request,) = asking.server.sent("PUT /notices")
    assert request.json == {
        "notice_type": "LtiContextCopyNotice",
        "handler": f"{PUBLIC_URL}/lti/notices",
    }
    assert asking.answer() == ""
    assert asking.ask(days=1) == 0


def test_a_platform_that_refuses_is_asked_again_after_an_hour(asking):
    asking.server.on("PUT /notices", Reply(403), json_reply({}))
    asking.launch()
    assert asking.ask() == 1
    assert "403" in asking.answer()
    assert asking.ask(minutes=59) == 0
    assert asking.ask(hours=1) == 1
    assert asking.answer() == ""
