"""What was done with a mail before is told with who did it and when, and nothing is said of what nobody did."""

from datetime import timedelta

from gatepost.flow.released import list_cleaned, tell_cleaned, tell_release
from gatepost.model.cleaning import Form
from gatepost.store.entries import State
from gatepost.store.rows import EventRow
from store_builders import RECEIVED_AT


def step(minute: int, state: State, by: str = "", form: Form | None = None, number: int = 0) -> EventRow:
    return EventRow(number, RECEIVED_AT + timedelta(minutes=minute), state, "", "s", by, form)


def at(minute: int) -> str:
    return f"{RECEIVED_AT + timedelta(minutes=minute):%Y-%m-%d %H:%M:%S} UTC"


CLEANED = [step(1, State.QUEUED, "anna", Form.CLEANED), step(2, State.QUARANTINED, form=Form.CLEANED)]


def test_nothing_is_told_of_a_mail_that_nobody_released() -> None:
    for events in ([], [step(1, State.QUARANTINED, "anna")], [step(1, State.QUEUED, "anna")], [step(2, State.QUEUED)]):
        assert (list_cleaned(events), tell_cleaned(events), tell_release(events)) == (frozenset(), "", "")


def test_a_cleaned_form_that_was_released_is_told_with_its_releaser() -> None:
    said = f"its cleaned form was delivered at {at(2)} (released by anna at {at(1)})"
    assert tell_cleaned(CLEANED) == said
    assert tell_cleaned([*CLEANED, step(3, State.QUARANTINED, "bo")]) == said  # reported: nothing was delivered
    assert list_cleaned([*CLEANED, step(4, State.QUARANTINED, number=1)]) == {0}


def test_a_cleaned_form_that_the_policy_asked_for_has_no_releaser() -> None:
    others = step(1, State.QUEUED, "anna", Form.CLEANED, number=1)
    said = f"its cleaned form was delivered at {at(2)} (not released, the policy asked for it)"
    assert tell_cleaned([others, CLEANED[1]]) == said


def test_a_release_is_told_with_what_came_of_it() -> None:
    whole = step(1, State.QUEUED, "anna", Form.ORIGINAL)
    waits = f"it was released by anna at {at(1)}, and waits to be delivered"
    assert tell_release([whole]) == tell_release([whole, step(2, State.QUEUED)]) == waits
    assert tell_release([*CLEANED[:1]]).startswith("it was released without its suspect files by anna")
    assert tell_release([whole, step(2, State.DELIVERED)]).endswith(f"and was delivered at {at(2)}")
    assert tell_release([whole, step(2, State.CANCELLED, "bo")]).endswith(f"and cancelled at {at(2)}")
