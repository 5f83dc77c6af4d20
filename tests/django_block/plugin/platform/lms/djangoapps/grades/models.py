"""As much of the platform's tables of grades as the plugin reads; same names, same columns."""

from django.db import models
from opaque_keys.edx.django.models import CourseKeyField, UsageKeyField


class PersistentCourseGrade(models.Model):
    """The present grade of a learner in a course."""

    user_id = models.IntegerField()
    course_id = CourseKeyField(max_length=255)
    percent_grade = models.FloatField()
    letter_grade = models.CharField(max_length=255, blank=True)
    passed_timestamp = models.DateTimeField(null=True)
    modified = models.DateTimeField()

    class Meta:
        app_label = "grades"


class PersistentSubsectionGrade(models.Model):
    """The present grade of a learner in a subsection."""

    user_id = models.IntegerField()
    course_id = CourseKeyField(max_length=255)
    usage_key = UsageKeyField(max_length=255)
    earned_graded = models.FloatField()
    possible_graded = models.FloatField()
    modified = models.DateTimeField()

    class Meta:
        app_label = "grades"
