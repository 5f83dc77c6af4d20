"""Moodle's REST server: /webservice/rest/server.php, with the functions that Quoin asks for.

Names, members and error codes are Moodle's (4.5); so are refusals with HTTP 200. Ids of people and
courses are those that tools are told, which on a Moodle are numbers and here are words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import flask

from demo_lms.lms import LMS, current_lms
from demo_lms.people import Course
from demo_lms.quizzes import Quiz, Result, list_results
from demo_lms.service_tokens import ServiceToken, find_token

blueprint = flask.Blueprint("web_services", __name__)

PATH = "/webservice/rest/server.php"


class RefusedError(Exception):
    """The call is refused with this error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Call:
    """One call: the LMS, whose token it is, and the values that were sent."""

    lms: LMS
    token: ServiceToken
    values: Mapping[str, str]

    def course(self, name: str = "courseid") -> Course:
        """The course of the call; those of other institutions are not there."""
        wanted = self.values.get(name, "")
        if not wanted:
            raise RefusedError("invalidparameter")
        for course in self.lms.directory.courses.values():
            if (course.context_id, course.institution) == (wanted, self.token.institution):
                return course
        raise RefusedError("invalidrecord")

    def people(self, course: Course) -> list[tuple[str, str]]:
        """The learners asked for as (username, id): one, or all for userid 0."""
        wanted = self.values.get("userid", "0")
        found = [(one.username, one.sub) for one in self.lms.directory.learners_of(course)]
        if wanted == "0":
            return found
        mine = [pair for pair in found if pair[1] == wanted]
        if not mine:
            raise RefusedError("usernotenroled")
        return mine

    def results(self, quiz: Quiz) -> dict[str, Result]:
        """What stands in a quiz."""
        with self.lms.database.reading() as connection:
            return list_results(connection, quiz.id)


def site_info(call: Call) -> Any:
    """core_webservice_get_site_info: the release, and what the token may call."""
    functions = [{"name": name, "version": "2024100700"} for name in call.token.functions]
    return {
        "sitename": "Practice LMS",
        "release": "4.5.6 (practice)",
        "siteurl": call.lms.settings.public_url,
        "functions": functions,
    }


def contents(call: Call) -> Any:
    """core_course_get_contents: one section with the activities."""
    modules = [
        {
            "id": quiz.module_id,
            "name": quiz.title,
            "modname": "quiz",
            "instance": quiz.id,
            "completion": 2,
        }
        for quiz in call.lms.quizzes_of(call.course())
    ]
    return [{"id": 1, "name": "General", "modules": modules}]


def grade_items(call: Call) -> Any:
    """gradereport_user_get_grade_items: the grades of one learner, or of all."""
    course = call.course()
    quizzes = call.lms.quizzes_of(course)
    standing = {quiz.id: call.results(quiz) for quiz in quizzes}
    entries = [
        {
            "courseid": course.context_id,
            "userid": sub,
            "userfullname": call.lms.directory.people[username].label,
            "gradeitems": [_grade_item(quiz, standing[quiz.id].get(username)) for quiz in quizzes],
        }
        for username, sub in call.people(course)
    ]
    return {"usergrades": entries, "warnings": []}


def _grade_item(quiz: Quiz, result: Result | None) -> dict[str, Any]:
    return {
        "id": quiz.item_id,
        "itemname": quiz.title,
        "itemtype": "mod",
        "itemmodule": "quiz",
        "iteminstance": quiz.id,
        "cmid": quiz.module_id,
        "graderaw": None if result is None else result.points,
        "grademin": 0,
        "grademax": quiz.most,
        "gradedategraded": None if result is None else int(result.graded_at),
        "gradeishidden": False,
        "gradeneedsupdate": False,
        "feedback": "",
    }


def activities(call: Call) -> Any:
    """core_completion_get_activities_completion_status: 0 open, 2 passed, 3 failed."""
    course = call.course()
    ((username, _),) = _one(call, course)
    statuses = []
    for quiz in call.lms.quizzes_of(course):
        result = call.results(quiz).get(username)
        is_open = result is None or result.points is None
        passed = result is not None and quiz.is_passed(result.points)
        state = 0 if is_open else 2 if passed else 3
        at = int(result.graded_at) if result is not None and passed else 0
        statuses.append(
            {
                "cmid": quiz.module_id,
                "modname": "quiz",
                "instance": quiz.id,
                "state": state,
                "timecompleted": at,
                "tracking": 2,
            }
        )
    return {"statuses": statuses, "warnings": []}


def course_status(call: Call) -> Any:
    """core_completion_get_course_completion_status: every quiz passed."""
    course = call.course()
    ((username, _),) = _one(call, course)
    quizzes = call.lms.quizzes_of(course)
    if not quizzes:
        raise RefusedError("nocriteriaset")
    rows = []
    for quiz in quizzes:
        result = call.results(quiz).get(username)
        passed = result is not None and quiz.is_passed(result.points)
        at = int(result.graded_at) if result is not None and passed else None
        rows.append({"type": 4, "title": quiz.title, "complete": passed, "timecompleted": at})
    done = all(row["complete"] for row in rows)
    return {
        "completionstatus": {"completed": done, "aggregation": 1, "completions": rows},
        "warnings": [],
    }


def competencies(call: Call) -> Any:
    """core_competency_list_course_competencies: one for each quiz."""
    return [
        {"competency": {"id": quiz.competency_id, "shortname": quiz.competency}}
        for quiz in call.lms.quizzes_of(call.course("id"))
    ]


def ratings(call: Call) -> Any:
    """report_competency_data_for_report: proficient once the quiz is passed."""
    course = call.course()
    ((username, sub),) = _one(call, course)
    rows = []
    for quiz in call.lms.quizzes_of(course):
        result = call.results(quiz).get(username)
        passed = result is not None and quiz.is_passed(result.points)
        rating = {
            "userid": sub,
            "courseid": course.context_id,
            "competencyid": quiz.competency_id,
            "proficiency": True if passed else None,
            "grade": 2 if passed else None,
            "gradename": "Competent" if passed else "-",
            "timemodified": int(result.graded_at) if result is not None else 0,
        }
        rows.append({"usercompetencycourse": rating})
    return {"courseid": course.context_id, "usercompetencies": rows}


def _one(call: Call, course: Course) -> list[tuple[str, str]]:
    if call.values.get("userid", "0") == "0":
        raise RefusedError("invalidparameter")
    return call.people(course)


FUNCTIONS: Mapping[str, Callable[[Call], Any]] = {
    "core_webservice_get_site_info": site_info,
    "core_course_get_contents": contents,
    "gradereport_user_get_grade_items": grade_items,
    "core_completion_get_activities_completion_status": activities,
    "core_completion_get_course_completion_status": course_status,
    "core_competency_list_course_competencies": competencies,
    "report_competency_data_for_report": ratings,
}


@blueprint.post(PATH)
def server() -> flask.Response:
    """Call a function; a refusal is an answer like any other."""
    form = flask.request.form
    try:
        return flask.jsonify(_answer(form))
    except RefusedError as refusal:
        return refused(refusal.code)


def refused(code: str) -> flask.Response:
    """The answer to a call that is refused, as Moodle gives it: HTTP 200."""
    return flask.jsonify(exception="moodle_exception", errorcode=code, message=f"error/{code}")


def _answer(form: Mapping[str, str]) -> Any:
    lms = current_lms()
    with lms.database.reading() as connection:
        token = find_token(connection, form.get("wstoken", ""))
    if token is None:
        raise RefusedError("invalidtoken")
    name = form.get("wsfunction", "")
    if name not in FUNCTIONS or name not in token.functions:
        raise RefusedError("accessexception")
    return FUNCTIONS[name](Call(lms, token, form))
