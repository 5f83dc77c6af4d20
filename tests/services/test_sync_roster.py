"""Use case: a course's members from the platform's roster (section 8, B43)."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import HTTPClient
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.lti.roles import TEST_USER
from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Learner, Membership
from lti_tool.persistence.platforms import Registration
from lti_tool.services.switch_institution import switch_institution
from lti_tool.services.switch_platform import switch_platform
from lti_tool.services.sync_roster import sync_roster
from tests.lti.local_server import Reply, json_reply, serve
from tests.lti.platform import INSTRUCTOR, LEARNER, NOW, REMOVED, TestPlatform
from tests.lti.world import World


class Course:
    """A course of a teacher whose platform has a roster on loopback."""

    def __init__(self, database, server):
        self.server = server
        server.on("POST /token", json_reply({"access_token": "t", "expires_in": 3600}))
        platform = TestPlatform(issuer=server.url)
        self.world = World(database, platform, allows_loopback=True)
        self.now = NOW
        self.http = HTTPClient()
        self.client = PlatformClient(
            self.http, self.world.keyring, clock=lambda: self.now, sleep=lambda _: None
        )
        self.accepted = self.world.launch(
            sub="teacher",
            name="Tia Teacher",
            roles=[INSTRUCTOR],
            roster={"context_memberships_url": f"{server.url}/members"},
        )
        self.context_id = self.world.launched(self.accepted).context_id

    def roster(self, *members, path="/members", more=""):
        """Answer with these members; ``more`` is a Link header."""
        link = {"Link": more} if more else {}
        self.server.on(f"GET {path}", Reply(200, json.dumps({"members": members}).encode(), link))

    def sync(self):
        """Read the roster a minute later."""
        self.now += timedelta(minutes=1)
        return sync_roster(
            self.world.database, self.client, context_id=self.context_id, now=self.now
        )

    def members(self):
        """Return {name: (is_instructor, is_active)}."""
        query = select(Learner.name, Membership.is_instructor, Membership.is_active).join(
            Membership, Membership.learner_id == Learner.id
        )
        with self.world.database.reading() as session:
            return {name: (teaches, active) for name, teaches, active in session.execute(query)}

    def platform_uuid(self):
        with self.world.database.reading() as session:
            return session.scalars(select(Registration)).one().uuid

    def synced_at(self):
        with self.world.database.reading() as session:
            return session.scalars(select(Context)).one().roster_synced_at


@pytest.fixture
def course(database):
    with serve() as server:
        found = Course(database, server)
        yield found
        found.http.close()


ADA = {"user_id": "ada", "name": "Ada", "roles": [LEARNER]}
BEN = {"user_id": "ben", "name": "Ben", "roles": ["Learner"]}
TIA = {"user_id": "teacher", "name": "Tia", "roles": ["Instructor"]}


def test_members_are_noted_with_names_and_roles(course):
    course.roster(ADA, TIA, path="/members/2")
    course.roster(BEN, more='</members/2>; rel="next"')
    result = course.sync()
    assert (result.members, result.is_complete, result.left) == (3, True, 0)
    assert course.members() == {"Ada": (False, True), "Ben": (False, True), "Tia": (True, True)}
    assert course.synced_at() == course.now


def test_who_is_missing_from_a_complete_list_has_left_and_comes_back(course):
    course.roster(ADA, BEN, TIA)
    course.sync()
    course.roster(ADA, TIA)
    assert course.sync().left == 1
    assert course.members()["Ben"] == (False, False)
    course.roster(ADA, BEN, TIA)
    course.sync()
    assert course.members()["Ben"] == (False, True)


@pytest.mark.parametrize("second", [Reply(403), Reply(500)])
def test_an_incomplete_list_removes_nobody(course, second):
    course.roster(ADA, BEN, TIA)
    course.sync()
    course.roster(ADA, more='</members/2>; rel="next"')
    course.server.on("GET /members/2", second)
    result = course.sync()
    assert not result.is_complete
    assert course.members()["Ben"] == (False, True)


def test_inactive_members_are_noted_as_such(course):
    course.roster({**ADA, "status": "Inactive"}, {**BEN, "status": "Deleted"}, TIA)
    course.sync()
    assert course.members()["Ada"] == (False, False)
    assert course.members()["Ben"] == (False, False)


def test_entries_of_one_person_on_two_pages_are_put_together(course):
    course.roster({**ADA, "roles": [LEARNER]}, path="/members/2")
    course.roster({**ADA, "roles": [INSTRUCTOR]}, more='</members/2>; rel="next"')
    course.sync()
    assert course.members()["Ada"] == (True, True)


def test_a_teacher_who_is_not_listed_or_listed_as_a_learner_goes_on_teaching(course):
    """Moodle's administrators."""
    course.roster(ADA)
    course.sync()
    assert course.members()["Tia Teacher"] == (True, True)
    course.roster(ADA, {**TIA, "name": "Tia Teacher", "roles": [LEARNER]})
    course.sync()
    assert course.world.launched(course.accepted).is_instructor


def test_a_list_without_names_forgets_none(course):
    course.roster(ADA, TIA)
    course.sync()
    course.roster({"user_id": "ada", "roles": [LEARNER]}, TIA)
    course.sync()
    assert "Ada" in course.members()


def test_whoever_is_listed_is_the_one_who_launches(course):
    course.roster(ADA, TIA)
    course.sync()
    course.world.launch(sub="ada", name="Ada")
    assert len(course.members()) == 2


def test_a_roster_that_is_refused_changes_nothing(course):
    course.roster(ADA, TIA)
    course.sync()
    course.server.on("GET /members", Reply(403))
    with pytest.raises(LTIServiceError):
        course.sync()
    assert course.members()["Ada"] == (False, True)


def test_a_course_without_the_service_says_so(course):
    with course.world.database.writing() as session:
        session.scalars(select(Context)).one().memberships_url = None
    with pytest.raises(LTIServiceError) as caught:
        course.sync()
    assert caught.value.code == "lti-no-roster"


def test_a_large_roster_is_stored_in_good_time(course):
    many = [{"user_id": f"u{n}", "name": f"N {n}", "roles": ["Learner"]} for n in range(3000)]
    course.roster(*many, TIA)
    assert course.sync().members == 3001
    assert len(course.members()) == 3001


@pytest.mark.parametrize(
    ("switch", "code"),
    [
        (
            lambda course: switch_institution(
                course.world.database, "harbour", is_suspended=True, actor="test", now=NOW
            ),
            "lti-institution-suspended",
        ),
        (
            lambda course: switch_platform(
                course.world.database,
                course.platform_uuid(),
                is_enabled=False,
                actor="test",
                now=NOW,
            ),
            "lti-platform-disabled",
        ),
    ],
)
def test_nobody_is_asked_for_a_suspended_institution_or_a_disabled_platform(course, switch, code):
    """B9."""
    switch(course)
    calls = len(course.server.requests)
    with pytest.raises(LTIServiceError) as caught:
        course.sync()
    assert caught.value.code == code
    assert len(course.server.requests) == calls


DIFFERENCES = '</members/since/1>; rel="differences"'


def test_what_has_changed_is_enough_when_the_platform_tells_it(course):
    course.roster(ADA, BEN, TIA, more=DIFFERENCES)
    course.sync()
    left = {"user_id": "ben", "status": "Deleted"}
    new = {"user_id": "cem", "name": "Cem", "roles": ["Learner"]}
    course.roster(left, new, path="/members/since/1", more='</members/since/2>; rel="differences"')
    result = course.sync()
    assert (result.members, result.is_complete, result.left) == (2, True, 1)
    assert course.members()["Ben"] == (False, False)
    assert course.members()["Cem"] == (False, True)
    assert course.members()["Ada"] == (False, True), "who is not among the differences has not left"
    course.roster(path="/members/since/2", more='</members/since/3>; rel="differences"')
    course.sync()
    assert course.server.count("GET /members") == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404),
        Reply(500),
        Reply(200, b"<html>"),
        Reply(200, b'{"members": []}', {"Link": '<http://127.0.0.1:1/x>; rel="next"'}),
    ],
)
def test_without_its_differences_the_whole_roster_is_read(course, reply):
    course.roster(ADA, BEN, TIA, more=DIFFERENCES)
    course.sync()
    course.server.on("GET /members/since/1", reply)
    course.roster(ADA, TIA)
    assert course.sync().left == 1
    assert course.server.count("GET /members") == 2
    course.sync()
    assert course.server.count("GET /members/since/1") in (1, 3), "tried three times on a 500"


def test_the_whole_roster_is_read_once_a_day_in_any_case(course):
    course.roster(ADA, BEN, TIA, more=DIFFERENCES)
    course.sync()
    course.roster(path="/members/since/1", more=DIFFERENCES)
    course.sync()
    course.now += timedelta(days=1)
    course.sync()
    assert course.server.count("GET /members") == 2


def test_differences_on_a_foreign_host_are_not_asked_for(course):
    course.roster(ADA, TIA, more='<http://127.0.0.1:1/since>; rel="differences"')
    course.sync()
    assert course.sync().is_complete
    assert course.server.count("GET /members") == 2


def test_a_roster_refused_by_its_size_is_not_available_and_removes_nobody(course):
    """B43: Open edX answers 403 above a configured number of members."""
    course.roster(ADA, TIA)
    course.sync()
    course.server.on("GET /members", Reply(403))
    with pytest.raises(LTIServiceError, match="does not give the list") as caught:
        course.sync()
    assert caught.value.code == "lti-no-roster"
    assert course.members()["Ada"] == (False, True)


def test_the_view_as_a_student_is_nobody(course):
    preview = {"user_id": "test", "name": "Test", "roles": ["Learner", TEST_USER]}
    course.roster(ADA, TIA, preview)
    course.sync()
    assert "Test" not in course.members()


def test_a_teacher_who_is_said_to_have_left_teaches_no_more(course):
    """B15: the open session loses the right at once."""
    course.roster(ADA, {**TIA, "status": "Inactive"})
    course.sync()
    assert not course.world.launched(course.accepted).is_instructor


def test_pages_are_stored_as_they_come(course):
    """Fifty thousand members are never held at once: a page is asked for after the last is kept."""
    kept = []

    def second(_request):
        kept.append(len(course.members()))
        return json_reply({"members": [BEN]})

    course.roster(ADA, TIA, more='</members/2>; rel="next"')
    course.server.on("GET /members/2", second)
    course.sync()
    assert kept == [2]


def test_a_link_outside_every_course_has_a_roster_of_its_own(course):
    roster = {"context_memberships_url": f"{course.server.url}/members"}
    accepted = course.world.launch(
        sub="teacher", roles=[INSTRUCTOR], context=REMOVED, roster=roster
    )
    course.context_id = course.world.launched(accepted).context_id
    course.roster(ADA)
    course.sync()
    assert course.server.sent("GET /members")[-1].query == {"rlid": "link-1"}
