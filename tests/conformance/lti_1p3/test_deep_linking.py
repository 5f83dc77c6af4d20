"""Certification list: deep linking."""

import jwt
import pytest

from lti_tool.entering.opened import Landing
from lti_tool.lti.deep_linking import LIFE
from lti_tool.services.link_content import link_content
from tests.conformance.lti_1p3.launches import second_opinion
from tests.lti.platform import CLIENT_ID, ISSUER, NOW, make_key
from tests.lti.world import World

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"


@pytest.fixture
def world(sqlite_database):
    return World(sqlite_database)


@pytest.fixture
def reply(world):
    launched = world.launched(world.deep_link())
    return link_content(
        world.database,
        world.keyring,
        world.config,
        launched=launched,
        achievement_uuids=[world.achievement_uuid],
        now=NOW,
    )


def _claims(reply):
    return jwt.decode(
        reply.jwt,
        make_key(3).public_key(),
        algorithms=["RS256"],
        audience=ISSUER,
        options={"verify_exp": False, "verify_iat": False},
    )


class TestDeepLinking:
    """https://www.imsglobal.org/spec/lti-dl/v2p0/cert"""

    def test_request_sent(self, world):
        """Deep linking request sent"""
        assert second_opinion(world.platform.deep_linking_claims())
        assert world.deep_link().landing is Landing.LINK

    def test_response_received(self, reply):
        """Deep linking response received"""
        assert reply.return_url == f"{ISSUER}/return"
        assert len(reply.jwt.split(".")) == 3

    def test_is_a_deep_linking_response(self, reply):
        """Is a deep linking response"""
        claims = _claims(reply)
        assert claims[LTI + "message_type"] == "LtiDeepLinkingResponse"
        assert claims[LTI + "version"] == "1.3.0"

    def test_timestamps(self, reply):
        """Response timestamps"""
        claims = _claims(reply)
        now = int(NOW.timestamp())
        assert now - 60 < claims["iat"] <= now < claims["exp"] <= now + LIFE.total_seconds()

    def test_signature(self, reply, world):
        """Response signature"""
        assert jwt.get_unverified_header(reply.jwt)["kid"] == world.keyring.current().kid
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(reply.jwt, make_key(5).public_key(), algorithms=["RS256"], audience=ISSUER)

    def test_required_claims(self, reply):
        """Response required claims"""
        claims = _claims(reply)
        assert (claims["iss"], claims["aud"]) == (CLIENT_ID, ISSUER)
        assert claims["nonce"]
        assert claims[LTI + "deployment_id"] == "deployment-1"
        assert claims[CLAIM + "data"] == "to be echoed <exactly> & so"

    def test_affirm(self, reply, world):
        """Affirm: the link that was chosen can be launched"""
        (item,) = _claims(reply)[CLAIM + "content_items"]
        found = world.launched(world.launch(custom=item["custom"]))
        assert found.achievement_id == world.achievement_id
