"""GET /state: links, columns and scores as JSON, for tests and the curious."""

from dataclasses import asdict
from typing import Any

import flask

from demo_lms.gradebook import list_columns, list_scores
from demo_lms.links import list_links
from demo_lms.lms import LMS, current_lms

blueprint = flask.Blueprint("state", __name__)


def describe_state(lms: LMS) -> dict[str, Any]:
    """All that tools have put into the LMS, and the tools and copied courses themselves.

    ``columns`` is a flat list; each names its course and holds its ``scores``, each of which names
    the learner by ``username`` and ``sub``.
    """
    links, columns = [], []
    with lms.database.reading() as connection:
        for course_id in lms.directory.courses:
            links += [asdict(link) for link in list_links(connection, course_id)]
            for column in list_columns(connection, course_id):
                scores = [
                    asdict(standing) | {"sub": lms.directory.people[standing.username].sub}
                    for standing in list_scores(connection, column.id)
                    if standing.username in lms.directory.people
                ]
                columns.append(asdict(column) | {"scores": scores})
    courses = [course for course in lms.directory.courses.values() if course.history]
    return {
        "links": links,
        "columns": columns,
        "tools": [asdict(tool) for tool in lms.tools()],
        "copies": [{"id": one.id, "history": list(one.history)} for one in courses],
    }


@blueprint.get("/state")
def show() -> flask.Response:
    """The state as JSON."""
    return flask.jsonify(describe_state(current_lms()))
