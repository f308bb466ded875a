"""Promise: durable SMTP accept at twice Postfix's rate on the same two cores; each mail is found afterwards."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.arrivals import describe_losses, empty_maildir, read_numbers
from bench.figures import median_ratio
from bench.mails import make_plain_mail, prepare_data
from bench.ours import WORKERS, maildir_of, run_gatepost
from bench.peers import sinks
from bench.peers.postfix import DISCARD, MAILDIR, NAMES, run_postfix
from bench.row import Reached, Row, judge
from bench.takes import CONNECTIONS, Series, take_kept, take_single

PROMISED_TIMES = 2.0
MAIL_BYTES = 9_000
MAILS = 1_500
ROUNDS = 5

_LOAD = (
    f"{MAILS:,} mails of {MAIL_BYTES / 1000:.0f} KB a round over {CONNECTIONS} connections, {ROUNDS} rounds in turns"
)


def measure(folder: Path) -> list[Row]:
    """Let gatepost and Postfix take the same mails in turns, then the sinks."""
    kept, single, losses = _measure_beside_postfix(folder)
    ours, postfix, postfix_maildir = kept
    rows = [
        _compare(f"accept by SMTP, each mail durable before its 250: {PROMISED_TIMES:.0f}x Postfix", kept),
        _compare(f"the same, a new connection for each mail: {PROMISED_TIMES:.0f}x Postfix", single),
        Row(
            "each mail that got its 250 is found once in the Maildir",
            losses or f"all {MAILS * ROUNDS:,}",
            "",
            "",
            judge(is_reached=not losses),
            "numbered mails, looked for after each round",
        ),
        Row(
            "how long a mail takes from MAIL to its 250",
            ours.latency,
            f"{NAMES[DISCARD]}: {postfix.latency}",
            f"{sum(ours.latencies_ms) / sum(postfix.latencies_ms):.2f}",
            Reached.NOT_PROMISED,
            f"{_LOAD}, connections kept",
        ),
        _compare_unpromised("accepted and delivered into a Maildir by both", ours, postfix_maildir, MAILDIR),
        _compare_unpromised("the same, a new connection for each mail", single[0], single[2], MAILDIR),
    ]
    return [*rows, *(_measure_sink(kind, folder / kind, ours) for kind in (sinks.SYNC, sinks.DROP, sinks.BARE))]


def _measure_beside_postfix(folder: Path) -> tuple[Sequence[Series], Sequence[Series], str]:
    """Give the series over kept connections, over single ones (ours, to discard, to a Maildir), and what was lost."""
    body = prepare_data(make_plain_mail(MAIL_BYTES))
    kept, single = (Series(), Series(), Series()), (Series(), Series(), Series())
    maildir, losses = maildir_of(folder / "gatepost"), ""
    with (
        run_gatepost(folder / "gatepost", screening="off") as ours,
        run_postfix(folder / "postfix") as postfix,
        run_postfix(folder / "postfix-maildir", transport=MAILDIR) as postfix_maildir,
    ):
        for _ in range(ROUNDS):
            result = take_kept(ours, [body], MAILS, kept[0])
            losses = losses or describe_losses(result.accepted, read_numbers(maildir))
            empty_maildir(maildir)
            take_kept(postfix, [body], MAILS, kept[1])
            take_kept(postfix_maildir, [body], MAILS, kept[2])
            take_single(ours, MAIL_BYTES, MAILS, single[0])
            empty_maildir(maildir)
            take_single(postfix, MAIL_BYTES, MAILS, single[1])
            take_single(postfix_maildir, MAIL_BYTES, MAILS, single[2])
    return kept, single, losses


def _compare(promise: str, series: Sequence[Series]) -> Row:
    ratio = median_ratio(series[0].per_s, series[1].per_s)
    return Row(
        promise,
        series[0].show(),
        f"{NAMES[DISCARD]}: {series[1].show()}",
        f"{ratio:.2f}",
        judge(is_reached=ratio >= PROMISED_TIMES),
        f"{_LOAD}; {WORKERS} workers; Postfix delivers to nowhere, gatepost into a Maildir meanwhile;"
        " a new connection each: sent by smtp-source",
    )


def _compare_unpromised(what: str, ours: Series, peer: Series, transport: str) -> Row:
    ratio = median_ratio(ours.per_s, peer.per_s)
    return Row(what, ours.show(), f"{NAMES[transport]}: {peer.show()}", f"{ratio:.2f}", Reached.NOT_PROMISED, _LOAD)


def _measure_sink(kind: str, folder: Path, ours: Series) -> Row:
    series = Series()
    with sinks.run_sink(kind, folder) as sink:
        take_kept(sink, [prepare_data(make_plain_mail(MAIL_BYTES))], MAILS, series)
    return Row(
        "the same beside a minimal Python sink" if kind == sinks.SYNC else "the same beside what only reads",
        ours.show(),
        f"{sinks.NAMES[kind]}: {series.show()}",
        f"{median(ours.per_s) / series.per_s[0]:.2f}",
        Reached.NOT_PROMISED,
        f"{MAILS:,} mails over {CONNECTIONS} connections kept, {WORKERS} processes",
    )
