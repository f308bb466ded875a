"""A real gate asks a real unbound who sent a mail: what is signed comes in, what is forged does not."""

import re
import smtplib
import time
from collections.abc import Iterator

import pytest

from dkim_mails import DNS, RSA
from gate_process import GateProcess, running_gate
from gatepost.message.parse import parse_message
from gatepost.net.clock import SystemClock
from gatepost.net.dns_health import RECHECK_S
from gatepost.origin.dkim_sign import sign_message
from interop.unbound import Unbound, start_unbound

DEADLINE_S = 2
CONFIG = """\
[dns]
servers = ["{server}"]
timeout_s = 1
mail_deadline_s = {deadline_s}
[recipients]
trusted_networks = []
[deliver]
maildir = "{maildir}"
"""
RECORDS = """
example.com. IN MX 10 mx.example.com.
mx.example.com. IN A 192.0.2.25
example.com. IN TXT "v=spf1 -all"
_dmarc.example.com. IN TXT "v=DMARC1; p=reject"
"""
MAIL = (
    b"Date: {date}\r\nMessage-ID: <{token}@example.com>\r\nFrom: Ann <a@{domain}>\r\nTo: b@example.org\r\n"
    b"Subject: Minutes\r\n\r\nHere are the minutes of our meeting.\r\n"
)


@pytest.fixture(scope="module")
def unbound() -> Iterator[Unbound]:
    with start_unbound(RECORDS + "".join(write_txt(name, texts[0]) for (name, _), texts in DNS.items())) as running:
        yield running


@pytest.fixture(scope="module")
def gate(unbound: Unbound, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GateProcess]:
    folder = tmp_path_factory.mktemp("gate")
    config = folder / "gatepost.toml"
    config.write_text(CONFIG.format(deadline_s=DEADLINE_S, server=unbound.server, maildir=folder / "Maildir"))
    with running_gate(folder, "--config", str(config), "--workers", "1") as running:
        yield running


def write_txt(name: str, text: bytes) -> str:
    """Give a line of a zone file; a key is too long for one string."""
    strings = " ".join(f'"{text[start : start + 200].decode()}"' for start in range(0, len(text), 200))
    return f"{name}. IN TXT {strings}\n"


def write_mail(token: str, domain: str = "example.com") -> bytes:
    date = SystemClock().now().strftime("%a, %d %b %Y %H:%M:%S +0000")
    words = {b"{date}": date, b"{token}": token, b"{domain}": domain}
    return re.sub(rb"\{\w+\}", lambda word: words[word[0]].encode(), MAIL)


def sign(raw: bytes) -> bytes:
    return sign_message(parse_message(raw), [RSA], SystemClock().now()) + raw


def send(gate: GateProcess, raw: bytes, domain: str = "example.com") -> None:
    with smtplib.SMTP("127.0.0.1", gate.port, "client.example.com", timeout=20) as client:
        client.sendmail(f"a@{domain}", ["b@example.org"], raw)


def read_results(mail: bytes) -> str:
    found = re.search(rb"^Authentication-Results:(?:[^\r]|\r\n[ \t])*", mail, re.MULTILINE)
    assert found, mail
    return " ".join(found[0].decode().split())


def receive(gate: GateProcess, token: str, timeout_s: float = 20.0) -> bytes:
    until_s = time.monotonic() + timeout_s
    while (mail := find_delivered(gate, token)) is None:
        assert time.monotonic() < until_s, gate.log[-3000:]
        time.sleep(0.02)
    return mail


def find_delivered(gate: GateProcess, token: str) -> bytes | None:
    return next((mail for mail in gate.delivered() if f"<{token}@".encode() in mail), None)


def test_a_signed_mail_comes_in_with_its_proof(gate: GateProcess) -> None:
    send(gate, sign(write_mail("signed")))
    told = read_results(receive(gate, "signed"))
    assert "dkim=pass" in told
    assert "header.d=example.com" in told
    assert "dmarc=pass" in told
    assert "spf=fail" in told  # 127.0.0.1 is none of its servers


@pytest.mark.parametrize("token", ["forged", "changed"])
def test_a_forged_mail_is_refused(gate: GateProcess, token: str) -> None:
    raw = write_mail(token)
    if token == "changed":
        raw = sign(raw).replace(b"minutes of", b"invoice for")
    with pytest.raises(smtplib.SMTPDataError) as told:
        send(gate, raw)
    assert told.value.smtp_code == 550
    assert find_delivered(gate, token) is None


def test_a_sender_whose_dns_is_silent_holds_us_no_longer_than_the_deadline(gate: GateProcess) -> None:
    started_s = time.monotonic()
    send(gate, write_mail("hangs", "hangs.example"), "hangs.example")
    assert time.monotonic() - started_s < DEADLINE_S + 2
    assert "dmarc=temperror" in read_results(receive(gate, "hangs"))


def test_while_unbound_is_gone_nothing_is_proven_and_once_it_is_back_all_is(
    gate: GateProcess, unbound: Unbound
) -> None:
    unbound.stop()
    try:
        send(gate, sign(write_mail("gone", "other.example")), "other.example")
        assert "dmarc=temperror" in read_results(receive(gate, "gone"))
        started_s = time.monotonic()
        send(gate, write_mail("still", "another.example"), "another.example")
        assert time.monotonic() - started_s < DEADLINE_S  # nobody waits for what is known to be gone
        assert "see [dns] servers" in read_results(receive(gate, "still"))
    finally:
        unbound.start()
    time.sleep(RECHECK_S)
    send(gate, write_mail("back", "third.example"), "third.example")
    assert "dmarc=none" in read_results(receive(gate, "back"))
