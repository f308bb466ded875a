"""Wrapped links are undone from what stands in them, and nothing else."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.links import find_host
from gatepost.screen.unwrap import MAX_HOPS, decode_percent, unwrap

INNER = "https://evil.example/login?a=b"
CODED = "https%3A%2F%2Fevil.example%2Flogin%3Fa%3Db"
BASE64 = base64.urlsafe_b64encode(INNER.encode()).decode().rstrip("=")
JSON = base64.urlsafe_b64encode(b'{"e":"https:\\/\\/evil.example\\/login?a=b","s":1}').decode().rstrip("=")


@pytest.mark.parametrize(
    "url",
    [
        f"https://eur03.safelinks.protection.outlook.com/?url={CODED}&data=05%7C01%7C&reserved=0",
        "https://urldefense.proofpoint.com/v1/url?u=https://evil.example/login?a%3Db&k=x",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__evil.example_login-3Fa-3Db&d=DwMFaQ&c=x",
        "https://urldefense.com/v3/__https:/evil.example/login*a=b__;Pw!!PvBDto6Hs4WbVuu7!MX$",
        f"https://linkprotect.cudasvc.com/url?a={CODED}&c=E,1,abc",
        f"https://secure-web.cisco.com/1QhTFZ7vP/{CODED}",
        f"https://eu-west-1.protection.sophos.com/?d=evil.example&u={BASE64}&i=x",
        f"https://clicktime.symantec.com/3BaQ?u={CODED}",
        f"https://ddec1-0-en-ctp.trendmicro.com/wis/clicktime/v1/query?url={CODED}&umid=1",
        f"https://protect2.fireeye.com/v1/url?k=1&q=1&e=1&u={CODED}",
        f"https://www.google.com/url?sa=t&q={CODED}&usg=A",
        f"https://www.google.co.uk/url?url={CODED}",
        "https://www.google.com/amp/s/evil.example/login",
        "https://evil-example.cdn.ampproject.org/c/s/evil.example/login",
        f"https://translate.google.com/translate?hl=en&u={CODED}",
        f"https://www.bing.com/ck/a?!&&p=1&u=a1{BASE64}&ntb=1",
        f"https://www.linkedin.com/redir/redirect?url={CODED}&urlhash=x",
        f"https://l.facebook.com/l.php?u={CODED}&h=AT3",
        f"https://www.youtube.com/redirect?event=x&q={CODED}",
        f"https://r.search.yahoo.com/_ylt=A/RV=2/RU={CODED}/RK=2/RS=x",
        "https://rd.yahoo.com/dir/*https://evil.example/login?a=b",
        f"https://x.r.us-east-1.awstrack.me/L0/{CODED}/1/0100019604f03f6d-66ba9031-8dc5-4b79-b578/7HE4=420",
        f"https://substack.com/redirect/2/{JSON}.sig",
        f"https://blog.example/go.php?url={BASE64}",
        "https://shop.example/jump?to=//evil.example/login",
        "https://shop.example/jump?to=/%2Fevil.example/login",
        "https://shop.example/jump?to=%2f/evil.example/login",
        "https://shop.example/JUMP?TO=HTTPS%3A%2F%2Fevil.example/login",
        f"https://www.example.org/#redirect={CODED}",
    ],
)
def test_a_wrapped_link_is_undone(url: str) -> None:
    (hop,) = unwrap(url, find_host(url))
    assert hop.host == "evil.example"
    assert hop.target.lower().startswith(("https://evil.example/login", "http://evil.example/login"))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www-evil--site-example.translate.goog/x?_x_tr_sl=auto", "www.evil-site.example"),
        ("https://protect-eu.mimecast.com/s/aBcD?domain=evil.example", "evil.example"),
        ("https://url.uk.m.mimecastprotect.com/s/aBcD?domain=evil.example", "evil.example"),
    ],
)
def test_at_least_the_host_is_told_where_the_rest_is_sealed(url: str, host: str) -> None:
    assert [hop.host for hop in unwrap(url, find_host(url))] == [host]


@pytest.mark.parametrize(
    "url",
    [
        "https://www.woodwork.example/oak?size=2",
        "https://protect-eu.mimecast.com/s/aBcD",
        "https://www.linkedin.com/slink?code=eAbC",
        f"https://www.facebook.com/sharer/sharer.php?u={CODED}",
        f"https://twitter.com/intent/tweet?url={CODED}",
        f"https://www.woodwork.example/picture?src={CODED}",
        "https://www.woodwork.example/httpd/manual",
        "https://www.woodwork.example/?q=https",
        "https://www.woodwork.example/?url=https://localhost/",
        "https://urldefense.com/v3/",
        "https://urldefense.proofpoint.com/v2/url?u=",
        "https://www.bing.com/ck/a?u=a1aHR0cHM6Ly",
        "https://x.translate.goog/",
        "",
    ],
)
def test_what_carries_no_target_has_none(url: str) -> None:
    assert unwrap(url, find_host(url)) == ()


def test_nested_wrappers_are_undone_one_after_the_other() -> None:
    url = INNER
    for host in ("l.facebook.com", "www.google.com", "eur03.safelinks.protection.outlook.com"):
        coded = "".join(f"%{ord(letter):02X}" if letter in ":/?=&%" else letter for letter in url)
        url = f"https://{host}/url?url={coded}"
    hops = unwrap(url, find_host(url))
    assert [hop.host for hop in hops] == ["www.google.com", "l.facebook.com", "evil.example"]
    assert hops[-1].target == INNER


def test_urls_beside_each_other_are_rivals() -> None:
    (hop,) = unwrap(
        "https://a.example/r?u=https%3A%2F%2Fb.example%2F&v=https://c.example/&src=https://d.example/", "a.example"
    )
    assert (hop.host, hop.rivals) == ("b.example", ("c.example",))


def test_proofpoint_puts_back_runs_of_letters() -> None:
    packed = base64.urlsafe_b64encode("#!$é".encode()).decode().rstrip("=")
    url = f"https://urldefense.com/v3/__https://evil.example/*a**Bb__;{packed}!!x$"
    assert unwrap(url, "urldefense.com")[0].target == "https://evil.example/#a!$éb"


def test_wrappers_without_end_are_followed_only_so_far() -> None:
    url = "https://a.example/?url=" * 50 + INNER
    assert len(unwrap(url, "a.example")) == MAX_HOPS


@pytest.mark.parametrize(
    "url", ["https://a.example/aHR0cDovL\u00e9vil", "https://urldefense.com/v3/__https://a.b/*__;\u00e9!!"]
)
def test_base64_of_other_letters_is_none(url: str) -> None:
    assert [hop.host for hop in unwrap(url, "urldefense.com")] in ([], ["a.b"])


def test_percent_encoding_that_is_no_text_is_replaced() -> None:
    assert decode_percent("%ff%41%zz%4") == "\ufffdA%zz%4"


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/" + "https://" * 200_000,
        "https://a.example/?url=" + "%25" * 500_000,
        "https://a.example/" + "aHR0cDovL" * 200_000,
        "https://a.example/" + "eyJ" * 500_000,
        "https://urldefense.com/v3/__https://a.b/" + "**A" * 300_000 + "__;" + "A" * 300_000,
        "https://a.example/?" + "u=https://" * 100_000,
        "https://a.example/" + "/;?*=" * 300_000 + "http:",
    ],
)
def test_megabytes_of_url_take_no_time(url: str) -> None:
    started = time.process_time()
    unwrap(url, "urldefense.com" if "urldefense" in url else "a.example")
    assert time.process_time() - started < 0.25


@given(
    st.text(max_size=300),
    st.sampled_from(["www.google.com", "urldefense.com", "a.translate.goog", "a.mimecast.com", "b.c"]),
)
def test_any_url_gives_hops_that_open_a_host(rest: str, host: str) -> None:
    for url in (f"https://{host}/{rest}", f"https://{host}/?u=https:{rest}", f"https://{host}/v3/__{rest}__;{rest}!!"):
        for hop in unwrap(url, host):
            assert "." in hop.host
            assert find_host(hop.target) == hop.host
