"""What the log of a fault may tell."""

from structlog.testing import capture_logs

from gatepost.gates.trouble import log_trouble
from gatepost.model.errors import StorageTrouble


def test_our_own_errors_are_told_with_their_words() -> None:
    with capture_logs() as logs:
        log_trouble("mail_not_taken", StorageTrouble("no space", "ENOSPC"), mail_id="m1")
    (log,) = logs
    assert (log["event"], log["error"], log["detail"]) == ("mail_not_taken", "StorageTrouble", "no space ENOSPC")
    assert log["mail_id"] == "m1"


def test_other_errors_are_told_by_type_and_place_only() -> None:
    with capture_logs() as logs:
        try:
            int("secret of the mail")
        except ValueError as error:
            log_trouble("mail_not_taken", error)
    (log,) = logs
    assert log["error"] == "ValueError"
    assert "test_trouble.py" in log["where"][0]
    assert "secret" not in repr(log)
