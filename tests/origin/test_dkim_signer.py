"""Fields that we sign: short lines, and the same relaxed form whatever the signature is."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from dkim_mails import ED25519, RSA
from gatepost.origin.dkim_canonical import empty_signature, relax_header
from gatepost.origin.dkim_signature import BadSignature, parse_tag_list
from gatepost.origin.dkim_signer import LINE_CHARS, DkimSigner, sign_field, write_field

NAMES = st.lists(st.from_regex(r"[a-z][a-z-]{0,30}", fullmatch=True), min_size=1, max_size=60)


def unfold(field: bytes) -> str:
    return field.replace(b"\r\n", b"").decode()


@given(NAMES, st.binary(min_size=1, max_size=600))
def test_the_relaxed_form_without_signature_does_not_depend_on_it(names: list[str], data: bytes) -> None:
    tags = {"v": "1", "h": ":".join(names), "bh": "YQ=="}
    field = sign_field(ED25519, "DKIM-Signature", tags, data)
    other = sign_field(RSA, "DKIM-Signature", tags, data)
    assert relax_header(empty_signature(field)) == relax_header(empty_signature(other))
    read = parse_tag_list(field.partition(b":")[2])
    assert "".join(read["h"].split()) == tags["h"]


@given(NAMES, st.sampled_from([RSA, ED25519]))
def test_lines_are_short_and_none_is_blank(names: list[str], signer: DkimSigner) -> None:
    field = sign_field(signer, "DKIM-Signature", {**signer.name_key(), "h": ":".join(names)}, b"")
    lines = field.decode().removesuffix("\r\n").split("\r\n")
    assert max(map(len, lines)) <= LINE_CHARS
    assert all(line.strip() for line in lines)
    assert all(line.startswith(" ") for line in lines[1:])


def test_a_signature_of_a_very_long_key_stays_within_the_lines() -> None:
    signer = DkimSigner("example.com", "s", generate_private_key(65_537, 4_096))
    field = sign_field(signer, "ARC-Seal", {"a": "x", "b": "", "i": "1"}, b"data", line_chars=300)
    assert max(map(len, field.split(b"\r\n"))) <= 300
    assert len("".join(parse_tag_list(field.partition(b":")[2])["b"].split())) == 684
    assert unfold(field).endswith("; i=1")


def test_b_stands_where_the_tags_have_it() -> None:
    assert list(parse_tag_list(sign_field(ED25519, "X", {"b": "", "i": "1"}, b"").partition(b":")[2])) == ["b", "i"]
    assert list(parse_tag_list(sign_field(ED25519, "X", {"i": "1"}, b"").partition(b":")[2])) == ["i", "b"]


def test_a_field_is_folded_only_before_a_piece() -> None:
    pieces = ["a" * 60, "b c" * 30, "d"]
    assert write_field("Name", pieces) == b"Name: %b;\r\n %b;\r\n d\r\n" % (b"a" * 60, b"b c" * 30)


@pytest.mark.parametrize(
    ("domain", "selector"), [("exa mple.com", "s"), ("", "s"), ("example.com", "s;p=x"), ("a\r\nX: y", "s")]
)
def test_a_key_without_a_name_signs_nothing(domain: str, selector: str) -> None:
    with pytest.raises(BadSignature):
        DkimSigner(domain, selector, ED25519.key).name_key()


def test_a_key_is_named_in_a_labels() -> None:
    names = DkimSigner("Bücher.example", "S1.mail", ED25519.key).name_key()
    assert names == {"a": "ed25519-sha256", "d": "xn--bcher-kva.example", "s": "s1.mail"}
