"""Codes for cameras that a text draws without a picture: from characters, from cells, from squares at coordinates."""
