"""As much of the platform's table of certificates as the plugin reads."""

from django.conf import settings
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField


class GeneratedCertificate(models.Model):
    """A certificate of a learner for a course."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False
    )
    course_id = CourseKeyField(max_length=255)
    grade = models.CharField(max_length=5)
    mode = models.CharField(max_length=32)
    status = models.CharField(max_length=32)
    modified_date = models.DateTimeField()

    class Meta:
        app_label = "certificates"
