"""Who a learner of this LMS is to LTI tools: the id that the LTI consumer sends as ``sub``.

One random id for each person, the same in all courses; no name and no address goes out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

ID_TYPE = "lti"


def subjects_of(user_ids: Collection[int]) -> dict[int, str]:
    """Give the LTI id of each user; made where it is missing, left out where it cannot be."""
    model = _external_ids()
    if model is None:
        return {}
    found = _known(model, user_ids)
    from django.contrib.auth import get_user_model

    for user in get_user_model().objects.filter(id__in=set(user_ids) - found.keys()):
        external, _ = model.add_new_user_id(user, ID_TYPE)
        if external is not None:
            found[user.id] = str(external.external_user_id)
    return found


def find_subject(user_id: int) -> str | None:
    """Give the LTI id of a user who has one; none is made."""
    model = _external_ids()
    return None if model is None else _known(model, [user_id]).get(user_id)


def _known(model: Any, user_ids: Collection[int]) -> dict[int, str]:
    rows = model.objects.filter(user_id__in=user_ids, external_id_type__name=ID_TYPE)
    return {row.user_id: str(row.external_user_id) for row in rows}


def _external_ids() -> Any:
    try:
        from openedx.core.djangoapps.external_user_ids.models import ExternalId
    except ImportError:
        return None
    return ExternalId
