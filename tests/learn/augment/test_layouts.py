"""Layouts hold all words, and nothing of a text becomes markup."""

import random

from gatepost.learn.augment.layouts import Letter, write_html, write_text
from gatepost.learn.augment.senders import Company, make_honest_sender
from gatepost.message.message import LinkKind
from gatepost.message.parse import parse_message

LETTER = Letter("Oak & ash", "Hi Ann,", ("Beech <b>first</b>.", "See [[the list]]."), "Open", "Bye", "[[Leave]]")


def test_every_layout_shows_every_word_and_its_links() -> None:
    for number in range(60):
        dice = random.Random(number)
        sender = make_honest_sender(Company("Oakline", "oakline.test"), "Ann", dice)
        page = write_html(LETTER, sender, "a@b.test", dice)
        message = parse_message(b"From: a@b.test\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode())
        for words in ("Hi Ann,", "Beech <b>first</b>.", "See the list.", "Open", "Bye", "Leave"):
            assert words in message.text
        anchors = {link.shown for link in message.links if link.kind is LinkKind.ANCHOR}
        assert {"the list", "Open", "Leave"} <= anchors


def test_plain_text_writes_urls_out() -> None:
    sender = make_honest_sender(Company("Oakline", "oakline.test"), "Ann", random.Random(2))
    text = write_text(LETTER, sender, "a@b.test")
    assert text.count("https://") == 3
    assert "[[" not in text
