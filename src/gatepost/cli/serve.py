"""`gatepost serve`: start the gate in the foreground, and say first where its doors are and how to try it."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from gatepost import daemon
from gatepost.cli.banner import print_banner
from gatepost.cli.options import ConfigOption, StateOption, state_flags
from gatepost.cli.output import make_console
from gatepost.config.load import Configuration, Flag
from gatepost.config.verify import verify_settings


def serve_command(  # noqa: PLR0913, PLR0917 - one parameter for each flag
    config: ConfigOption = None,
    state: StateOption = None,
    smtp: Annotated[
        list[str] | None, typer.Option("--smtp", metavar="HOST:PORT", help="Where mail comes in; may be repeated.")
    ] = None,
    domain: Annotated[
        list[str] | None, typer.Option("--domain", metavar="D", help="Domain to receive mail for; may be repeated.")
    ] = None,
    maildir: Annotated[
        Path | None, typer.Option("--maildir", metavar="DIR", help="Maildir that takes all mail.")
    ] = None,
    upstream: Annotated[
        str | None,
        typer.Option(
            "--upstream",
            metavar="URL",
            help="Server that takes all mail: smtp://H:P, smtps://H:P, lmtp://H:P or lmtp+unix:PATH.",
        ),
    ] = None,
    dns: Annotated[
        list[str] | None, typer.Option("--dns", metavar="HOST:PORT", help="Name server to ask; may be repeated.")
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", metavar="N", help="Number of worker processes.")] = None,
    screening: Annotated[
        Literal["on", "off"] | None, typer.Option("--screening", help="Whether mail is looked at.")
    ] = None,
    hostname: Annotated[
        str | None, typer.Option("--hostname", metavar="H", help="Name by which this server calls itself.")
    ] = None,
    metrics: Annotated[
        str | None,
        typer.Option("--metrics", metavar="HOST:PORT", help='Where /metrics and /healthz answer; "" for nowhere.'),
    ] = None,
) -> None:
    """Start the gate. Ctrl-C or SIGTERM stops it; SIGHUP makes it read its settings and certificate again.

    Every flag is a setting too, and wins over the settings file.
    """
    given: tuple[tuple[str, tuple[str, ...], object], ...] = (
        ("--smtp", ("smtp", "listen"), smtp or None),
        ("--domain", ("recipients", "domains"), domain or None),
        ("--dns", ("dns", "servers"), dns or None),
        ("--workers", ("workers",), workers),
        ("--screening", ("screen", "enabled"), None if screening is None else screening == "on"),
        ("--hostname", ("hostname",), hostname),
        ("--metrics", ("metrics", "listen"), metrics),
    )
    flags = [Flag(name, path, value) for name, path, value in given if value is not None]
    configuration = Configuration.load(config, [*state_flags(state), *flags, *way_out_flags(maildir, upstream)])
    verify_settings(configuration)
    raise typer.Exit(daemon.run(configuration, lambda: print_banner(configuration, make_console(to_error=True))))


def way_out_flags(maildir: Path | None, upstream: str | None) -> list[Flag]:
    """Give the flags for the way out; the one that is given puts aside what the file says of the other."""
    if maildir is not None and upstream is not None:
        raise typer.BadParameter("--maildir and --upstream both take all mail; give one of them")
    flags = []
    if maildir is not None:
        flags += [
            Flag("--maildir", ("deliver", "maildir"), str(maildir.absolute())),
            Flag("--maildir", ("deliver", "upstream"), ""),
        ]
    if upstream is not None:
        flags += [
            Flag("--upstream", ("deliver", "upstream"), upstream),
            Flag("--upstream", ("deliver", "maildir"), ""),
        ]
    return flags
