"""What can be wrong with an evidence source: what happened, and what to do about it."""

from __future__ import annotations

from lti_tool.errors import SourceError
from lti_tool.translating import Words

WHAT = Words(
    {
        "source-no-answer": "The source did not answer.",
        "source-busy": "The source asks to wait.",
        "source-server-error": "The source stumbled over the question.",
        "source-status": "There is no web service at the address of the source.",
        "source-not-json": "The source answered with a web page or a broken document.",
        "source-too-large": "The source answered with more than can be read at once.",
        "source-wrong-shape": "The source answered in another form than it should.",
        "source-foreign": "The source told of another course or of another person than was asked.",
        "source-clock": "The source told of something that lies in the future.",
        "source-token": "The source does not accept the token any more.",
        "source-function": "A function is missing from the service at the source.",
        "source-capability": "The service's user may not see this in the course.",
        "source-course": "The source does not know this course.",
        "source-no-criteria": "The course has no conditions for its completion.",
        "source-not-enrolled": "This person is not in the course at the source.",
        "source-service-off": "Web services are switched off at the source.",
        "source-error": "The source refused the question.",
        "source-disabled": "The source is switched off here.",
        "source-secret": "The token of the source cannot be opened with the present secret key.",
        "item-gone": "What was chosen is in the course no longer.",
        "item-changed": "The id of what was chosen now stands for something else.",
    }
)
WHAT_TO_DO = Words(
    {
        "source-no-answer": "It is asked again by itself. Nothing is lost meanwhile.",
        "source-busy": "It is asked again by itself, when it says so.",
        "source-server-error": "It is asked again by itself. Its own log says more.",
        "source-status": "An administrator corrects the address: it is where the front page of "
        "the learning platform is.",
        "source-not-json": "An administrator looks whether the address is right, web services are "
        "switched on and nobody has to sign in before them.",
        "source-too-large": "An administrator of the learning platform splits the course, or a "
        "smaller item is chosen.",
        "source-wrong-shape": "Nothing of the answer was used. An administrator looks whether the "
        "learning platform was updated lately.",
        "source-foreign": "Nothing of the answer was used. An administrator looks into it before "
        "anything else.",
        "source-clock": "Nothing of the answer was used. An administrator of the learning platform "
        "sets its clock.",
        "source-token": "An administrator makes a new token at the learning platform and enters it "
        "here.",
        "source-function": "An administrator adds the function to the external service; “Check” "
        "names it.",
        "source-capability": "An administrator gives the service's user the right, or makes it a "
        "member of the course; “Check” names it.",
        "source-course": "Open the tool from the course once more. If the course was restored "
        "under another number, choose everything anew in the new one.",
        "source-no-criteria": "Set conditions for the completion of the course at the learning "
        "platform, or choose something else.",
        "source-not-enrolled": "Nothing to do: what is recorded stays.",
        "source-service-off": "An administrator switches on web services and the REST protocol.",
        "source-error": "An administrator checks the source.",
        "source-disabled": "An administrator switches it on.",
        "source-secret": "An administrator enters the token anew.",
        "item-gone": "Choose what stands in its place, or end this connection. What is recorded "
        "stays.",
        "item-changed": "End this connection and choose anew. What is recorded stays.",
    }
)

TEMPORARY = frozenset({"source-no-answer", "source-busy", "source-server-error"})
"""What passes by itself; all else waits for somebody."""

OF_SOURCE = frozenset(
    {
        "source-no-answer",
        "source-busy",
        "source-server-error",
        "source-status",
        "source-not-json",
        "source-token",
        "source-service-off",
        "source-secret",
    }
)
"""What concerns every course of a source."""


def problem(code: str, *, retry_after: float | None = None) -> SourceError:
    """Return the error of this code, in words."""
    words = f"{WHAT.get(code, code)} {WHAT_TO_DO.get(code, '')}".strip()
    return SourceError(words, code=code, retry_after=retry_after)
