"""Which coded things in a page are files: those that it decodes itself, or that look like files."""

import base64
import io
import zipfile

from gatepost.message.attachments.web.codings import MAX_RUNS
from gatepost.message.attachments.web.hidden import MAX_HIDDEN, MAX_LAYERS, find_hidden
from gatepost.model.file_kinds import FileKind


def code(content: bytes) -> str:
    return base64.b64encode(content).decode()


def build_archive(text: bytes = b"inner " * 30) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", text)
    return packed.getvalue()


def test_a_file_is_found_whether_it_is_decoded_there_or_not() -> None:
    archive = build_archive()
    for text in (f"atob('{code(archive)}')", f"<p id=x>{code(archive)}</p>"):
        assert [hidden.content for hidden in find_hidden(text)] == [archive]


def test_text_counts_only_where_the_page_decodes_it() -> None:
    text = code(b"This is a longer text that nobody would call a file. " * 5)
    assert [hidden.how for hidden in find_hidden(f"atob('{text}')")] == ["atob"]
    assert [hidden.how for hidden in find_hidden(f"var d = '{text}'; atob(d)")] == ["atob"]
    assert list(find_hidden(f"'{text}'")) == []


def test_codings_within_each_other_are_undone() -> None:
    archive = build_archive()
    coded = archive
    for _ in range(MAX_LAYERS):
        coded = code(coded).encode()
    found = list(find_hidden(coded.decode()))
    assert [hidden.content for hidden in found] == [archive]
    assert found[0].how == ", ".join(["base64"] * MAX_LAYERS)
    assert list(find_hidden(code(coded))) == []


def test_the_same_file_is_given_once_and_no_more_than_allowed() -> None:
    same = f"'{code(build_archive())}'"
    assert len(list(find_hidden(same * 3))) == 1
    many = " ".join(code(build_archive(b"%d " % number * 40)) for number in range(MAX_HIDDEN + 5))
    assert len(list(find_hidden(many))) == MAX_HIDDEN


def test_what_is_too_much_is_told() -> None:
    told: list[str] = []
    many = " ".join(code(build_archive(b"%d " % number * 40)) for number in range(MAX_HIDDEN + 1))
    assert len(list(find_hidden(many, lambda: told.append("rest"), lambda: told.append("plain")))) == MAX_HIDDEN
    assert told == ["rest"]


def test_pictures_and_texts_keep_no_other_file_out() -> None:
    told: list[str] = []
    picture = b"\x89PNG\r\n\x1a\n%d"
    many = "".join(f"'data:image/png;base64,{code(picture % number)}'" for number in range(MAX_HIDDEN + 1))
    found = list(
        find_hidden(f"{many} '{build_archive().hex()}'", lambda: told.append("rest"), lambda: told.append("plain"))
    )
    assert [hidden.kind for hidden in found] == [FileKind.PNG] * MAX_HIDDEN + [FileKind.ZIP]
    assert told == ["plain"]


def test_more_codings_than_are_read_are_told() -> None:
    told: list[str] = []
    assert list(find_hidden("'data:,x'" * (MAX_RUNS + 1), lambda: told.append("rest"))) == []
    assert told == ["rest"]


def test_a_token_is_no_file() -> None:
    for start in (b"", b"MZ", b"\x1f\x9d", b"BZh"):
        assert list(find_hidden("'" + code(start + bytes(range(7, 250))) + "'")) == []
