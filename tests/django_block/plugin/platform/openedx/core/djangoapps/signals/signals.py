"""The platform's in-process signals."""

from django.dispatch import Signal

COURSE_ASSESSMENT_GRADE_CHANGED = Signal()
