"""Tests of matching a goal with a catalogue."""
