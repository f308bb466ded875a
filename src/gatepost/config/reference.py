"""The annotated settings file: every setting with its meaning, bounds and default, as docs/gatepost.toml shows it."""

import textwrap
from collections.abc import Callable, Iterator

import msgspec

from gatepost.config.describe import ANY_TEXT, Section, Setting, describe_sections
from gatepost.config.settings import Settings
from gatepost.config.values import show_value

LINE_LENGTH = 100
Say = Callable[[str], str]  # gives a sentence in the language of the reader

_OPENING = """\
Settings of gatepost: every one there is, with its default. Written by `gatepost config reference`.
A setting takes effect when its line is uncommented; a file needs only the lines that differ.
Relative paths are meant from the file's own folder.
"""


def build_reference(say: Say = str) -> str:
    """Give the whole file; as it stands it sets nothing."""
    lines = [f"# {say(line)}" for line in _OPENING.splitlines()]
    for section in describe_sections(Settings):
        lines += ["", *_build_section(section, say)]
    return "\n".join(lines) + "\n"


def _build_section(section: Section, say: Say) -> Iterator[str]:
    yield from _comment(section.says, say)
    if section.header:
        yield f"# {section.header}" if section.is_optional else section.header
    for setting in section.settings:
        yield ""
        yield from _build_setting(setting, say)


def _build_setting(setting: Setting, say: Say) -> Iterator[str]:
    yield from _comment(setting.says, say)
    if setting.allowed != ANY_TEXT:
        yield from _comment(f"Allowed: {setting.allowed}.", say)
    value = "..." if setting.default is msgspec.NODEFAULT else show_value(setting.default)
    yield f"# {setting.path[-1]} = {value}"


def _comment(text: str, say: Say) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        said = say(" ".join(paragraph.split()))
        width = LINE_LENGTH if said.isascii() else LINE_LENGTH // 2  # signs of Chinese are two columns wide
        yield from (f"# {line}" for line in textwrap.wrap(said, width, break_on_hyphens=said.isascii()))
