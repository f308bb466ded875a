"""The server machine, where a dialog of tests/dialogs/ cannot show it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.address import Address
from gatepost.model.errors import OurProtocolError
from gatepost.wire.smtp import answers
from gatepost.wire.smtp.events import Hello, MailReceived, RcptTo, Refusal, StartTls
from gatepost.wire.smtp.parameters import MailFrom
from gatepost.wire.smtp.profile import ServerProfile
from gatepost.wire.smtp.replies import build_reply
from gatepost.wire.smtp.server import SmtpServer

PROFILE = ServerProfile("mx.example", max_size_bytes=200, max_drain_bytes=300, max_errors=8, tls_is_offered=True)
NO = build_reply(550, "5.7.1", "No")
LATER = build_reply(451, "4.3.0", "Later")
ENVELOPE = b"EHLO c.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@example.com>\r\n"


def converse(machine: SmtpServer, data: bytes) -> bytes:
    """Send bytes, accept everything, give what was answered."""
    machine.receive(data)
    while machine.next_event() is not None:
        machine.accept()
    return machine.bytes_to_send()


def last_code(answer: bytes) -> bytes:
    return answer.splitlines()[-1][:3]


def ready(profile: ServerProfile = PROFILE, data: bytes = ENVELOPE) -> SmtpServer:
    machine = SmtpServer(profile)
    converse(machine, data)
    return machine


def test_an_event_stays_pending_until_it_is_answered() -> None:
    machine = SmtpServer(PROFILE)
    machine.receive(b"EHLO c.example\r\nMAIL FROM:<>\r\n")
    assert machine.next_event() == Hello("c.example", is_extended=True)
    assert machine.next_event() == Hello("c.example", is_extended=True)
    assert machine.bytes_to_send() == b""
    machine.accept()
    assert machine.next_event() == MailFrom(None)


def test_to_answer_nothing_is_our_fault() -> None:
    with pytest.raises(OurProtocolError):
        SmtpServer(PROFILE).accept()
    with pytest.raises(OurProtocolError):
        SmtpServer(PROFILE).reply(NO)


def test_who_was_refused_is_told_once() -> None:
    machine = ready(data=b"EHLO c.example\r\nMAIL FROM:<a@a.example>\r\n")
    machine.receive(b"RCPT TO:<b@example.com>\r\n")
    assert isinstance(machine.next_event(), RcptTo)
    machine.reply(NO)
    sender = Address.parse("a@a.example")
    assert machine.take_refusals() == [Refusal(sender, (Address.parse("b@example.com"),), NO)]
    assert machine.take_refusals() == []
    converse(machine, b"RSET\r\nMAIL FROM:<> SIZE=201\r\n")
    assert machine.take_refusals() == [Refusal(None, (), answers.TOO_LARGE)]


def test_a_content_that_is_refused_is_told_with_its_recipients_and_one_that_is_judged_is_not() -> None:
    machine = ready(data=ENVELOPE + b"DATA\r\na\x00b\r\n.\r\n")
    (refusal,) = machine.take_refusals()
    assert (refusal.recipients, refusal.reply.status) == ((Address.parse("b@example.com"),), "5.6.0")
    machine.receive(ENVELOPE.partition(b"\r\n")[2] + b"DATA\r\nSubject: x\r\n\r\n.\r\n")
    while not isinstance(machine.next_event(), MailReceived):
        machine.accept()
    machine.reply(NO)
    assert machine.take_refusals() == []


def test_tls_without_starttls_is_our_fault() -> None:
    with pytest.raises(OurProtocolError):
        ready().tls_started()


@pytest.mark.parametrize("refusal", [NO, LATER])
def test_a_refused_hello_leaves_the_session_without_one(refusal: object) -> None:
    machine = SmtpServer(PROFILE)
    machine.receive(b"EHLO c.example\r\n")
    machine.next_event()
    machine.reply(LATER if refusal is LATER else NO)
    assert machine.helo == ""
    assert last_code(converse(machine, b"MAIL FROM:<>\r\n")) == b"503"


def test_a_refused_mail_leaves_the_session_ready() -> None:
    machine = ready()
    machine.receive(b"DATA\r\ntext\r\n.\r\n")
    assert isinstance(machine.next_event(), MailReceived)
    machine.reply(NO)
    assert last_code(machine.bytes_to_send()) == b"550"
    assert machine.is_between_mails
    assert last_code(converse(machine, b"RCPT TO:<b@example.com>\r\n")) == b"503"
    assert last_code(converse(machine, b"MAIL FROM:<>\r\n")) == b"250"


def test_a_refused_recipient_is_not_in_the_envelope() -> None:
    machine = ready()
    machine.receive(b"RCPT TO:<c@example.com>\r\nDATA\r\n.\r\n")
    assert isinstance(machine.next_event(), RcptTo)
    machine.reply(NO)
    mail = machine.next_event()
    assert isinstance(mail, MailReceived)
    assert [str(recipient) for recipient in mail.recipients] == ["b@example.com"]


def test_a_refused_starttls_leaves_the_channel_as_it_is() -> None:
    machine = ready(data=b"EHLO c.example\r\n")
    machine.receive(b"STARTTLS\r\nMAIL FROM:<>\r\n")
    assert isinstance(machine.next_event(), StartTls)
    machine.reply(build_reply(454, "4.7.0", "Not now"))
    assert machine.next_event() == MailFrom(None)
    assert not machine.tls_is_active


def test_bytes_between_starttls_and_the_handshake_end_the_session() -> None:
    machine = ready(data=b"EHLO c.example\r\n")
    assert last_code(converse(machine, b"STARTTLS\r\n")) == b"220"
    machine.receive(b"E")
    assert machine.is_closed
    with pytest.raises(OurProtocolError):
        machine.tls_started()


def test_starttls_forgets_the_name_and_the_open_mail() -> None:
    machine = ready(data=b"EHLO c.example\r\n")
    converse(machine, b"STARTTLS\r\n")
    machine.tls_started()
    assert (machine.helo, machine.is_extended, machine.tls_is_active) == ("", False, True)


@pytest.mark.parametrize(
    ("hello", "parameter", "encrypted", "protocol"),
    [
        (b"HELO", b"", False, "SMTP"),
        (b"HELO", b"", True, "SMTP"),
        (b"EHLO", b"", False, "ESMTP"),
        (b"EHLO", b"", True, "ESMTPS"),
        (b"EHLO", b" SMTPUTF8", False, "UTF8SMTP"),
        (b"EHLO", b" SMTPUTF8", True, "UTF8SMTPS"),
    ],
)
def test_the_protocol_word_tells_how_the_mail_came(
    hello: bytes, parameter: bytes, encrypted: bool, protocol: str
) -> None:
    machine = SmtpServer(PROFILE, tls_is_active=encrypted)
    converse(machine, hello + b" c\r\nMAIL FROM:<>" + parameter + b"\r\nRCPT TO:<b@example.com>\r\n")
    machine.receive(b"DATA\r\n.\r\n")
    mail = machine.next_event()
    assert isinstance(mail, MailReceived)
    assert mail.protocol == protocol


def test_data_far_over_the_limit_is_not_drained_to_its_end() -> None:
    machine = ready()
    converse(machine, b"DATA\r\n")
    assert converse(machine, b"x" * 400) == b""
    assert converse(machine, b"x" * 101).startswith(b"421 4.3.4")
    assert machine.is_closed
    assert converse(machine, b"x" * 100) == b""


def test_an_abandoned_mail_is_read_to_its_end_and_answered_with_the_reason() -> None:
    machine = ready()
    converse(machine, b"DATA\r\ntext\r\n")
    machine.abandon_content(LATER)
    assert machine.held_bytes == 0
    assert converse(machine, b"more\r\n.\r\n") == LATER.wire
    assert last_code(converse(machine, b"MAIL FROM:<>\r\n")) == b"250"


def test_an_abandoned_chunk_ends_the_mail() -> None:
    machine = ready()
    converse(machine, b"BDAT 4\r\nab")
    machine.abandon_content(LATER)
    assert converse(machine, b"\r\n") == LATER.wire
    assert last_code(converse(machine, b"BDAT 0 LAST\r\n")) == b"503"


def test_chunks_count_as_held_until_the_mail_is_handed_over() -> None:
    machine = ready()
    converse(machine, b"BDAT 100\r\n" + b"x" * 100)
    assert machine.held_bytes == 100
    machine.receive(b"BDAT 0 LAST\r\n")
    assert isinstance(machine.next_event(), MailReceived)
    assert machine.held_bytes == 0


def test_a_mail_that_is_given_up_between_chunks_is_not_held() -> None:
    machine = ready()
    converse(machine, b"BDAT 100\r\n" + b"x" * 100 + b"RSET\r\n")
    assert machine.held_bytes == 0


def test_temporary_refusals_are_no_errors_of_the_peer() -> None:
    machine = ready()
    for _ in range(20):
        machine.receive(b"RCPT TO:<c@example.com>\r\n")
        machine.next_event()
        machine.reply(LATER)
    assert machine.error_count == 0


def test_too_many_refused_recipients_end_the_session() -> None:
    machine = ready()
    for _ in range(PROFILE.max_errors + 1):
        machine.receive(b"RCPT TO:<c@example.com>\r\n")
        machine.next_event()
        machine.reply(NO)
    assert machine.is_closed
    assert machine.bytes_to_send().endswith(b"421 4.7.0 Too many errors\r\n")


def test_too_many_commands_end_the_session() -> None:
    machine = SmtpServer(ServerProfile("mx.example", max_commands=3))
    assert converse(machine, b"NOOP\r\n" * 5).count(b"250") == 3
    assert machine.is_closed


def test_a_closed_session_keeps_and_answers_nothing() -> None:
    machine = ready()
    machine.receive(b"DATA\r\n.\r\n")
    machine.next_event()
    machine.close(LATER)
    machine.close(NO)
    assert machine.bytes_to_send().endswith(LATER.wire)
    machine.receive(b"NOOP\r\n")
    assert (machine.next_event(), machine.bytes_to_send(), machine.held_bytes) == (None, b"", 0)


def test_an_idle_session_holds_nothing() -> None:
    machine = ready()
    converse(machine, b"DATA\r\n" + b"x" * 100 + b"\r\n.\r\n")
    assert machine.held_bytes == 0


def test_a_mail_at_hand_is_no_moment_to_go() -> None:
    machine = ready(data=b"EHLO c\r\n")
    assert machine.is_between_mails
    converse(machine, b"MAIL FROM:<>\r\n")
    assert not machine.is_between_mails


WORDS = [
    b"EHLO c.example\r\n",
    b"HELO c\r\n",
    b"MAIL FROM:<a@a.example>\r\n",
    b"MAIL FROM:<\xe5\xae\x89@a.example> SMTPUTF8\r\n",
    b"RCPT TO:<b@example.com>\r\n",
    b"RCPT TO:<c@elsewhere.example>\r\n",
    b"DATA\r\n",
    b"BDAT 5\r\n",
    b"BDAT 3 LAST\r\n",
    b"BDAT 600\r\n",
    b"BDAT x\r\n",
    b"RSET\r\n",
    b"NOOP\r\n",
    b"STARTTLS\r\n",
    b"QUIT\r\n",
    b"\r\n.\r\n",
    b".\r\n",
    b"\r\n",
    b"\r",
    b"\n",
    b".",
    b"\0",
    b"\xff",
    b"text",
    b"x" * 150,
    b"x" * 600,
]


def judge(machine: SmtpServer) -> list[object]:
    """Answer by fixed rules whatever is pending; give the events."""
    events: list[object] = []
    while (event := machine.next_event()) is not None:
        events.append(event)
        if isinstance(event, StartTls) or (isinstance(event, RcptTo) and "elsewhere" in str(event.address)):
            machine.reply(NO)
        else:
            machine.accept()
    return events


@given(st.lists(st.sampled_from(WORDS) | st.binary(max_size=20), max_size=40), st.data())
def test_a_session_does_not_depend_on_the_cuts(words: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(words)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=20)))
    outcomes = []
    for pieces in ([whole], [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]):
        machine = SmtpServer(PROFILE)
        events: list[object] = []
        for piece in pieces:
            machine.receive(piece)
            events += judge(machine)
        outcomes.append((events, machine.bytes_to_send(), machine.phase))
    assert outcomes[0] == outcomes[1]


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_every_answer_is_a_whole_line_and_memory_is_bounded(words: list[bytes]) -> None:
    machine = SmtpServer(PROFILE)
    for word in words:
        machine.receive(word)
        judge(machine)
        answer = machine.bytes_to_send()
        assert not answer or answer.endswith(b"\r\n")
        assert machine.held_bytes <= PROFILE.max_size_bytes + 600


@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_a_mail_has_a_sender_recipients_and_clean_lines(words: list[bytes]) -> None:
    machine = SmtpServer(PROFILE)
    machine.receive(b"EHLO c.example\r\n" + b"".join(words))
    for event in judge(machine):
        if isinstance(event, MailReceived):
            assert event.recipients
            assert len(event.raw) <= PROFILE.max_size_bytes
            without_line_ends = event.raw.replace(b"\r\n", b"")
            assert not set(without_line_ends) & {0, 10, 13}
