"""Runs the tool and kills it (SIGKILL) at a moment: python -m MODULE MOMENT PORT.

Moments are "before:TABLE" and "after:TABLE": around the first commit of a transaction that wrote
to the table. "never" kills nothing. It listens to the database driver, so that the product needs
no hooks for it.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from lti_tool.cli import main


def arm(moment: str) -> None:
    """Kill this process at ``moment``."""
    when, _, table = moment.partition(":")
    wrote = False

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal wrote
        wrote = wrote or statement.startswith(f"INSERT INTO {table} ")

    def die(_session: Session) -> None:
        if wrote:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Session, f"{when}_commit", die)


if __name__ == "__main__":
    moment, port = sys.argv[1:]
    if moment != "never":
        arm(moment)
    main(["serve", "--port", port])
