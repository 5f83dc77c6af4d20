"""How large the tables of a database are, and the documents in it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from random import Random

from sqlalchemy import text

from lti_tool.credentials.status_list import ENTRIES, FULL, encode
from lti_tool.persistence.base import Base, Database

SQLITE = """
SELECT m.tbl_name, SUM(CASE WHEN m.type = 'table' THEN s.pgsize ELSE 0 END),
    SUM(CASE WHEN m.type = 'index' THEN s.pgsize ELSE 0 END)
FROM dbstat AS s JOIN sqlite_master AS m ON m.name = s.name GROUP BY m.tbl_name
"""
POSTGRESQL = """
SELECT relname, pg_table_size(relid), pg_indexes_size(relid)
FROM pg_stat_user_tables WHERE schemaname = 'public'
"""


@dataclass(frozen=True, slots=True)
class Size:
    """Rows of a table, and bytes: of the table with what is stored beside it, of its indexes."""

    rows: int
    table: int
    indexes: int


def measure(database: Database) -> dict[str, Size]:
    """Return the size of every table, as it stands after normal upkeep (no rewriting)."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.commit()
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")  # noqa: PLW2901
            connection.execute(text("VACUUM ANALYZE"))
        found = connection.execute(text(SQLITE if database.is_sqlite else POSTGRESQL))
        sizes = {name: (int(table), int(indexes)) for name, table, indexes in found}
        return {
            table.name: Size(
                connection.execute(text(f'SELECT COUNT(*) FROM "{table.name}"')).scalar_one(),  # noqa: S608
                *sizes.get(table.name, (0, 0)),
            )
            for table in Base.metadata.sorted_tables
        }


def documents(database: Database) -> list[tuple[str, float, str]]:
    """Return the mean sizes of signed documents, as they are and as they travel (gzip)."""
    found = []
    with database.engine.connect() as connection:
        for table in ("credentials", "transcripts"):
            texts = connection.execute(
                text(f"SELECT document FROM {table} ORDER BY id LIMIT 500")  # noqa: S608
            ).scalars()
            each = [(len(one.encode()), len(gzip.compress(one.encode()))) for one in texts]
            for place, name in enumerate(("", "gzip_") if each else ()):
                sizes = [pair[place] for pair in each]
                found.append((f"{table}_{name}document_bytes", sum(sizes) / len(sizes), "B"))
    return found


def status_lists() -> list[tuple[str, float, str]]:
    """Return how long the bits of a full list are as text, by how many of them are set."""
    random, places = Random(7), range(ENTRIES)  # noqa: S311  -- the same in every run, no secret
    return [
        (
            f"status_list_bytes {share:.0%} set",
            len(encode(random.sample(places, int(share * FULL)))),
            "B",
        )
        for share in (0.0, 0.01, 0.05)
    ]
