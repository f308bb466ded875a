import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.origin.dmarc_record import (
    MAX_RECORD_BYTES,
    MAX_REPORT_URIS,
    BadRecord,
    Policy,
    is_dmarc_record,
    parse_dmarc_record,
)


def test_every_tag_is_read() -> None:
    record = parse_dmarc_record(
        b"v=DMARC1; p=Quarantine; sp=reject; np=none; pct=50; adkim=s; aspf=r; fo=1:d; t=y; psd=n; ri=3600;"
        b" rua=mailto:a@example.com , mailto:b@example.net!10m; ruf=mailto:c@example.com"
    )
    assert (record.policy, record.subdomain_policy, record.absent_policy) == ("quarantine", "reject", "none")
    assert (record.percent, record.dkim_is_strict, record.spf_is_strict) == (50, True, False)
    assert (record.failure_options, record.is_test, record.suffix, record.interval_s) == (("1", "d"), True, "n", 3600)
    assert record.report_uris == ("mailto:a@example.com", "mailto:b@example.net!10m")
    assert record.failure_uris == ("mailto:c@example.com",)


def test_absent_tags_have_their_defaults() -> None:
    record = parse_dmarc_record(b"v=DMARC1; p=reject")
    assert record.subdomain_policy is record.absent_policy is Policy.REJECT
    assert (record.percent, record.suffix, record.failure_options, record.interval_s) == (100, "u", ("0",), 86_400)
    assert (record.dkim_is_strict, record.spf_is_strict, record.is_test) == (False, False, False)


@pytest.mark.parametrize(
    "tag", [b"pct=x", b"pct=101", b"pct=-1", b"pct=9" * 9, b"adkim=x", b"fo=01", b"ri=x", b"psd=x"]
)
def test_an_unreadable_value_falls_back_to_its_default(tag: bytes) -> None:
    assert parse_dmarc_record(b"v=DMARC1; p=reject; " + tag) == parse_dmarc_record(b"v=DMARC1; p=reject")


@pytest.mark.parametrize("tags", ["rua=mailto:a@b.example", "p=x; rua=mailto:a@b.example", "p=reject; sp=x; rua=m:a"])
def test_a_broken_policy_is_none_where_reports_tell_the_owner(tags: str) -> None:
    record = parse_dmarc_record(f"v=DMARC1; {tags}".encode())
    assert (record.has_policy, record.policy) == (True, Policy.NONE)


@pytest.mark.parametrize(
    "text",
    [
        *(b"v=DMARC1", b"v=DMARC1;", b"v=DMARC1; adkim=s", b"v=DMARC1; p=x", b"v=DMARC1; p=reject; sp=x"),
        *(b"v=DMARC1; p=reject; np=x", b"v=DMARC1; p=", b"v=DMARC1; p = r eject", b"v=DMARC1 p=reject"),
        *(b"v=DMARC1; rua=bogus", b"v=DMARC1; rua=mailto:a@b.example!", b"v=DMARC1; rua=mailto:a@b.example!1x"),
    ],
)
def test_a_record_without_a_policy_to_follow_says_so(text: bytes) -> None:
    try:
        assert not parse_dmarc_record(text).has_policy
    except BadRecord:
        assert text == b"v=DMARC1 p=reject"  # another version


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"v=DMARC1; p=none; p=none", b"v=DMARC1; p=none; P=reject", b"v=dmarc1; p=none", b"v=DMARC12; p=none"),
        *(b" v=DMARC1; p=none", b"p=none; v=DMARC1", b"v=DMARC1; p=none; v=DMARC1"),
        b"v=DMARC1; p=none" + b" " * MAX_RECORD_BYTES,
        b"v=DMARC1; p=none" + b";a=b" * 100,
    ],
)
def test_what_is_no_record_is_refused(text: bytes) -> None:
    with pytest.raises(BadRecord):
        parse_dmarc_record(text)


@pytest.mark.parametrize(
    "text", [b"v=DMARC1; p=reject; bogus", b"v=DMARC1; p=reject; =x", b"v=DMARC1; pct=1x; p=reject; \xff\x00=y;"]
)
def test_what_is_no_tag_does_not_unprotect_a_domain(text: bytes) -> None:
    assert parse_dmarc_record(text) == parse_dmarc_record(b"v=DMARC1; p=reject")


def test_empty_places_between_semicolons_do_no_harm() -> None:
    assert parse_dmarc_record(b"v=DMARC1;; p=reject; ;").policy is Policy.REJECT


def test_only_so_many_report_addresses_are_kept() -> None:
    record = parse_dmarc_record(b"v=DMARC1; p=none; rua=" + b",".join([b"mailto:a"] * 200))
    assert len(record.report_uris) == MAX_REPORT_URIS


TAGGED = st.lists(
    st.tuples(st.sampled_from(["p", "sp", "np", "pct", "rua", "fo", "x"]), st.text(max_size=12)), max_size=6
)


@given(
    st.binary(max_size=300)
    | st.binary(max_size=300).map(b"v=DMARC1;".__add__)
    | TAGGED.map(lambda tags: ("v=DMARC1; p=none; " + ";".join(f"{a}={b}" for a, b in tags)).encode())
)
def test_any_bytes_are_a_record_or_the_one_error(data: bytes) -> None:
    try:
        record = parse_dmarc_record(data)
    except BadRecord:
        return
    assert is_dmarc_record(data)
    assert 0 <= record.percent <= 100
