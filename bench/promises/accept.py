"""Promise: durable SMTP accept at twice Postfix's rate on the same two cores; each mail is found afterwards."""

from collections.abc import Sequence
from pathlib import Path

from bench.arrivals import describe_losses, empty_maildir, read_numbers
from bench.figures import median_ratio
from bench.mails import make_plain_mail, prepare_data
from bench.ours import WORKERS, maildir_of, run_gatepost
from bench.peers.postfix import run_postfix
from bench.peers.sinks import BARE, DROP, NAMES, SYNC, run_sink
from bench.row import Reached, Row, judge
from bench.takes import CONNECTIONS, Series, take_kept, take_single

PROMISED_TIMES = 2.0
MAIL_BYTES = 9_000
MAILS = 2_000
ROUNDS = 5

_LOAD = (
    f"{MAILS:,} mails of {MAIL_BYTES / 1000:.0f} KB a round over {CONNECTIONS} connections, {ROUNDS} rounds in turns"
)


def measure(folder: Path) -> list[Row]:
    """Let gatepost and Postfix take the same mails in turns, then the sinks."""
    kept, single, losses = _measure_beside_postfix(folder)
    rows = [
        _compare("each mail durable before its 250", kept, "connections kept"),
        _compare("the same, a new connection for each mail (smtp-source)", single, "median of ratios"),
        Row(
            "how long a mail takes from MAIL to its 250",
            kept[0].latency,
            f"Postfix: {kept[1].latency}",
            f"{sum(kept[0].latencies_ms) / sum(kept[1].latencies_ms):.2f}",
            Reached.NOT_PROMISED,
            _LOAD,
        ),
        Row(
            "each mail that got its 250 is found once in the Maildir",
            losses or f"all {MAILS * ROUNDS:,}",
            "",
            "",
            judge(is_reached=not losses),
            "numbered mails, looked for after each round",
        ),
    ]
    return [*rows, *(_measure_sink(kind, folder / kind, kept[0]) for kind in (SYNC, DROP, BARE))]


def _measure_beside_postfix(folder: Path) -> tuple[Sequence[Series], Sequence[Series], str]:
    body = prepare_data(make_plain_mail(MAIL_BYTES))
    kept, single = (Series(), Series()), (Series(), Series())
    maildir, losses = maildir_of(folder / "gatepost"), ""
    with run_gatepost(folder / "gatepost", screening="off") as ours, run_postfix(folder / "postfix") as postfix:
        for _ in range(ROUNDS):
            result = take_kept(ours, [body], MAILS, kept[0])
            losses = losses or describe_losses(result.accepted, read_numbers(maildir))
            empty_maildir(maildir)
            take_kept(postfix, [body], MAILS, kept[1])
            take_single(ours, MAIL_BYTES, MAILS, single[0])
            empty_maildir(maildir)
            take_single(postfix, MAIL_BYTES, MAILS, single[1])
    return kept, single, losses


def _compare(promise: str, series: Sequence[Series], style: str) -> Row:
    ratio = median_ratio(series[0].per_s, series[1].per_s)
    return Row(
        f"accept by SMTP, {promise}: {PROMISED_TIMES:.0f}x Postfix",
        series[0].show(),
        f"Postfix: {series[1].show()}",
        f"{ratio:.2f}",
        judge(is_reached=ratio >= PROMISED_TIMES),
        f"{_LOAD}, {style}; {WORKERS} workers, Postfix delivers to discard, gatepost to a Maildir meanwhile",
    )


def _measure_sink(kind: str, folder: Path, ours: Series) -> Row:
    series = Series()
    with run_sink(kind, folder) as sink:
        take_kept(sink, [prepare_data(make_plain_mail(MAIL_BYTES))], MAILS, series)
    return Row(
        "the same beside what only reads" if kind != SYNC else "the same beside a minimal Python sink",
        ours.show(),
        f"{NAMES[kind]}: {series.show()}",
        f"{max(ours.per_s) / series.per_s[0]:.2f}",
        Reached.NOT_PROMISED,
        f"{MAILS:,} mails over {CONNECTIONS} connections kept, {WORKERS} processes",
    )
