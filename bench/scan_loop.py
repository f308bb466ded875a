"""gatepost behind a pipe, as bench.scanner.PipeScanner speaks: one warm Scanner, no network, one mail at a time."""

import sys

from gatepost import Scanner


def main() -> None:
    """Answer `score findings` for each length and mail until the pipe closes."""
    scanner = Scanner(offline=True)
    mails, answers = sys.stdin.buffer, sys.stdout
    print("ready", file=answers, flush=True)
    while length := mails.readline():
        report = scanner.scan(mails.read(int(length)))
        print(report.score, len(report.findings), file=answers, flush=True)


if __name__ == "__main__":
    main()
