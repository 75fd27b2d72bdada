"""Readers: one file a format, found by content."""
