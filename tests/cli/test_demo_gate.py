import socketserver
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.cli.demo_gate import DemoGate, Reply, end_with_dot, recipient_of, wait_until_listening
from gatepost.cli.demo_mails import load_examples
from gatepost.model.errors import TryLater


@given(st.lists(st.sampled_from([b"a", b".", b"\r\n", b"\n"])).map(b"".join))
def test_no_line_of_a_mail_ends_it_before_its_end(content: bytes) -> None:
    sent = b"\r\n" + end_with_dot(content)
    body, end = sent[: -len(b".\r\n")], sent[-len(b".\r\n") :]
    assert end == b".\r\n"
    assert b"\r\n.\r\n" not in body
    assert body.replace(b"\r\n..", b"\r\n.")[2:] == content


@pytest.mark.parametrize(
    ("code", "text", "reply"),
    [
        (250, b"2.0.0 Accepted as 01", Reply(250, "2.0.0", "Accepted as 01", is_about_content=True)),
        (550, b"5.7.1 No\n5.7.1 Really", Reply(550, "5.7.1", "No 5.7.1 Really", is_about_content=True)),
        (421, b"", Reply(421, "", "", is_about_content=True)),
        (550, b"\xff", Reply(550, "\ufffd", "", is_about_content=True)),
    ],
)
def test_any_reply_is_read(code: int, text: bytes, reply: Reply) -> None:
    assert Reply.parse(code, text, is_about_content=True) == reply
    assert reply.is_refusal is (code >= 400)


def test_each_mail_has_a_recipient_of_its_own() -> None:
    examples = load_examples()
    assert len({recipient_of(example) for example in examples}) == len(examples)


def test_a_gate_that_does_not_start_is_told_with_what_it_said(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen([sys.executable, "-c", "print('the door is taken')"], stdout=stream)
        process.wait()
    with pytest.raises(TryLater, match="did not start; it said:\nthe door is taken"):
        wait_until_listening(DemoGate(tmp_path, tmp_path, 1), process, log)


class GullibleSession(socketserver.StreamRequestHandler):
    """A server that takes a bare line feed for a line end: the smuggled mail gets in."""

    def handle(self) -> None:
        self.wfile.write(b"220 hello\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            self.wfile.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 2.0.0 bye\r\n"}.get(verb, b"250 2.0.0 yes\r\n"))
            if verb == b"DATA":
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self.wfile.write(b"550 5.7.1 no\r\n")
            if verb == b"QUIT":
                return


def test_a_server_that_lets_a_second_mail_in_is_seen(tmp_path: Path) -> None:
    smuggling = next(example for example in load_examples() if example.name == "smuggling")
    with socketserver.TCPServer(("127.0.0.1", 0), GullibleSession) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        reply = DemoGate(tmp_path, tmp_path, server.server_address[1]).send(smuggling)
    assert not reply.is_refusal
