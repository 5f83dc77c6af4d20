"""Certification list: bad payloads."""

import pytest

from tests.conformance.lti_1p3.launches import refused, second_opinion
from tests.lti.platform import REMOVED
from tests.lti.world import World


@pytest.fixture
def world(sqlite_database):
    return World(sqlite_database)


class TestBadPayloads:
    """https://www.imsglobal.org/spec/lti/v1p3/cert"""

    def test_no_kid(self, world):
        """No KID Sent in JWT header"""
        refused(world, code="lti-token-key", header={"kid": REMOVED})

    def test_incorrect_kid(self, world):
        """Incorrect KID in JWT header"""
        refused(world, code="lti-token-key", header={"kid": "another-key"})

    def test_wrong_lti_version(self, world):
        """Wrong LTI Version"""
        refused(world, code="lti-version", version="11.3")

    def test_no_lti_version(self, world):
        """No LTI Version"""
        refused(world, code="lti-claim-missing", version=REMOVED)

    def test_invalid_lti_message(self, world):
        """Invalid LTI message"""
        refused(world, code="lti-message-unsupported", message_type="LtiUnknownRequest")

    def test_missing_lti_claims(self, world):
        """Missing LTI Claims"""
        claims = {name: REMOVED for name in world.platform.claims() if "purl" in name}
        refused(world, code="lti-claim-missing", **claims)

    def test_timestamps_incorrect(self, world):
        """Timestamps Incorrect"""
        refused(world, code="lti-token-time", iat=11111, exp=22222)

    def test_message_type_claim_missing(self, world):
        """message_type Claim Missing"""
        refused(world, code="lti-claim-missing", message_type=REMOVED)

    def test_role_claim_missing(self, world):
        """role Claim Missing"""
        refused(world, code="lti-claim-missing", roles=REMOVED)

    def test_deployment_id_claim_missing(self, world):
        """deployment_id Claim Missing"""
        refused(world, code="lti-claim-missing", deployment_id=REMOVED)

    def test_resource_link_id_claim_missing(self, world):
        """resource_link_id Claim Missing"""
        refused(world, code="lti-claim-missing", resource_link={"title": "No id"})

    def test_user_claim_missing(self, world):
        """user Claim Missing"""
        refused(world, code="lti-claim-missing", sub=REMOVED)


@pytest.mark.parametrize(
    "claims",
    [
        {"version": "11.3"},
        {"version": REMOVED},
        {"message_type": REMOVED},
        {"roles": REMOVED},
        {"resource_link": {}},
        {"sub": REMOVED},
    ],
)
def test_pylti1p3_refuses_these_claims_as_well(world, claims):
    assert not second_opinion(world.platform.claims(**claims))
