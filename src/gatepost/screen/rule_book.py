"""The YARA rules in use: those that come with gatepost and those of the operator's folder, compiled, with their words.

Trust: rules are the operator's. They may look at the bytes of a file and at nothing else: no includes, no module that
knows more than the content, no pattern that slows every scan down.
Fails: BadSettings that names the file and the line.
"""

import ctypes
import hashlib
import mmap
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yara_x

from gatepost.message.attachments.rules import GLOBALS, NO_RULES, RuleName, RuleSet
from gatepost.model.errors import BadSettings
from gatepost.model.finding import Severity
from gatepost.screen.settings import YaraSettings

TEXT_RULES = "texts"  # the one file of ours whose rules look at texts, too
SUFFIXES = (".yar", ".yara")
MAX_FILES = 2_000
MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_WORDS_CHARS = 300
VERSION_CHARS = 16
MODULES = frozenset({"console", "crx", "dex", "dotnet", "elf", "hash", "lnk", "macho", "math", "pe", "string", "zip"})

_NO_CODE = "this system lets no program make code (MemoryDenyWriteExecute in systemd, execmem in SELinux)"
_IMPORT = re.compile(r'^\s*import\s+"([^"]*)"', re.MULTILINE)
_SEVERITIES: Mapping[str, Severity] = {severity.name.lower(): severity for severity in Severity}


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule says of itself: its meta `description`, `description_zh`, `severity` and `reference`."""

    description: str = ""
    description_zh: str = ""
    severity: Severity = Severity.SUSPECT  # where a rule does not say
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules with their words; `text_rules` are for the texts of a mail: a part of ours, all of the operator's.

    A text without any of `text_words` matches none of them; where that is (), every text must be looked at.
    """

    rules: RuleSet = NO_RULES
    text_rules: RuleSet = NO_RULES
    text_words: tuple[bytes, ...] = ()
    words: Mapping[RuleName, RuleWords] = field(default_factory=lambda: MappingProxyType({}))
    version: str = ""  # tells one set of rules from another
    trouble: str = ""  # why there are no rules where there should be some

    def may_match(self, text: bytes) -> bool:
        """Say whether any rule for texts could match; for most texts none can, and that is known in a moment."""
        text = text.lower()
        return bool(self.text_rules) and (not self.text_words or any(word in text for word in self.text_words))

    def explain(self, name: RuleName) -> RuleWords:
        """Give the words of a rule; one that the book does not know counts as it would without words."""
        return self.words.get(name, RuleWords())


NO_RULE_BOOK = RuleBook()


def build_rule_book(settings: YaraSettings) -> RuleBook:
    """Compile all rules (about 40 ms for ours, once in a process; 0.1 s for a thousand more)."""
    if not settings.folder:
        return _build_shipped() if settings.shipped else NO_RULE_BOOK
    if not may_make_code():
        raise BadSettings(f"YARA rules cannot be used: {_NO_CODE}")
    return _build(_list_shipped() if settings.shipped else [], _list_folder(settings.folder))


@cache
def _build_shipped() -> RuleBook:
    if not may_make_code():
        return RuleBook(trouble=_NO_CODE)
    return _build(_list_shipped(), [])


def may_make_code() -> bool:
    """Say whether the system lets written memory become executable; yara-x, which needs that, would end in a panic."""
    with mmap.mmap(-1, mmap.PAGESIZE) as page:
        first = ctypes.c_char.from_buffer(page)
        address, readable_code = ctypes.c_void_p(ctypes.addressof(first)), mmap.PROT_READ | mmap.PROT_EXEC
        is_allowed: bool = ctypes.CDLL(None).mprotect(address, ctypes.c_size_t(mmap.PAGESIZE), readable_code) == 0
        del first
    return is_allowed


def _build(shipped: Iterable[Path], more: Iterable[Path]) -> RuleBook:
    more = list(more)
    rules = _compile([*shipped, *more])
    text_rules = _compile([*(path for path in shipped if path.stem == TEXT_RULES), *more])
    text_words = () if more else tuple(dict.fromkeys(_list_text_words(text_rules)))
    words = MappingProxyType(dict(_read_words(rules)))
    return RuleBook(RuleSet(rules), RuleSet(text_rules), text_words, words, _digest([*shipped, *more]))


def _digest(files: Iterable[Path]) -> str:
    """Name these rules by what stands in them and the files' names, wherever they lie."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(hashlib.sha256(path.name.encode() + path.read_bytes()).digest())
    return digest.hexdigest()[:VERSION_CHARS]


def _list_text_words(rules: yara_x.Rules) -> Iterator[bytes]:
    """Give the meta `words` of all rules."""
    for rule in rules:
        yield from str(dict(rule.metadata)["words"]).encode("ascii").split()


def _compile(files: Iterable[Path]) -> yara_x.Rules:
    compiler = yara_x.Compiler(includes_enabled=False, error_on_slow_pattern=True)
    for name in GLOBALS:
        compiler.define_global(name, "")
    for path in files:
        _add(compiler, path)
    return compiler.build()


def _list_shipped() -> list[Path]:
    return sorted(Path(str(resources.files("gatepost.screen") / "data" / "rules")).glob("*.yar"))


def _list_folder(folder: str) -> list[Path]:
    try:
        paths = sorted(path for path in Path(folder).iterdir() if path.suffix in SUFFIXES)
    except OSError as error:
        raise BadSettings(f"the folder of rules {folder} cannot be read ({error.strerror})") from error
    if len(paths) > MAX_FILES:
        raise BadSettings(f"the folder {folder} has {len(paths)} files of rules; at most {MAX_FILES} are read")
    return paths


def _add(compiler: yara_x.Compiler, path: Path) -> None:
    source = _read(path)
    for match in _IMPORT.finditer(source):
        if match[1] not in MODULES:
            line = source.count("\n", 0, match.start(1)) + 1
            raise BadSettings(
                f"{path}:{line}: rules may not import {match[1]!r}; they may {', '.join(sorted(MODULES))}"
            )
    compiler.new_namespace(path.stem)
    try:
        compiler.add_source(source, origin=str(path))
    except yara_x.CompileError as error:
        raise BadSettings(_explain(path, compiler.errors())) from error


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadSettings(f"{path} is larger than {MAX_FILE_BYTES // 1024 // 1024} MB")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadSettings(f"{path} cannot be read ({reason})") from error


def _explain(path: Path, errors: Iterable[Mapping[str, Any]]) -> str:
    """Tell the first mistake; the compiler's own text has several lines."""
    first = next(iter(errors), None)
    if first is None:
        return f"{path}: these rules cannot be compiled"
    more = next((label["text"] for label in first["labels"] if label["level"] == "error"), "")
    return f"{path}:{first['line']}: {first['title']}{f' ({more})' if more else ''}"


def _read_words(rules: yara_x.Rules) -> Iterator[tuple[RuleName, RuleWords]]:
    for rule in rules:
        meta = {name: value for name, value in rule.metadata if isinstance(value, str)}
        severity = meta.get("severity", Severity.SUSPECT.name).lower()
        if severity not in _SEVERITIES:
            known = ", ".join(_SEVERITIES)
            raise BadSettings(
                f"the YARA rule {rule.identifier} ({rule.namespace}): severity {severity!r} is none of {known}"
            )
        yield (
            RuleName(rule.namespace, rule.identifier),
            RuleWords(
                meta.get("description", "")[:MAX_WORDS_CHARS],
                meta.get("description_zh", "")[:MAX_WORDS_CHARS],
                _SEVERITIES[severity],
                meta.get("reference", "")[:MAX_WORDS_CHARS],
            ),
        )
