"""What Alembic runs for every command: one connection, one transaction."""

from alembic import context
from sqlalchemy import Engine, text

from lti_tool.persistence.base import Base

engine: Engine = context.config.attributes["engine"]

with engine.connect() as connection:
    is_postgresql = connection.dialect.name == "postgresql"
    if not is_postgresql:
        # A copied table takes the place of the old one, which is dropped: with foreign keys on,
        # that would break every row that refers to it. (Only outside a transaction.)
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        # While the release before is still writing: what has read first may not write any more
        # ("database is locked", at once), and what begins as a writer waits for its turn.
        connection.execution_options(sqlite_begin="BEGIN IMMEDIATE")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # SQLite cannot alter most of a table: Alembic copies it instead.
        render_as_batch=not is_postgresql,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if is_postgresql:
            # A migration that waits for a busy table must fail soon, not block the service.
            connection.execute(text("SET LOCAL lock_timeout = '4s'"))
        context.run_migrations()
        if not is_postgresql and connection.execute(text("PRAGMA foreign_key_check")).first():
            raise RuntimeError("The database would hold references to rows that are not there.")
    connection.commit()
    if not is_postgresql:
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")
