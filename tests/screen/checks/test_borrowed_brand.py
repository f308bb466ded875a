"""Beyond the corpus cases: whose mail this could be."""

from screen_cases import find, find_codes, write_mail

CHECK = "borrowed_brand"
LINK = '<p><a href="https://evil.example/">go</a></p>'


def test_a_brand_behind_any_link_is_no_borrower() -> None:
    body = LINK + '<a href="https://www.netflix.com/">site</a>'
    assert find_codes(CHECK, write_mail(body, html=True, head="Subject: Netflix\r\n")) == []


def test_subject_and_opening_are_told_apart() -> None:
    mail = write_mail("<p>Dear Netflix member</p>" + LINK, html=True, head="Subject: Netflix\r\n")
    assert find_codes(CHECK, mail) == ["subject", "opening"]


def test_a_brand_far_down_is_not_the_topic() -> None:
    body = "<p>" + "wood and more wood " * 40 + "Netflix</p>" + LINK
    assert find_codes(CHECK, write_mail(body, html=True)) == []


def test_the_subject_is_the_evidence() -> None:
    mail = write_mail(LINK, html=True, head="Subject: Netflix\r\n")
    evidence = find(CHECK, mail)[0].evidence[0]
    assert evidence.text == "Netflix"
    assert evidence.span
    assert mail[evidence.span.start : evidence.span.end] == b"Subject: Netflix\r\n"
