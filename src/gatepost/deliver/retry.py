"""When mail that was not taken is tried again, and when it is given up.

Standards: RFC 5321 §4.5.4.1 (growing intervals, give up after 4 to 5 days).
"""

import zlib
from datetime import datetime, timedelta

from gatepost.deliver.settings import DeliverSettings

JITTER_FRACTION = 0.1  # spreads mails that failed together; later only, so the shortest wait is as configured


def next_attempt_at(attempt: int, first_at: datetime, now: datetime, settings: DeliverSettings) -> datetime | None:
    """Give the moment of the next attempt after `attempt` failed ones (from 1), or None to give the mail up.

    `first_at` is when the mail was accepted. The last attempt falls on the moment of expiry, so that no mail is
    given up earlier than the settings say.
    """
    expires_at = first_at + timedelta(seconds=settings.expire_after_s)
    if now >= expires_at:
        return None
    waits_s = settings.retry_after_s
    wait_s = waits_s[min(max(attempt, 1), len(waits_s)) - 1]
    spread = zlib.crc32(f"{first_at.timestamp()}/{attempt}".encode()) / 2**32
    return min(now + timedelta(seconds=wait_s * (1 + JITTER_FRACTION * spread)), expires_at)
