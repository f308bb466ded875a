"""The client machine against scripts: what it says, and what it makes of the answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.errors import OurProtocolError, PeerProtocolError
from gatepost.wire.smtp.client import (
    MAX_RECIPIENTS,
    Answer,
    Dialect,
    Dialog,
    Result,
    SmtpClient,
    Step,
    Transaction,
    has_bare_line_end,
    stuff_dots,
)

PIPELINED = "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 STARTTLS\r\n"
PLAIN = "250 mx.example\r\n"


class Conversation:
    """Turns the crank of a client with the replies of a script, and keeps what the client said."""

    def __init__(self, dialect: Dialect = Dialect.SMTP, hello: str = PIPELINED) -> None:
        self.client = SmtpClient(dialect, "gate.example")
        self.said: list[str] = []
        self.steps: list[Step] = []
        self.hold(self.client.open(), f"220 mx.example\r\n{hello}")

    def hold(self, dialog: Dialog[Result], replies: str) -> Result:
        """Give all replies before the first question; raise EOFError when they do not suffice."""
        self.said, self.steps = [], []
        unread = iter(replies.encode().splitlines(keepends=True))
        try:
            ask = next(dialog)
            while True:
                self.steps.append(ask.step)
                if ask.data:
                    self.said.append(ask.data.decode())
                while (reply := self.client.next_reply()) is None:
                    line = next(unread, None)
                    if line is None:
                        raise EOFError(ask.step.value)
                    self.client.receive(line)
                ask = dialog.send(reply)
        except StopIteration as end:
            for line in unread:
                self.client.receive(line)
            result: Result = end.value
            return result

    def send(self, replies: str, *recipients: str, content: bytes = b"Subject: hi\r\n\r\nhi\r\n") -> Transaction:
        """Hold the dialog of one mail."""
        transaction = Transaction("a@example.org", recipients or ("b@example.org",), content)
        self.hold(self.client.send_mail(transaction), replies)
        return transaction


def codes(transaction: Transaction) -> list[int]:
    return [answer.reply.code if answer else 0 for answer in transaction.answers]


def test_the_hello_tells_what_the_server_can_do() -> None:
    conversation = Conversation()
    assert conversation.said == ["EHLO gate.example\r\n"]
    assert conversation.client.capabilities.size_limit_bytes == 1000


def test_lmtp_says_lhlo_and_never_helo() -> None:
    conversation = Conversation(Dialect.LMTP, "500 what?\r\n")
    assert conversation.said == ["LHLO gate.example\r\n"]


def test_a_server_that_does_not_know_ehlo_is_greeted_with_helo() -> None:
    conversation = Conversation(hello="502 no\r\n250 hello\r\n")
    assert conversation.said == ["EHLO gate.example\r\n", "HELO gate.example\r\n"]
    assert not conversation.client.capabilities.keywords


def test_a_server_that_is_busy_is_not_asked_again() -> None:
    conversation = Conversation(hello="451 later\r\n")
    assert conversation.said == ["EHLO gate.example\r\n"]


def test_a_server_that_does_not_want_us_hears_nothing() -> None:
    client = Conversation()
    client.client = SmtpClient(Dialect.SMTP, "gate.example")
    answer = client.hold(client.client.open(), "554 go away\r\n")
    assert (answer.step, answer.reply.code, client.said) == (Step.GREETING, 554, [])


def test_with_pipelining_envelope_and_data_go_out_in_one_piece() -> None:
    conversation = Conversation()
    sent = conversation.send("250 ok\r\n250 ok\r\n354 go\r\n250 2.0.0 queued\r\n")
    assert conversation.said == [
        "MAIL FROM:<a@example.org> SIZE=19\r\nRCPT TO:<b@example.org>\r\nDATA\r\n",
        "Subject: hi\r\n\r\nhi\r\n.\r\n",
    ]
    assert codes(sent) == [250]


def test_without_pipelining_each_command_waits_for_its_answer() -> None:
    conversation = Conversation(hello=PLAIN)
    sent = conversation.send("250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n")
    assert conversation.said[:3] == ["MAIL FROM:<a@example.org>\r\n", "RCPT TO:<b@example.org>\r\n", "DATA\r\n"]
    assert codes(sent) == [250]


def test_a_refused_sender_answers_for_every_recipient() -> None:
    sent = Conversation().send("550 5.7.1 no\r\n503 bad\r\n503 bad\r\n503 bad\r\n250 reset\r\n", "b@x.org", "c@x.org")
    assert [str(answer) for answer in sent.answers] == ["550 5.7.1 no (in reply to MAIL FROM)"] * 2


def test_without_pipelining_nothing_follows_a_refused_sender_but_a_reset() -> None:
    conversation = Conversation(hello=PLAIN)
    sent = conversation.send("451 later\r\n250 reset\r\n", "b@x.org", "c@x.org")
    assert conversation.said == ["MAIL FROM:<a@example.org>\r\n", "RSET\r\n"]
    assert codes(sent) == [451, 451]


def test_the_mail_goes_to_those_who_are_taken() -> None:
    sent = Conversation().send("250 ok\r\n550 no\r\n250 ok\r\n354 go\r\n250 queued\r\n", "b@x.org", "c@x.org")
    assert codes(sent) == [550, 250]


def test_refused_data_answers_for_those_who_were_taken() -> None:
    sent = Conversation().send("250 ok\r\n550 no\r\n250 ok\r\n452 full\r\n250 reset\r\n", "b@x.org", "c@x.org")
    assert codes(sent) == [550, 452]


def test_data_begun_for_nobody_is_ended_with_a_single_dot() -> None:
    conversation = Conversation()
    sent = conversation.send("250 ok\r\n550 no\r\n354 go\r\n554 nobody\r\n")
    assert conversation.said[-1] == ".\r\n"
    assert codes(sent) == [550]


def test_lmtp_data_begun_for_nobody_ends_the_connection() -> None:
    with pytest.raises(PeerProtocolError, match="for nobody"):
        Conversation(Dialect.LMTP).send("250 ok\r\n550 no\r\n354 go\r\n")


def test_lmtp_answers_once_for_each_recipient_that_was_taken() -> None:
    sent = Conversation(Dialect.LMTP).send(
        "250 ok\r\n250 ok\r\n550 no\r\n250 ok\r\n354 go\r\n250 kept\r\n452 4.2.2 full\r\n",
        "b@x.org",
        "c@x.org",
        "d@x.org",
    )
    assert codes(sent) == [250, 550, 452]


def test_the_mail_is_sent_once_however_many_answers_follow() -> None:
    conversation = Conversation(Dialect.LMTP)
    conversation.send("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 kept\r\n250 kept\r\n", "b@x.org", "c@x.org")
    assert [said.count("Subject") for said in conversation.said] == [0, 1]


@pytest.mark.parametrize("before", range(4))
def test_a_server_that_goes_away_answers_for_all_that_is_open(before: int) -> None:
    conversation = Conversation()
    ok = ["250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"]
    sent = conversation.send("".join(ok[:before]) + "421 4.3.2 closing\r\n", "b@x.org", "c@x.org")
    assert codes(sent) == [421, 421]
    assert conversation.client.is_going_away


def test_lmtp_going_away_after_the_first_answer_leaves_the_first_as_it_is() -> None:
    sent = Conversation(Dialect.LMTP).send(
        "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 kept\r\n421 closing\r\n", "b@x.org", "c@x.org"
    )
    assert codes(sent) == [250, 421]


@pytest.mark.parametrize(
    "replies",
    ["354 go\r\n", "250 ok\r\n354 go\r\n", "250 ok\r\n250 ok\r\n250 ok\r\n", "250 ok\r\n250 ok\r\n354 go\r\n354 go\r\n",
     "250 ok\r\n250 ok\r\n334 what\r\n"],
)  # fmt: skip
def test_an_answer_of_a_class_that_makes_no_sense_ends_the_connection(replies: str) -> None:
    with pytest.raises(PeerProtocolError, match="the server answered"):
        Conversation().send(replies)


def test_a_surplus_reply_ends_the_connection_after_the_mail_was_taken() -> None:
    conversation = Conversation()
    transaction = Transaction("", ("b@example.org",), b"x\r\n")
    conversation.client.receive(b"250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n250 once more\r\n")
    with pytest.raises(PeerProtocolError, match="more than it was asked"):
        conversation.hold(conversation.client.send_mail(transaction), "")
    assert codes(transaction) == [250]


@pytest.mark.parametrize(
    ("replies", "was_sent"), [("250 ok\r\n250 ok\r\n", False), ("250 a\r\n250 b\r\n354 go\r\n", True)]
)
def test_a_repetition_is_safe_until_the_content_goes_out(replies: str, was_sent: bool) -> None:
    conversation = Conversation()
    transaction = Transaction("", ("b@example.org",), b"x\r\n")
    with pytest.raises(EOFError):
        conversation.hold(conversation.client.send_mail(transaction), replies)
    assert transaction.content_was_sent is was_sent


def test_body_and_smtputf8_are_said_where_needed_and_offered() -> None:
    conversation = Conversation()
    transaction = Transaction("", ("用户@example.org",), b"x\r\n", needs_smtputf8=True, has_8bit=True)
    conversation.hold(conversation.client.send_mail(transaction), "250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n")
    assert conversation.said[0].startswith(
        "MAIL FROM:<> SIZE=3 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<用户@example.org>\r\n"
    )


def test_asking_about_recipients_sends_no_mail() -> None:
    conversation = Conversation()
    question = Transaction("", ("b@x.org", "c@x.org"), b"")
    conversation.hold(conversation.client.ask_recipients(question), "250 ok\r\n550 no\r\n250 ok\r\n250 reset\r\n")
    assert [step.value for step in conversation.steps] == ["MAIL FROM", "RCPT TO", "RCPT TO", "RSET"]
    assert codes(question) == [550, 0]


def test_a_refused_reset_ends_the_connection() -> None:
    conversation = Conversation()
    with pytest.raises(PeerProtocolError, match="RSET"):
        conversation.hold(
            conversation.client.ask_recipients(Transaction("", ("b@x.org",), b"")), "250 ok\r\n250 ok\r\n500 no\r\n"
        )


def test_bytes_that_came_in_the_clear_do_not_survive_starttls() -> None:
    conversation = Conversation()
    conversation.client.receive(b"220 go\r\n250-mx.example\r\n250 AUTH PLAIN\r\n")
    with pytest.raises(PeerProtocolError, match="more than it was asked"):
        conversation.hold(conversation.client.start_tls(), "")


def test_what_was_learnt_in_the_clear_is_forgotten() -> None:
    conversation = Conversation()
    conversation.hold(conversation.client.start_tls(), "220 go\r\n")
    assert not conversation.client.capabilities.keywords


def test_refused_starttls_is_an_answer() -> None:
    conversation = Conversation()
    answer = conversation.hold(conversation.client.start_tls(), "454 not now\r\n")
    assert answer.reply.code == 454


def test_starttls_answered_with_another_success_is_refused() -> None:
    conversation = Conversation()
    with pytest.raises(PeerProtocolError, match="STARTTLS"):
        conversation.hold(conversation.client.start_tls(), "250 sure\r\n")


def test_goodbye_is_said_and_any_answer_is_heard() -> None:
    conversation = Conversation()
    conversation.hold(conversation.client.quit(), "500 what\r\n")
    assert conversation.said == ["QUIT\r\n"]


@pytest.mark.parametrize("address", ["a\r\nDATA", "a\nb", "a\0b", "a\x7fb", "a\x85b", "\ud800"])
def test_no_address_breaks_out_of_its_command(address: str) -> None:
    with pytest.raises(OurProtocolError):
        Transaction("", (address,), b"")
    with pytest.raises(OurProtocolError):
        Transaction(address, ("b@example.org",), b"")


@pytest.mark.parametrize("count", [0, MAX_RECIPIENTS + 1])
def test_a_transaction_for_nobody_or_too_many_is_our_bug(count: int) -> None:
    with pytest.raises(OurProtocolError):
        Transaction("", ("b@example.org",) * count, b"")


def test_an_empty_mail_is_a_dot_alone() -> None:
    assert stuff_dots(b"") == b".\r\n"


@given(st.lists(st.sampled_from([b".", b"..", b"a", b".a", b"", b"a.", b"\xff"]), max_size=20))
def test_a_receiver_that_unstuffs_dots_reads_the_same_lines(lines: list[bytes]) -> None:
    content = b"".join(line + b"\r\n" for line in lines)
    wire = stuff_dots(content)
    received: list[bytes] = []
    for line in wire.split(b"\r\n"):
        if line == b".":
            break
        received.append(line.removeprefix(b"."))
    assert received == lines
    assert wire.count(b"\r\n.\r\n") + wire.startswith(b".\r\n") == 1


@pytest.mark.parametrize("content", [b"a\nb\r\n", b"a\r\n.\n", b"a\rb\r\n", b"\r\r\n", b"\n"])
def test_a_line_end_that_stands_alone_is_seen(content: bytes) -> None:
    assert has_bare_line_end(content)


def test_clean_line_ends_are_none_that_stand_alone() -> None:
    assert not has_bare_line_end(b"a\r\n\r\nb")


LINES = st.sampled_from(
    ["250 ok", "354 go", "421 bye", "451 later", "550 no", "250-half", "nonsense", "220 tls", "", "250 \x00"]
)


@given(st.lists(LINES, max_size=14), st.sampled_from(Dialect), st.booleans())
def test_any_server_gives_answers_or_the_one_protocol_error(
    lines: list[str], dialect: Dialect, pipelining: bool
) -> None:
    conversation = Conversation(dialect, PIPELINED if pipelining else PLAIN)
    transaction = Transaction("", ("b@x.org", "c@x.org"), b"x\r\n")
    try:
        conversation.hold(conversation.client.send_mail(transaction), "".join(f"{line}\r\n" for line in lines))
    except (PeerProtocolError, EOFError):
        return
    assert all(isinstance(answer, Answer) for answer in transaction.answers)
