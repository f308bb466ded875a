"""Made mails parse cleanly, are the same each time, and what is honest is not told by form."""

import re
from collections import Counter

from gatepost.learn.augment.mails import NOTICES, make_mails
from gatepost.learn.augment.texts import LANGUAGES, load_phrases
from gatepost.message.parse import parse_message
from gatepost.screen.tables import load_tables

TABLES = load_tables()
MAILS = list(make_mails(400, TABLES, 5))


def test_the_same_seed_makes_the_same_mails() -> None:
    assert list(make_mails(40, TABLES, 5)) == MAILS[:40]
    assert next(make_mails(1, TABLES, 6)).raw != MAILS[0].raw


def test_half_of_the_mails_are_honest_in_every_common_language() -> None:
    shares = Counter((made.language, made.is_bad) for made in MAILS)
    assert sum(made.is_bad for made in MAILS) == 200
    assert all(shares["zh", bad] > 20 and shares["en", bad] > 60 for bad in (False, True))


def test_made_mails_have_no_defect() -> None:
    for made in MAILS:
        message = parse_message(made.raw)
        assert message.defects == (), made
        assert message.subject
        assert message.text
        assert len(message.from_) == 1


def test_both_kinds_come_as_html_and_as_plain_text() -> None:
    forms = Counter((made.is_bad, bool(parse_message(made.raw).html)) for made in MAILS)
    assert all(forms[bad, html] > 5 for bad in (False, True) for html in (False, True))


def test_no_mail_greets_its_reader_twice() -> None:
    twice = re.compile(r"\s*(?:Hi|Hello|Dear|Hey)\b[^\n]{0,40},\s+(?:Hi|Hello|Dear|Hey)\b[^\n]{0,40},\n")
    for made in make_mails(1500, TABLES, 8):
        assert not twice.match(parse_message(made.raw).text), made


def test_lures_copy_notices_and_nothing_that_a_person_writes() -> None:
    honest = {topic.kind for language in LANGUAGES for topic in load_phrases(language).ham}
    unwanted = {topic.kind for language in LANGUAGES for topic in load_phrases(language).bad}
    copied = {made.kind for made in MAILS if made.is_bad} & honest - unwanted
    assert copied
    assert copied <= NOTICES
    assert honest >= NOTICES, "a kind that no text has"


def test_what_a_person_writes_is_signed_by_a_person_and_looks_typed() -> None:
    letters = [parse_message(made.raw) for made in MAILS if made.kind == "work"]
    assert len(letters) > 10
    assert not any(message.from_[0].address.startswith(("noreply", "no-reply", "news")) for message in letters)
    assert sum(bool(message.html) and "<table" in message.html_parts[0].text for message in letters) < len(letters) / 4
