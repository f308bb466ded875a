"""The gate as a whole, in its own processes: it starts, reloads, survives, ends."""

import os
import resource
import signal
import smtplib
import socket
import ssl
import time
from pathlib import Path

import pytest

from gate_process import GateProcess, running_gate
from gatepost.daemon.supervisor import MAX_FILES

MAIL = (
    "From: Anna <anna@example.com>\r\nTo: b@example.org\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\n"
    "Message-ID: <1@example.com>\r\nSubject: lunch\r\n\r\nAt noon?\r\n"
)


def send(gate: GateProcess, text: str = MAIL) -> None:
    with smtplib.SMTP("127.0.0.1", gate.port, timeout=20) as client:
        client.sendmail("anna@example.com", ["b@example.org"], text)


def wait_until(gate: GateProcess, event: str, count: int = 1) -> None:
    until = time.monotonic() + 30
    while gate.log.count(f'"event": "{event}"') < count:
        assert time.monotonic() < until, gate.log[-3000:]
        time.sleep(0.02)


def test_a_mail_goes_the_whole_road(tmp_path: Path) -> None:
    with running_gate(tmp_path, "--workers", "2", "--hostname", "mx.example.org") as gate:
        send(gate)
        (mail,) = gate.wait_for_mails(1)
        assert gate.read_page("/healthz").endswith("ok\n")
        assert "gatepost_mails_accepted_total 1.0" in gate.read_page("/metrics")
        assert "404" in gate.read_page("/else")
    assert b"Return-Path: <anna@example.com>\r\n" in mail
    assert b"Authentication-Results: mx.example.org; none\r\n" in mail
    assert mail.endswith(MAIL.encode())


def test_starttls_is_offered_with_a_certificate_of_the_local_authority(tmp_path: Path) -> None:
    with running_gate(tmp_path, "--workers", "1") as gate:
        context = ssl.create_default_context(cafile=str(gate.state / "tls" / "ca.pem"))
        with smtplib.SMTP("localhost", gate.port, timeout=20) as client:
            client.starttls(context=context)
            client.sendmail("anna@example.com", ["b@example.org"], MAIL)
        (mail,) = gate.wait_for_mails(1)
    assert b"with ESMTPS id" in mail
    assert b"(using TLSv1.3)" in mail


def test_a_worker_that_dies_is_replaced_and_no_connection_is_refused(tmp_path: Path) -> None:
    with running_gate(tmp_path, "--workers", "1") as gate:
        worker = next(pid for pid in gate.children() if is_worker(pid))
        os.kill(worker, signal.SIGKILL)
        send(gate)  # waits in the socket that the supervisor holds, until the next worker takes it
        gate.wait_for_mails(1)
        wait_until(gate, "child_died")


def is_worker(pid: int) -> bool:
    """Workers are no nicer than whoever started the gate, the keeper is."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16]) == os.nice(0)


def test_a_keeper_that_dies_is_replaced_and_delivers_what_came_meanwhile(tmp_path: Path) -> None:
    with running_gate(tmp_path, "--workers", "1") as gate:
        keeper = next(pid for pid in gate.children() if not is_worker(pid))
        os.kill(keeper, signal.SIGKILL)
        send(gate)
        gate.wait_for_mails(1)


def test_a_reload_takes_new_settings_and_drops_no_session(tmp_path: Path) -> None:
    settings = tmp_path / "gatepost.toml"
    settings.write_text(f'[deliver]\nmaildir = "{tmp_path}/Maildir"\n')
    with running_gate(tmp_path, "--workers", "2", "--config", str(settings)) as gate:
        with smtplib.SMTP("127.0.0.1", gate.port, timeout=20) as client:
            client.ehlo()
            client.mail("anna@example.com")
            settings.write_text(f'[deliver]\nmaildir = "{tmp_path}/Maildir"\n[smtp]\nmax_size_bytes = 70000\n')
            gate.signal(signal.SIGHUP)
            wait_until(gate, "reloaded")
            assert client.rcpt("b@example.org")[0] == 250
            assert client.data(MAIL)[0] == 250
            assert client.noop()[0] == 250  # the worker that was replaced lets the session end by itself
        with smtplib.SMTP("127.0.0.1", gate.port, timeout=20) as client:
            client.ehlo()
            assert client.esmtp_features["size"] == "70000"
        gate.wait_for_mails(1)


def test_a_reload_with_a_mistake_changes_nothing(tmp_path: Path) -> None:
    settings = tmp_path / "gatepost.toml"
    settings.write_text(f'[deliver]\nmaildir = "{tmp_path}/Maildir"\n')
    with running_gate(tmp_path, "--workers", "1", "--config", str(settings)) as gate:
        settings.write_text("[smtp]\nmax_size_bites = 70000\n")
        gate.signal(signal.SIGHUP)
        wait_until(gate, "reload_refused")
        assert "max_size_bites is not a setting" in gate.log
        send(gate)
        gate.wait_for_mails(1)


def test_the_gate_finishes_the_mail_at_hand_before_it_ends(tmp_path: Path) -> None:
    gate = GateProcess(tmp_path, ("--workers", "1"))
    with gate.ending():
        gate.start()
        with socket.create_connection(("127.0.0.1", gate.port), 20) as raw:
            lines = raw.makefile("rb")
            lines.readline()
            for command in (
                b"HELO x\r\n",
                b"MAIL FROM:<a@example.com>\r\n",
                b"RCPT TO:<b@example.org>\r\n",
                b"DATA\r\n",
            ):
                raw.sendall(command)
                lines.readline()
            raw.sendall(b"Subject: half\r\n\r\n")
            gate.signal(signal.SIGTERM)
            time.sleep(0.5)
            raw.sendall(b"whole\r\n.\r\n")
            assert lines.readline().startswith(b"250")
            assert lines.readline().startswith(b"421")
        assert gate.stop() == 0
        gate.start()  # what the keeper had no time for is taken up at the next start
        gate.wait_for_mails(1)
        gate.stop()


def test_a_full_disk_gives_452_and_loses_nothing(tmp_path: Path) -> None:
    settings = tmp_path / "gatepost.toml"
    settings.write_text(f'[deliver]\nmaildir = "{tmp_path}/Maildir"\n[store]\nreserve_bytes = {2**60}\n')
    with running_gate(tmp_path, "--workers", "1", "--config", str(settings)) as gate:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(gate)
        assert refused.value.smtp_code == 452
        settings.write_text(f'[deliver]\nmaildir = "{tmp_path}/Maildir"\n')
        gate.signal(signal.SIGHUP)
        wait_until(gate, "reloaded")
        send(gate)
        assert len(gate.wait_for_mails(1)) == 1


def test_a_folder_that_cannot_be_written_gives_451(tmp_path: Path) -> None:
    with running_gate(tmp_path, "--workers", "1") as gate:
        journal = gate.state / "journal"
        journal.rename(gate.state / "elsewhere")
        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(gate)
        assert refused.value.smtp_code == 451
        (gate.state / "elsewhere").rename(journal)
        send(gate)
        assert len(gate.wait_for_mails(1)) == 1


def test_a_maildir_that_cannot_be_written_keeps_the_mail_in_the_queue(tmp_path: Path) -> None:
    settings = tmp_path / "gatepost.toml"
    settings.write_text(f'[deliver]\nmaildir = "{tmp_path}/Maildir"\nretry_after_s = [1]\n')
    with running_gate(tmp_path, "--workers", "1", "--config", str(settings)) as gate:
        wait_until(gate, "books_open")
        time.sleep(0.2)
        gate.maildir.rename(tmp_path / "elsewhere")
        gate.maildir.write_text("in the way")
        send(gate)
        time.sleep(1)
        assert "gatepost_deliveries_queued 1.0" in gate.read_page("/metrics")
        gate.maildir.unlink()
        (tmp_path / "elsewhere").rename(gate.maildir)
        assert len(gate.wait_for_mails(1)) == 1


def test_a_thousand_slow_connections_do_not_stop_a_fast_one(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    with running_gate(tmp_path, "--workers", "2") as gate:
        slow = [socket.create_connection(("127.0.0.1", gate.port), 20) for _ in range(1000)]
        for each in slow:
            each.sendall(b"EHLO slow.example\r\nMAIL FROM:<a@exam")
        started = time.monotonic()
        for _ in range(20):
            send(gate)
        assert time.monotonic() - started < 10
        assert len(gate.wait_for_mails(20)) == 20
        for each in slow:
            each.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_gate_takes_as_many_files_as_it_may(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 512), hard))
    try:
        with running_gate(tmp_path) as gate:
            allowed = [resource.prlimit(child, resource.RLIMIT_NOFILE)[0] for child in gate.children()]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert set(allowed) == {min(hard, MAX_FILES)}


def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        gate = GateProcess(tmp_path, ("--workers", "1"), port=taken.getsockname()[1])
        with pytest.raises(AssertionError, match="the gate did not start"):
            gate.start()
        assert gate.process is not None
        assert gate.process.wait() == 2
    assert "cannot be listened on (Address already in use)" in gate.log
    assert "Traceback" not in gate.log


def test_a_second_gate_on_the_same_state_is_refused(tmp_path: Path) -> None:
    with running_gate(tmp_path, "--workers", "1") as gate:
        (tmp_path / "second").mkdir()
        second = GateProcess(tmp_path / "second", ("--state", str(gate.state), "--workers", "1"))
        with pytest.raises(AssertionError, match="did not start"):
            second.start()
        assert "another gatepost process runs on" in second.log
        send(gate)
        gate.wait_for_mails(1)


def test_a_gate_starts_again_while_the_children_of_a_killed_one_still_finish(tmp_path: Path) -> None:
    gate = GateProcess(tmp_path, ("--workers", "1"))
    with gate.ending():
        gate.start()
        with socket.create_connection(("127.0.0.1", gate.port), 20) as raw:
            lines = raw.makefile("rb")
            lines.readline()
            for command in (
                b"HELO x\r\n",
                b"MAIL FROM:<a@example.com>\r\n",
                b"RCPT TO:<b@example.org>\r\n",
                b"DATA\r\n",
            ):
                raw.sendall(command)
                lines.readline()
            gate.signal(signal.SIGKILL)  # the supervisor alone
            assert gate.process is not None
            gate.process.wait()
            time.sleep(0.3)
            gate.start()
            send(gate)
            raw.sendall(b"Subject: of the old worker\r\n\r\nwhole\r\n.\r\n")
            assert lines.readline().startswith(b"250")
        gate.wait_for_mails(2)
        gate.stop()
