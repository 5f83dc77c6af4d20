"""Running LMSs with their stand-in tools, as new for each test."""

from collections.abc import Iterator

import pytest

from demo_lms.settings import HILL, PEOPLE
from demo_lms.testing import RunningLMS
from tests.demo_lms.stand_in_tool import Pair, StandInTool


@pytest.fixture(scope="session")
def running_pair() -> Iterator[Pair]:
    with StandInTool() as tool, RunningLMS(tool.url) as lms:
        yield Pair(lms, tool)


@pytest.fixture
def pair(running_pair: Pair) -> Pair:
    running_pair.lms.forget()
    return running_pair


@pytest.fixture(scope="session")
def running_shared() -> Iterator[Pair]:
    with StandInTool() as tool, RunningLMS(tool.url, people=(PEOPLE, HILL)) as lms:
        yield Pair(lms, tool)


@pytest.fixture
def shared(running_shared: Pair) -> Pair:
    """An LMS that two institutions share."""
    running_shared.lms.forget()
    return running_shared
