"""`gatepost replay`: judge a kept mail again, and hold the new verdict against the recorded one.

Exit codes: 0 the same, 1 different, 2 no such mail, or its bytes are no longer kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from gatepost.cli.desk_access import open_desk
from gatepost.cli.judges import build_judging_by
from gatepost.cli.options import ConfigOption, JsonOption, StateOption, state_flags
from gatepost.cli.output import make_cell, make_console, make_table, pick_language, print_json_lines
from gatepost.cli.translation import translate
from gatepost.config.load import Configuration
from gatepost.flow.former import Judges, present_judges, recall_judges
from gatepost.flow.replay import Difference, Replay, replay
from gatepost.model.verdict import Verdict

EXIT_DIFFERENT = 1


def replay_command(  # noqa: PLR0913 - one parameter for each flag
    mail: Annotated[str, typer.Argument(metavar="MAIL", help="Name of a kept mail, or its beginning.")],
    config: ConfigOption = None,
    state: StateOption = None,
    model: Annotated[
        Path | None, typer.Option("--model", metavar="FILE", help="Model file instead of the one in the settings.")
    ] = None,
    *,
    by_present: Annotated[
        bool, typer.Option("--now", help="Judge by the model and the lists of now, not by those of that day.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Judge a kept mail again as it was judged when it came; nothing is asked from the network.

    The settings are those of --config. Exit code 0: the same verdict; 1: another; 2: the mail is not kept.
    """
    with open_desk(config, state) as desk:
        kept = desk.recall(mail)
    settings = Configuration.load(config, state_flags(state)).settings
    places = (Path(settings.state), settings.screen, settings.feeds)
    judges = present_judges(*places) if by_present else recall_judges(*places, kept.entry.verdict)
    if model is not None:
        judges = _take_model(judges, model)
    outcome = replay(kept, build_judging_by(settings, judges))
    if as_json:
        print_json_lines([_describe(outcome, judges)])
    else:
        _print(outcome, judges, is_by_default=config is None)
    raise typer.Exit(0 if outcome.is_same else EXIT_DIFFERENT)


def _take_model(judges: Judges, model: Path) -> Judges:
    screening = msgspec.structs.replace(judges.screening, model=str(model))
    missing = tuple(name for name in judges.missing if not name.startswith("model "))
    return replace(judges, screening=screening, missing=missing)


def _describe(outcome: Replay, judges: Judges) -> dict[str, object]:
    return {
        "mail": outcome.mail_id,
        "same": outcome.is_same,
        "differences": msgspec.to_builtins(outcome.differences),
        "circumstances": msgspec.to_builtins(outcome.circumstances),
        "missing": list(judges.missing),
        "recorded": _describe_verdict(outcome.recorded),
        "now": _describe_verdict(outcome.now),
    }


def _describe_verdict(verdict: Verdict) -> dict[str, object]:
    screening = verdict.screening
    return {
        "gatepost": verdict.gatepost,
        "model": screening.model,
        "feeds": dict(screening.feeds),
        "settings": dict(verdict.settings),
        "score": screening.score,
        "findings": [one.code for one in screening.findings],
        "decisions": [{**msgspec.to_builtins(one), "recipient": str(one.recipient or "")} for one in verdict.decisions],
    }


def _print(outcome: Replay, judges: Judges, *, is_by_default: bool) -> None:
    console = make_console()
    console.print(_build_table(outcome))
    if judges.missing:
        names = ", ".join(judges.missing)
        says = pick_language(
            f"No longer kept: {names}; what is in force now judged in its place.",
            f"已不再保留：{names}；改用现有的判断。",
        )
        console.print(make_cell(says), soft_wrap=True)
    for one in _leave_out_shown(outcome.differences):
        console.print(make_cell(f"{pick_language('different', '不同')}: {_tell(one)}"), soft_wrap=True)
    for one in outcome.circumstances:
        console.print(make_cell(f"{pick_language('judged otherwise', '判断条件不同')}: {_tell(one)}"), soft_wrap=True)
    if is_by_default and any(one.what.startswith("settings ") for one in outcome.circumstances):
        says = pick_language(
            "The default settings judged; to judge by the gate's own, name its file with --config.",
            "本次按默认设置判断；如需按网关自身的设置判断，请用 --config 指定其配置文件。",
        )
        console.print(make_cell(says), soft_wrap=True)
    same = pick_language("The same verdict.", "结论相同。")
    console.print(same if outcome.is_same else pick_language("Another verdict.", "结论不同。"))


def _leave_out_shown(differences: Sequence[Difference]) -> Sequence[Difference]:
    """Leave out the sentences of decisions, which the table shows, where something else differs, too."""
    others = [one for one in differences if not one.what.startswith("says")]
    return others or differences


def _tell(one: Difference) -> str:
    nothing = pick_language("nothing", "无")
    before, after = one.recorded or nothing, one.now or nothing
    return pick_language(f"{one.what} was {before}, now {after}", f"{one.what} 原为 {before}，现为 {after}")


def _build_table(outcome: Replay) -> Table:
    recorded, now = pick_language("recorded", "原结论"), pick_language("now", "现结论")
    table = make_table(outcome.mail_id, ["", recorded, now])
    sides = (_list_facts(outcome.recorded), _list_facts(outcome.now))
    for (name, before), (_, after) in zip(*sides, strict=True):
        table.add_row(*map(make_cell, (name, before, after)))
    return table


def _list_facts(verdict: Verdict) -> Iterator[tuple[str, str]]:
    screening = verdict.screening
    yield pick_language("score", "评分"), f"{screening.score:.6f}"
    yield pick_language("findings", "发现"), ", ".join(dict.fromkeys(one.code for one in screening.findings))
    for one in verdict.decisions:
        colon = pick_language(": ", "：")
        yield str(one.recipient or ""), f"{translate(one.action.value)}{colon}{pick_language(one.says, one.says_zh)}"
    yield pick_language("model", "模型"), screening.model
    yield "gatepost", verdict.gatepost
