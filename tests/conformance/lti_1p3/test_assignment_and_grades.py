"""Certification list: assignment and grade services, against the practice LMS over HTTP."""

import pytest

from lti_tool.persistence.deliveries import DeliveryState
from tests.services.practice import open_practice


@pytest.fixture
def practice(sqlite_database):
    with open_practice(sqlite_database) as found:
        yield found


class TestAssignmentAndGrades:
    """https://www.imsglobal.org/spec/lti-ags/v2p0/cert"""

    def test_creates_line_items(self, practice):
        """The tool creates line items"""
        assert practice.columns() == []
        practice.record("92")
        practice.work()
        (column,) = practice.columns()
        assert (column["label"], column["tag"]) == (practice.achievement.name, "quoin")

    def test_posts_scores_that_appear_in_the_gradebook(self, practice):
        """The tool posts scores that appear in the gradebook"""
        score = practice.record("92")
        practice.work()
        assert practice.row(score).state == DeliveryState.DONE
        assert practice.standing() == [92]

    def test_a_score_that_is_raised_replaces_the_first(self, practice):
        """The tool updates a score"""
        practice.record("80")
        practice.work()
        practice.record("92")
        practice.work()
        assert practice.standing() == [92]
        assert len(practice.columns()) == 1
