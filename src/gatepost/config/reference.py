"""The annotated settings file: every setting with its meaning, bounds and default, as docs/gatepost.toml shows it."""

import textwrap
from collections.abc import Iterator

import msgspec

from gatepost.config.describe import ANY_TEXT, Section, Setting, describe_sections
from gatepost.config.settings import Settings
from gatepost.config.values import show_value

LINE_LENGTH = 100

_OPENING = """\
Settings of gatepost: every one there is, with its default. Written by `gatepost config reference`.
A setting takes effect when its line is uncommented; a file needs only the lines that differ.
Relative paths are meant from the file's own folder.
"""


def build_reference() -> str:
    """Give the whole file; as it stands it sets nothing."""
    lines = [f"# {line}" for line in _OPENING.splitlines()]
    for section in describe_sections(Settings):
        lines += ["", *_build_section(section)]
    return "\n".join(lines) + "\n"


def _build_section(section: Section) -> Iterator[str]:
    yield from _comment(section.says)
    if section.header:
        yield f"# {section.header}" if section.is_optional else section.header
    for setting in section.settings:
        yield ""
        yield from _build_setting(setting)


def _build_setting(setting: Setting) -> Iterator[str]:
    yield from _comment(setting.says)
    if setting.allowed != ANY_TEXT:
        yield from _comment(f"Allowed: {setting.allowed}.")
    value = "..." if setting.default is msgspec.NODEFAULT else show_value(setting.default)
    yield f"# {setting.path[-1]} = {value}"


def _comment(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield from (f"# {line}" for line in textwrap.wrap(" ".join(paragraph.split()), LINE_LENGTH))
