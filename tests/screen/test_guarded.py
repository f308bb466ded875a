import pytest

from gatepost.screen.guarded import gather_guard
from gatepost.screen.tables import load_tables

GUARD = gather_guard(load_tables(()), ["Our-Own.example"])


@pytest.mark.parametrize(
    "host", ["bit.ly", "www.paypal.com", "us1.list-manage.com", "gmail.com", "our-own.example", "pages.dev"]
)
def test_what_the_tables_know_to_be_shared_and_our_own_is_shielded(host: str) -> None:
    assert GUARD.shields(host)


@pytest.mark.parametrize("host", ["evil.pages.dev", "evil.weebly.com", "bucket.s3.amazonaws.com", "evil.example"])
def test_a_tenant_s_own_host_is_not(host: str) -> None:
    assert not GUARD.shields(host)
