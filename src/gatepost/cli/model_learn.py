"""`gatepost model learn`: correct the model by what people decided of quarantined mail, and show what came of it."""

import contextlib
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gatepost.cli.model_tables import print_figures
from gatepost.cli.output import make_console, make_table
from gatepost.cli.translation import translate
from gatepost.config.settings import Settings
from gatepost.learn.decisions import load_decisions
from gatepost.learn.local import Learned, learn_locally
from gatepost.learn.local_model import find_parent
from gatepost.model.errors import BadInput, BadSettings
from gatepost.screen.classifier.model import Classifier
from gatepost.screen.classifier.pack import parse_pack
from gatepost.screen.kit import NO_MODEL, build_kit

if TYPE_CHECKING:
    from gatepost.learn.lessons import Lesson


def learn_from(settings: Settings, model: Path | None) -> Learned:
    """Correct the model that the settings name, or another, by what was decided in their state folder."""
    folder = Path(settings.state)
    if not folder.is_dir():
        raise BadInput(f"there is no state folder {folder}; name the gate's own with --state or --config")
    parent = find_parent(str(model) if model else settings.screen.model)
    kit = build_kit(msgspec.structs.replace(settings.screen, model=NO_MODEL))
    return learn_locally(load_decisions(folder), parent, kit)


def hold_against(corpus: "Lesson", learned: Learned, settings: Settings, model: Path | None) -> None:
    """Measure the model before and after on the `dev` part of a corpus; raise BadSettings where it is worse."""
    guard, lessons = (importlib.import_module(f"gatepost.learn.{name}") for name in ("guard", "lessons"))
    rows = lessons.load_later(corpus)
    parent = find_parent(str(model) if model else settings.screen.model)
    before = Classifier(parent.pack, parent.version)
    after = Classifier(parse_pack(memoryview(learned.packed), learned.version), learned.version)
    present, candidate = (lessons.evaluate(guard.score_table(one, rows)) for one in (before, after))
    print_figures("The corpus, before", present)
    print_figures("The corpus, after", candidate)
    if losses := guard.Comparison(candidate, present).list_losses():
        raise BadSettings(f"What was learned makes the model worse on the corpus, so it was not written: {losses[0]}.")


def print_learned(learned: Learned) -> None:
    """Print what was learned from, and what it is worth."""
    counts, kept_back, drift = learned.counts, learned.kept_back, learned.drift
    console = make_console()
    said = (
        f"{counts.honest} mails were released and count as {counts.honest_counted:g}, {counts.unwanted} were reported"
        f" and count as {counts.unwanted_counted:g}."
    )
    console.print(translate(said), soft_wrap=True)
    table = make_table("", ["", "before", "after"])
    rows: list[tuple[str, Any, Any]] = [
        ("decisions kept back: loss", kept_back.before, kept_back.after),
        ("the same, with a line drawn through the scores", kept_back.lined_before, kept_back.lined_after),
        ("decisions kept back: area under the curve", kept_back.auc_before, kept_back.auc_after),
        ("made mail: area under the curve", *drift.auc),
        ("made honest mail that is flagged", *drift.honest_flagged),
        ("made unwanted mail that is flagged", *drift.unwanted_flagged),
    ]
    for name, before, after in rows:
        table.add_row(translate(name), f"{before:.3f}", f"{after:.3f}")
    console.print(table)


def write_model(output: Path, packed: bytes) -> None:
    """Put the file into its place, whole: a gate that has the former one mapped goes on with it; or raise BadInput."""
    unfinished = output.with_name(f"{output.name}.part")
    try:
        unfinished.write_bytes(packed)
        unfinished.replace(output)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise BadInput(f"{output}: the model cannot be written: {error.strerror}.") from error
