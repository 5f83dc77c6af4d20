"""Certification list: valid teacher and student launches."""

import pytest

from tests.conformance.lti_1p3.launches import launched
from tests.lti.platform import CONTEXT_ROLE, INSTITUTION_ROLE, INSTRUCTOR, LEARNER, REMOVED
from tests.lti.world import World

NO_NAMES = {"name": REMOVED, "given_name": REMOVED, "family_name": REMOVED}
NAMES = {"name": "Ada Example", "given_name": "Ada", "family_name": "Example"}
EMAIL = {"email": "ada@example.edu"}


@pytest.fixture
def world(sqlite_database):
    return World(sqlite_database)


class _Launches:
    """The nine variants, for one main role."""

    role = ""
    short_role = ""
    is_teacher = False

    def _launch(self, world, **claims):
        return launched(world, **({"roles": [self.role], **NAMES, **EMAIL} | claims))

    def test_valid_launch(self, world):
        """Valid Launch"""
        found = self._launch(world)
        assert found.is_instructor is self.is_teacher
        assert found.learner_name == "Ada Example"

    def test_with_multiple_roles(self, world):
        """Valid Launch with Multiple Roles"""
        roles = [self.role, INSTITUTION_ROLE + "Instructor", CONTEXT_ROLE + "Mentor"]
        assert self._launch(world, roles=roles).is_instructor is self.is_teacher

    def test_with_short_role(self, world):
        """Valid Launch with Short Role"""
        assert self._launch(world, roles=[self.short_role]).is_instructor is self.is_teacher

    def test_with_unknown_role(self, world):
        """Valid Launch with Unknown Role"""
        roles = ["http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Helper"]
        assert not self._launch(world, roles=roles).is_instructor

    def test_with_no_role(self, world):
        """Valid Launch with No Role"""
        assert not self._launch(world, roles=[]).is_instructor

    def test_email_only(self, world):
        """Valid Launch Email Only"""
        assert self._launch(world, **NO_NAMES).learner_name is None

    def test_names_only(self, world):
        """Valid Launch Names Only"""
        assert self._launch(world, email=REMOVED).learner_name == "Ada Example"

    def test_no_pii(self, world):
        """Valid Launch No PII"""
        assert self._launch(world, email=REMOVED, **NO_NAMES).learner_name is None

    def test_email_without_context(self, world):
        """Valid Launch Email Without Context"""
        found = self._launch(world, context=REMOVED, **NO_NAMES)
        assert found.is_instructor is self.is_teacher
        assert found.context_title == ""


class TestTeacherLaunches(_Launches):
    """https://www.imsglobal.org/spec/lti/v1p3/cert: valid teacher launches"""

    role = INSTRUCTOR
    short_role = "Instructor"
    is_teacher = True


class TestStudentLaunches(_Launches):
    """https://www.imsglobal.org/spec/lti/v1p3/cert: valid student launches"""

    role = LEARNER
    short_role = "Learner"
