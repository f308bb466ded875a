"""Bytes to read-only objects with offsets into the raw bytes: the one parser for everybody."""
