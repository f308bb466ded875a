"""No link that ambiguous MIME hides from one program gets by: it is screened in some reading of the mail."""

from ambiguous_mails import HEAD, Payload, write_mails
from ambiguous_mails.texts import CODED_PAGE, write_lures
from corpus_tools import build_tools
from gatepost.flow.open import make_order
from gatepost.flow.readings import screen_readings
from gatepost.message.attachments.opening import open_files
from gatepost.message.parse import parse_message
from gatepost.model.envelope import Envelope
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case

FOUND = "url_tricks.ip_host"


class Page(Payload):
    """A page that is shown, not listed as a file."""

    @property
    def fields(self) -> bytes:
        """Give the header of its part, without an encoding."""
        return b"Content-Type: text/html\r\nContent-Disposition: inline\r\n"


def is_seen(raw: bytes) -> bool:
    message = parse_message(raw)
    contents = open_files(make_order(message))  # here, not in the sandbox: these files are our own
    case = Case(message, Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset(), contents=contents)
    return any(finding.code == FOUND for finding in screen_readings(case, build_tools()[0]).findings)


def test_every_hidden_link_is_screened() -> None:
    lures = list(write_lures())
    assert len({name for name, _ in lures}) == len(lures) > 140
    assert [name for name, raw in lures if not is_seen(raw)] == []


def test_a_link_in_a_page_that_is_hidden_as_files_are_is_screened() -> None:
    """With each mail instead of every fifth it takes ten seconds; then only a fragment hides it, which is held."""
    mails = list(write_mails(Page("page.html", "text/html", CODED_PAGE)))
    assert len(mails) > 400
    assert [name for name, raw in mails[::5] if not is_seen(raw)] == []


def test_a_mail_without_the_link_has_no_such_finding() -> None:
    assert not is_seen(HEAD + b"\r\nHello\r\n")
