"""Beyond the corpus cases: which differences are honest, and how it is told."""

import pytest

from screen_cases import find, find_codes, measure, write_mail

CHECK = "link_mismatch"


def link(shown: str, opened: str) -> str:
    return f'<p><a href="{opened}">{shown}</a></p>'


def mail(*links: str, sender: str = "Ann <ann@woodwork.example>") -> bytes:
    return write_mail("".join(links), html=True, sender=sender)


def test_the_reader_is_told_both_sites() -> None:
    (finding,) = find(CHECK, mail(link("www.tea-house.com", "https://evil.example/x")))
    assert finding.says == "A link shows www.tea-house.com but opens evil.example."
    assert finding.says_zh == "链接显示为 www.tea-house.com，实际打开的是 evil.example。"


def test_the_evidence_points_at_the_link() -> None:
    raw = mail(link("www.tea-house.com", "https://evil.example/x"))
    span = find(CHECK, raw)[0].evidence[0].span
    assert span
    assert b"https://evil.example/x" in raw[span.start : span.end]


@pytest.mark.parametrize(
    "opened",
    [
        "https://click.example.net/?to=https%3A%2F%2Fwww.tea-house.com%2F",
        "https://click.example.net/?to=https%3A%2F%2Fwww%2Etea-house%2Ecom%2F",
        "https://urldefense.com/v3/__x",
        "https://shop.woodwork.example/tea",
    ],
)
def test_whoever_only_passes_readers_on_is_no_danger(opened: str) -> None:
    assert find_codes(CHECK, mail(link("www.tea-house.com", opened))) == ["redirected"]


def test_a_host_that_most_links_use_is_a_click_counter() -> None:
    others = [link(f"offer {n}", f"https://c.counter.example/{n}") for n in range(5)]
    assert find_codes(CHECK, mail(*others, link("www.tea-house.com", "https://c.counter.example/9"))) == ["redirected"]


def test_a_few_links_make_no_click_counter() -> None:
    others = [link(f"offer {n}", f"https://c.counter.example/{n}") for n in range(2)]
    assert find_codes(CHECK, mail(*others, link("www.tea-house.com", "https://c.counter.example/9"))) == ["host"]


def test_the_senders_own_site_excuses_nothing_that_is_often_imitated() -> None:
    assert find_codes(CHECK, mail(link("www.paypal.com", "https://shop.woodwork.example/"))) == ["host"]


@pytest.mark.parametrize(
    "opened",
    [
        "https://evil.example/?www.tea-house.com",
        "https://evil.example/www.tea-house.com/",
        "https://evil.example/?a=https://www.tea-house.com/&b=https://evil.example/",
        "https://evil.example/?a=https%253A%252F%252Fwww.tea-house.com%252F%253Fb%253Dhttps%25253A%25252F%25252Fx.example",
        "https://www.tea-house.com.evil.example/",
        "https://www.tea-house.com@evil.example/",
        "https://www.tea-house.top/",
    ],
)
def test_the_shown_name_somewhere_in_the_target_is_no_excuse(opened: str) -> None:
    assert find_codes(CHECK, mail(link("www.tea-house.com", opened))) == ["host"]


def test_not_even_a_redirect_excuses_what_is_often_imitated() -> None:
    opened = "https://evil.example/?to=https://www.paypal.com/"
    assert find_codes(CHECK, mail(link("www.paypal.com", opened))) == ["host"]


def test_one_name_under_several_countries_is_one_site() -> None:
    assert find_codes(CHECK, mail(link("www.tea-house.co.za", "https://www.tea-house.com/"))) == []
    assert find_codes(CHECK, mail(link("www.paypal.co.za", "https://www.paypal.us.com/"))) == ["host"]


def test_the_same_pair_is_told_once() -> None:
    assert len(find(CHECK, mail(*[link("www.tea-house.com", "https://evil.example/x")] * 50))) == 1
    assert measure(CHECK, mail(link("www.tea-house.com", "https://evil.example/x"))) == {"link_mismatch.count": 1}


@pytest.mark.parametrize("shown", ["click here", "www.tea-house.com.", "Offer.pdf", "release-1.2.sh"])
def test_words_that_name_no_other_site_are_left_alone(shown: str) -> None:
    assert find_codes(CHECK, mail(link(shown, "https://www.tea-house.com/"))) == []
