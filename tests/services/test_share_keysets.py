"""Keysets of platforms shared by processes: one fetch per minute between them all (B8)."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import event

from lti_tool.errors import LTILaunchError, LTIServiceError
from lti_tool.lti.jwks import KeysetCache
from lti_tool.services.share_keysets import share_keysets
from tests.lti.platform import NOW, FakeHTTP, TestPlatform, jwk_of, make_key

REGISTRATION = TestPlatform().registration
URL = REGISTRATION.jwks_url
MINUTE = timedelta(minutes=1)
OLD = json.dumps({"keys": [jwk_of(make_key(0), "old")]}).encode()
NEW = json.dumps({"keys": [jwk_of(make_key(0), "old"), jwk_of(make_key(1), "new")]}).encode()


@pytest.fixture
def http():
    fake = FakeHTTP()
    fake.serve(URL, OLD)
    return fake


def _process(database, http, sleep=lambda _: None):
    """What one more process of the tool would have: a cache of its own, empty."""
    return KeysetCache(http, share_keysets(database), sleep=sleep)


def _fails(process, kid, now):
    with pytest.raises(LTILaunchError) as caught:
        process.get(REGISTRATION, kid, now)
    return caught.value.code


def test_a_second_process_takes_the_keyset_of_the_first(database, http):
    _process(database, http).get(REGISTRATION, "old", NOW)
    _process(database, http).get(REGISTRATION, "old", NOW + MINUTE / 2)
    assert len(http.calls) == 1


def test_an_unknown_kid_is_fetched_once_a_minute_by_all_processes_together(database, http):
    one, two = _process(database, http), _process(database, http)
    one.get(REGISTRATION, "old", NOW)
    for second in range(1, 59):
        assert _fails(one, "new", NOW + timedelta(seconds=second)) == "lti-token-key"
        assert _fails(two, f"new-{second}", NOW + timedelta(seconds=second)) == "lti-token-key"
    assert len(http.calls) == 1
    http.serve(URL, NEW)
    one.get(REGISTRATION, "new", NOW + MINUTE)
    two.get(REGISTRATION, "new", NOW + MINUTE)
    assert len(http.calls) == 2


def test_a_warm_look_up_asks_neither_the_platform_nor_the_database(database, http):
    process = _process(database, http)
    process.get(REGISTRATION, "old", NOW)
    statements = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *found: statements.append(found[2])
    )
    process.get(REGISTRATION, "old", NOW + timedelta(minutes=59))
    assert statements == []
    assert len(http.calls) == 1


def test_a_failed_fetch_counts_for_all_and_the_last_keys_stay_good(database, http):
    one, two = _process(database, http), _process(database, http)
    one.get(REGISTRATION, "old", NOW)
    later = NOW + timedelta(hours=2)
    http.answers[URL] = LTIServiceError("lms.example.edu:443 did not answer.")
    assert one.get(REGISTRATION, "old", later)
    assert two.get(REGISTRATION, "old", later + timedelta(seconds=14))
    assert len(http.calls) == 2
    assert _fails(two, "new", later + timedelta(seconds=14)) == "lti-keyset"
    http.serve(URL, NEW)
    assert two.get(REGISTRATION, "new", later + timedelta(seconds=15))


def test_processes_that_miss_at_the_same_moment_fetch_once_and_both_get_the_key(database):
    """The second one waits for the first, which holds the claim while the platform is slow."""
    is_asked, may_answer = threading.Event(), threading.Event()

    class SlowHTTP(FakeHTTP):
        def request(self, method, url, **options):
            is_asked.set()
            assert may_answer.wait(20)
            return super().request(method, url, **options)

    http = SlowHTTP()
    http.serve(URL, OLD)
    first = threading.Thread(target=lambda: _process(database, http).get(REGISTRATION, "old", NOW))
    first.start()
    assert is_asked.wait(20)

    def sleep(_):
        may_answer.set()
        first.join(20)

    assert _process(database, http, sleep).get(REGISTRATION, "old", NOW)
    assert len(http.calls) == 1


def test_a_process_that_died_while_it_fetched_stops_the_others_for_a_minute_only(database, http):
    share_keysets(database).claim(URL, NOW, NOW + MINUTE)
    pauses = []
    process = _process(database, http, pauses.append)
    assert _fails(process, "old", NOW + MINUTE / 2) == "lti-token-key"
    assert 0 < sum(pauses) < 10
    assert process.get(REGISTRATION, "old", NOW + MINUTE)
