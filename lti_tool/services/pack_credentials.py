"""Use case: give a person all their issued credentials in one file."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.wallets.holdings import read_holdings


def pack_credentials(database: Database, *, learner_id: int, now: datetime) -> bytes:
    """Return a ZIP with one JSON file for each issued credential, as it was signed.

    ``NotFoundError`` when none is issued.
    """
    with database.reading() as session:
        issued = [one for one in read_holdings(session, learner_id, now) if one.document]
    if not issued:
        raise NotFoundError("No credential of yours is issued yet. Try again shortly.")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in issued:
            entry = zipfile.ZipInfo(f"credential-{one.uuid}.json", now.timetuple()[:6])
            archive.writestr(entry, one.document.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()
