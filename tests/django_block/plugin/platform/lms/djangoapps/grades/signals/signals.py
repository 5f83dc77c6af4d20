"""The platform's signal that edx-completion, a plugin itself, listens to."""

from django.dispatch import Signal

PROBLEM_WEIGHTED_SCORE_CHANGED = Signal()
