"""Structured logs on standard error: one event a line; never bodies, passwords or tokens.

Trust: what a peer said may stand in a line; characters that drive a terminal or turn text around are shown as numbers.
Fails: never; where standard error takes nothing more (a full disk, a reader that has gone) the gate goes on without.
"""

import contextlib
import logging
import re
import sys
from typing import TextIO, cast

import structlog

from gatepost.config.settings import LogSettings

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)


class _StandardError:
    """Standard error, whatever it is at that moment, for as long as it takes what is written."""

    def write(self, text: str) -> None:
        """Write, or lose the text."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text))

    def flush(self) -> None:
        """Flush, if that works."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()


def set_up_logs(settings: LogSettings) -> None:
    """Set the level and the form for this process and those it forks."""
    is_for_people = settings.format == "text" or (settings.format == "auto" and sys.stderr.isatty())
    # Plain tracebacks: the fancy ones show the values of variables, and with them mails and passwords.
    for_people = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    renderer: structlog.typing.Processor = (
        for_people if is_for_people else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if is_for_people else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _StandardError())),
        cache_logger_on_first_use=False,  # a reload may change level and form
    )
