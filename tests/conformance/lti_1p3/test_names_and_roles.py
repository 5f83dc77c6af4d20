"""Certification list: names and role provisioning services."""

import pytest

from lti_tool.lti.http_client import HTTPClient
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.services.sync_roster import sync_roster
from tests.conformance.lti_1p3.launches import second_opinion
from tests.lti.local_server import json_reply, serve
from tests.lti.platform import INSTRUCTOR, NOW, TestPlatform
from tests.lti.world import World

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"


@pytest.fixture
def server():
    with serve() as found:
        found.on("POST /token", json_reply({"access_token": "token-1", "expires_in": 3600}))
        found.on("GET /members", json_reply({"members": [{"user_id": "7", "roles": ["Learner"]}]}))
        yield found


@pytest.fixture
def request_sent(server, sqlite_database):
    """Launch with the claim, ask for the roster, and return the request for it."""
    world = World(sqlite_database, TestPlatform(issuer=server.url), allows_loopback=True)
    roster = {"context_memberships_url": f"{server.url}/members", "service_versions": ["2.0"]}
    assert second_opinion(world.platform.claims(roster=roster))
    launched = world.launched(world.launch(roles=[INSTRUCTOR], roster=roster))
    http = HTTPClient()
    client = PlatformClient(http, world.keyring, clock=lambda: NOW)
    synced = sync_roster(world.database, client, context_id=launched.context_id, now=NOW)
    http.close()
    assert synced.members == 1
    (request,) = server.sent("GET /members")
    return request


class TestNamesAndRoles:
    """https://www.imsglobal.org/spec/lti-nrps/v2p0/cert"""

    def test_launch_with_the_claim(self, request_sent):
        """Launch with the NRPS claim"""
        assert request_sent.path == "/members"

    def test_request_received(self, request_sent):
        """Membership request received"""
        assert request_sent.method == "GET"

    def test_json_header(self, request_sent):
        """Membership request has the JSON header"""
        media_type = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
        assert request_sent.headers["Accept"] == media_type

    def test_bearer_token(self, request_sent):
        """Membership request has the bearer token"""
        assert request_sent.headers["Authorization"] == "Bearer token-1"

    @pytest.mark.usefixtures("request_sent")
    def test_scope(self, server):
        """The token was asked for with the scope"""
        assert server.sent("POST /token")[0].form["scope"] == SCOPE
