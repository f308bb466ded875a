"""Reads the settings: one TOML file, then the flags of the command, then what this machine says by itself.

Trust: file and flags come from the administrator; they are checked for mistakes, not for malice.
Fails: BadSettings with one sentence for each mistake, a line each, and never anything else.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import msgspec

from gatepost.config.check import Mistake, find_mistakes
from gatepost.config.lines import KeyPath, locate_keys
from gatepost.config.machine import derive_values
from gatepost.config.paths import anchor_paths
from gatepost.config.settings import Settings
from gatepost.config.values import name_setting
from gatepost.model.errors import BadSettings

MAX_FILE_BYTES = 2**20

DEFAULT_ORIGIN = "default"
MACHINE_ORIGIN = "this machine"

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Flag:
    """A setting that the command line or the environment gives: it overrides the file."""

    name: str  # "--smtp", or the name of an environment variable
    path: tuple[str, ...]
    value: object


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings in force and where each came from."""

    settings: Settings
    origins: Mapping[KeyPath, str]  # "gatepost.toml:12", "--smtp", "this machine"; what is not in here is a default
    file: Path | None
    flags: tuple[Flag, ...]

    def reload(self) -> Self:
        """Read the same file and the same flags again; raise BadSettings and change nothing when they are wrong."""
        return type(self).load(self.file, self.flags)

    @classmethod
    def load(cls, file: Path | None, flags: Iterable[Flag] = ()) -> Self:
        """Read the file, if there is one, and lay the flags over it; raise BadSettings with all mistakes."""
        flags = tuple(flags)
        text = "" if file is None else _read_text(file)
        data = _parse_toml(text, file)
        if file is not None:
            anchor_paths(data, file.absolute().parent)
        origins = {path: f"{file}:{line}" for path, line in locate_keys(text).items()}
        _lay_over(data, origins, flags)
        _refuse(find_mistakes(data, Settings), origins)
        derived = derive_values(msgspec.convert(data, Settings))
        _lay_over(data, origins, [Flag(MACHINE_ORIGIN, path, value) for path, value in derived])
        return cls(msgspec.convert(data, Settings), MappingProxyType(origins), file, flags)

    def origin_of(self, path: KeyPath) -> str:
        """Say where a setting's value came from."""
        return self.origins.get(path, DEFAULT_ORIGIN)

    def refuse(self, mistakes: Iterable[Mistake]) -> None:
        """Raise BadSettings with all mistakes, each with its place; do nothing when there are none."""
        _refuse(mistakes, self.origins)


def _read_text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadSettings(f"{file} cannot be read: {error.strerror}") from error
    if len(raw) > MAX_FILE_BYTES:
        raise BadSettings(f"{file} is longer than {MAX_FILE_BYTES} bytes: it is no settings file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadSettings(f"{file}:{line}: a settings file must be UTF-8, and this line is not") from error


def _parse_toml(text: str, file: Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else len(text.splitlines())
        reason = _TOML_PLACE.sub("", str(error))
        raise BadSettings(f"{file}:{line}: this is not TOML: {reason}") from error
    except RecursionError as error:
        raise BadSettings(f"{file}: lists or tables are nested too deeply") from error


def _lay_over(data: dict[str, Any], origins: dict[KeyPath, str], flags: Iterable[Flag]) -> None:
    for flag in flags:
        *tables, last = flag.path
        table = data
        for name in tables:
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                break  # the file says `deliver = 5`: that mistake is told, the flag cannot be laid over it
        else:
            table[last] = flag.value
            for path in [path for path in origins if path[: len(flag.path)] == flag.path]:
                del origins[path]
            origins[flag.path] = flag.name


def _refuse(mistakes: Iterable[Mistake], origins: Mapping[KeyPath, str]) -> None:
    told = [f"{_place_of(one.path, origins)}: {name_setting(one.path)} {one.says}" for one in mistakes]
    if told:
        raise BadSettings("\n".join(told))


def _place_of(path: KeyPath, places: Mapping[KeyPath, str]) -> str:
    """Give the place of a setting, of the table it would stand in, or of something in the table that it is."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return next((place for inner, place in places.items() if inner[: len(path)] == path), DEFAULT_ORIGIN)
