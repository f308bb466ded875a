import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.addresses import MAX_MAILBOXES, parse_mailboxes
from gatepost.message.pieces import Header
from gatepost.model.finding import Span


def read(value: bytes) -> list[tuple[str, str]]:
    return [(each.display_name, each.address) for each in parse_mailboxes(Header("from", value, Span(3, 9)))]


@pytest.mark.parametrize(
    ("value", "mailboxes"),
    [
        (b"", []),
        (b" , ;", []),
        (b"a@b.example", [("", "a@b.example")]),
        (b"<a@b.example>", [("", "a@b.example")]),
        (b"Jane Doe <jane@b.example>", [("Jane Doe", "jane@b.example")]),
        (b'"Doe, Jane" <jane@b.example>', [("Doe, Jane", "jane@b.example")]),
        (b'"a \\"b\\" c" <d@e>', [('a "b" c', "d@e")]),
        (b"a@b, c@d;e@f", [("", "a@b"), ("", "c@d"), ("", "e@f")]),
        (b"jane@b.example (Jane (J.) Doe)", [("Jane (J.) Doe", "jane@b.example")]),
        (b"Jane (x) <jane@b.example>", [("Jane", "jane@b.example")]),
        (b"jane (Jane Doe)", [("Jane Doe", "jane")]),
        (b"Group: a@b, X <c@d>;, e@f", [("", "a@b"), ("X", "c@d"), ("", "e@f")]),
        (b"undisclosed-recipients:;", []),
        (b"<@route.example,@b:c@d>", [("", "c@d")]),
        (b"a @ b . example", [("", "a@b.example")]),
        (b"a@b\r\n .example", [("", "a@b.example")]),
        (b'"quoted local"@b.example', [("", '"quoted local"@b.example')]),
        (b"=?utf-8?q?J=C3=A9?= =?utf-8?q?r=C3=B4me?= <j@b>", [("Jérôme", "j@b")]),
        (b'"=?utf-8?q?J=C3=A9?=" <j@b>', [("Jé", "j@b")]),  # encoded in quotes: against the rules, and decoded by all
        (b"=?utf-8?q?Doe,_J?= <j@b>", [("Doe, J", "j@b")]),
        (b"\xc4\xe3\xba\xc3 <j@b>", [("你好", "j@b")]),
        ("用户@例子.中国".encode(), [("", "用户@例子.中国")]),
        (b"ceo@bank.example <thief@evil.example>", [("ceo@bank.example", "thief@evil.example")]),
        (b'"ceo@bank.example" <thief@evil.example>', [("ceo@bank.example", "thief@evil.example")]),
        (b"<a@b> <c@d>", [("", "a@b"), ("", "c@d")]),
        (b"Doe, Jane <jane@b>", [("Doe, Jane", "jane@b")]),
        (b"Amazon, <a@b>", [("Amazon", "a@b")]),
        (b"Jane, a@b", [("Jane", ""), ("", "a@b")]),
        (b"a@b, Jane", [("", "a@b"), ("Jane", "")]),
        (b"Jane", [("Jane", "")]),
        (b'"a@b"', [("a@b", "")]),
        (b"<>", []),
        (b"Jane <>", [("Jane", "")]),
        (b"Jane <jane@b", [("Jane", "jane@b")]),
        (b'"Jane <jane@b>', [('"Jane', "jane@b")]),
        (b"(Jane <jane@b>", [("(Jane", "jane@b")]),
        (b"a@b@c", [("", "a@b@c")]),
    ],
)
def test_mailboxes_are_read_as_clients_show_them(value: bytes, mailboxes: list[tuple[str, str]]) -> None:
    assert read(value) == mailboxes


def test_a_mailbox_knows_the_place_of_its_header_and_its_domain() -> None:
    (mailbox,) = parse_mailboxes(Header("from", b"a@B.Example.", Span(3, 9)))
    assert (mailbox.span, mailbox.domain) == (Span(3, 9), "b.example")
    assert [each.domain for each in parse_mailboxes(Header("to", b"Jane", Span(0, 0)))] == [""]


def test_no_more_mailboxes_are_read_than_the_limit() -> None:
    assert len(read(b"a@b," * (MAX_MAILBOXES + 10))) == MAX_MAILBOXES


@given(st.text(alphabet='ab@.,;:<>()"\\ =?\n', max_size=60) | st.text(max_size=40))
def test_any_value_gives_mailboxes_without_line_ends(value: str) -> None:
    for name, address in read(value.encode("utf-8", "replace")):
        assert "\n" not in name
        assert "\n" not in address
        assert name or address


@given(st.text(alphabet='""Jo <>@.,;:()=[]\\é\t', max_size=16))
def test_the_usual_forms_are_read_as_the_long_way_reads_them(text: str) -> None:
    value = text.strip().encode()
    with_empty_comment = value + b" ()"  # no usual form any more, and nothing more is said
    if "\\" not in text and text.count('"') % 2 == text.count("(") == 0:
        assert read(value) == read(with_empty_comment)
