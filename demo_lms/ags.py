"""Assignment and Grade Services 2.0: lti1p3platform's service over our gradebook."""

from collections.abc import Sequence
from typing import Any

import flask
from lti1p3platform.exceptions import LineItemNotFoundException, LtiServiceException
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService

from demo_lms import gradebook
from demo_lms.flask_adapter import FlaskRequest, service_answer
from demo_lms.line_items import column_values, line_item
from demo_lms.links import find_link
from demo_lms.lms import LMS, current_lms
from demo_lms.paging import page_of
from demo_lms.people import Course
from demo_lms.refused_scores import note_refusal
from demo_lms.registration import LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE, ToolRegistration
from demo_lms.score_rules import RULES
from demo_lms.scores import list_results, store_score
from demo_lms.service_access import check_media_types, course_for
from demo_lms.service_urls import service_url

ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE_DOCUMENT = "application/vnd.ims.lis.v1.score+json"

blueprint = flask.Blueprint("ags", __name__, url_prefix="/lti/contexts/<course_id>/lineitems")


class GradeService(AssignmentsGradesService):  # type: ignore[misc]  # the package has no types
    """One call of the service in one course; ``scopes`` are those that open this operation."""

    def __init__(
        self,
        course_id: str,
        *scopes: str,
        consumes: str | None = None,
        produces: str | None = None,
        parameters: tuple[str, ...] = (),
    ) -> None:
        self.lms: LMS = current_lms()
        self.course_id = course_id
        self.scopes = scopes
        self.media = {"consumes": consumes, "produces": produces}
        request = FlaskRequest(flask.request, parameters)
        super().__init__(request, self.lms.platform(), self.lms.settings.context_url(course_id))

    @property
    def allowed_scopes(self) -> Sequence[str]:
        """The base class would take any scope of the service; we take this operation's."""
        return self.scopes

    @property
    def tool(self) -> ToolRegistration:
        """Whose token this is."""
        tool: ToolRegistration = self.platform_config.tool
        return tool

    def _course(self) -> Course:
        check_media_types(self.tool, **self.media)
        return course_for(self.lms, self.tool, self.course_id)

    def _column(self, connection: Any, column_id: str) -> gradebook.Column:
        column = gradebook.find_column(connection, self._course().id, column_id)
        if column is None or column.client_id != self.tool.client_id:
            raise LineItemNotFoundException
        return column

    def _url(self, *path: object) -> str:
        return service_url(self.lms.settings, self.tool, self.course_id, "lineitems", *path)

    def _document(self, column: gradebook.Column) -> dict[str, Any]:
        return line_item(column, self._url(column.id))

    def _values(self, connection: Any, item: dict[str, Any] | None) -> gradebook.ColumnValues:
        values = column_values(item or {}, needs_resource=self.tool.flavour == "openedx")
        link = find_link(connection, self.course_id, values.link_id or "")
        if values.link_id and (link is None or link.client_id != self.tool.client_id):
            raise LtiServiceException("resourceLinkId is no link of this tool in this course", 403)
        return values

    def find_lineitems(self, **equal: str) -> dict[str, Any]:
        """The columns that have these resource_id, tag and resource_link_id."""
        if "resource_link_id" in equal:
            equal["link_id"] = equal.pop("resource_link_id")
        course = self._course()
        with self.lms.database.reading() as connection:
            columns = gradebook.list_columns(
                connection, course.id, client_id=self.tool.client_id, **equal
            )
        return page_of(self.lms, [self._document(column) for column in columns])

    def find_lineitem(self, line_item_id: str) -> dict[str, Any]:
        """One column."""
        with self.lms.database.reading() as connection:
            return self._document(self._column(connection, line_item_id))

    def create_lineitem(self, creation_data: dict[str, Any]) -> dict[str, Any]:
        """A new column, even if there is one with the same resource id."""
        course = self._course()
        with self.lms.database.writing() as connection:
            values = self._values(connection, creation_data)
            column = gradebook.add_column(connection, course.id, self.tool.client_id, values)
            return self._document(column)

    def update_lineitem(self, update_data: dict[str, Any]) -> dict[str, Any]:
        """Replace a column's values; members left out are cleared."""
        with self.lms.database.writing() as connection:
            column = self._column(connection, update_data["id"])
            values = self._values(connection, update_data)
            return self._document(gradebook.replace_column(connection, column.id, values))

    def delete_lineitem(self, line_item_id: str) -> None:
        """Remove a column with its scores."""
        with self.lms.database.writing() as connection:
            column = self._column(connection, line_item_id)
            if self.tool.flavour == "openedx":
                raise LtiServiceException("Line items cannot be removed here", 403)
            gradebook.remove_column(connection, column.id)

    def update_score(self, line_item_id: str, score: dict[str, Any] | None) -> UpdateScoreStatus:
        """Store a score under the rules of the tool's flavour; a refusal is kept for teachers."""
        with self.lms.database.reading() as connection:
            column = self._column(connection, line_item_id)
        rules = RULES[self.tool.flavour]
        try:
            with self.lms.database.writing() as connection:
                store_score(connection, self.lms.directory, column, rules, score or {})
        except LtiServiceException as problem:
            note_refusal(self.lms, column, score or {}, problem)
            raise
        return UpdateScoreStatus.SUCCESS

    def get_results(self, line_item_id: str, user_id: str | None = None) -> dict[str, Any]:
        """What stands in a column, or only for one person, whom Open edX names in the path."""
        in_path = (flask.request.view_args or {}).get("user_id")
        if self.tool.flavour == "openedx":
            user_id = in_path
        elif in_path is not None:
            raise LineItemNotFoundException
        with self.lms.database.reading() as connection:
            column = self._column(connection, line_item_id)
            found = list_results(connection, self.lms.directory, column)
        item = self._url(column.id)
        return page_of(
            self.lms,
            [
                {"id": self._url(column.id, "results", sub), "scoreOf": item, "userId": sub, **rest}
                for sub, rest in found
                if user_id in {None, sub}
            ],
        )


@blueprint.route("", methods=["GET", "POST"])
def line_items(course_id: str) -> flask.Response:
    """List or create line items."""
    if flask.request.method == "POST":
        service = GradeService(course_id, LINE_ITEM, consumes=ITEM, produces=ITEM)
        return service_answer(service.handle_create_lineitem())
    parameters = ("resource_id", "tag", "resource_link_id")
    scopes = (LINE_ITEM, LINE_ITEM_READ)
    service = GradeService(course_id, *scopes, produces=ITEMS, parameters=parameters)
    return service_answer(service.handle_get_lineitems())


@blueprint.route("/<column_id>", methods=["GET", "PUT", "DELETE"])
def one_line_item(course_id: str, column_id: str) -> flask.Response:
    """Read, replace or remove one line item."""
    if flask.request.method == "GET":
        service = GradeService(course_id, LINE_ITEM, LINE_ITEM_READ, produces=ITEM)
        return service_answer(service.handle_get_lineitem(column_id))
    if flask.request.method == "DELETE":
        service = GradeService(course_id, LINE_ITEM)
        return service_answer(service.handle_delete_lineitem(column_id))
    service = GradeService(course_id, LINE_ITEM, consumes=ITEM, produces=ITEM)
    return service_answer(service.handle_update_lineitem(column_id))


@blueprint.post("/<column_id>/scores")
def scores(course_id: str, column_id: str) -> flask.Response:
    """Take a score; the answer is empty, as Moodle's."""
    service = GradeService(course_id, SCORE, consumes=SCORE_DOCUMENT)
    answer = service_answer(service.handle_update_score(column_id))
    if answer.status_code == 200:
        answer.status_code = RULES[service.tool.flavour].stored
    return answer


@blueprint.get("/<column_id>/results")
@blueprint.get("/<column_id>/results/<user_id>")
def results(course_id: str, column_id: str, user_id: str | None = None) -> flask.Response:
    """Give the results of a line item; Moodle fails here when it is asked for a limit."""
    del user_id  # read where the flavour is known
    service = GradeService(course_id, RESULT_READ, produces=RESULTS, parameters=("user_id",))
    answer = service_answer(service.handle_get_results(column_id))
    if service.tool.flavour == "moodle" and "limit" in flask.request.args:
        flask.abort(404)
    return answer
