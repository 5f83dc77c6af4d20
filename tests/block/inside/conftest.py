"""A workbench with an empty course, a small tool on a real port, and a browser without a screen."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

import django
import pytest

from tests.block.small_tool import KEYS, SmallTool, running_tool

with warnings.catch_warnings():
    # What the SDK imports speaks of pkg_resources and cgi; none of it is ours.
    warnings.simplefilter("ignore")
    django.setup()
    from workbench.models import XBlockState
    from workbench.runtime import WorkbenchRuntime
    from workbench.runtime_util import reset_global_state
    from workbench.scenarios import get_scenarios

from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings, setup_test_environment

from demo_workbench.models import Reported

LESSONS, QUIZ = "course-watch-two-lessons", "course-reach-a-score"
WHOLE = "course-a-whole-subsection"
CHARTS, ETHICS = "course-hand-in-artefacts", "course-attested-by-the-team"
ISSUER = "https://learn.example.edu"


class Workbench:
    """Views and handlers of the course over HTTP, as somebody."""

    def __init__(self) -> None:
        self.client = Client()

    def view(
        self,
        scenario: str,
        view: str = "student_view",
        *,
        student: str = "amy",
        language: str = "en",
    ) -> str:
        """Give the page of a scenario."""
        url = f"/scenario/{scenario}/{view}/?student={student}"
        answer = self.client.get(url, headers={"Accept-Language": language})
        assert answer.status_code == 200, answer.content[:2000]
        return answer.content.decode()

    def post(
        self,
        course: str,
        handler: str,
        data: Any = None,
        *,
        student: str = "amy",
        block: str = "quoin_competency.d0.u0",
    ) -> Any:
        """Call a handler; give status and JSON."""
        url = f"/handler/{course}.{block}/{handler}/?student={student}"
        answer = self.client.post(url, json.dumps(data or {}), content_type="application/json")
        return answer.status_code, answer.json()

    def done(self, course: str, handler: str, data: Any = None, **more: Any) -> Any:
        """Call a handler that has to succeed."""
        status, content = self.post(course, handler, data, **more)
        assert status == 200, content
        return content

    def watch(self, number: int, student: str = "amy", course: str = LESSONS) -> None:
        """Watch one of the two lessons."""
        self.done(course, "done", student=student, block=f"demo_lesson.d{number}.u0")

    def watch_all(self, student: str = "amy") -> None:
        """Watch both lessons."""
        self.watch(0, student)
        self.watch(1, student)

    def answer(self, number: int, student: str = "amy") -> None:
        """Answer the question of the quiz."""
        self.done(QUIZ, "done", {"answer": number}, student=student, block="demo_quiz.d0.u0")

    def block(
        self, course: str, student: str = "amy", block: str = "quoin_competency.d0.u0"
    ) -> Any:
        """Give the block itself."""
        return WorkbenchRuntime(student).get_block(f"{course}.{block}")

    def completion(self, course: str, student: str = "amy") -> float | None:
        """Give what the competency reported of itself."""
        usage = f"{course}.quoin_competency.d0.u0"
        row = Reported.objects.filter(student=student, usage=usage).first()
        return None if row is None else row.completion


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the SDK use what is deprecated in its own libraries; in our package that is an error."""
    for item in items:
        item.add_marker(pytest.mark.filterwarnings("ignore"))
        item.add_marker(pytest.mark.filterwarnings("error:::quoin_xblock"))


@pytest.fixture(scope="session")
def untouched() -> list[XBlockState]:
    """Make the tables, load the course, and give its rows before anybody came.

    On Python 3.11 the SDK's package lacks its migrations.
    """
    setup_test_environment()
    call_command("migrate", run_syncdb=True, verbosity=0)
    get_scenarios.initialized = True
    reset_global_state()
    return list(XBlockState.objects.all())


@pytest.fixture
def tool() -> Iterator[SmallTool]:
    """A small tool that the workbench is connected to."""
    with running_tool() as found:
        keys = [{"KEY_ID": key, "SECRET": secret} for key, secret in KEYS.items()]
        settings = {"TOOL_URL": found.url, "KEYS": keys, "ISSUER": ISSUER, "TIMEOUT": 1.0}
        settings["SCORES"] = "demo_workbench.services.read_scores"
        with override_settings(QUOIN_XBLOCK=settings):
            yield found


@pytest.fixture
def workbench(tool: SmallTool, untouched: list[XBlockState]) -> Workbench:
    """The workbench with nothing recorded."""
    cache.clear()
    for model in (Reported, XBlockState):
        model.objects.all().delete()
    XBlockState.objects.bulk_create(untouched)
    return Workbench()
