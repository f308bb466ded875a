"""What the antivirus found in a mail as a whole is named by the part that bears it, where one does by itself."""

import asyncio
from collections.abc import Iterable

from doubles import FakeAntivirus
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.ports import FileToOpen
from gatepost.screen.lookups.infected_parts import MAX_BYTES, MAX_PARTS, name_infected_parts

WHOLE = AntivirusAnswer(Scanned.FOUND, "Win.Test.A-1")


def files(*contents: bytes) -> list[FileToOpen]:
    return [FileToOpen(f"1.{number}", "", content) for number, content in enumerate(contents, 1)]


async def name(answer: AntivirusAnswer, order: Iterable[FileToOpen], antivirus: FakeAntivirus) -> list[AntivirusAnswer]:
    return list(await name_infected_parts(answer, lambda: order, antivirus))


async def test_the_parts_that_bear_it_take_the_place_of_the_whole_mail() -> None:
    antivirus = FakeAntivirus({b"bad": "Win.Test.A-1"})
    named = await name(WHOLE, files(b"good", b"bad", b"more", b"so bad"), antivirus)
    assert named == [AntivirusAnswer(Scanned.FOUND, "Win.Test.A-1", path) for path in ("1.2", "1.4")]


async def test_what_no_part_bears_stays_with_the_mail_and_what_else_is_found_is_told_besides() -> None:
    assert await name(WHOLE, files(b"good"), FakeAntivirus()) == [WHOLE]
    other = AntivirusAnswer(Scanned.FOUND, "Win.Other-2", "1.1")
    assert await name(WHOLE, files(b"bad"), FakeAntivirus({b"bad": "Win.Other-2"})) == [WHOLE, other]


async def test_about_other_answers_nobody_is_asked_again_and_no_file_is_looked_for() -> None:
    antivirus = FakeAntivirus()
    for outcome in (Scanned.CLEAN, Scanned.UNANSWERED):
        answer = AntivirusAnswer(outcome)
        assert await name_infected_parts(answer, lambda: 1 / 0, antivirus) == (answer,)  # type: ignore[arg-type, return-value]
    assert antivirus.asked == []


async def test_the_parts_of_a_mail_that_is_too_large_for_it_are_asked_about_one_by_one() -> None:
    large = AntivirusAnswer(Scanned.TOO_LARGE)
    found = AntivirusAnswer(Scanned.FOUND, "Win.Test.A-1", "1.2")
    assert await name(large, files(b"good", b"bad"), FakeAntivirus({b"bad": "Win.Test.A-1"})) == [large, found]
    assert await name(large, files(b"good"), FakeAntivirus()) == [large]


async def test_a_file_for_which_there_is_no_room_keeps_out_none_behind_it() -> None:
    antivirus = FakeAntivirus({b"bad": "Win.Test.A-1"})
    large = AntivirusAnswer(Scanned.TOO_LARGE)
    found = AntivirusAnswer(Scanned.FOUND, "Win.Test.A-1", "1.2")
    assert await name(large, files(bytes(MAX_BYTES + 1), b"bad"), antivirus) == [large, found]


async def test_files_of_other_readings_are_left_to_the_question_about_them() -> None:
    antivirus = FakeAntivirus({b"bad": "Win.Test.A-1"})
    assert await name(WHOLE, [FileToOpen("~1", "", b"bad")], antivirus) == [WHOLE]
    assert antivirus.asked == []


async def test_no_mail_asks_about_more_than_the_limits() -> None:
    antivirus = FakeAntivirus()
    await name(WHOLE, files(*[b"x"] * (MAX_PARTS + 9)), antivirus)
    assert len(antivirus.asked) == MAX_PARTS
    antivirus = FakeAntivirus()
    await name(WHOLE, files(bytes(MAX_BYTES // 2 + 1), bytes(MAX_BYTES // 2)), antivirus)
    assert len(antivirus.asked) == 1


async def test_an_antivirus_that_falls_silent_leaves_the_answer_about_the_mail() -> None:
    antivirus = FakeAntivirus(is_down=True)
    assert await name(WHOLE, files(b"bad", b"bad"), antivirus) == [WHOLE]
    assert len(antivirus.asked) == 1


class SlowAntivirus(FakeAntivirus):
    async def scan(self, content: bytes) -> AntivirusAnswer:
        await asyncio.sleep(0.1)
        return await super().scan(content)


async def test_slow_answers_end_at_one_deadline_and_what_was_found_until_then_counts() -> None:
    antivirus = SlowAntivirus({b"bad": "Win.Test.A-1"})
    order = files(b"bad", *[b"x"] * 8)
    found = await name_infected_parts(WHOLE, lambda: order, antivirus, deadline_s=0.25)
    assert found == (AntivirusAnswer(Scanned.FOUND, "Win.Test.A-1", "1.1"),)
