"""Role URIs of a person (LTI 1.3 appendix A): in the course, in the institution, of the system."""

from demo_lms.people import TEST_STUDENT, Course, Person

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

BEYOND_THE_COURSE = {
    "registrar": [f"{INSTITUTION}Administrator"],
    "administrator": [f"{INSTITUTION}Administrator", f"{SYSTEM}Administrator"],
    TEST_STUDENT: [f"{INSTITUTION}Student", TEST_USER],
    "learner": [f"{INSTITUTION}Student"],
    "mentor": [f"{INSTITUTION}Guest"],
}


def course_roles(course: Course, person: Person) -> list[str]:
    """What the person is in this course; an administrator of the institution is nothing here."""
    username = person.username
    found = [
        (username in course.teachers, [f"{MEMBERSHIP}Instructor"]),
        (username in course.assistants, [f"{MEMBERSHIP}Instructor", ASSISTANT]),
        (username in course.designers, [f"{MEMBERSHIP}ContentDeveloper"]),
        (username in course.mentors, [f"{MEMBERSHIP}Mentor"]),
        (username in (*course.learners, course.test_student), [f"{MEMBERSHIP}Learner"]),
        (person.role == "registrar", [f"{MEMBERSHIP}Administrator"]),
    ]
    return list(dict.fromkeys(role for holds, roles in found if holds for role in roles))


def roles_in(course: Course, person: Person) -> list[str]:
    """All roles of the person in a message of this course, those in the course first."""
    beyond = BEYOND_THE_COURSE.get(person.role, [f"{INSTITUTION}Faculty"])
    more = [f"{INSTITUTION}{word}" for word in person.institution_roles]
    return list(dict.fromkeys([*course_roles(course, person), *beyond, *more]))


def administers(person: Person) -> bool:
    """Whether the person answers for the data of the whole institution."""
    return person.role in {"registrar", "administrator"}
