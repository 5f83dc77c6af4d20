"""The platform's signals of retirement."""

from django.dispatch import Signal

USER_RETIRE_LMS_CRITICAL = Signal()
