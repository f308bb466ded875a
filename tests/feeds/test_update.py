import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from doubles import FakeClock
from feed_server import FeedServer, answer, redirect, serving_feeds
from gatepost.feeds.build import Built, Job
from gatepost.feeds.files import FeedFiles, FeedState
from gatepost.feeds.guard import Guard
from gatepost.feeds.names import NameKind, read_url
from gatepost.feeds.settings import FeedSettings, Layout, Threat
from gatepost.feeds.shelf import FeedShelf
from gatepost.feeds.table import write_table
from gatepost.feeds.update import FeedUpdater, Outcome, Result, build_in_process, show_source

LIST = b"".join(b"https://evil.example/%d\n" % number for number in range(50))


@dataclass
class Bench:
    """A list on a server, and what keeps it here."""

    server: FeedServer
    updater: FeedUpdater
    clock: FakeClock
    state: Path

    async def update(self, *, force: bool = False, **wanted: Any) -> Outcome:
        values: dict[str, Any] = {"url": self.server.url("/list"), "allow_private": True, "deadline_s": 5}
        return await self.updater.update("a", FeedSettings(**(values | wanted)), force=force)

    def knows(self, url: str = "https://evil.example/7") -> bool:
        shelf = FeedShelf(self.state, {"a": Threat.PHISHING})
        assert shelf.refresh() == []
        read = read_url(url)
        assert read is not None
        return shelf.find_url(read) is not None

    def left_behind(self) -> set[str]:
        return {path.name for path in (self.state / "feeds").iterdir()}

    @property
    def known(self) -> FeedState:
        return FeedFiles(self.state / "feeds", "a").load_state()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with serving_feeds(tmp_path / "tls") as server:
        server.pages["/list"] = answer(LIST, ETag='"1"')
        clock, state = FakeClock(), tmp_path / "state"
        state.mkdir()
        guard = Guard(shared=frozenset({"shared.example"}))
        yield Bench(server, FeedUpdater(state, guard, server.build_fetcher(), clock), clock, state)


async def test_a_list_is_fetched_and_kept(bench: Bench) -> None:
    outcome = await bench.update()
    assert (outcome.result, outcome.entry_count) == (Result.UPDATED, 50)
    assert bench.knows()
    assert not bench.knows("https://evil.example/77")
    assert bench.left_behind() == {"a.table", "a.json", "a.lock", "salt"}
    assert (bench.known.good_at, bench.known.etag) == (bench.clock.now().isoformat(), '"1"')


async def test_an_unchanged_list_is_not_fetched_again(bench: Bench) -> None:
    await bench.update()
    bench.server.pages["/list"] = answer(b"", "304 Not Modified")
    bench.clock.advance(3600)
    assert (await bench.update()).result is Result.UNCHANGED
    assert 'If-None-Match: "1"' in bench.server.heads[-1]
    assert bench.known.good_at == bench.clock.now().isoformat()
    assert bench.knows()


async def test_without_an_etag_the_date_is_asked_with(bench: Bench) -> None:
    bench.server.pages["/list"] = answer(LIST, Last_Modified="Tue, 01 Jan 2030 00:00:00 GMT")
    await bench.update()
    await bench.update()
    assert "If-Modified-Since: Tue, 01 Jan 2030 00:00:00 GMT" in bench.server.heads[-1]


@pytest.mark.parametrize("change", [{"whole_hosts": True}, {"layout": Layout.CSV}])
async def test_a_list_that_is_read_otherwise_now_is_fetched_anew(bench: Bench, change: dict[str, Any]) -> None:
    await bench.update()
    await bench.update(**change)
    assert "If-None-Match" not in bench.server.heads[-1]


async def test_a_table_that_is_gone_is_made_anew(bench: Bench) -> None:
    await bench.update()
    (bench.state / "feeds" / "a.table").unlink()
    assert (await bench.update()).result is Result.UPDATED
    assert "If-None-Match" not in bench.server.heads[-1]
    assert bench.knows()


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (answer(b""), "is empty"),
        (answer(b"# empty\n"), "is empty"),
        (answer(b"<!doctype html><p>Sorry"), "page of HTML"),
        (answer(LIST, Content_Type="text/html"), "instead of a list"),
        (answer(LIST, "503 Busy"), "answered 503"),
        (answer(LIST[:200]), "has shrunk from 50 entries to 9"),
        (answer(b"\xff\xfe" * 40), "hold no URL"),
        (answer(b"a" * 60_000), "has a line of more than"),
        (answer(gzip.compress(LIST, mtime=0)[:-9], Content_Encoding="gzip"), "cut off"),
        (answer(gzip.compress(b"#\n" * 20_000_000, mtime=0)), "longer than"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + LIST, "no whole HTTP answer"),
        (redirect("file:///etc/passwd"), "only https"),
        (redirect("https://127.0.0.1/"), "may be connected to"),
        (answer(b"https://shared.example/\nshared.example"), "belong to many"),
    ],
)
async def test_whatever_comes_the_old_list_is_kept(bench: Bench, page: bytes, says: str) -> None:
    await bench.update()
    good_at = bench.known.good_at
    bench.server.pages["/list"] = page
    bench.clock.advance(3600)
    outcome = await bench.update(max_bytes=1_000_000)
    assert outcome.result is Result.FAILED
    assert says in outcome.says
    assert bench.knows()
    assert bench.left_behind() == {"a.table", "a.json", "a.lock", "salt"}
    assert (bench.known.failure_count, bench.known.trouble, bench.known.good_at) == (1, outcome.says, good_at)


async def test_after_a_failure_all_is_well_again(bench: Bench) -> None:
    bench.server.pages["/list"] = answer(b"")
    await bench.update()
    await bench.update()
    assert bench.known.failure_count == 2
    bench.server.pages["/list"] = answer(LIST)
    assert (await bench.update()).result is Result.UPDATED
    assert (bench.known.failure_count, bench.known.trouble) == (0, "")


async def test_a_list_that_has_shrunk_is_taken_when_a_person_says_so(bench: Bench) -> None:
    await bench.update()
    bench.server.pages["/list"] = answer(b"https://evil.example/1000\n")
    assert (await bench.update()).result is Result.FAILED
    assert (await bench.update(force=True)).result is Result.UPDATED
    assert bench.knows("https://evil.example/1000")
    assert not bench.knows()


async def test_no_gate_needs_the_network_for_what_it_has(bench: Bench) -> None:
    await bench.update()
    outcome = await bench.update(url="https://localhost:1/list")
    assert outcome.result is Result.FAILED
    assert "cannot be reached" in outcome.says
    assert bench.knows()


async def test_a_server_that_drips_is_given_up(bench: Bench) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.05)

    bench.server.pages["/list"] = drip
    assert "within 1 s" in (await bench.update(deadline_s=1)).says


async def test_a_checksum_that_does_not_fit_keeps_the_old_list(bench: Bench) -> None:
    digest = hashlib.sha256(LIST).hexdigest()
    bench.server.pages["/sha"] = answer(f"{digest}  list\n".encode())
    assert (await bench.update(checksum_url=bench.server.url("/sha"))).result is Result.UPDATED
    bench.server.pages["/list"] = answer(LIST + b"https://slipped.in.example/\n")  # changed after the checksum was made
    outcome = await bench.update(checksum_url=bench.server.url("/sha"))
    assert "does not fit its SHA-256" in outcome.says
    assert not bench.knows("https://slipped.in.example/")


async def test_a_checksum_that_cannot_be_fetched_keeps_the_old_list(bench: Bench) -> None:
    outcome = await bench.update(checksum_url=bench.server.url("/none"))
    assert (outcome.result, "404" in outcome.says) == (Result.FAILED, True)


async def test_a_token_is_sent_and_never_shown(bench: Bench) -> None:
    bench.server.pages["/s3cret/list"] = answer(b"")
    outcome = await bench.update(url=bench.server.url("/{token}/list"), token="s3cret", token_header="Auth-Key")
    assert "Auth-Key: s3cret" in bench.server.heads[-1]
    assert "s3cret" not in outcome.says + (bench.state / "feeds" / "a.json").read_text()


async def test_a_file_on_this_machine_is_a_list_too(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("own.example\nhttps://evil.example/7\n")
    assert (await bench.update(url="", file=str(path))).result is Result.UPDATED
    assert (await bench.update(url="", file=str(path))).result is Result.UNCHANGED
    path.write_text("https://evil.example/8\n")
    assert (await bench.update(url="", file=str(path))).result is Result.UPDATED
    assert bench.knows("https://evil.example/8")
    path.unlink()
    assert "cannot be read" in (await bench.update(url="", file=str(path))).says
    assert bench.knows("https://evil.example/8")


async def test_two_updates_at_once_do_not_meet(bench: Bench) -> None:
    outcomes = await asyncio.gather(bench.update(), bench.update())
    assert {one.result for one in outcomes} == {Result.UPDATED, Result.FAILED}
    assert "another process" in next(one.says for one in outcomes if one.result is Result.FAILED)
    assert bench.knows()


async def test_an_update_that_is_broken_off_leaves_the_old_list(bench: Bench) -> None:
    await bench.update()

    async def hang(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)

    bench.server.pages["/list"] = hang
    task = asyncio.ensure_future(bench.update())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.knows()
    assert bench.left_behind() == {"a.table", "a.json", "a.lock", "salt"}


async def test_what_a_crash_left_behind_does_no_harm(bench: Bench) -> None:
    await bench.update()
    for name in ("a.table.new", "a.fetched", "a.json.new", "salt.new"):
        (bench.state / "feeds" / name).write_bytes(b"half")
    assert bench.knows()
    assert (await bench.update()).result is Result.UPDATED
    assert bench.knows()


async def test_a_folder_that_takes_nothing_is_told(bench: Bench) -> None:
    (bench.state / "feeds").write_text("a file where the folder should be")
    assert "cannot be kept" in (await bench.update()).says


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h.example/a?auth-key=s3cret", "https://h.example/a"),
        ("https://me:s3cret@h.example/a#x", "https://h.example/a"),
    ],
)
def test_what_may_be_secret_in_a_url_is_not_shown(url: str, shown: str) -> None:
    assert show_source(url) == shown


async def test_a_table_that_somebody_else_writes_meanwhile_is_not_taken(bench: Bench) -> None:
    async def build_twice(job: Job) -> Built:
        built = await build_in_process(job)
        write_table(Path(job.target), job.info, {NameKind.PAGE: [1, 2, 3]})  # a process that outlived its keeper
        return built

    await bench.update()
    bench.updater = replace(bench.updater, build=build_twice)
    bench.server.pages["/list"] = answer(LIST + b"https://evil.example/77\n")
    assert "another process changed" in (await bench.update()).says
    assert bench.knows()
