"""Which parts of a mail are opened, and which mails never are."""

import base64

import pytest

from doubles import FakeOpener
from gatepost.flow.open import carries_files, find_files, make_order, open_contents
from gatepost.message.parse import parse_message
from gatepost.model.contents import NO_CONTENTS

PLAIN = b"Subject: hello\r\n\r\nno file here\r\n"
WITH_FILE = (
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\ntext\r\n'
    b'--b\r\nContent-Type: application/zip; name="a.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n'
    b"--b--\r\n"
)


def test_a_mail_without_files_is_never_given_to_the_opener() -> None:
    opener = FakeOpener()
    assert not carries_files(parse_message(PLAIN))
    assert open_contents(parse_message(PLAIN), opener) is NO_CONTENTS
    assert opener.orders == []


def test_a_file_is_given_decoded_with_its_place_and_name() -> None:
    opener = FakeOpener()
    open_contents(parse_message(WITH_FILE), opener)
    (file,) = opener.orders[0].files
    assert (file.path, file.name, file.content, file.declared_type) == (
        "1.2", "a.zip", b"PK\x03\x04", "application/zip",
    )  # fmt: skip


def test_a_file_without_a_name_or_disposition_is_one_too() -> None:
    raw = b"Content-Type: application/octet-stream\r\n\r\nMZ"
    assert [file.content for file in find_files(parse_message(raw))] == [b"MZ"]


def test_the_parts_of_a_forwarded_mail_are_found() -> None:
    raw = b"Content-Type: message/rfc822\r\n\r\n" + WITH_FILE
    assert [file.name for file in find_files(parse_message(raw))] == ["a.zip"]


def test_without_an_opener_files_stay_closed() -> None:
    assert open_contents(parse_message(WITH_FILE), None) is NO_CONTENTS


def test_html_that_holds_a_picture_within_itself_is_opened() -> None:
    head = b"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    with_picture = parse_message(head + b"<img src=3D'da=\r\nta:image/png;base64,iVBORw0KGgo=3D'>")
    assert [(file.path, file.declared_type) for file in find_files(with_picture)] == [("1", "text/html")]
    assert not carries_files(parse_message(head + b"<img src=3D'https://a.example/a.png'>"))


@pytest.mark.parametrize(("page", "is_opened"), [(b"<SCRIPT>x()</script>", True), (b"<p>a script</p>", False)])
def test_html_that_runs_something_is_opened_for_some_programs_list_it_as_a_file(
    page: bytes, *, is_opened: bool
) -> None:
    head = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n"
    raw = head + b"--b\r\nContent-Type: text/html\r\n\r\n" + page + b"\r\n--b--\r\n"
    assert carries_files(parse_message(raw)) is is_opened


HIDDEN = (
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\ntext\r\n--b--\r\n'
    b'--b\r\nContent-Type: application/zip; name="a.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n'
    b"--b--\r\n"
)


def test_a_file_that_only_another_reading_has_is_opened_under_a_marked_path() -> None:
    message = parse_message(HIDDEN)
    assert carries_files(message)
    assert [(file.path, file.name, file.content) for file in find_files(message)] == [("~1", "a.zip", b"PK\x03\x04")]


def test_a_file_that_every_reading_has_is_opened_once() -> None:
    message = parse_message(WITH_FILE + HIDDEN.partition(b"--b--\r\n")[2])
    assert [file.path for file in find_files(message)] == ["1.2"]


def say_password(content: bytes) -> bytes:
    return WITH_FILE.replace(b"text", b"The password is Ladder-88.").replace(b"UEsDBA==", base64.b64encode(content))


def test_the_password_in_a_mail_goes_with_the_order() -> None:
    opener = FakeOpener()
    open_contents(parse_message(say_password(b"PK\x03\x04")), opener)
    assert opener.orders[0].passwords[0] == "Ladder-88"


def test_for_a_picture_no_password_is_sought() -> None:
    assert make_order(parse_message(say_password(b"\x89PNG\r\n\x1a\n"))).passwords == ()


@pytest.mark.parametrize(("client_ip", "network"), [("192.0.2.7", "192.0.2.7"), ("2001:db8::7", "2001:db8::/64")])
def test_the_order_says_for_whose_network_it_is(client_ip: str, network: str) -> None:
    opener = FakeOpener()
    open_contents(parse_message(WITH_FILE), opener, client_ip=client_ip)
    assert opener.orders[0].network == network
