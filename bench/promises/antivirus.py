"""No promise: what asking clamd about each mail costs a gate that screens."""

from pathlib import Path

from bench.figures import median_ratio
from bench.mails import prepare_data, sample_mails
from bench.ours import WORKERS, run_gatepost
from bench.peers.clamd import run_clamd
from bench.row import Reached, Row
from bench.served import Served
from bench.takes import CONNECTIONS, Series, take_kept

MAILS = 1_000
ROUNDS = 3
SETTINGS = "[origin]\nenabled = false\n"


def measure(folder: Path) -> list[Row]:
    """Send the same real mails to a gate that asks and to one that does not, in turns."""
    bodies = [prepare_data(raw) for raw in sample_mails(1_000)]
    asking, silent = Series(), Series()
    with run_clamd(folder / "clamd") as clamd:
        antivirus = f'[antivirus]\nclamd = "{clamd.address}"\n'
        with (
            run_gatepost(folder / "asking", screening="on", settings=SETTINGS + antivirus) as one,
            run_gatepost(folder / "silent", screening="on", settings=SETTINGS) as other,
        ):
            with_clamd = Served(one.name, one.port, (*one.roots, clamd.pid))
            for _ in range(ROUNDS):
                take_kept(with_clamd, bodies, MAILS, asking)
                take_kept(other, bodies, MAILS, silent)
    return _compare(asking, silent)


def _compare(asking: Series, silent: Series) -> list[Row]:
    load = f"{MAILS:,} corpus mails a round over {CONNECTIONS} connections, {ROUNDS} rounds in turns; {WORKERS} workers"
    return [
        Row(
            "accept by SMTP with full screening, clamd asked about each mail",
            asking.show(),
            f"clamd not asked: {silent.show()}",
            f"{median_ratio(asking.per_s, silent.per_s):.2f}",
            Reached.NOT_PROMISED,
            f"{load}; CPU with clamd's own, which has a single signature here",
        ),
        Row(
            "how long a mail takes from MAIL to its last reply, clamd asked",
            asking.latency,
            f"clamd not asked: {silent.latency}",
            f"{sum(asking.latencies_ms) / sum(silent.latencies_ms):.2f}",
            Reached.NOT_PROMISED,
            load,
        ),
    ]
