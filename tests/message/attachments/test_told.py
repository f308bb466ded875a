"""What files tell of passwords is kept within bounds, and read only when it is asked for."""

from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.told import MAX_NAMES, MAX_TEXTS, Told


def test_a_text_and_a_name_tell_a_password() -> None:
    told = Told()
    told.tell("Document password: Ladder-88")
    told.tell("解压密码：8866".encode())
    told.tell_name("papers/password 4711.txt")
    assert {"Ladder-88", "8866", "4711"} <= set(told.find_passwords())


def test_who_tells_nothing_gives_nothing() -> None:
    told = Told()
    told.tell("")
    told.tell_name("")
    assert told.find_passwords() == ()


def test_only_so_much_is_kept() -> None:
    told = Told()
    for number in range(max(MAX_TEXTS, MAX_NAMES) + 5):
        told.tell(f"password: p{number}x")
        told.tell_name(f"password n{number}x.txt")
    found = told.find_passwords()
    assert "p0x" in found
    assert not {f"p{MAX_TEXTS + 1}x", f"n{MAX_NAMES + 1}x"} & set(found)


def test_a_text_past_the_limit_is_not_kept() -> None:
    told = Told()
    for number in range(MAX_TEXTS):
        told.tell(f"hello {'a' * number}")
    told.tell("password: Ladder-88")
    assert "Ladder-88" not in told.find_passwords()


@given(st.lists(st.binary(max_size=60) | st.text(max_size=60), max_size=5), st.text(max_size=40))
def test_any_text_gives_a_value(texts: list[str | bytes], name: str) -> None:
    told = Told()
    for text in texts:
        told.tell(text)
    told.tell_name(name)
    assert all(told.find_passwords())
