"""Assignment and Grade Services 2.0: lti1p3platform's service over our gradebook."""

from collections.abc import Sequence
from typing import Any

import flask
from lti1p3platform.exceptions import LineItemNotFoundException, LtiServiceException
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService

from demo_lms import gradebook
from demo_lms.flask_adapter import FlaskRequest, check_media_types, service_answer
from demo_lms.line_items import column_values, line_item
from demo_lms.links import find_link
from demo_lms.lms import LMS, current_lms
from demo_lms.paging import page_of
from demo_lms.people import Course
from demo_lms.registration import LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE
from demo_lms.scores import list_results, store_score
from demo_lms.service_access import course_for

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
        column_id: str | None = None,
        parameters: tuple[str, ...] = (),
    ) -> None:
        self.lms: LMS = current_lms()
        self.course_id = course_id
        self.scopes = scopes
        items = f"{self.lms.settings.context_url(course_id)}/lineitems"
        super().__init__(
            FlaskRequest(flask.request, parameters),
            self.lms.platform(),
            items,
            f"{items}/{column_id}" if column_id else None,
        )

    @property
    def allowed_scopes(self) -> Sequence[str]:
        """The base class would take any scope of the service; we take this operation's."""
        return self.scopes

    def _course(self) -> Course:
        return course_for(self.lms, self.platform_config.tool, self.course_id)

    @property
    def _client_id(self) -> str:
        return str(self.platform_config.tool.client_id)

    def _column(self, connection: Any, column_id: str) -> gradebook.Column:
        column = gradebook.find_column(connection, self._course().id, column_id)
        if column is None or column.client_id != self._client_id:
            raise LineItemNotFoundException
        return column

    def _document(self, column: gradebook.Column) -> dict[str, Any]:
        return line_item(column, self.ags.lineitems_url)

    def _values(self, connection: Any, item: dict[str, Any] | None) -> gradebook.ColumnValues:
        values = column_values(item or {})
        link = find_link(connection, self.course_id, values.link_id or "")
        if values.link_id and (link is None or link.client_id != self._client_id):
            raise LtiServiceException("resourceLinkId is no link of this tool in this course", 403)
        return values

    def find_lineitems(
        self, page: int = 1, limit: int | None = None, **equal: str
    ) -> dict[str, Any]:
        """The columns that have these resource_id, tag and resource_link_id."""
        link_id = equal.pop("resource_link_id", None)
        with self.lms.database.reading() as connection:
            columns = gradebook.list_columns(
                connection,
                self._course().id,
                client_id=self._client_id,
                link_id=link_id,
                **equal,
            )
        return page_of([self._document(column) for column in columns], page, limit)

    def find_lineitem(self, line_item_id: str) -> dict[str, Any]:
        """One column."""
        with self.lms.database.reading() as connection:
            return self._document(self._column(connection, line_item_id))

    def create_lineitem(self, creation_data: dict[str, Any]) -> dict[str, Any]:
        """A new column, even if there is one with the same resource id."""
        course = self._course()
        with self.lms.database.writing() as connection:
            values = self._values(connection, creation_data)
            return self._document(self._add(connection, course, values))

    def _add(
        self, connection: Any, course: Course, values: gradebook.ColumnValues
    ) -> gradebook.Column:
        return gradebook.add_column(connection, course.id, self._client_id, values)

    def update_lineitem(self, update_data: dict[str, Any]) -> dict[str, Any]:
        """Replace a column's values; members left out are cleared."""
        with self.lms.database.writing() as connection:
            column = self._column(connection, update_data["id"])
            values = self._values(connection, update_data)
            return self._document(gradebook.replace_column(connection, column.id, values))

    def delete_lineitem(self, line_item_id: str) -> None:
        """Remove a column with its scores."""
        with self.lms.database.writing() as connection:
            gradebook.remove_column(connection, self._column(connection, line_item_id).id)

    def update_score(self, line_item_id: str, score: dict[str, Any] | None) -> UpdateScoreStatus:
        """Store a score under the rules of ``scores``."""
        with self.lms.database.writing() as connection:
            column = self._column(connection, line_item_id)
            course = self._course()
            return store_score(connection, self.lms.directory, course, column, score or {})

    def get_results(
        self,
        line_item_id: str,
        page: int = 1,
        limit: int | None = None,
        user_id: str | None = None,
    ) -> dict[str, Any]:
        """What stands in a column, or only for one person."""
        with self.lms.database.reading() as connection:
            column = self._column(connection, line_item_id)
            url = f"{self.ags.lineitems_url}/{column.id}"
            results = list_results(connection, self.lms.directory, column, url)
        if user_id is not None:
            results = [result for result in results if result["userId"] == user_id]
        return page_of(results, page, limit)


@blueprint.route("", methods=["GET", "POST"])
def line_items(course_id: str) -> flask.Response:
    """List or create line items."""
    if flask.request.method == "POST":
        service = GradeService(course_id, LINE_ITEM)
        check_media_types(consumes=ITEM, produces=ITEM)
        return service_answer(service.handle_create_lineitem())
    parameters = ("resource_id", "tag", "resource_link_id")
    service = GradeService(course_id, LINE_ITEM, LINE_ITEM_READ, parameters=parameters)
    check_media_types(produces=ITEMS)
    return service_answer(service.handle_get_lineitems())


@blueprint.route("/<column_id>", methods=["GET", "PUT", "DELETE"])
def one_line_item(course_id: str, column_id: str) -> flask.Response:
    """Read, replace or remove one line item."""
    if flask.request.method == "GET":
        check_media_types(produces=ITEM)
        service = GradeService(course_id, LINE_ITEM, LINE_ITEM_READ)
        return service_answer(service.handle_get_lineitem(column_id))
    service = GradeService(course_id, LINE_ITEM)
    if flask.request.method == "DELETE":
        return service_answer(service.handle_delete_lineitem(column_id))
    check_media_types(consumes=ITEM, produces=ITEM)
    return service_answer(service.handle_update_lineitem(column_id))


@blueprint.post("/<column_id>/scores")
def scores(course_id: str, column_id: str) -> flask.Response:
    """Take a score; the answer is an empty 200, as Moodle's."""
    check_media_types(consumes=SCORE_DOCUMENT)
    service = GradeService(course_id, SCORE)
    return service_answer(service.handle_update_score(column_id))


@blueprint.get("/<column_id>/results")
def results(course_id: str, column_id: str) -> flask.Response:
    """Give the results of a line item."""
    check_media_types(produces=RESULTS)
    service = GradeService(course_id, RESULT_READ, column_id=column_id, parameters=("user_id",))
    return service_answer(service.handle_get_results(column_id))
