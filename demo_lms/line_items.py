"""Line items as documents: what a tool may send, what it gets (AGS 2.0 section 3.2)."""

import json
import math
from typing import Any

from lti1p3platform.exceptions import LtiServiceException

from demo_lms.gradebook import Column, ColumnValues

LONGEST_LABEL = 255


def column_values(item: dict[str, Any], *, needs_resource: bool = False) -> ColumnValues:
    """Read a line item document; raises LtiServiceException 400 naming the member that is wrong.

    With ``needs_resource`` it must name a resource or a link, and its maximum be a whole number
    (Open edX).
    """
    values = ColumnValues(
        label=_label(item.get("label")),
        score_maximum=positive(item.get("scoreMaximum"), "scoreMaximum"),
        resource_id=_text(item, "resourceId"),
        tag=_text(item, "tag"),
        link_id=_text(item, "resourceLinkId"),
        review=_review(item.get("submissionReview")),
    )
    if needs_resource:
        _check_resource(values)
    return values


def _check_resource(values: ColumnValues) -> None:
    if values.resource_id is None and values.link_id is None:
        raise LtiServiceException("resourceId or resourceLinkId is required", 400)
    if not values.score_maximum.is_integer():
        raise LtiServiceException("scoreMaximum must be a whole number", 400)


def line_item(column: Column, url: str) -> dict[str, Any]:
    """The document of a column; its id is its address."""
    item: dict[str, Any] = {
        "id": url,
        "label": column.label,
        "scoreMaximum": column.score_maximum,
        "resourceId": column.resource_id,
        "tag": column.tag,
        "resourceLinkId": column.link_id,
        "submissionReview": json.loads(column.review) if column.review else None,
    }
    return {name: value for name, value in item.items() if value is not None}


def positive(value: object, name: str) -> float:
    """A finite number above 0, or LtiServiceException 400."""
    number = finite(value, name)
    if number <= 0:
        raise LtiServiceException(f"{name} must be above 0", 400)
    return number


def finite(value: object, name: str) -> float:
    """A finite number, or LtiServiceException 400; true and false are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise LtiServiceException(f"{name} must be a number", 400)
    return float(value)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond every float
        return False


def _label(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_LABEL:
        raise LtiServiceException(f"label must be a text of 1 to {LONGEST_LABEL} characters", 400)
    return value


def _review(value: object) -> str | None:
    """LTI submission review 1.0 section 4: where and with what a submission is reviewed."""
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("url", ""), str):
        raise LtiServiceException("submissionReview must be an object; its url is a text", 400)
    return json.dumps(value)


def _text(item: dict[str, Any], name: str) -> str | None:
    value = item.get(name)
    if value is not None and not isinstance(value, str):
        raise LtiServiceException(f"{name} must be a text", 400)
    return value or None
