"""Exceptions to pages and problem documents: the one place where errors get an HTTP status."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from lti_tool.errors import (
    ConflictError,
    DeepLinkingError,
    ForbiddenError,
    InvalidInputError,
    LTIError,
    LTILaunchError,
    LTILoginError,
    LTIRegistrationError,
    LTIServiceError,
    NotFoundError,
    QuoinError,
)
from lti_tool.persistence.outages import is_outage
from lti_tool.translating import Words, _, marked
from lti_tool.web import access_log, problems
from lti_tool.web.launch_words import launch_sentence
from lti_tool.web.returning import typed_texts

RETRY_SECONDS = 60

STATUSES: tuple[tuple[type[QuoinError], int], ...] = (
    (NotFoundError, 404),
    (ForbiddenError, 403),
    (ConflictError, 409),
    (InvalidInputError, 422),
    (LTIServiceError, 502),
    (LTIError, 400),
)
STATUSES_OF_CODES = {
    "session-missing": 401,
    "admin-session-missing": 401,
    "own-session-missing": 401,
    "lti-deployment-pending": 403,
}
"""Codes that say more than their kind: nobody is known (any more), or somebody has to approve."""

TITLES = Words(
    {
        400: "This request cannot be understood",
        401: "Open it from your course",
        403: "This page is not open to you",
        404: "This page is not here",
        405: "This address does not work that way",
        409: "Something has changed meanwhile",
        413: "This is too large",
        415: "This is not a format that can be read",
        422: "Something is to be corrected",
        429: "Too many requests from here",
        500: "Something went wrong on our side",
        502: "The learning platform did not answer",
        503: "This cannot be done at the moment",
    }
)
LTI_TITLES: tuple[tuple[type[LTIError], str], ...] = (
    (LTIRegistrationError, marked("The registration was refused")),
    (LTILoginError, marked("The launch was refused")),
    (LTILaunchError, marked("The launch was refused")),
)
DETAILS = Words(
    {
        400: "Go back to your course and open the tool from there.",
        404: "The address is wrong, or what was there is not open to you.",
        405: "Use the links and buttons of the page, or open the tool again from your course.",
        413: "At most 256 KiB can be sent at once. Shorten the text, or hand in a link instead.",
        429: "Wait a minute, and try again.",
        500: "Nothing that you sent was saved in part. Try again in a moment.",
        503: "Nothing that you sent was saved in part. Wait a minute, then open the tool again "
        "from "
        "your course.",
    }
)
TITLES_BY_CODE = Words(
    {
        "admin-session-missing": "Sign in as an administrator",
        "own-session-missing": "Sign in again",
        "sign-in-again": "Sign in again first",
    }
)
HINTS = Words(
    {
        401: "Go to your course in your learning platform and open the Quoin link. It leads back "
        "to where you were.",
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered instead of the page: a status, a stable code, words to act on.

    ``return_url`` leads back to the course; a page shows it, and nothing else does. ``exact`` is
    the reason in English for whoever looks after the platform, where ``detail`` does not say it.
    """

    status: int
    code: str
    detail: str
    errors: dict[str, str] | None = None
    return_url: str | None = None
    headline: str = ""
    exact: str = ""

    @property
    def title(self) -> str:
        """Return the headline, by default that of the status."""
        usual = TITLES.get(self.status) or _("This did not work")
        return _(self.headline) or TITLES_BY_CODE.get(self.code, usual)

    @property
    def hint(self) -> str:
        """Return what there is to say beyond the message."""
        return "" if self.code in TITLES_BY_CODE else HINTS.get(self.status, "")


def register(app: Flask) -> None:
    """Let every exception of the application end in an answer of ours."""
    app.register_error_handler(QuoinError, _on_quoin_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_surprise)


def show_in_any_frame(response: Response) -> Response:
    """Let a refusal without a session be seen inside whichever course it happened in.

    Without a session nobody can say which platform holds the frame, and a browser would show
    its own blank refusal instead of our words. The page holds no data and nothing to press.
    Runs after the security headers were added.
    """
    if g.get("is_error_page") and g.get("launched") is None:
        policy = response.headers.get("Content-Security-Policy", "")
        framed = policy.replace("frame-ancestors 'self'", "frame-ancestors *")
        response.headers["Content-Security-Policy"] = framed
    return response


def status_of(error: QuoinError) -> int:
    """Return the HTTP status of one of our errors."""
    by_kind = (status for kind, status in STATUSES if isinstance(error, kind))
    return STATUSES_OF_CODES.get(error.code) or next(by_kind, 500)


def _on_quoin_error(error: QuoinError) -> Response:
    status = status_of(error)
    if status == 500:
        access_log.note_surprise(error)
    errors = None
    if isinstance(error, InvalidInputError):
        errors = {error.field or "": _(error.message)}
    back = error.return_url if isinstance(error, LTIError) else None
    headline = next((words for kind, words in LTI_TITLES if isinstance(error, kind)), "")
    detail = _(error.message)
    if isinstance(error, LTILoginError | LTILaunchError | DeepLinkingError):
        detail = launch_sentence(error.code, error.message)
    exact = "" if detail == _(error.message) else error.message
    return _answer(Refusal(status, error.code, detail, errors, back, headline, exact))


def _on_http_error(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return make_response(error.get_response())
    status = error.code or 500
    detail = DETAILS.get(status) or _("Go back to your course and open the tool from there.")
    response = _answer(Refusal(status, f"http-{status}", detail))
    # Allow and Retry-After belong to the answer, whatever it looks like.
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _on_surprise(error: Exception) -> Response:
    access_log.note_surprise(error)
    if is_outage(error):
        response = _answer(Refusal(503, "database-unavailable", DETAILS[503]))
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    return _answer(Refusal(500, "internal", DETAILS[500]))


def _answer(refusal: Refusal) -> Response:
    g.error_code = refusal.code
    g.is_error_page = True
    if problems.prefers_json():
        return problems.problem(
            refusal.status,
            code=refusal.code,
            title=refusal.title,
            detail=refusal.detail,
            errors=refusal.errors,
        )
    # htmx puts whatever comes into the cell that asked, so a cell gets a cell.
    template = "error_cell.html" if request.headers.get("HX-Request") else "error.html"
    page = render_template(
        template,
        title=refusal.title,
        detail=refusal.detail,
        hint=refusal.hint,
        exact=refusal.exact,
        typed=typed_texts() if refusal.code == "session-missing" else [],
        return_url=refusal.return_url,
        code=refusal.code,
        reference=g.reference,
    )
    return make_response(page, refusal.status)
