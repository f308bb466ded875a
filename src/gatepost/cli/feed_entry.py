"""One more list in a settings file: its text, and the file with it, which is checked before it is replaced."""

import os
from pathlib import Path

from gatepost.config.load import Configuration
from gatepost.config.values import show_key, show_value
from gatepost.feeds.settings import FeedSettings, FeedsSettings, Layout, Threat
from gatepost.model.errors import BadInput, BadSettings


def describe_feed(name: str, source: str, threat: Threat, layout: Layout, column: str) -> str:
    """Give the table for the settings file; raise BadInput where it would be refused there."""
    url, file = (source, "") if "://" in source else ("", str(Path(source).absolute()))
    try:
        FeedsSettings(lists={name: FeedSettings(url=url, file=file, threat=threat, layout=layout, column=column)})
    except BadSettings as error:
        raise BadInput(f"{name}: the list's name or source is refused: {error.public}") from error
    values: dict[str, object] = {"url": url} if url else {"file": file}
    values["threat"] = threat.value
    if layout is not Layout.LINES:
        values |= {"layout": layout.value, "column": column}
    lines = [f"[feeds.lists.{show_key(name)}]", *(f"{key} = {show_value(value)}" for key, value in values.items())]
    return "\n".join((*lines, ""))


def append_feed(path: Path, name: str, text: str) -> None:
    """Put the table at the end of a settings file, if the whole is sound; the file is replaced whole or not at all."""
    if name in Configuration.load(path).settings.feeds.lists:
        raise BadInput(f"{path} has a list {name!r} already; change it there")
    former = path.read_text("utf-8")
    unfinished = path.with_name(f".{path.name}.new")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            unfinished.chmod(path.stat().st_mode & 0o777)
            os.chown(unfinished, path.stat().st_uid, path.stat().st_gid)
            file.write(former + ("\n" if former.endswith("\n") or not former else "\n\n") + text)
            file.flush()
            os.fsync(file.fileno())
        Configuration.load(unfinished)
        unfinished.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be changed: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
