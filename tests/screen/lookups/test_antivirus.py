import asyncio

from doubles import FakeAntivirus
from gatepost.model.contents import NOT_KEPT, Contents, OpenedFile, Trait
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import FileToOpen
from gatepost.screen.lookups.antivirus import MAX_FILES, ask_about_files


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


async def test_no_mail_asks_more_often_than_the_limit_and_what_was_not_asked_is_told() -> None:
    contents = Contents(tuple(make_file(str(number), b"x") for number in range(MAX_FILES + 2)))
    antivirus = FakeAntivirus()
    answers = await ask_about_files(contents, antivirus)
    assert len(antivirus.asked) == MAX_FILES
    assert [one.outcome for one in answers[MAX_FILES:]] == [Scanned.TOO_LARGE] * 2


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
