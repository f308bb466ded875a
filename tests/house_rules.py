"""The rules of the house that no linter knows: each tells what breaks it, a line for each place."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 500
MIN_CASES = 3  # of each kind: mails on which a check must speak, and mails on which it must be silent

_RFC = re.compile(r"\bRFC (\d{3,5})\b")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_LOCKED = re.compile(r"^[a-z0-9][\w.-]*==\S+")
_SPEAKERS = {  # what tells a reader of mail something, and the order of its arguments
    "Finding": ("code", "severity", "says", "says_zh"),
    "Decision": ("recipient", "action", "rule", "says", "says_zh"),
    "seen": (),  # by keyword only
}
_REFERENCE = re.compile(r"(?<![\w/.-])((?:src|tests|docs|packaging|scripts|bench)/[\w./-]*\w(?![\w<]))(::(test_\w+))?")
_RFC_COLUMNS = ("number", "status", "where", "title")
_RFC_STATES = ("yes", "partial", "planned", "no")


def find_untested_files(source: Path, tests: Path, tested_elsewhere: Mapping[str, str]) -> Iterator[str]:
    """Each file that does something has tests/<same folders>/test_<same name>, or stands in the list of exceptions."""
    for path in _python_files(source):
        place = path.relative_to(source)
        if "migrations" in place.parts or not _does_something(_parse(path)):
            continue
        own = place.with_name(f"test_{place.stem.strip('_')}.py")
        test = tested_elsewhere.get(str(place), str(own))
        if not (tests / own).exists() and not (tests / test).exists():
            yield f"{place}: there is no {test}"


def _does_something(tree: ast.Module) -> bool:
    """Say whether any function has a body: protocols, enums and plain values do nothing that could go wrong."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(not all(_is_text_or_dots(line) for line in function.body) for function in functions)


def _is_text_or_dots(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def find_oversize(folder: Path) -> Iterator[str]:
    """No function over 60 lines, no file over 500."""
    for path in _python_files(folder):
        line_count = len(path.read_text("utf-8").splitlines())
        if line_count > MAX_FILE_LINES:
            yield f"{path}: {line_count} lines"
        for node in ast.walk(_parse(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    yield f"{path}:{node.lineno}: {node.name} has {length} lines"


def find_bad_checks(checks: Path, corpus: Path) -> Iterator[str]:
    """Each check has a docstring, `examine`, codes that start with its name, and cases of both kinds."""
    for path in _python_files(checks):
        name, tree = path.stem, _parse(path)
        if not ast.get_docstring(tree):
            yield f"{name}: says not what it looks for"
        if not any(isinstance(node, ast.FunctionDef) and node.name == "examine" for node in tree.body):
            yield f"{name}: has no examine"
        yield from (f"{name}: the code {code!r} starts otherwise" for code in _codes(tree) if _first_word(code) != name)
        yield from _missing_cases(corpus / name, name)


def _codes(tree: ast.Module) -> Iterator[str]:
    """Give the beginning of each code that is written out, also in a formatted string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Finding", "Kind"):
            values = [word.value for word in node.keywords if word.arg == "code"] + node.args[:1]
            for value in values:
                first = value.values[0] if isinstance(value, ast.JoinedStr) else value
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def _first_word(code: str) -> str:
    return code.partition(".")[0]


def _missing_cases(folder: Path, name: str) -> Iterator[str]:
    expectations = [path.read_text("utf-8") for path in folder.glob("*.expect") if path.with_suffix(".eml").exists()]
    speaking = sum(f"{name}." in text for text in expectations)
    silent = len(expectations) - speaking
    if min(speaking, silent) < MIN_CASES:
        yield f"{name}: {speaking} cases where it speaks and {silent} where it is silent, {MIN_CASES} of each are due"


def find_wrong_rfcs(source: Path, table: Path) -> Iterator[str]:
    """Each RFC that the code cites stands in the table, and the table is true about where."""
    cited: dict[str, set[str]] = {}
    for path in _python_files(source, and_init=True):
        for number in _RFC.findall(path.read_text("utf-8")):
            cited.setdefault(number, set()).add(str(path.relative_to(source)))
    rows = [line.split("\t") for line in table.read_text("utf-8").splitlines()[1:]]
    yield from (f"{table.name}: {row} has not four columns" for row in rows if len(row) != len(_RFC_COLUMNS))
    known = {row[0]: row for row in rows if len(row) == len(_RFC_COLUMNS)}
    yield from (f"RFC {number} is cited but unknown to {table.name}" for number in sorted(cited.keys() - known.keys()))
    for number, status, where, _ in known.values():
        if status not in _RFC_STATES:
            yield f"RFC {number}: {status!r} is none of {_RFC_STATES}"
        named = set(where.split()) - {"-"}
        if status in ("yes", "partial") and not named:
            yield f"RFC {number}: kept, but not said where"
        yield from (f"RFC {number}: {place} does not cite it" for place in sorted(named - cited.get(number, set())))


def find_english_only(source: Path) -> Iterator[str]:
    """What says something to the reader says it in Chinese, too."""
    for path in _python_files(source):
        for node in ast.walk(_parse(path)):
            if isinstance(node, ast.Call):
                says, says_zh = _sentences(node)
                if isinstance(says, ast.Constant | ast.JoinedStr) and not _is_chinese(says_zh):
                    yield f"{path.relative_to(source)}:{node.lineno}: says has no says_zh in Chinese"


def _sentences(call: ast.Call) -> tuple[ast.expr | None, ast.expr | None]:
    """Give the two sentences of a call that tells the reader something: by keyword or by place."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    places = dict(zip(_SPEAKERS.get(called, ()), call.args, strict=False))
    words = places | {word.arg: word.value for word in call.keywords if called in _SPEAKERS}
    return words.get("says"), words.get("says_zh")


def _is_chinese(value: ast.expr | None) -> bool:
    """Say whether a text is Chinese; a name or a call is believed."""
    if not isinstance(value, ast.Constant | ast.JoinedStr):
        return value is not None
    return bool(_CHINESE.search(ast.unparse(value)))


def find_undocumented(info: msgspec.inspect.Type, place: str = "settings") -> Iterator[str]:
    """Each field of the settings, however deep, tells in a sentence what it is for."""
    match info:
        case msgspec.inspect.StructType(fields=fields):
            for field in fields:
                yield from _undocumented_field(field, f"{place}.{field.encode_name}")
        case msgspec.inspect.CollectionType(item_type=item):
            yield from find_undocumented(item, f"{place}[]")
        case msgspec.inspect.DictType(value_type=value):
            yield from find_undocumented(value, f"{place}{{}}")
        case msgspec.inspect.UnionType(types=types):
            for one in types:
                yield from find_undocumented(one, place)
        case msgspec.inspect.Metadata(type=inner):
            yield from find_undocumented(inner, place)
        case _:
            pass  # a plain value: its description stands at the field


def _undocumented_field(field: msgspec.inspect.Field, place: str) -> Iterator[str]:
    schema = field.type.extra_json_schema if isinstance(field.type, msgspec.inspect.Metadata) else None
    if not isinstance(field.type, msgspec.inspect.StructType) and not (schema or {}).get("description"):
        yield f"{place}: no description"
    yield from find_undocumented(field.type, place)


def find_dead_references(document: Path, root: Path) -> Iterator[str]:
    """A file, or a test in a file (`tests/a/test_b.py::test_c`), that a document names is there."""
    for number, line in enumerate(document.read_text("utf-8").splitlines(), 1):
        for place, _, test in _REFERENCE.findall(line):
            path = root / place.rstrip(".")
            if not path.exists():
                yield f"{document.name}:{number}: there is no {place}"
            elif test and f"def {test}(" not in path.read_text("utf-8"):
                yield f"{document.name}:{number}: there is no {test} in {place}"


def find_loose_locks(lock: Path) -> Iterator[str]:
    """A lock file names no host, and everything in it has hashes."""
    text = lock.read_text("utf-8")
    yield from (f"{lock.name}: names a place: {line}" for line in text.splitlines() if "://" in line or " @ " in line)
    for entry in re.split(r"\n(?=\S)", text.strip()):
        if not _LOCKED.match(entry) or "--hash=sha256:" not in entry:
            yield f"{lock.name}: not pinned with a hash: {entry.splitlines()[0]}"


def find_private_paths(files: list[Path], forbidden: tuple[str, ...]) -> Iterator[str]:
    """No file tells where somebody's own copy lies."""
    places = re.compile("|".join(rf"(?<![\w.-]){re.escape(place)}(?![\w-])" for place in forbidden))
    for path in files:
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1):
            yield from (f"{path}:{number}: names {place}" for place in places.findall(line))


def _python_files(folder: Path, *, and_init: bool = False) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if and_init or path.name != "__init__.py")


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))
