"""`gatepost model`: train the model that scores mails, correct it by decisions, measure it, ask it why."""

import importlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatepost.cli.mail_files import find_mails, is_other_file, read_mail
from gatepost.cli.model_tables import print_card, print_explanation, print_figures
from gatepost.cli.options import ConfigOption, StateOption, state_flags
from gatepost.cli.translation import translate
from gatepost.config.load import Configuration
from gatepost.model.errors import BadInput, BadSettings
from gatepost.screen.kit import find_default_model

if TYPE_CHECKING:
    from gatepost.learn.lessons import Lesson

DEFAULT_CACHE = Path("build/model-cache")

app = typer.Typer(
    help="Train, correct, measure and question the model that scores mails.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

CorpusArgument = Annotated[Path, typer.Argument(metavar="CORPUS", help="Folder with manifest.csv and the mails.")]
CacheOption = Annotated[Path, typer.Option("--cache", metavar="DIR", help="Where what was seen in the mails is kept.")]
ModelOption = Annotated[
    Path | None, typer.Option("--model", metavar="FILE", help="Model file instead of the one that comes with gatepost.")
]


@app.command("train")
def train_command(
    corpus: CorpusArgument,
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="Where the model is written.")],
    cache: CacheOption = DEFAULT_CACHE,
    diagram: Annotated[Path | None, typer.Option(metavar="SVG", help="Also draw the reliability diagram.")] = None,
    made: Annotated[
        int | None,
        typer.Option(metavar="COUNT", min=0, help="Made mails that are learned from, too (as shipped: 12,000)."),
    ] = None,
) -> None:
    """Train a model; the same corpus and the same gatepost give the same file, bit by bit."""
    lessons = _import_learn("lessons")
    from gatepost.cli import model_learn  # noqa: PLC0415 - numpy is slow to load

    lesson = _plan(corpus, cache)
    outcome = lessons.train_model(lesson if made is None else replace(lesson, made_count=made))
    model_learn.write_model(output, outcome.packed)
    print_figures("Sources left out in turn", outcome.left_out)
    print_figures("The same, every sender unknown", outcome.unknown)
    print_figures("The same, unwanted mail padded with honest words", outcome.padded)
    if outcome.later is not None:
        print_figures("Later mail (dev) of known sources", outcome.later)
    if diagram is not None:
        _draw(diagram, outcome.left_out.bins, "Scores of mail whose source was left out")
    typer.echo(translate(f"{output}: model {outcome.version}, {len(outcome.packed):,} bytes."))


@app.command("learn")
def learn_command(  # noqa: PLR0913 - one parameter for each flag
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="Where the model is written.")],
    config: ConfigOption = None,
    state: StateOption = None,
    model: Annotated[
        Path | None, typer.Option("--model", metavar="FILE", help="Model to correct instead of the one in use.")
    ] = None,
    *,
    corpus: Annotated[
        Path | None, typer.Option("--corpus", metavar="CORPUS", help="Labelled mails to hold the outcome against, too.")
    ] = None,
    cache: CacheOption = DEFAULT_CACHE,
) -> None:
    """Correct the model by what people released from quarantine and reported; refuses what makes it worse."""
    from gatepost.cli import model_learn  # noqa: PLC0415 - numpy is slow to load

    settings = Configuration.load(config, state_flags(state)).settings
    learned = model_learn.learn_from(settings, model)
    model_learn.print_learned(learned)
    if corpus is not None:
        _import_learn("lessons")
        model_learn.hold_against(_plan(corpus, cache), learned, settings, model)
    model_learn.write_model(output, learned.packed)
    said = f"{output}: model {learned.version}, {len(learned.packed):,} bytes; [screen] model names it, then reload."
    typer.echo(translate(said))


@app.command("evaluate")
def evaluate_command(
    corpus: CorpusArgument,
    model: ModelOption = None,
    cache: CacheOption = DEFAULT_CACHE,
    diagram: Annotated[Path | None, typer.Option(metavar="SVG", help="Also draw the reliability diagram.")] = None,
    *,
    left_out: Annotated[
        bool, typer.Option("--left-out", help="Train anew with each source left out, and measure that.")
    ] = False,
) -> None:
    """Measure a model on the `dev` part of a corpus, or the way of training with sources left out."""
    lessons = _import_learn("lessons")
    lesson = _plan(corpus, cache)
    if left_out:
        title, figures = "Sources left out in turn", lessons.train_model(lesson).left_out
    else:
        title, figures = "Later mail (dev) of known sources", lessons.measure_model(_load(model), lesson)
    print_figures(title, figures)
    if diagram is not None:
        _draw(diagram, figures.bins, title)


@app.command("pack")
def pack_command(
    candidate: Annotated[Path, typer.Argument(metavar="NEW", help="Model file that is to come into service.")],
    place: Annotated[Path, typer.Argument(metavar="PLACE", help="File that [screen] model names.")],
    corpus: Annotated[Path, typer.Option("--corpus", metavar="CORPUS", help="Mails that both are measured on.")],
    cache: CacheOption = DEFAULT_CACHE,
) -> None:
    """Put a model into service, unless it is worse than the one in its place."""
    lessons, guard = _import_learn("lessons"), _import_learn("guard")
    comparison = guard.admit(candidate, place, lessons.load_later(_plan(corpus, cache)))
    if comparison is not None:
        print_figures("Until now", comparison.present)
        print_figures("From now on", comparison.candidate)
    typer.echo(translate(f"{place}: in service at the next start or reload."))


@app.command("explain")
def explain_command(
    path: Annotated[str | None, typer.Argument(metavar="[MAIL]", help="A mail; without one, the model's card.")] = None,
    model: ModelOption = None,
) -> None:
    """Say what a mail's score is made of; without a mail, what the model was made of."""
    if path is None:
        print_card(_load(model))
        return
    from gatepost.cli.model_answers import explain_mail  # noqa: PLC0415 - the screening is loaded when it is needed

    for place in find_mails([path]):
        if isinstance(place, BadInput):
            raise place
        if is_other_file(place, raw := read_mail(place)):
            raise BadInput(f"{place.label}: this is no mail; `gatepost scan` judges files, without a model.")
        print_explanation(*explain_mail(raw, str(model or "")))


def _load(model: Path | None) -> Any:
    from gatepost.screen.classifier.model import load_classifier  # noqa: PLC0415 - numpy is slow to load

    return load_classifier(model or find_default_model())


def _plan(corpus: Path, cache: Path) -> "Lesson":
    lesson: Lesson = _import_learn("lessons").Lesson(corpus, cache)
    return lesson


def _draw(diagram: Path, bins: Any, title: str) -> None:
    diagram.write_text(_import_learn("diagram").draw_reliability(bins, title), "utf-8")


def _import_learn(name: str) -> Any:
    """Import a module of learn/; what it needs comes with the extra `learn` only."""
    try:
        return importlib.import_module(f"gatepost.learn.{name}")
    except ModuleNotFoundError as error:
        raise BadSettings(
            f"Training needs {error.name}: install gatepost[learn] (pip install 'gatepost[learn]')."
        ) from error
