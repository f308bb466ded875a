"""Log what went wrong inside, without anything that a mail or a peer said."""

import traceback

import structlog

from gatepost.model.errors import GatepostError

_MAX_FRAMES = 3

_log = structlog.get_logger()


def log_trouble(event: str, error: Exception, **words: str) -> None:
    """Log one error that a person must look at: its type and where it happened.

    The text of a foreign exception may quote the mail, so only that of our own errors is shown.
    """
    detail = f"{error.public} {error.detail}".strip() if isinstance(error, GatepostError) else ""
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    where = [f"{frame.filename}:{frame.lineno}" for frame in frames]
    _log.error(event, error=type(error).__name__, detail=detail, where=where, **words)
