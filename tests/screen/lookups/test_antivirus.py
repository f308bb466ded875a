import asyncio

from doubles import FakeAntivirus
from gatepost.model.contents import NOT_KEPT, Contents, OpenedFile, Trait
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import FileToOpen
from gatepost.screen.lookups.antivirus import MAX_BYTES, MAX_TOLD, ask_about_files


class SlowAntivirus(FakeAntivirus):
    """Takes a tenth of a second for each answer."""

    async def scan(self, content: bytes) -> AntivirusAnswer:
        await asyncio.sleep(0.1)
        return await super().scan(content)


def make_file(path: str, content: bytes, *files: OpenedFile) -> OpenedFile:
    return OpenedFile(path, "", FileKind.UNKNOWN, len(content), content=content, files=files)


async def test_files_that_came_back_with_their_bytes_are_asked_about_wherever_they_lie() -> None:
    inner = make_file("2:1.1", b"bad", make_file("2:1.1.1", b"good"))
    contents = Contents((make_file("1", b""), make_file("2", b"", make_file("2:1", b"", inner))))
    antivirus = FakeAntivirus({b"bad": "Win.Test.A-1"})
    assert await ask_about_files(contents, antivirus) == (
        AntivirusAnswer(Scanned.FOUND, "Win.Test.A-1", "2:1.1"),
        AntivirusAnswer(Scanned.CLEAN, file="2:1.1.1"),
    )
    assert antivirus.asked == [b"bad", b"good"]


async def test_all_files_are_asked_about_those_first_that_are_bad_most_often() -> None:
    kinds = (FileKind.PNG, FileKind.UNKNOWN, FileKind.TEXT, FileKind.PE, FileKind.OLE, FileKind.SCRIPT)
    files = [OpenedFile(kind, "", kind, 2, content=kind.encode()) for kind in kinds]
    files += [make_file(str(number), b"%d" % number) for number in range(200)]
    antivirus = FakeAntivirus()
    answers = await ask_about_files(Contents(tuple(files)), antivirus, [FileToOpen("~1", "", b"hidden")])
    assert len(antivirus.asked) == len(files) + 1
    assert antivirus.asked[:5] == [b"pe", b"script", b"hidden", b"unknown", b"ole"]
    assert antivirus.asked[-2:] == [b"png", b"text"]
    assert len(answers) == MAX_TOLD  # that they are clean is not told of all


async def test_what_there_is_no_room_for_is_told_and_smaller_files_behind_it_are_asked_about() -> None:
    large = bytes(MAX_BYTES // 2)
    contents = Contents((make_file("1", large), make_file("2", large + b"x"), make_file("3", b"bad")))
    antivirus = FakeAntivirus({b"bad": "Win.Test.A-1"})
    assert await ask_about_files(contents, antivirus) == (
        AntivirusAnswer(Scanned.CLEAN, file="1"),
        AntivirusAnswer(Scanned.FOUND, "Win.Test.A-1", "3"),
        AntivirusAnswer(Scanned.TOO_LARGE, file="2"),
    )


async def test_files_of_one_content_are_asked_about_once() -> None:
    files = [OpenedFile(str(number), "", FileKind.PE, 3, sha256="12", content=b"bad") for number in range(90)]
    antivirus = FakeAntivirus({b"bad": "Win.Test.A-1"})
    answers = await ask_about_files(Contents(tuple(files)), antivirus)
    assert antivirus.asked == [b"bad"]
    assert [(one.outcome, one.file) for one in answers] == [(Scanned.FOUND, file.path) for file in files]


async def test_a_file_whose_bytes_did_not_come_is_told_as_too_large() -> None:
    left = OpenedFile("2:1", "", FileKind.UNKNOWN, 9, traits=(Trait(NOT_KEPT),))
    contents = Contents((OpenedFile("2", "", FileKind.ZIP, 9, files=(left,)),))
    assert await ask_about_files(contents, FakeAntivirus()) == (AntivirusAnswer(Scanned.TOO_LARGE, file="2:1"),)


async def test_files_of_other_readings_are_asked_about_as_well() -> None:
    more = (FileToOpen("~1.2", "a.exe", b"bad"),)
    answers = await ask_about_files(Contents(), FakeAntivirus({b"bad": "Win.Test.A-1"}), more)
    assert answers == (AntivirusAnswer(Scanned.FOUND, "Win.Test.A-1", "~1.2"),)


async def test_a_silent_antivirus_is_asked_once() -> None:
    antivirus = FakeAntivirus(is_down=True)
    answers = await ask_about_files(Contents(), antivirus, [FileToOpen(str(number), "", b"x") for number in range(9)])
    assert [one.outcome for one in answers] == [Scanned.UNANSWERED] * 9
    assert len(antivirus.asked) == 1


async def test_many_slow_answers_end_at_one_deadline() -> None:
    antivirus = SlowAntivirus()
    more = [FileToOpen(str(number), "", b"x") for number in range(9)]
    answers = await ask_about_files(Contents(), antivirus, more, deadline_s=0.25)
    assert [one.outcome for one in answers[:2]] == [Scanned.CLEAN] * 2
    assert answers[-1].outcome is Scanned.UNANSWERED
    assert len(answers) == len(more)
