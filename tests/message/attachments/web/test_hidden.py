"""Which coded things in a page are files: those that it decodes itself, or that look like files."""

import base64
import io
import zipfile

from gatepost.message.attachments.web.hidden import MAX_HIDDEN, MAX_LAYERS, find_hidden


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


def test_a_token_is_no_file() -> None:
    for start in (b"", b"MZ", b"\x1f\x9d", b"BZh"):
        assert list(find_hidden("'" + code(start + bytes(range(7, 250))) + "'")) == []
