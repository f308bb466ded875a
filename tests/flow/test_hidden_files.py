"""No file that ambiguous MIME hides gets by: it is found, or the mail is held; by each trick, at several places.

Other parsers are asked for their opinion, too: whatever file one of them finds, we have opened.
"""

import email
import email.message
import io
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress

import fast_mail_parser
import pytest

from ambiguous_mails import HEAD, Payload, write_mails, write_names
from corpus_tools import build_tools
from gatepost.decide.policy import decide
from gatepost.flow.open import make_order
from gatepost.flow.readings import screen_readings
from gatepost.message.ambiguity.read import find_ambiguities, read_otherwise
from gatepost.message.attachments.opening import open_files
from gatepost.message.message import Message
from gatepost.message.parse import parse_message
from gatepost.model.envelope import Envelope
from gatepost.model.proof import UNPROVEN
from gatepost.model.verdict import Action, Verdict
from gatepost.screen.case import Case

EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))
PROGRAM = b"MZ" + b"\0" * 58 + b"\x80\0\0\0" + b"\0" * 64 + b"PE\0\0" + bytes(range(256))
NOTE = b"Two boards of oak, as wide as the last ones; sanded on both sides. 1234567890"


def zip_up(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eicar.com", content)
    return packed.getvalue()


def forward(raw: bytes) -> bytes:
    """Put a mail into another."""
    frame = b"--frame\r\n\r\nSee below.\r\n--frame\r\nContent-Type: message/rfc822\r\n\r\n" + raw + b"\r\n--frame--\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=frame\r\n\r\n" + frame


def place_deep(raw: bytes) -> bytes:
    """Put a mail's body two multiparts deeper, beside an honest page."""
    page = b"--outer\r\nContent-Type: text/html\r\n\r\n<p>Hi\r\n--outer\r\n"
    head = b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n"
    return HEAD + head + page + raw.removeprefix(HEAD) + b"\r\n--outer--\r\n"


def stay(raw: bytes) -> bytes:
    return raw


PLACES: tuple[Callable[[bytes], bytes], ...] = (stay, forward, place_deep)
PAYLOADS = {
    "eicar.com": Payload("eicar.com", "application/octet-stream", EICAR),
    "eicar.zip": Payload("eicar.zip", "application/zip", zip_up(EICAR)),
    "letter.bin": Payload("letter.bin", "application/octet-stream", PROGRAM),
}


def judge(raw: bytes) -> Verdict:
    kit, policy = build_tools()
    message, envelope = parse_message(raw), Envelope(None, (), "", "", protocol="")
    contents = open_files(make_order(message))  # here, not in the sandbox: these files are our own
    case = Case(message, envelope, UNPROVEN, frozenset(), contents=contents)
    return decide(screen_readings(case, kit), envelope, policy)


@pytest.mark.parametrize(
    ("name", "place", "step"),
    [
        ("eicar.com", stay, 1), ("eicar.zip", stay, 4), ("letter.bin", stay, 3),
        ("eicar.com", forward, 7), ("eicar.zip", forward, 8), ("letter.bin", place_deep, 7),
    ],
)  # fmt: skip
def test_every_hidden_file_is_found_or_its_mail_is_held(name: str, place: Callable[[bytes], bytes], step: int) -> None:
    """With a step of 1 for all it takes a minute, and misses none either."""
    mails = list(write_mails(PAYLOADS[name]))
    assert len(mails) > 400
    held = (Action.QUARANTINE, Action.REJECT)
    assert [trick for trick, raw in mails[::step] if judge(place(raw)).action not in held] == []


def test_the_test_virus_is_found_itself_but_for_a_fragment() -> None:
    mails = list(write_mails(PAYLOADS["eicar.zip"]))
    partial = next(place for place, (trick, _) in enumerate(mails) if trick == "nested/partial")
    judged = [(trick, judge(raw).action) for trick, raw in mails[partial % 3 :: 3]]
    assert [trick for trick, action in judged if action is not Action.REJECT] == ["nested/partial"]


def test_every_name_that_makes_a_program_of_a_file_is_found() -> None:
    mails = list(write_names(NOTE))
    assert len(mails) > 180
    assert [trick for trick, raw in mails[::3] if judge(raw).action is not Action.QUARANTINE] == []


def test_the_same_tricks_with_a_harmless_note_hide_nothing() -> None:
    hiding = [
        trick
        for trick, raw in write_mails(Payload("note.txt", "text/x-note", NOTE))
        if any(one.hides for one in find_ambiguities(parse_message(raw)))
    ]
    assert hiding == ["nested/partial"]


def show_contents(message: Message) -> list[bytes]:
    """Give everything that we open or read, in all readings."""
    readings = (message, *read_otherwise(message))
    return [part.content for reading in readings for part in reading.walk() if not part.children]


def ask_standard_library(raw: bytes) -> Iterator[bytes]:
    with suppress(TypeError, ValueError, LookupError):  # it breaks on some damage
        for part in email.message_from_bytes(raw).walk():  # noqa: TID251 - another opinion is what is wanted
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and not part.is_multipart():
                yield content


def ask_fast_mail_parser(raw: bytes) -> Iterator[bytes]:
    try:
        mail = fast_mail_parser.parse_email(raw)
    except fast_mail_parser.ParseError:
        return
    for attachment in mail.attachments:
        yield bytes(attachment.content)


@pytest.mark.parametrize("ask", [ask_standard_library, ask_fast_mail_parser])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_whatever_file_another_parser_finds_is_opened(
    ask: Callable[[bytes], Iterator[bytes]], place: Callable[[bytes], bytes]
) -> None:
    payload, unseen = PAYLOADS["letter.bin"], []
    for trick, raw in write_mails(payload):
        mail = place(raw)
        message = parse_message(mail)
        ours = show_contents(message)
        found = [content for content in ask(mail) if payload.content in content]
        if found and not any(payload.content in one for one in ours):
            unseen.append(trick)
    assert unseen == []


DAMAGE = (
    b"\r", b"\n", b"\r\n", b" ", b"\t", b"\0", b'"', b"(", b")", b";", b":", b"=", b",", b"--", b"\\", b"*",
    b"\r\n ", b"\xff", b"--foo", b"--foo--", b"Content-Type: text/plain\r\n", b"?=", b"%41",
    b"Content-Transfer-Encoding: 7bit\r\n",
)  # fmt: skip


def damage(raw: bytes, dice: random.Random) -> bytes:
    """Put something into a mail, or take something out, at a few places behind its first headers."""
    for _ in range(dice.choice((1, 1, 2, 3))):
        place = dice.randrange(len(HEAD), len(raw))
        if dice.random() < 0.7:
            raw = raw[:place] + dice.choice(DAMAGE) + raw[place:]
        else:
            raw = raw[:place] + raw[place + dice.choice((1, 2, 5)) :]
    return raw


@pytest.mark.parametrize("seed", [2046, 2231])
def test_whatever_file_another_parser_finds_in_a_damaged_mail_is_opened(seed: int) -> None:
    dice = random.Random(seed)
    payload = PAYLOADS["letter.bin"]
    mails, unseen, found_count = list(write_mails(payload)), [], 0
    for _ in range(1_500):
        trick, whole = dice.choice(mails)
        raw = damage(whole, dice)
        found = [one for ask in (ask_standard_library, ask_fast_mail_parser) for one in ask(raw)]
        if any(payload.content in one for one in found):
            found_count += 1
            if not any(payload.content in one for one in show_contents(parse_message(raw))):
                unseen.append((trick, raw))
    assert unseen == []
    assert found_count > 200
