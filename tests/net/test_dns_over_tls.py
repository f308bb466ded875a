"""A name server over TLS that answers, lies, is silent, and never says farewell."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Coroutine

import dns.exception
import dns.message
import dns.query
import pytest
import uvloop

from gatepost.net.clock import SystemClock
from gatepost.net.dns_over_tls import TlsNameServer
from gatepost.net.local_ca import CertificatePaths, ensure_local_certificate
from gatepost.net.name_servers import parse_server

Serve = Callable[[ssl.SSLSocket], None]
Run = Callable[[Coroutine[None, None, None]], None]
QUESTION = dns.message.make_query("a.example", "A")
PATIENCE_S = 5.0  # asyncio's own is 30 s


class Host:
    """A server in a thread of its own for one connection, without the manners of an event loop."""

    def __init__(self, certificates: CertificatePaths, serve: Serve) -> None:
        self._certificates = certificates
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.ended = threading.Event()  # the other side closed the connection, and soon
        self._thread = threading.Thread(target=self._serve_one)
        self._thread.start()

    def ask_as(self, name: str = "ns.example") -> TlsNameServer:
        """Give what asks it."""
        port = self._listener.getsockname()[1]
        found = parse_server(f"tls://127.0.0.1:{port}#{name}", str(self._certificates.ca))
        assert isinstance(found, TlsNameServer)
        return found

    async def close(self) -> None:
        """End."""
        await asyncio.to_thread(self._thread.join)
        self._listener.close()

    def _serve_one(self) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._certificates.certificate, self._certificates.key)
        self._listener.settimeout(PATIENCE_S)
        plain, _ = self._listener.accept()
        plain.settimeout(PATIENCE_S)
        with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as connection:
            self._serve(connection)
            self._wait_for_end(connection)

    def _wait_for_end(self, connection: ssl.SSLSocket) -> None:
        """Read below TLS, so that no farewell is answered."""
        try:
            while socket.socket.recv(connection, 65536):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            return
        self.ended.set()


def read_question(connection: ssl.SSLSocket) -> bytes:
    data = b""
    while len(data) < 2 or len(data) < 2 + int.from_bytes(data[:2], "big"):
        data += connection.recv(65536)
    return data[2:]


def write_answer(wire: bytes) -> bytes:
    reply = dns.message.make_response(dns.message.from_wire(wire))
    reply.answer.append(dns.rrset.from_text("a.example.", 300, "IN", "A", "192.0.2.1"))
    return reply.to_wire(prepend_length=True)


def answer(connection: ssl.SSLSocket) -> None:
    connection.sendall(write_answer(read_question(connection)))


def answer_a_byte_at_a_time(connection: ssl.SSLSocket) -> None:
    for each in write_answer(read_question(connection)):
        connection.sendall(bytes([each]))


def say_nothing(connection: ssl.SSLSocket) -> None:
    read_question(connection)


def say(*pieces: bytes) -> Serve:
    """Give what answers with the id of the question before the second piece, and leaves."""

    def serve(connection: ssl.SSLSocket) -> None:
        wire = read_question(connection)
        connection.sendall(wire[:2].join(pieces))
        connection.shutdown(socket.SHUT_RDWR)

    return serve


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> CertificatePaths:
    return ensure_local_certificate(tmp_path_factory.mktemp("tls"), "ns.example", SystemClock())


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    def run_to_the_end(story: Coroutine[None, None, None]) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(story)

    return run_to_the_end


@contextlib.asynccontextmanager
async def serving(certificates: CertificatePaths, serve: Serve) -> AsyncIterator[Host]:
    host = Host(certificates, serve)
    try:
        yield host
    finally:
        await host.close()


async def see_end(host: Host) -> bool:
    """Say whether the connection is closed while the event loop still runs."""
    return await asyncio.to_thread(host.ended.wait, PATIENCE_S)


@pytest.mark.parametrize("serve", [answer, answer_a_byte_at_a_time])
def test_a_connection_ends_with_its_answer_whether_the_server_says_farewell_or_not(
    certificates: CertificatePaths, run: Run, serve: Serve
) -> None:
    async def story() -> None:
        async with serving(certificates, serve) as host:
            told = await host.ask_as().async_query(QUESTION, 5)
            assert [record.to_text() for record in told.answer[0]] == ["192.0.2.1"]
            assert await see_end(host)

    run(story())


def test_a_server_that_says_nothing_is_left_in_time_and_for_good(certificates: CertificatePaths, run: Run) -> None:
    async def story() -> None:
        async with serving(certificates, say_nothing) as host:
            with pytest.raises(dns.exception.Timeout):
                await host.ask_as().async_query(QUESTION, 0.3)
            assert await see_end(host)

    run(story())


def test_a_question_that_nobody_waits_for_any_more_leaves_no_connection(
    certificates: CertificatePaths, run: Run
) -> None:
    async def story() -> None:
        async with serving(certificates, say_nothing) as host:
            asking = asyncio.ensure_future(host.ask_as().async_query(QUESTION, 5))
            await asyncio.sleep(0.3)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert await see_end(host)

    run(story())


@pytest.mark.parametrize("name", ["other.example", "192.0.2.53"])
def test_a_server_with_a_certificate_for_another_name_hears_no_question(
    certificates: CertificatePaths, run: Run, name: str
) -> None:
    heard: list[bytes] = []

    async def story() -> None:
        async with serving(certificates, lambda connection: heard.append(read_question(connection))) as host:
            with pytest.raises(OSError, match=f"certificate that cannot be trusted for {name}"):
                await host.ask_as(name).async_query(QUESTION, 5)

    run(story())
    assert not heard


@pytest.mark.parametrize("pieces", [(b"",), (b"\0",), (b"\0\x20",), (b"\0\x20", b"\x81\x80\0\1\0\1")])
def test_a_server_that_leaves_before_its_answer_is_whole_has_not_answered(
    certificates: CertificatePaths, run: Run, pieces: tuple[bytes, ...]
) -> None:
    async def story() -> None:
        async with serving(certificates, say(*pieces)) as host:
            with pytest.raises(OSError, match=r"^127\.0\.0\.1:[0-9]+ "):
                await host.ask_as().async_query(QUESTION, 5)

    run(story())


def test_what_answers_another_question_is_no_answer(certificates: CertificatePaths, run: Run) -> None:
    other = dns.message.make_response(dns.message.make_query("other.example", "A")).to_wire(prepend_length=True)

    async def story() -> None:
        async with serving(certificates, say(other[:2], other[4:])) as host:
            with pytest.raises(dns.query.BadResponse):
                await host.ask_as().async_query(QUESTION, 5)

    run(story())


@pytest.mark.parametrize("junk", [b"\0\0", b"\0\3abc", b"\0\x0c" + b"\xff" * 12])
def test_junk_is_no_answer(certificates: CertificatePaths, run: Run, junk: bytes) -> None:
    async def story() -> None:
        async with serving(certificates, say(junk)) as host:
            with pytest.raises(dns.exception.DNSException):
                await host.ask_as().async_query(QUESTION, 5)

    run(story())


def test_where_nobody_listens_nothing_came(certificates: CertificatePaths, run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    server = parse_server(f"tls://127.0.0.1:{port}", str(certificates.ca))

    async def story() -> None:
        with pytest.raises(OSError, match=r"refused|Connect call failed"):
            await server.async_query(QUESTION, 5)  # type: ignore[call-arg] # two of dnspython's arguments are enough

    run(story())
