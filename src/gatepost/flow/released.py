"""What was released or delivered of a mail before: nothing goes a second time because two people ask for it.

Fails: never.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from gatepost.model.cleaning import Form
from gatepost.store.entries import State
from gatepost.store.rows import EventRow


def list_cleaned(events: Iterable[EventRow]) -> frozenset[int]:
    """Give the numbers of the recipients who have got the cleaned form."""
    return frozenset(event.recipient_number for event in events if event.is_cleaned_delivery)


def tell_cleaned(events: Sequence[EventRow]) -> str:
    """Say when the cleaned form was delivered the last time, and who has released it; "" where it never was."""
    last = max((number for number, event in enumerate(events) if event.is_cleaned_delivery), default=-1)
    if last < 0:
        return ""
    delivered = events[last]
    before = [one for one in events[:last] if one.recipient_number == delivered.recipient_number]
    release = next((one for one in reversed(before) if one.is_release and one.form is Form.CLEANED), None)
    by = (
        f"released by {release.by} at {_write_moment(release.at)}"
        if release
        else "not released, the policy asked for it"
    )
    return f"its cleaned form was delivered at {_write_moment(delivered.at)} ({by})"


def tell_release(events: Sequence[EventRow]) -> str:
    """Say who has put a mail into the queue the last time, and what came of it; "" where nobody has."""
    last = max((number for number, event in enumerate(events) if event.is_release), default=-1)
    if last < 0:
        return ""
    release = events[last]
    after = [one for one in events[last:] if one.recipient_number == release.recipient_number]
    form = " without its suspect files" if release.form is Form.CLEANED else ""
    state = _SAYS.get(after[-1].state, after[-1].state)
    at = f" at {_write_moment(after[-1].at)}" if after[-1].state != State.QUEUED else ""
    return f"it was released{form} by {release.by} at {_write_moment(release.at)}, and {state}{at}"


_SAYS = {State.QUEUED.value: "waits to be delivered", State.DELIVERED.value: "was delivered"}


def _write_moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
