"""Looks at a mail from every side and says what it sees; it decides nothing."""
