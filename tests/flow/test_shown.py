"""What programs show as the mail itself is judged as the mail would be, and told of the file that it lies in."""

import base64
from dataclasses import replace

import pytest

from archive_builders import pack
from built_files.office import build_tnef, build_tnef_text
from corpus_tools import build_tools
from gatepost.decide.policy import decide
from gatepost.flow.open import make_order
from gatepost.flow.readings import screen_readings
from gatepost.flow.shown import LEAST_BYTES, MAX_FIELDS, MAX_HIDDEN_APART, count_shown_bytes, list_shown
from gatepost.message.ambiguity.read import read_otherwise
from gatepost.message.attachments.desk import UNSEEN
from gatepost.message.attachments.opening import make_desk
from gatepost.message.parse import parse_message
from gatepost.model.contents import Contents
from gatepost.model.envelope import Envelope
from gatepost.model.finding import Evidence, Finding, Severity
from gatepost.model.ports import Keep
from gatepost.model.proof import UNPROVEN
from gatepost.model.verdict import Action, Verdict
from gatepost.screen.case import Case
from message.attachments.office.test_bodies import pack_rtf
from message.attachments.openers.test_openpgp import armour, pack_raw, write_endless, write_literal, write_new
from signed_mails import sign_as_one_piece, wrap

EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))
HEAD = (
    b"From: Ann <ann@woodwork.example>\r\nTo: bo@mill-street.example\r\nDate: Tue, 14 Oct 2025 08:00:00 +0200\r\n"
    b"Message-ID: <1@woodwork.example>\r\nMIME-Version: 1.0\r\n"
)
HONEST = (
    HEAD
    + b"Subject: Oak\r\nContent-Type: text/plain\r\n\r\nHello Bo,\r\n\r\nthe two boards of oak are ready. Shall I bring"
    b" them on Thursday?\r\n\r\nAnn\r\n"
)
LURE = (
    HEAD
    + b"Subject: Your account\r\nContent-Type: text/html\r\n\r\n<html><body><p>Dear customer,<p>your PayPal account"
    b' has been suspended. <a href="http://192.0.2.7/login">https://www.paypal.com/</a><form action="http://192.0.2.7/x">'
    b'<input type="password" name="password"></form></body></html>\r\n'
)
MIXED = HEAD + b"Subject: Oak\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"


def open_case(raw: bytes) -> Case:
    """Open what the mail carries here, as a child of the sandbox would."""
    message = parse_message(raw)
    order = make_order(message)
    desk = make_desk(order.passwords, Keep.NOTHING)
    desk.read_otherwise = read_otherwise
    files = tuple(desk.open(each.path, each.name, each.content, each.declared_type) for each in order.files)
    return Case(message, Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset(), contents=Contents(files))


def judge(raw: bytes) -> Verdict:
    kit, policy = build_tools()
    case = open_case(raw)
    return decide(screen_readings(case, kit), case.envelope, policy)


def find_grave(verdict: Verdict) -> dict[str, Finding]:
    return {one.code: one for one in verdict.screening.findings if one.severity >= Severity.SUSPECT}


def beside(raw: bytes, winmail: bytes) -> bytes:
    """Put a text beside winmail.dat."""
    return MIXED + b"--b\r\n\r\n" + raw.partition(b"\r\n\r\n")[2] + attach("winmail.dat", winmail) + b"--b--\r\n"


def attach(name: str, content: bytes) -> bytes:
    head = (
        b"--b\r\nContent-Type: application/octet-stream; name=%b\r\nContent-Disposition: attachment\r\n" % name.encode()
    )
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n")


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_lure_that_is_signed_gets_the_same_verdict_as_one_that_is_not(times: int) -> None:
    plain, signed = judge(LURE), judge(sign_as_one_piece(LURE, times))
    assert plain.action is signed.action is Action.QUARANTINE
    assert find_grave(signed).keys() == find_grave(plain).keys()
    assert signed.screening.score == pytest.approx(plain.screening.score, abs=0.05)


@pytest.mark.parametrize("text", [LURE.replace(HEAD, b""), b"\r\n" + LURE.partition(b"\r\n\r\n")[2]])
def test_a_lure_that_is_signed_with_openpgp_and_called_encrypted_counts_as_that_of_the_mail(text: bytes) -> None:
    message = armour(write_endless(8, pack_raw(write_new(11, write_literal(text)))))
    version = b"--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
    part = b"--b\r\nContent-Type: application/octet-stream; name=encrypted.asc\r\n\r\n"
    verdict = judge(MIXED.replace(b"mixed", b"encrypted") + version + part + message + b"\r\n--b--\r\n")
    assert "url_tricks.ip_host" in find_grave(verdict)
    assert verdict.screening.score > 0.5


@pytest.mark.parametrize("times", [1, 2, 3])
def test_an_honest_mail_that_is_signed_is_delivered(times: int) -> None:
    plain, signed = judge(HONEST), judge(sign_as_one_piece(HONEST, times))
    assert plain.action is signed.action is Action.DELIVER
    assert find_grave(signed) == {}


def test_what_is_seen_in_a_signed_mail_is_told_of_it() -> None:
    raw = sign_as_one_piece(LURE)
    found = find_grave(judge(raw))["link_mismatch.host"]
    place = parse_message(raw).root.body_span
    assert [(one.span, one.file) for one in found.evidence] == [(place, "1:1")]


def test_what_stands_in_the_headers_is_told_of_them() -> None:
    raw = sign_as_one_piece(LURE.replace(b"Ann <ann", b"PayPal <ann"))
    found = find_grave(judge(raw))["display_name_spoof.brand"]
    assert [(raw[one.span.start : one.span.end], one.file) for one in found.evidence if one.span] == [
        (b"From: PayPal <ann@woodwork.example>\r\n", "")
    ]


def test_a_file_of_a_signed_mail_is_told_by_its_own_path() -> None:
    raw = MIXED + b"--b\r\n\r\nHello\r\n" + attach("page.html", LURE.partition(b"\r\n\r\n")[2]) + b"--b--\r\n"
    plain, signed = judge(raw), judge(sign_as_one_piece(raw))
    assert [one.file for one in find_grave(plain)["html_form.password"].evidence] == ["1.2"]
    assert [one.file for one in find_grave(signed)["html_form.password"].evidence] == ["1:1.1"]
    assert plain.action is signed.action
    assert find_grave(plain).keys() <= find_grave(signed).keys()


def test_a_file_in_a_file_of_a_signed_mail_keeps_its_path() -> None:
    raw = MIXED + b"--b\r\n\r\nHello\r\n" + attach("a.zip", pack("zip", {"a.com": EICAR})) + b"--b--\r\n"
    found = find_grave(judge(sign_as_one_piece(raw)))["known_test_virus.eicar"]
    assert {one.file for one in found.evidence} == {"1:1.1.1"}


def test_a_signed_mail_beside_a_text_is_judged_without_it() -> None:
    text = b"--b\r\n\r\n" + HONEST.partition(b"\r\n\r\n")[2] * 20 + b"--b\r\n"
    raw = MIXED + text + wrap(LURE.replace(HEAD, b"")) + b"--b--\r\n"
    verdict = judge(raw)
    assert verdict.action is Action.QUARANTINE
    assert [one.file for one in find_grave(verdict)["link_mismatch.host"].evidence] == ["1.2:1"]


def test_what_only_some_programs_show_of_a_signed_mail_is_judged_too() -> None:
    hidden = b"--b--\r\n--b\r\n" + LURE.partition(b"Subject: Your account\r\n")[2]
    raw = MIXED + b"--b\r\n\r\nHello\r\n" + hidden
    plain, signed = judge(raw), judge(sign_as_one_piece(raw))
    assert find_grave(plain).keys() <= find_grave(signed).keys()
    assert [one.file for one in find_grave(signed)["link_mismatch.host"].evidence] == ["1:1"]


@pytest.mark.parametrize("form", ["plain", "html", "rtf"])
def test_a_lure_in_winmail_dat_counts_as_that_of_the_mail_beside_whatever_text(form: str) -> None:
    page = LURE.partition(b"\r\n\r\n")[2]
    told = b"Your PayPal account has been suspended. Log in at http://192.0.2.7/login with your password"
    value = {
        "plain": (0x1F, 0x1000, told.decode().encode("utf-16-le")),
        "html": (0x102, 0x1013, page),
        "rtf": (0x102, 0x1009, pack_rtf(rb"{\rtf1\fromhtml1 {\*\htmltag64 " + page.replace(b"\r\n", b"") + b"}}")),
    }[form]
    verdict = judge(beside(HONEST, build_tnef_text(value)))
    plain = judge(HEAD + b"Subject: Oak\r\n\r\n" + told if form == "plain" else LURE)
    assert verdict.action is plain.action
    assert verdict.action in (Action.QUARANTINE, Action.FLAG)
    assert find_grave(verdict).keys() == find_grave(plain).keys()
    assert [one.file for one in find_grave(verdict)["url_tricks.ip_host"].evidence] == ["1.2"]


@pytest.mark.parametrize("form", ["plain", "html", "rtf"])
def test_an_honest_mail_with_its_text_in_winmail_dat_is_delivered(form: str) -> None:
    text = HONEST.partition(b"\r\n\r\n")[2]
    value = {
        "plain": (0x1E, 0x1000, text + b"\0"),
        "html": (0x102, 0x1013, b"<p>" + text),
        "rtf": (0x102, 0x1009, pack_rtf(rb"{\rtf1\fromtext " + text.replace(b"\r\n", b"\\par\r\n") + b"}")),
    }[form]
    raw = beside(HONEST, build_tnef_text(value))
    verdict = judge(raw)
    assert (verdict.action, find_grave(verdict)) == (Action.DELIVER, {})
    assert len(list(list_shown(open_case(raw)))) == (form == "html")  # what the mail says itself is not judged again


def test_a_signed_mail_in_a_signed_mail_in_winmail_dat_is_judged() -> None:
    signed = base64.b64decode(sign_as_one_piece(LURE, 2).rpartition(b"\r\n\r\n")[2])
    verdict = judge(beside(HONEST, build_tnef("smime.p7m", signed)))
    assert "link_mismatch.host" in find_grave(verdict)


def test_what_lies_in_winmail_dat_is_told_by_its_own_path() -> None:
    packed = pack("zip", {"a.com": EICAR})
    raw = beside(HONEST, build_tnef("a.zip", packed) + build_tnef_text((0x102, 0x1013, b"<p>Hello"))[6:])
    found = find_grave(judge(raw))["known_test_virus.eicar"]
    assert {one.file for one in found.evidence} == {"1.2:1.1"}


def attach_by_type(mail: bytes) -> bytes:
    return MIXED + b"--b\r\n\r\nSee below.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + mail + b"\r\n--b--\r\n"


def attach_by_name(*mails: bytes) -> bytes:
    files = b"".join(attach(f"mail-{number}.eml", mail) for number, mail in enumerate(mails))
    return MIXED + b"--b\r\n\r\nSee below.\r\n" + files + b"--b--\r\n"


@pytest.mark.parametrize("mail", [LURE, HONEST, MIXED + b"--b\r\n\r\n" + attach("a.zip", b"PK\3\4") + b"--b--\r\n"])
def test_a_mail_that_is_attached_counts_the_same_whatever_type_it_is_given(mail: bytes) -> None:
    mail = mail.replace(b"--b", b"--c").replace(b"boundary=b", b"boundary=c")
    told, hidden = judge(attach_by_type(mail)), judge(attach_by_name(mail))
    assert told.action is hidden.action
    assert hidden.screening.score == pytest.approx(told.screening.score, abs=0.05)
    assert find_grave(told).keys() <= find_grave(hidden).keys()


def test_what_is_seen_in_an_attached_mail_is_told_of_it() -> None:
    raw = attach_by_name(HONEST, LURE, HONEST)
    found = find_grave(judge(raw))["link_mismatch.host"]
    place = parse_message(raw).root.children[2].body_span
    assert [(one.span, one.file) for one in found.evidence] == [(place, "1.3")]


def test_mails_that_are_attached_are_judged_together_once() -> None:
    shown = list(list_shown(open_case(attach_by_name(HONEST, LURE, HONEST))))
    assert [len(list(one.case.message.walk())) for one in shown] == [8]


def test_an_attached_mail_in_a_signed_one_is_judged() -> None:
    signed = judge(sign_as_one_piece(attach_by_name(LURE)))
    assert [one.file for one in find_grave(signed)["link_mismatch.host"].evidence] == ["1:1.1"]


def test_an_attached_mail_in_another_reading_is_judged() -> None:
    case = open_case(MIXED + b"--b\r\n\r\nHello\r\n--b--\r\n" + attach("a.eml", LURE) + b"--b--\r\n")
    (shown,) = list_shown(case)
    assert [part.path for part in shown.case.message.walk()] == ["=", "1", "1.1", "=0.1", "=0.1.1"]
    assert [file.path for file in shown.case.contents.files] == []


def test_a_program_in_an_attached_mail_is_told_by_its_own_path() -> None:
    raw = attach_by_name(MIXED + attach("a.zip", pack("zip", {"a.com": EICAR})) + b"--b--\r\n")
    found = find_grave(judge(raw))["known_test_virus.eicar"]
    assert {one.file for one in found.evidence} == {"1.2:1.1"}


def test_what_only_some_programs_show_of_an_attached_mail_is_judged_too() -> None:
    hidden = b"--b--\r\n--b\r\n" + LURE.partition(b"Subject: Your account\r\n")[2]
    found = find_grave(judge(attach_by_name(MIXED + b"--b\r\n\r\nHello\r\n" + hidden)))
    assert [one.file for one in found["link_mismatch.host"].evidence] == ["1.2"]
    assert "ambiguous_mime.hidden_link" in found


def test_what_many_attached_mails_hide_is_judged_together_and_told_of_each() -> None:
    def hide(number: int, letter: bytes) -> bytes:
        hidden = b"--b--\r\n--b\r\n" + letter.partition(b"Message-ID: <1@woodwork.example>\r\n")[2]
        return attach(f"{number}.eml", MIXED + b"--b\r\n\r\nHello %d\r\n" % number + hidden)

    count = MAX_HIDDEN_APART + 10
    mails = [hide(number, HONEST) for number in range(count - 1)] + [hide(count, LURE)]
    raw = MIXED + b"--b\r\n\r\nHello\r\n" + b"".join(mails) + b"--b--\r\n"
    case = open_case(raw)
    together, *hidden = list_shown(case)
    assert {len(one.places) for one in hidden[:MAX_HIDDEN_APART]} == {1}
    assert [len(one.places) for one in hidden[MAX_HIDDEN_APART:]] == [10]
    assert len({part.path for part in hidden[-1].case.message.walk()}) > 10
    place = together.case.message.root.children[-1].body_span
    (told,) = find_grave(judge(raw))["link_mismatch.host"].evidence
    assert (told.file, told.span) == (f"1.{count + 1}", place)
    assert count_shown_bytes(case.contents) == count * LEAST_BYTES


def test_what_of_attached_mails_there_is_no_room_for_is_told_and_held() -> None:
    fields = HEAD + b"X: y\r\n" * 9_000
    mails = [attach(f"{number}.eml", fields + b"\r\nHello %d\r\n" % number) for number in range(8)]
    few, many = (MIXED + b"--b\r\n\r\nHello\r\n" + b"".join(some) + b"--b--\r\n" for some in (mails[:5], mails))
    assert judge(few).action is Action.DELIVER
    verdict = judge(many)
    assert verdict.action is Action.QUARANTINE
    assert [one.file for one in find_grave(verdict)["ambiguous_mime.hidden_part"].evidence] == ["1.8", "1.9"]
    (shown,) = list_shown(open_case(many))
    assert sum(len(part.headers) for part in shown.case.message.walk()) < MAX_FIELDS + 10_000


def test_a_mail_that_nobody_signed_has_nothing_that_is_shown() -> None:
    case = open_case(MIXED + b"--b\r\n\r\nHello\r\n" + attach("a.zip", pack("zip", {"a.com": EICAR})) + b"--b--\r\n")
    assert (list(list_shown(case)), count_shown_bytes(case.contents)) == ([], 0)


def test_what_the_mail_says_itself_is_not_judged_twice() -> None:
    case = open_case(sign_as_one_piece(HONEST))
    (shown,) = list_shown(case)
    entity = case.contents.files[0].files[0].shown[0]
    assert count_shown_bytes(case.contents) == LEAST_BYTES > len(entity)
    assert shown.case.message.text == parse_message(HONEST).text
    (file,) = case.contents.files
    twice = replace(file, files=(replace(file.files[0], shown=(entity, entity.replace(b"the two", b"the  two"))),))
    assert len(list(list_shown(replace(case, contents=Contents((twice,)))))) == 1
    said = replace(case, message=parse_message(HONEST))
    assert list(list_shown(said)) == []


def test_a_text_that_some_programs_show_as_a_page_is_judged_though_the_mail_says_the_same() -> None:
    source = b"Hello Bo,\r\n" + LURE.partition(b"\r\n\r\n")[2]
    signed = wrap(b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n" + source)
    raw = MIXED + b"--b\r\nContent-Type: text/plain\r\n\r\n" + source + b"--b\r\n" + signed + b"\r\n--b--\r\n"
    (shown,) = list_shown(open_case(raw))
    assert shown.case.message.text.split() == parse_message(raw).text.split()
    assert [one.file for one in find_grave(judge(raw))["link_mismatch.host"].evidence] == ["1.2:1"]


def test_an_evidence_without_a_place_gets_that_of_the_file() -> None:
    (shown,) = list_shown(open_case(sign_as_one_piece(HONEST)))
    finding = Finding("a.b", Severity.NOTE, "", "", (Evidence("x"), Evidence("y", None, "1:9.9")))
    told = shown.tell_places(replace(judge(HONEST).screening, findings=(finding,)))
    assert [(one.text, one.span, one.file) for one in told.findings[0].evidence] == [
        ("x", shown.place, "1:1"), ("y", shown.place, "1:9.9"),
    ]  # fmt: skip
    assert told.parts == ()


def test_a_mail_that_is_signed_too_often_is_held() -> None:
    verdict = judge(sign_as_one_piece(HONEST, 30))
    assert verdict.action is Action.QUARANTINE
    assert "unopened_file.unseen" in find_grave(verdict)
    assert any(trait.code == UNSEEN for file in verdict.screening.contents.walk() for trait in file.traits)


def test_megabytes_in_a_signed_mail_are_read_to_the_limits_of_any_mail() -> None:
    letter = HONEST.replace(b"the two boards", bytes(500_000) + b"the two boards")
    assert judge(sign_as_one_piece(letter)).action is judge(letter).action is Action.DELIVER
    mixed = MIXED + b"--b\r\n\r\nHello\r\n" + attach("a.bin", bytes(range(256)) * 8_000) + b"--b--\r\n"
    case = open_case(sign_as_one_piece(mixed))
    assert count_shown_bytes(case.contents) < 10_000
    assert judge(sign_as_one_piece(mixed)).action is judge(mixed).action
    endless = HONEST + b"The boards are ready.\r\n" * 200_000
    verdict = judge(sign_as_one_piece(endless))
    assert (verdict.action, judge(endless).action) == (Action.QUARANTINE, Action.QUARANTINE)
    assert [one.file for one in find_grave(verdict)["unopened_file.unseen"].evidence] == ["1:1.1"]


@pytest.mark.parametrize("step", [7])
def test_a_signed_mail_that_is_cut_anywhere_is_held_or_judged(step: int) -> None:
    entity = LURE.replace(HEAD, b"")
    whole = base64.b64decode(wrap(entity).partition(b"\r\n\r\n")[2])
    for at in range(40, len(whole), step):
        raw = MIXED + attach("smime.p7m", whole[:at]) + b"--b--\r\n"
        assert judge(raw).action is Action.QUARANTINE, at
