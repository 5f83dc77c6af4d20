"""Use cases: our signing keys through a rotation (section 5; B48)."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.config import Config
from lti_tool.errors import ConfigurationError, ConflictError, NotFoundError
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.tool_keys import list_tool_keys
from lti_tool.services.add_signing_key import add_signing_key
from lti_tool.services.ensure_signing_keys import ensure_signing_keys
from lti_tool.services.list_signing_keys import list_signing_keys
from lti_tool.services.reseal_keys import reseal_keys
from lti_tool.services.retire_signing_key import retire_signing_key
from lti_tool.services.rotate_signing_keys import rotate_signing_keys
from lti_tool.web.parts import build_keyring
from tests.lti.platform import NOW

SECRET = b"a secret key of more than thirty-two bytes"
OTHER = b"another secret key of more than thirty-two bytes"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _first(database):
    (key,) = ensure_signing_keys(database, SECRET, now=NOW)
    return key.kid


def _rotate(database, now, **options):
    return rotate_signing_keys(database, SECRET, actor="test", now=now, **options)


def _add(database, now=NOW):
    return add_signing_key(database, SECRET, actor="test", now=now)


def _states(database):
    return {key.kid: key.state for key in list_signing_keys(database).keys}


def test_a_key_is_published_then_signs_then_stays_published_then_goes(database):
    old = _first(database)
    new = _add(database)
    assert _rotate(database, NOW + 47 * HOUR).done == ()
    assert _states(database) == {old: "current", new: "next"}

    (step,) = _rotate(database, NOW + 48 * HOUR).done
    assert (step.kind, step.kid) == ("activate", new)
    assert _states(database) == {new: "current", old: "retired"}
    assert ensure_signing_keys(database, SECRET, now=NOW)[0].kid == new

    assert _rotate(database, NOW + 15 * DAY).done == ()
    rotated = _rotate(database, NOW + 16 * DAY)
    assert [(step.kind, step.kid) for step in rotated.done] == [("remove", old)]
    assert rotated.next_step.due_at == NOW + 2 * DAY + 88 * DAY
    assert _states(database) == {new: "current"}


def test_a_daily_rotate_keeps_every_key_below_ninety_days_and_publishes_each_before(database):
    _first(database)
    for day in range(1, 200):
        _rotate(database, NOW + day * DAY)
        with database.reading() as session:
            rows = list_tool_keys(session)
        (current,) = [row for row in rows if row.state == "current"]
        assert NOW + day * DAY - current.activated_at < 91 * DAY
        if current.activated_at != NOW:
            assert current.activated_at - current.created_at >= 48 * HOUR


def test_rotating_again_does_nothing(database):
    _first(database)
    _add(database)
    assert _rotate(database, NOW + 2 * DAY).done
    assert _rotate(database, NOW + 2 * DAY).done == ()


def test_now_lets_a_fresh_key_sign_and_keeps_the_old_one_published(database):
    old = _first(database)
    done = _rotate(database, NOW, at_once=True).done
    new = done[-1].kid
    assert [step.kind for step in done] == ["publish", "activate"]
    assert _states(database) == {new: "current", old: "retired"}


def test_now_takes_the_next_key_that_is_there(database):
    _first(database)
    new = _add(database)
    assert [step.kid for step in _rotate(database, NOW, at_once=True).done] == [new]


def test_there_is_one_next_key_at_most(database):
    _first(database)
    _add(database)
    with pytest.raises(ConflictError):
        _add(database)


def test_the_very_first_key_signs_at_once(database):
    assert _states(database) == {}
    first = _add(database)
    assert _states(database) == {first: "current"}


def test_the_key_that_signs_is_not_retired_and_a_next_one_may_go(database):
    old = _first(database)
    new = _add(database)
    with pytest.raises(ConflictError, match="rotate --now"):
        retire_signing_key(database, old, actor="test", now=NOW)
    retire_signing_key(database, new, actor="test", now=NOW)
    assert _states(database) == {old: "current"}
    with pytest.raises(NotFoundError):
        retire_signing_key(database, new, actor="test", now=NOW)


def test_a_retired_key_goes_before_its_time_only_when_told(database):
    old = _first(database)
    _rotate(database, NOW, at_once=True)
    with pytest.raises(ConflictError, match="14 days"):
        retire_signing_key(database, old, actor="test", now=NOW)
    retire_signing_key(database, old, at_once=True, actor="test", now=NOW)
    assert old not in _states(database)


def test_every_step_is_written_down(database):
    _first(database)
    _rotate(database, NOW, at_once=True)
    with database.reading() as session:
        actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert actions == ["key-published", "key-activated"]


def test_keys_are_resealed_all_at_once_and_again_without_harm(database):
    (before,) = ensure_signing_keys(database, SECRET, now=NOW)
    assert reseal_keys(database, SECRET, OTHER, actor="test", now=NOW) == 1
    assert reseal_keys(database, SECRET, OTHER, actor="test", now=NOW) == 0
    (after,) = ensure_signing_keys(database, OTHER, now=NOW)
    assert after.private_key.private_numbers() == before.private_key.private_numbers()
    with pytest.raises(ConfigurationError):
        ensure_signing_keys(database, SECRET, now=NOW)
    with pytest.raises(ConfigurationError, match="Neither"):
        reseal_keys(database, SECRET, SECRET, actor="test", now=NOW)


def test_a_running_process_follows_a_rotation_and_a_restart_is_not_needed(database):
    """B48: the old key stays in the keyset; the new one signs."""
    ring = build_keyring(Config("", secret_key=SECRET), database, lambda: NOW)
    ring._monotonic = lambda: clock[0]
    clock = [100.0]
    old = ring.current()
    _rotate(database, NOW, at_once=True)
    clock[0] += 29
    assert ring.current() is old
    clock[0] += 2
    new = ring.current()
    assert new.kid != old.kid
    assert ring.keys()[1] is old, "a key that is open is not opened again"
    kids = [key["kid"] for key in json.loads(ring.published().body)["keys"]]
    assert kids == [new.kid, old.kid]
