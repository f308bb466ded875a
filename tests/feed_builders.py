"""Tables of lists for tests that look things up."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from gatepost.feeds.build import Job, build
from gatepost.feeds.files import FeedFiles, load_salt, open_folder
from gatepost.feeds.guard import Guard
from gatepost.feeds.settings import Layout, Threat
from gatepost.feeds.shelf import FeedShelf
from gatepost.feeds.table import Table, TableInfo

REPLACED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def put_table(state: Path, name: str, text: str, guard: Guard | None = None, threat: Threat = Threat.PHISHING) -> None:
    """Make a table of some lines, and put it where the former one was."""
    files = FeedFiles(open_folder(state), name)
    files.fetched.write_text(text, "utf-8")
    salt = load_salt(files.folder).hex()
    job = Job(
        source=str(files.fetched),
        target=str(files.new_table),
        info=TableInfo(name=name, source="test", made_at="2030-01-01T00:00:00+00:00", salt=salt, threat=threat),
        layout=Layout.LINES,
        column="url",
        max_bytes=1_000_000,
        max_entries=100_000,
        whole_hosts=False,
        guard=guard or Guard(),
    )
    built = build(job)
    assert built.trouble == ""
    former = Table.open(files.table).info.sha256 if files.table.exists() else ""
    files.take_new_table(former, REPLACED_AT)
    files.clear_unfinished()


def fill_shelf(state: Path, texts: Mapping[tuple[str, Threat], str], guard: Guard | None = None) -> FeedShelf:
    """Give a shelf with a table for each text."""
    for (name, _), text in texts.items():
        put_table(state, name, text, guard)
    shelf = FeedShelf(state, dict(texts.keys()))
    assert shelf.refresh() == []
    return shelf
