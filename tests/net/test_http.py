import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from doubles import FakeResolver
from feed_server import FeedServer, answer, redirect, serving_feeds
from gatepost.model.errors import PeerGone, PeerProtocolError
from gatepost.model.ports import Fetched, FetchOrder
from gatepost.net.dialer import SystemDialer
from gatepost.net.http import MAX_REDIRECTS, HttpFetcher
from gatepost.net.settings import TlsSettings
from gatepost.net.tls_contexts import build_client_contexts


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FeedServer]:
    async with serving_feeds(tmp_path / "tls") as feeds:
        yield feeds


def order(url: str, **wanted: Any) -> FetchOrder:
    usual: dict[str, Any] = {
        "max_bytes": 10_000, "deadline_s": 5.0, "headers": {}, "secret_headers": {}, "allow_private": True
    }  # fmt: skip
    return FetchOrder(url=url, **(usual | wanted))


async def fetch(server: FeedServer, path: str, **wanted: Any) -> tuple[Fetched, bytes]:
    body = bytearray()
    fetched = await server.build_fetcher().fetch(order(server.url(path), **wanted), body.extend)
    return fetched, bytes(body)


async def test_a_file_comes_whole_with_what_its_next_fetch_needs(server: FeedServer) -> None:
    server.pages["/a?b=%20c"] = answer(b"one\ntwo\n", ETag='"7"', Last_Modified="Tue, 01 Jan 2030 00:00:00 GMT")
    fetched, body = await fetch(server, "/a?b=%20c#not-sent", headers={"If-None-Match": '"6"'})
    assert body == b"one\ntwo\n"
    assert fetched == Fetched(is_changed=True, etag='"7"', last_modified="Tue, 01 Jan 2030 00:00:00 GMT")
    assert 'If-None-Match: "6"\r\n' in server.heads[0]
    assert f"host: localhost:{server.port}\r\n" in server.heads[0].lower()


async def test_what_has_not_changed_is_told_without_a_body(server: FeedServer) -> None:
    server.pages["/a"] = answer(b"", "304 Not Modified", ETag='"7"')
    fetched, body = await fetch(server, "/a")
    assert (fetched.is_changed, body) == (False, b"")


async def test_pieces_of_any_length_are_put_together(server: FeedServer) -> None:
    async def in_chunks(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in (b"one\n", b"t", b"wo\n"):
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(0.01)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    server.pages["/a"] = in_chunks
    assert (await fetch(server, "/a"))[1] == b"one\ntwo\n"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_on_the_same_server_is_followed(server: FeedServer, status: str) -> None:
    server.pages |= {"/a": redirect("/b", status), "/b": answer(b"here")}
    assert (await fetch(server, "/a"))[1] == b"here"


async def test_a_secret_is_not_told_to_the_server_that_is_redirected_to(tmp_path: Path, server: FeedServer) -> None:
    async with serving_feeds(tmp_path / "tls") as other:  # the same authority, another port
        other.pages["/b"] = answer(b"here")
        server.pages["/a"] = redirect(other.url("/b"))
        await fetch(server, "/a", secret_headers={"Auth-Key": "s3cret"})
        assert "Auth-Key: s3cret" in server.heads[0]
        assert "s3cret" not in other.heads[0]


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost/a", "file:///etc/passwd", "ftp://localhost/a", "data:text/plain,a", "gopher://localhost/",
        "https://user:word@localhost/a", "https://", "", "//", "https://[::1", "javascript:1", "x" * 9_000,
    ],
)  # fmt: skip
async def test_a_redirect_to_anything_but_https_is_refused(server: FeedServer, location: str) -> None:
    server.pages["/a"] = redirect(location)
    with pytest.raises(PeerProtocolError):
        await fetch(server, "/a")
    assert len(server.heads) == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "169.254.169.254"]
)
async def test_a_redirect_to_an_address_inside_is_refused(server: FeedServer, host: str) -> None:
    server.pages |= {"/a": redirect(f"https://{host}:{server.port}/b"), "/b": answer(b"inside")}
    with pytest.raises(PeerGone, match="no address that may be connected to"):
        await fetch(server, "/a")
    assert len(server.heads) == 1


async def test_a_name_that_leads_inside_is_no_way_round(server: FeedServer) -> None:
    contexts = build_client_contexts(TlsSettings(trusted_ca=str(server.ca)))
    resolver = FakeResolver({("inside.example", "A"): ("127.0.0.1",), ("mixed.example", "A"): ("10.0.0.1", "::1")})
    dialer = SystemDialer(resolver, contexts)
    guarded = SystemDialer(resolver, contexts, lambda address: not address.startswith(("127.", "10.", "::1")))
    server.pages["/a"] = redirect(f"https://inside.example:{server.port}/b")
    with pytest.raises(PeerGone, match="no address that may be connected to"):
        await HttpFetcher(dialer, guarded).fetch(order(server.url("/a")), bytearray().extend)
    with pytest.raises(PeerGone, match="no address that may be connected to"):
        await HttpFetcher(dialer, guarded).fetch(order("https://mixed.example/", allow_private=False), print)


async def test_without_leave_not_even_the_first_address_may_be_inside(server: FeedServer) -> None:
    server.pages["/a"] = answer(b"inside")
    with pytest.raises(PeerGone):
        await fetch(server, "/a", allow_private=False)
    assert server.heads == []


async def test_redirects_in_a_circle_end(server: FeedServer) -> None:
    server.pages |= {"/a": redirect("/b"), "/b": redirect("/a")}
    with pytest.raises(PeerProtocolError, match="redirects more than"):
        await fetch(server, "/a")
    assert len(server.heads) == MAX_REDIRECTS + 1


async def test_http_is_spoken_only_with_leave(tmp_path: Path) -> None:
    async with serving_feeds(tmp_path / "tls", with_tls=False) as plain:
        plain.pages["/a"] = answer(b"in the clear")
        url = plain.url("/a").replace("https:", "http:")
        with pytest.raises(PeerProtocolError, match="only https"):
            await plain.build_fetcher().fetch(order(url), print)
        body = bytearray()
        await plain.build_fetcher().fetch(order(url, allow_http=True), body.extend)
        assert body == b"in the clear"


async def test_a_redirect_never_leads_from_https_to_http(server: FeedServer) -> None:
    server.pages["/a"] = redirect("http://localhost/")
    with pytest.raises(PeerProtocolError):
        await fetch(server, "/a", allow_http=True)


async def test_a_certificate_that_nobody_vouches_for_ends_it(server: FeedServer) -> None:
    contexts = build_client_contexts(TlsSettings())
    dialer = SystemDialer(FakeResolver(), contexts)
    with pytest.raises(PeerGone, match="certificate"):
        await HttpFetcher(dialer, dialer).fetch(order(server.url("/a")), print)


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (answer(b"<html>", Content_Type="text/html; charset=utf-8"), "instead of a list"),
        (answer(b"a", Content_Encoding="br"), "not asked for"),
        (answer(b"a", Content_Length="99999999"), "more than 10000"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"a\n" * 10, "how long"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut off", "no whole HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ncut", "no whole HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\naa", "no whole HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000, "no whole HTTP answer"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "no whole HTTP answer"),
        (b"", "no whole HTTP answer"),
    ],
)
async def test_an_answer_that_is_no_whole_list_is_refused(server: FeedServer, page: bytes, says: str) -> None:
    server.pages["/a"] = page
    with pytest.raises(PeerProtocolError, match=says):
        await fetch(server, "/a")


@pytest.mark.parametrize("status", ["404 Not Found", "429 Too Many Requests", "500 Oops", "206 Partial", "204 No"])
async def test_any_other_status_is_told(server: FeedServer, status: str) -> None:
    server.pages["/a"] = answer(b"", status)
    with pytest.raises(PeerGone, match=status[:3]):
        await fetch(server, "/a")


async def test_more_bytes_than_allowed_end_it_however_they_come(server: FeedServer) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + b"a" * 4096 + b"\r\n")
            await writer.drain()

    server.pages["/a"] = endless
    body = bytearray()
    with pytest.raises(PeerProtocolError, match="more than 10000"):
        await server.build_fetcher().fetch(order(server.url("/a")), body.extend)
    assert len(body) <= 10_000


async def test_a_server_that_drips_is_given_up_at_the_deadline(server: FeedServer) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.02)

    server.pages["/a"] = drip
    with pytest.raises(PeerGone, match=r"within 0\.3 s"):
        await fetch(server, "/a", deadline_s=0.3)


async def test_a_server_that_says_nothing_is_given_up(server: FeedServer) -> None:
    async def silence(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2)

    server.pages["/a"] = silence
    with pytest.raises(PeerGone, match="within"):
        await fetch(server, "/a", deadline_s=0.3)


@pytest.mark.parametrize("etag", ['"a' + "b" * 600 + '"', '"ä"', '"a\tb"'])
async def test_a_field_that_could_do_harm_is_forgotten(server: FeedServer, etag: str) -> None:
    server.pages["/a"] = answer(b"x").replace(b"\r\n\r\n", b"\r\nETag: " + etag.encode() + b"\r\n\r\n")
    assert (await fetch(server, "/a"))[0].etag == ""
