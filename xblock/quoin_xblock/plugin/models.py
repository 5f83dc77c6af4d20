"""The outbox: what is to be told to the tool, in the LMS's own database."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

RETIREMENT = "retirement"
"""The kind of a row that says: this learner is to be forgotten."""


class State(StrEnum):
    """Where a row stands."""

    PENDING = "pending"
    """Waits, or is tried again by itself."""
    DONE = "done"
    """The tool has it."""
    DEAD = "dead"
    """The tool refused it; ``quoin_resync --dead`` sends it again."""
    BY_HAND = "by_hand"
    """A person has to withdraw it in the tool."""


class OutboxRow(models.Model):
    """One completion of one learner, written in the transaction of its reason.

    .. no_pii: the learner is an id of this LMS, and the id by which LTI tools know the learner
    """

    key = models.CharField(max_length=255, unique=True)
    """Makes repeating harmless: the tool takes each key once."""
    kind = models.CharField(max_length=32)
    user_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=255, blank=True, default="")
    """Only in a row of kind ``retirement``, which names nobody of this LMS."""
    course_key = models.CharField(max_length=255, blank=True)
    competency = models.CharField(max_length=255, blank=True)
    completed_at = models.DateTimeField()
    grade = models.CharField(max_length=64, null=True)
    evidence = models.JSONField(null=True)
    state = models.CharField(max_length=16, default=State.PENDING.value)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    claim = models.CharField(max_length=32, blank=True, default="")
    """Of the batch that has taken the row; until ``due_at`` nobody else does."""
    problem = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """Name and indexes of the table: few, because each is written while a learner waits."""

        app_label = "quoin_xblock"
        db_table = "quoin_xblock_outbox"
        indexes: ClassVar = [
            models.Index(fields=["state", "due_at"], name="quoin_outbox_due"),
            models.Index(fields=["user_id", "competency"], name="quoin_outbox_learner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.state}"
