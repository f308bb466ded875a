"""`gatepost feeds`: which lists of known bad URLs are used, how fresh they are, and what stands in them.

Exit codes of `check`: 0 no list names it, 1 a list does. Of `update`: 0 all went well, 3 a list could not be updated.
"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from gatepost.cli.desk_access import give_to_owner
from gatepost.cli.feed_entry import append_feed, describe_feed
from gatepost.cli.options import ConfigOption, JsonOption, StateOption, state_flags
from gatepost.cli.output import make_cell, make_console, make_table, pick_language, print_json_lines, safe_text
from gatepost.cli.translation import translate
from gatepost.config.load import Configuration
from gatepost.config.settings import Settings
from gatepost.daemon.feeds import build_updater
from gatepost.feeds.files import FEEDS_FOLDER, FeedFiles
from gatepost.feeds.names import Name, NameKind, ReadUrl, read_entry
from gatepost.feeds.schedule import measure_age_s
from gatepost.feeds.settings import FeedSettings, FeedsSettings, Layout, Threat
from gatepost.feeds.shelf import FeedShelf, Listing, open_shelf
from gatepost.feeds.table import Table
from gatepost.feeds.trouble import FeedTrouble
from gatepost.feeds.update import Outcome, Result, show_source
from gatepost.model.errors import BadInput
from gatepost.net.clock import SystemClock
from gatepost.screen.tables import load_tables

EXIT_LISTED, EXIT_NOT_UPDATED = 1, 3
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
COLUMNS = ("list", "threat", "entries", "not taken", "fetched", "source", "trouble")

app = typer.Typer(
    help="Lists of known bad URLs, domains and files.", no_args_is_help=True, pretty_exceptions_enable=False
)


@app.command("list")
def list_feeds(config: ConfigOption = None, state: StateOption = None, *, as_json: JsonOption = False) -> None:
    """Show each list: how many entries, how fresh, what is wrong."""
    settings = _load(config, state)
    rows = [_describe_state(settings, name, feed) for name, feed in settings.feeds.lists.items()]
    if as_json:
        print_json_lines(rows)
        return
    if not rows:
        _print_line(
            "No list is set; `gatepost feeds add` helps with the first.",
            "尚未设置名单；请先用 `gatepost feeds add` 添加。",
        )
        return
    table = make_table("", COLUMNS)
    for row in rows:
        shown = {**row, "not taken": row["refused"], "fetched": _show_age(row["age_s"])}
        shown |= {name: translate(str(row[name])) for name in ("threat", "trouble")}
        table.add_row(*(make_cell(str(shown[column]), "red" if column == "trouble" else "") for column in COLUMNS))
    make_console().print(table)


def _describe_state(settings: Settings, name: str, feed: FeedSettings) -> dict[str, object]:
    files = FeedFiles(Path(settings.state) / FEEDS_FOLDER, name)
    known = files.load_state()
    trouble, entry_count, version, size_bytes = known.trouble, 0, "", 0
    try:
        table = Table.open(files.table)
        entry_count, version, size_bytes = table.info.entry_count, table.info.sha256, table.size_bytes
    except FeedTrouble as error:
        trouble = trouble or error.public
    return {
        "list": name,
        "threat": feed.threat.value,
        "entries": entry_count,
        "refused": known.shielded_count,
        "bad_lines": known.bad_count,
        "age_s": measure_age_s(known.good_at, SystemClock().now()),
        "size_bytes": size_bytes,
        "version": version,
        "source": feed.file or show_source(feed.url),
        "trouble": trouble,
    }


def _show_age(age_s: object) -> str:
    if not isinstance(age_s, float):
        return pick_language("never", "从未")
    for unit_s, letter, zh in ((DAY_S, "d", "天"), (HOUR_S, "h", "小时"), (MINUTE_S, "min", "分钟")):
        if age_s >= unit_s:
            return pick_language(f"{age_s / unit_s:.0f} {letter} ago", f"{age_s / unit_s:.0f} {zh}前")
    return pick_language("just now", "刚刚")


@app.command("update")
def update_feeds(
    names: Annotated[list[str] | None, typer.Argument(metavar="[LIST...]", help="Which; all when left out.")] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Read anew what is unchanged; take what has shrunk.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch lists now; a running gate takes them up within seconds."""
    settings = _load(config, state)
    chosen = {name: _find_feed(settings.feeds, name) for name in names or settings.feeds.lists}
    folder = Path(settings.state)
    if not folder.is_dir():
        raise BadInput(f"there is no state folder {folder}; name the gate's own with --state or --config")
    outcomes = asyncio.run(_update(settings, chosen, force=force))
    give_to_owner(folder)
    if as_json:
        print_json_lines({"list": one.name, "result": one.result.value, "says": one.says} for one in outcomes)
    else:
        for one in outcomes:
            is_bad = one.result is Result.FAILED
            says = one.says if is_bad else f"{one.name}: {one.result.value}, {one.entry_count} entries"
            make_console(to_error=is_bad).print(make_cell(translate(says)), soft_wrap=True)
    if any(one.result is Result.FAILED for one in outcomes):
        raise typer.Exit(EXIT_NOT_UPDATED)


async def _update(settings: Settings, chosen: dict[str, FeedSettings], *, force: bool) -> list[Outcome]:
    updater = build_updater(settings, load_tables(settings.screen.brands), SystemClock())
    return [await updater.update(name, feed, force=force) for name, feed in chosen.items()]


def _find_feed(settings: FeedsSettings, name: str) -> FeedSettings:
    if name not in settings.lists:
        known = ", ".join(settings.lists) or "none"
        raise BadInput(f"there is no list {name!r} in [feeds.lists]; known: {known}")
    return settings.lists[name]


@app.command("check")
def check_entries(
    things: Annotated[list[str], typer.Argument(metavar="URL...", help="URLs, domains, or SHA-256 of files.")],
    config: ConfigOption = None,
    state: StateOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Say whether any list names a URL, a domain or a file; nothing is fetched."""
    settings = _load(config, state)
    shelf = open_shelf(Path(settings.state), settings.feeds)
    found = [(thing, _look_up(thing, shelf)) for thing in things]
    if as_json:
        print_json_lines(_listing_to_dict(thing, listing) for thing, listing in found)
    else:
        for thing, listing in found:
            _tell_listing(safe_text(thing), listing)
    if any(listing for _, listing in found):
        raise typer.Exit(EXIT_LISTED)


def _look_up(thing: str, shelf: FeedShelf) -> Listing | None:
    match read_entry(thing.strip()):
        case ReadUrl() as url:
            return shelf.find_url(url) or shelf.find_host(url.host)
        case Name(kind=NameKind.FILE, text=sha256):
            return shelf.find_file(sha256)
        case Name(text=host):
            return shelf.find_host(host)
        case _:
            raise BadInput(f"{thing!r} is no URL, no domain and no SHA-256 of a file")


def _listing_to_dict(thing: str, listing: Listing | None) -> dict[str, object]:
    named = {"list": listing.feed, "threat": listing.threat.value, "entry": listing.name.text} if listing else {}
    return {"asked": thing, "is_listed": listing is not None, **named}


def _tell_listing(thing: str, listing: Listing | None) -> None:
    if listing is None:
        _print_line(f"{thing}: no list names it.", f"{thing}：不在任何名单中。")
        return
    threat_zh = "恶意软件" if listing.threat is Threat.MALWARE else "钓鱼"
    _print_line(
        f"{thing}: {listing.threat.value}, list {listing.feed}, by its entry {safe_text(listing.name.text)}",
        f"{thing}：{threat_zh}，名单 {listing.feed}，条目 {safe_text(listing.name.text)}",
    )


@app.command("add")
def add_feed(  # noqa: PLR0913 - one parameter for each flag
    name: Annotated[str, typer.Argument(metavar="LIST", help="A name of your choice.", show_default=False)],
    source: Annotated[str, typer.Argument(metavar="URL", help="https URL, or a file.", show_default=False)],
    *,
    threat: Annotated[Threat, typer.Option(help="What stands behind its entries.")] = Threat.PHISHING,
    layout: Annotated[Layout, typer.Option(help="How it is written.")] = Layout.LINES,
    column: Annotated[str, typer.Option(help="Column of CSV or key of JSON that holds the entries.")] = "url",
    config: ConfigOption = None,
) -> None:
    """Add a list to the settings file, or print what to put there; a reload or restart makes the gate use it."""
    text = describe_feed(name, source, threat, layout, column)
    if config is None:
        typer.echo(text, nl=False)
        return
    append_feed(config, name, text)
    _print_line(
        f"{config}: the list {safe_text(name)} is added; try it with `gatepost feeds update {safe_text(name)} "
        f"--config {config}`, then reload the gate.",
        f"{config}：已添加名单 {safe_text(name)}；可用 `gatepost feeds update {safe_text(name)} --config {config}` "
        "试取，然后重新加载网关。",
    )


def _load(config: Path | None, state: Path | None) -> Settings:
    return Configuration.load(config, state_flags(state)).settings


def _print_line(english: str, chinese: str) -> None:
    make_console().print(make_cell(pick_language(english, chinese)), soft_wrap=True)
