"""Promise: a worker needs less than 150 MB, with everything loaded and after real mail."""

from pathlib import Path

from bench.load import LoadPlan, send_load
from bench.mails import prepare_data, sample_mails
from bench.ours import WORKERS, run_gatepost
from bench.peers.rspamd import run_rspamd_scanner
from bench.process import list_tree, read_memory
from bench.row import Reached, Row, judge

PROMISED_MB = 150
MAILS = 400


def measure(folder: Path) -> list[Row]:
    """Let both screen the same mails, then weigh a worker of each and the whole of each."""
    mails = sample_mails(MAILS)
    with run_gatepost(folder / "gatepost", screening="on") as gatepost, run_rspamd_scanner(folder / "rspamd") as rspamd:
        send_load(LoadPlan(gatepost.port, [prepare_data(raw) for raw in mails], len(mails)))
        for raw in mails:
            rspamd.scan(raw)
        ours = max((read_memory([pid]) for pid in list_tree(gatepost.roots[0])), key=lambda memory: memory.rss_mb)
        theirs = read_memory([rspamd.worker_pid])
        all_ours, all_theirs = read_memory(list_tree(gatepost.roots[0])), read_memory(rspamd.pids)
    return [
        Row(
            f"memory of a worker: under {PROMISED_MB} MB",
            ours.show(),
            f"Rspamd worker: {theirs.show()}",
            f"{ours.rss_mb / theirs.rss_mb:.2f}",
            judge(is_reached=ours.rss_mb < PROMISED_MB),
            f"the largest of all processes after {MAILS} screened corpus mails; ratio and promise by RSS",
        ),
        Row(
            "memory of all processes",
            f"PSS {all_ours.pss_mb:.0f} MB ({WORKERS} workers)",
            f"Rspamd: PSS {all_theirs.pss_mb:.0f} MB (1 worker)",
            f"{all_ours.pss_mb / all_theirs.pss_mb:.2f}",
            Reached.NOT_PROMISED,
            "PSS counts a shared page once, over all processes of each",
        ),
    ]
