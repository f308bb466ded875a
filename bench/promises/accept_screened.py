"""Promise: with full screening, durable SMTP accept is ahead of Postfix with Rspamd as its milter."""

from pathlib import Path

from bench.figures import median_ratio
from bench.load import LoadResult
from bench.mails import prepare_data, sample_mails
from bench.ours import WORKERS, run_gatepost
from bench.peers.postfix import run_postfix
from bench.peers.rspamd import run_rspamd_milter
from bench.row import Reached, Row, judge
from bench.served import Served
from bench.takes import CONNECTIONS, Series, take_kept

MAILS = 1_000
ROUNDS = 3
PEER = "Postfix + Rspamd"


def measure(folder: Path) -> list[Row]:
    """Send the same real mails to both in turns; refusals count as answers."""
    bodies = [prepare_data(raw) for raw in sample_mails(1_000)]
    ours, theirs = Series(), Series()
    with (
        run_gatepost(folder / "gatepost", screening="on") as gatepost,
        run_rspamd_milter(folder / "rspamd", workers=WORKERS) as rspamd,
        run_postfix(folder / "postfix", milter_port=rspamd.port) as postfix,
    ):
        peer = Served(PEER, postfix.port, (*postfix.roots, rspamd.root))
        for _ in range(ROUNDS):
            take_kept(gatepost, bodies, MAILS, ours)
            take_kept(peer, bodies, MAILS, theirs)
    return _compare(ours, theirs)


def _compare(ours: Series, theirs: Series) -> list[Row]:
    ratio = median_ratio(ours.per_s, theirs.per_s)
    load = f"{MAILS:,} corpus mails a round over {CONNECTIONS} connections, {ROUNDS} rounds in turns"
    return [
        Row(
            "accept by SMTP with full screening: ahead of Postfix with Rspamd's milter",
            f"{ours.show()}; {_tell_fates(ours.results[-1])}",
            f"{PEER}: {theirs.show()}; {_tell_fates(theirs.results[-1])}",
            f"{ratio:.2f}",
            judge(is_reached=ratio > 1),
            f"{load}; {WORKERS} workers each; no network checks",
        ),
        Row(
            "how long a screened mail takes from MAIL to its last reply",
            ours.latency,
            f"{PEER}: {theirs.latency}",
            f"{sum(ours.latencies_ms) / sum(theirs.latencies_ms):.2f}",
            Reached.NOT_PROMISED,
            load,
        ),
    ]


def _tell_fates(result: LoadResult) -> str:
    return f"{len(result.accepted)} accepted, {result.refused_count} refused, {result.deferred_count} deferred"
