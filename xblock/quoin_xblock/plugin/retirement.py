"""A learner who is retired from the LMS is forgotten here, and the tool is told to forget, too."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quoin_xblock.plugin.config import read_config
from quoin_xblock.plugin.facts import made_id
from quoin_xblock.plugin.models import RETIREMENT, OutboxRow
from quoin_xblock.plugin.outbox import add_row, send_after_commit
from quoin_xblock.plugin.people import find_subject


def retire(user_id: int, *, now: datetime) -> None:
    """Delete the learner's rows; where the tool may know the learner, promise to tell it.

    Somebody without an LTI id was never named to the tool. Errors go to the caller.
    """
    with transaction.atomic():
        subject = find_subject(user_id)
        OutboxRow.objects.filter(user_id=user_id).delete()
        config = read_config()
        if config is None or subject is None:
            return
        key = made_id(RETIREMENT, subject)
        add_row(key=key, kind=RETIREMENT, subject=subject, completed_at=now)
        send_after_commit(config)
