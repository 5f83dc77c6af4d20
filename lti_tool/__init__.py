"""The service: an LTI 1.3 tool around the stacking-rules engine."""
