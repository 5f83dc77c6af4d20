"""Whether the database is away: a failure of the moment, and none of the request."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

OUTAGES = (OperationalError, InterfaceError, PoolTimeoutError, sqlite3.OperationalError)
"""Not reachable, locked, full, read-only, or no connection free.

That of sqlite3 is not wrapped where a transaction begins (``base._begin_sqlite``).
"""

READ_ONLY = "25006"
"""What PostgreSQL says of a write on a standby (its SQLSTATE); the driver files it elsewhere."""


def is_outage(error: Exception) -> bool:
    """Return whether ``error`` says that the database does not answer or takes nothing."""
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == READ_ONLY:
        return True
    return isinstance(error, OUTAGES)
