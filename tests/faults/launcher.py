"""Runs single steps of the tool, each in a process of its own that may be killed on the way.

    python -m tests.faults.launcher SETUP

It reads orders from its input, one JSON object per line, and answers each with one. It has
imported everything once; a step is a fork of it, so that a thousand deaths take a minute.
An order is {"step", "arguments", "now", "point"}; the answer is {"answer", "passed"},
{"refused"} (an error of ours), {"outage"} or {"killed"}. The environment variable
``QUOIN_DIE_AT`` of the forked process names the point at which it dies.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from lti_tool.errors import QuoinError
from lti_tool.persistence.outages import is_outage
from tests.faults.points import Points, watch
from tests.faults.steps import STEPS, Tool


def main(setup: dict[str, Any]) -> None:
    """Carry out orders until the input ends."""
    points = Points()
    tool = Tool(setup)
    _warm(tool)
    watch(points)
    with os.fdopen(os.dup(1), "w", buffering=1) as answers:
        # What the tool logs goes elsewhere.
        os.dup2(2, 1)
        answers.write("ready\n")
        for line in sys.stdin:
            answers.write(json.dumps(_in_a_fork(tool, points, json.loads(line))) + "\n")


def _warm(tool: Tool) -> None:
    """Do some steps and take them back, so that each fork need not compile the same again."""
    commit = DefaultDialect.do_commit
    DefaultDialect.do_commit = DefaultDialect.do_rollback  # type: ignore[method-assign]
    for step, arguments in tool.setup["warm"]:
        # What needs an earlier step stumbles here.
        with suppress(Exception):
            STEPS[step](tool, **arguments)
    DefaultDialect.do_commit = commit  # type: ignore[method-assign]
    tool.database.dispose()


def _in_a_fork(tool: Tool, points: Points, order: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        os.environ["QUOIN_DIE_AT"] = order.get("point") or ""
        points.start(os.environ["QUOIN_DIE_AT"] or None)
        said = json.dumps(_carry_out(tool, points, order)).encode()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(said)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        heard = pipe.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return {"killed": order["point"]}
    found: dict[str, Any] = json.loads(heard)
    return found


def _carry_out(tool: Tool, points: Points, order: dict[str, Any]) -> dict[str, Any]:
    tool.now = datetime.fromisoformat(order["now"])
    try:
        answer = STEPS[order["step"]](tool, **order["arguments"])
        tool.database.dispose()
    except QuoinError as error:
        return {"refused": error.code, "message": error.message}
    except Exception as error:  # noqa: BLE001 - told to whoever gave the order
        if is_outage(error):
            return {"outage": type(error).__name__}
        return {"crashed": traceback.format_exc()}
    return {"answer": answer, "passed": points.order}


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
