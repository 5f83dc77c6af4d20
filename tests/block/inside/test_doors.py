"""The block against the keys and services of an LMS: apps, search, scores, plugin, masquerade."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test.utils import override_settings
from opaque_keys.edx.locator import CourseLocator
from webob import Request
from xblock.completable import XBlockCompletionMode
from xblock.core import XBlock
from xblock.field_data import DictFieldData
from xblock.fields import ScopeIds
from xblock.reference.user_service import XBlockUser
from xblock.runtime import NullI18nService
from xblock.test.tools import TestRuntime

from quoin_xblock import compat
from quoin_xblock.competency_block import CompetencyBlock
from quoin_xblock.progress_block import ProgressBlock

COURSE = CourseLocator("Harbour", "DATA", "2026")
KEY = COURSE.make_usage_key("quoin_competency", "cleaning")
WATCHED = str(COURSE.make_usage_key("video", "tables"))
SETTINGS = {"TOOL_URL": "http://127.0.0.1:9", "KEY_ID": "k", "SECRET": "s", "ISSUER": "https://l"}


class Users:
    """The service ``user`` of an LMS, for one person."""

    def __init__(self, **attributes: Any) -> None:
        self.attributes = {
            "edx-platform.is_authenticated": True,
            "edx-platform.user_id": 7,
            "edx-platform.anonymous_user_id": "a7",
            "edx-platform.user_role": "student",
            **attributes,
        }

    def get_current_user(self) -> XBlockUser:
        user = XBlockUser(is_current_user=True)
        user.opt_attrs = self.attributes
        return user

    def get_external_user_id(self, kind: str) -> str:
        return f"{kind}-7"

    def get_anonymous_user_id(self, username: str, course: str) -> str | None:
        return "a9" if (username, course) == ("ben", str(COURSE)) else None

    def get_user_by_anonymous_id(self, found: str) -> Any:
        return SimpleNamespace(id=9) if found == "a9" else None


class Completions:
    """The service ``completion`` of an LMS in which everything is complete."""

    def get_completions(self, keys: list[Any]) -> dict[Any, float]:
        return dict.fromkeys(keys, 1.0)


def build(
    block_class: type[XBlock] = CompetencyBlock, *, users: Any = None, **fields: Any
) -> tuple[Any, list[tuple[str, Any]]]:
    """Give a block in an LMS, and the list of what it publishes."""
    published: list[tuple[str, Any]] = []
    services = {
        "user": users or Users(),
        "i18n": NullI18nService(),
        "completion": Completions(),
        "field-data": DictFieldData(
            {"competency_id": "cleaning", "watch_scope": "listed", "watched": [WATCHED], **fields}
        ),
    }
    runtime = TestRuntime(services=services)
    runtime.publish = lambda _block, event, data: published.append((event, data))
    ids = ScopeIds("7", "quoin_competency", KEY, KEY)
    return block_class(runtime, scope_ids=ids), published


def handle(block: Any, handler: str, data: Any = None) -> Any:
    request = Request.blank("/", method="POST", body=json.dumps(data or {}).encode())
    answer = block.handle(handler, request)
    return answer.status_code, json.loads(answer.body)


@pytest.fixture(autouse=True)
def connected() -> Any:
    cache.clear()
    with override_settings(QUOIN_XBLOCK=SETTINGS):
        yield


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the block hands to a plugin that is at work."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(compat, "find_enqueue", lambda: lambda **values: found.append(values))
    return found


def test_with_the_plugin_a_completion_goes_into_its_outbox(enqueued: list[dict[str, Any]]) -> None:
    block, published = build()
    before = datetime.now(UTC)
    assert handle(block, "record")[1]["is_new"] is True
    assert handle(block, "record")[1]["is_new"] is False

    (values,) = enqueued
    at = values.pop("completed_at")
    assert before <= at <= datetime.now(UTC)
    assert len(values.pop("event_id")) == 36
    assert values == {
        "kind": "competency",
        "user_id": 7,
        "course_key": "course-v1:Harbour+DATA+2026",
        "competency": "cleaning",
        "grade": None,
        "evidence": None,
    }
    assert block.outbox == []
    assert published == [("completion", {"completion": 1.0})]


def test_a_plugin_that_breaks_costs_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_values: Any) -> None:
        raise RuntimeError("no table")

    monkeypatch.setattr(compat, "find_enqueue", lambda: broken)
    block, _ = build()
    status, answer = handle(block, "record")

    assert (status, answer["is_met"]) == (200, True)
    assert len(block.outbox) == 1
    assert "no table" in caplog.text


def test_while_no_tool_is_set_the_plugin_is_not_asked(enqueued: list[dict[str, Any]]) -> None:
    block, _ = build()
    with override_settings(QUOIN_XBLOCK={}):
        handle(block, "record")

    assert enqueued == []
    assert len(block.outbox) == 1


def test_where_the_plugin_is_not_installed_there_is_none() -> None:
    assert compat.find_enqueue() is None


def test_an_attestation_is_handed_over_at_once_and_once(enqueued: list[dict[str, Any]]) -> None:
    staff = Users(**{"edx-platform.user_is_staff": True})
    block, _ = build(users=staff, mode="attestation")
    for _ in range(2):
        assert handle(block, "attest", {"username": "ben"})[0] == 200
    bens, _ = build(
        users=Users(**{"edx-platform.anonymous_user_id": "a9", "edx-platform.user_id": 9}),
        mode="attestation",
        attested=block.attested,
    )
    assert handle(bens, "record")[1]["is_met"] is True

    first, second = enqueued
    assert first == second
    assert first["user_id"] == 9


def test_a_masquerade_is_seen_in_the_session(
    monkeypatch: pytest.MonkeyPatch, enqueued: list[dict[str, Any]]
) -> None:
    as_learner = SimpleNamespace(role="student", user_name="ben")
    request = SimpleNamespace(session={"masquerade_settings": {COURSE: as_learner}})
    crum = ModuleType("crum")
    monkeypatch.setattr(crum, "get_current_request", lambda: request, raising=False)
    monkeypatch.setitem(sys.modules, "crum", crum)
    block, published = build()
    handle(block, "record")

    assert (enqueued, published, block.state) == ([], [], "open")
    as_learner.role, as_learner.user_name = "staff", None
    assert handle(block, "record")[1]["is_new"] is True


@pytest.mark.parametrize("services", [{"user": None}, {"completion": None}])
def test_a_service_that_is_not_there_breaks_nothing(services: dict[str, Any]) -> None:
    block, published = build()
    block.runtime._services |= services

    assert block.student_view().content
    assert handle(block, "record")[0] in (200, 403)
    assert published == []


def test_a_usage_key_is_checked_and_read_in_the_course() -> None:
    block, _ = build()
    for typed in ("tables", "block-v1:nonsense", ""):
        block.watched = [typed]
        fields = [message.field for message in block.validate().messages]
        assert fields == ["watched"]
    block.watched = [WATCHED]
    assert block.validate().messages == []


def test_apps_read_what_is_the_same_for_all_and_what_is_theirs() -> None:
    block, _ = build(mode="score", threshold=0.7)
    request = Request.blank("/")
    theirs = json.loads(block.handle("student_view_user_state", request).body)

    assert block.student_view_data()["threshold"] == 0.7
    assert theirs == {"is_met": False, "achieved_at": None, "found": {}, "last_seen": {}}
    panel, _ = build(ProgressBlock, stack_id="")
    assert panel.student_view_data() == {"display_name": "My microcredentials", "stack": None}
    assert json.loads(panel.handle("student_view_user_state", request).body) == {"last_seen": {}}


def test_a_search_finds_the_blocks_by_their_words() -> None:
    block, _ = build(display_name="Data cleaning")
    panel, _ = build(ProgressBlock)

    assert block.index_dictionary()["content"] == {
        "display_name": "Data cleaning",
        "competency": "cleaning",
    }
    assert panel.index_dictionary()["content_type"] == "Microcredentials"


def test_a_score_is_there_only_where_it_is_wanted() -> None:
    plain, _ = build()
    scored, published = build(is_scored=True, weight=4.0)
    handle(scored, "record")

    assert (plain.has_score, plain.max_score()) == (False, None)
    assert (scored.has_score, scored.max_score()) == (True, 4.0)
    assert published[-1] == (
        "grade",
        {"value": 4.0, "max_value": 4.0, "only_if_higher": True},
    )
    scored.rescore(only_if_higher=False)
    assert published[-1][1]["value"] == 4.0


def test_a_unit_waits_for_the_competency_and_not_for_the_panel() -> None:
    assert XBlockCompletionMode.get_mode(ProgressBlock) == XBlockCompletionMode.EXCLUDED
    assert XBlockCompletionMode.get_mode(CompetencyBlock) == XBlockCompletionMode.COMPLETABLE
    assert CompetencyBlock.has_custom_completion


def test_scores_of_a_release_without_the_table_are_missing_not_fatal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    block, _ = build(mode="score")
    status, answer = handle(block, "record")

    assert (status, answer["is_met"]) == (200, False)
    assert "Scores cannot be read on this release" in caplog.text
