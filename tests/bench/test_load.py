import itertools
import socketserver
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.load import LoadPlan, ReplyReader, send_load
from bench.mails import make_plain_mail, prepare_data

REPLIES = b"220 hello\r\n250-a\r\n250-b\r\n250 c\r\n354 go\r\n550 5.7.1 no\r\n"


@given(st.lists(st.integers(0, len(REPLIES)), max_size=6))
def test_replies_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    reader = ReplyReader()
    edges = [0, *sorted(cuts), len(REPLIES)]
    codes = [code for start, end in itertools.pairwise(edges) for code in reader.feed(REPLIES[start:end])]
    assert codes == [220, 250, 354, 550]


class _Script(socketserver.StreamRequestHandler):
    """Accepts mails with an even number, refuses those divisible by 5, defers the rest, and hangs up on number 9."""

    def handle(self) -> None:
        self.wfile.write(b"220-long\r\n220 hello\r\n")
        for line in self.rfile:
            if line == b"DATA\r\n":
                self.wfile.write(b"354 go\r\n")
                number = int(self.rfile.readline().split(b":")[1])
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                if number == 9:
                    return
                self.wfile.write(self._judge(number))
            else:
                self.wfile.write(b"221 bye\r\n" if line == b"QUIT\r\n" else b"250-x\r\n250 ok\r\n")

    def _judge(self, number: int) -> bytes:
        if number % 2 == 0:
            return b"250 kept\r\n"
        return b"550 no\r\n" if number % 5 == 0 else b"451 later\r\n"


@pytest.fixture
def port() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Script) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join()


def test_the_fate_of_every_mail_is_known(port: int) -> None:
    result = send_load(LoadPlan(port, [prepare_data(make_plain_mail(500))], count=20, connections=3))
    assert sorted(result.accepted) == list(range(0, 20, 2))
    assert (result.refused_count, result.lost_count) == (2, 1)  # 5 and 15; 9
    assert result.deferred_count == 20 - 10 - 2 - 1
    assert len(result.latencies_ms) == 19
    assert result.answered_per_s == pytest.approx(19 / result.elapsed_s)
