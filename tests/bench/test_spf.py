from pathlib import Path

import pytest

from bench.peers.pyspf import MODULE, PYTHON
from bench.peers.pyspf_loop import make_lookup
from bench.promises.spf import CLIENTS, SENDERS, TABLE, measure
from interop.peers import require_files


def test_the_peer_is_given_records_in_the_form_that_it_knows() -> None:
    look_up = make_lookup({"a.test TXT": ["v=spf1 -all"], "a.test MX": [[10, "mx.test"]], "a.test A": ["192.0.2.1"]})
    assert look_up("a.test", "TXT") == [(("a.test", "TXT"), [b"v=spf1 -all"])]
    assert look_up("a.test", "MX") == [(("a.test", "MX"), (10, "mx.test"))]
    assert look_up("a.test", "A") == [(("a.test", "A"), "192.0.2.1")]
    assert look_up("b.test", "A") == []


def test_every_sender_but_the_silent_one_publishes_a_policy_and_clients_are_of_both_kinds() -> None:
    silent = [sender for sender in SENDERS if f"{sender.rpartition('@')[2]} TXT" not in TABLE]
    assert silent == ["joe@silent.test"]
    assert {":" in client for client in CLIENTS} == {True, False}


@pytest.mark.interop
def test_the_promise_is_measured_where_both_agree_about_every_session(tmp_path: Path) -> None:
    require_files(PYTHON, str(MODULE))
    (row,) = measure(tmp_path, rounds=1)
    assert not row.is_missing
    assert float(row.ratio) > 0
