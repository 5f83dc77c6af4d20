"""One running LMS with its stand-in tool for each test."""

from collections.abc import Iterator

import pytest

from demo_lms.testing import RunningLMS
from tests.demo_lms.stand_in_tool import Pair, StandInTool


@pytest.fixture
def pair() -> Iterator[Pair]:
    with StandInTool() as tool, RunningLMS(tool.url) as lms:
        yield Pair(lms, tool)
