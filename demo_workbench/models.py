"""What the workbench keeps of each student beside the state of blocks."""

from __future__ import annotations

from django.db import models


class Reported(models.Model):
    """What a block reported for a student: completion and score, 0 to 1."""

    student = models.CharField(max_length=100)
    usage = models.CharField(max_length=255)
    completion = models.FloatField(default=0.0)
    score = models.FloatField(null=True)

    class Meta:
        """One row for a student in a block."""

        constraints = (models.UniqueConstraint(fields=["student", "usage"], name="one_row"),)
