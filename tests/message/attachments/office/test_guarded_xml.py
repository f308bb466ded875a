"""XML that could do harm is not read."""

from xml.parsers.expat import ExpatError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.message.attachments.office import guarded_xml
from gatepost.message.attachments.office.guarded_xml import XmlRefusedError, get_local, read_xml

LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'

MANY_NAMES = b"".join(b"<a%d/>" % number for number in range(30_000)).join((b"<a>", b"</a>"))


def read(content: bytes) -> list[str]:
    seen: list[str] = []
    read_xml(
        content, lambda name, _attributes: seen.append(f"<{name}>"), seen.append, lambda name: seen.append(f"</{name}>")
    )
    return seen


def test_elements_and_text_come_in_order_without_prefixes() -> None:
    assert read(b"<w:a xmlns:w='x'><w:b>t</w:b></w:a>") == ["<a>", "<b>", "t", "</b>", "</a>"]


def test_all_charsets_of_xml_are_read() -> None:
    assert read("<a>ü</a>".encode("utf-16")) == ["<a>", "ü", "</a>"]


@pytest.mark.parametrize("charset", ["gb2312", "Shift_JIS", "utf-7", "iso-8859-1", "windows-1252"])
def test_charsets_that_office_knows_are_read(charset: str) -> None:
    text = f'<?xml version="1.0" encoding="{charset}"?><a>{"日本" if charset[0] in "gS" else "ok"}</a>'
    assert read(text.encode(charset))[1] in ("日本", "ok")


@pytest.mark.parametrize("content", [LAUGHS, OUTSIDE, MANY_NAMES], ids=["laughs", "outside", "names"])
def test_entities_and_endless_names_are_refused(content: bytes) -> None:
    with pytest.raises(XmlRefusedError):
        read(content)


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_xml, "MAX_BYTES", 3)
    with pytest.raises(XmlRefusedError):
        read(b"<a/>")


def test_a_doctype_without_entities_is_harmless() -> None:
    assert read(b"<!DOCTYPE a SYSTEM 'x.dtd'><a/>") == ["<a>", "</a>"]


def test_attributes_are_found_without_their_prefix() -> None:
    assert get_local({"r:id": "1", "w:name": "2"}, "name") == "2"
    assert get_local({}, "name") == ""


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        assert read(content)
    except (ExpatError, XmlRefusedError, ValueError, UnicodeDecodeError):
        return


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("ks_c_5601-1987", "euc-kr"),
        ("x-mac-japanese", "shift_jis"),
        ("windows-874", "cp874"),
        ("unicode", "utf-16"),
        ("ISO-10646-UCS-2", "utf-16-be"),
        ("utf-16", "utf-8"),
        ("utf-32", "utf-32"),
        ("windows-1252", "utf-16-le"),
    ],
)
def test_a_charset_is_read_by_its_other_names_and_by_how_the_text_begins(charset: str, codec: str) -> None:
    names: list[str] = []
    content = f"<?xml version='1.0' encoding='{charset}'?><a><b>x</b></a>".encode(codec)
    read_xml(content, lambda name, _attributes: names.append(name), lambda _text: None, lambda _name: None)
    assert names == ["a", "b"]
