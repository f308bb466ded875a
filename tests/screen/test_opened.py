"""The links that a reader can open, each once, with what is wrapped around them."""

from gatepost.message.parse import parse_message
from gatepost.screen.opened import MAX_LINKS, read_hosts, read_opened
from screen_cases import write_mail


def test_each_address_is_given_once_with_its_end() -> None:
    body = (
        '<a href="https://a.example/1">x</a><a href="https://a.example/1">y</a><img src="https://c.example/p.png">'
        '<a href="https://l.facebook.com/l.php?u=https%3A%2F%2Fb.example%2F2">z</a><a href="mailto:d@e.example">m</a>'
    )
    first, second, mail = read_opened(parse_message(write_mail(body, html=True)))
    assert (first.target, first.host, first.link_count, first.hops) == ("https://a.example/1", "a.example", 2, ())
    assert (second.target, second.host) == ("https://b.example/2", "b.example")
    assert [host for _, host in second.urls] == ["l.facebook.com", "b.example"]
    assert "b.example/2" in second.evidence.text
    assert (mail.host, mail.hops) == ("", ())


def test_they_are_worked_out_once_for_each_mail() -> None:
    message = parse_message(write_mail("https://a.example/"))
    assert read_opened(message) is read_opened(message)


def test_each_host_is_given_with_the_first_address_that_leads_there() -> None:
    message = parse_message(write_mail("https://a.example/1 https://b.example/ https://a.example/2"))
    hosts = read_hosts(message)
    assert {host: one.target for host, one in hosts.items()} == {
        "a.example": "https://a.example/1",
        "b.example": "https://b.example/",
    }
    assert read_hosts(message) is hosts


def test_a_flood_of_links_is_cut() -> None:
    body = "".join(f'<a href="https://a{number}.example/">x</a>' for number in range(MAX_LINKS + 100))
    assert len(read_opened(parse_message(write_mail(body, html=True)))) == MAX_LINKS
