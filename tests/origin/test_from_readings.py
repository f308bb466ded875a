from hypothesis import given
from hypothesis import strategies as st

from gatepost.origin.from_readings import find_comment_end, find_other_organisation, split_readings, strip_hidden


def test_comments_quotes_and_encoded_words_are_pieces_of_their_own() -> None:
    pieces = split_readings('Joe =?utf-8?Q?a?= "b (c" (d "e) <a=b@f>')
    assert pieces == ("Joe ", "=?utf-8?Q?a?=", " ", '"b (c"', " ", '(d "e)', " <a", "=", "b@f>")


def test_what_does_not_end_is_broken() -> None:
    broken = ("(", "a)", '"', "((a)", '"a\\"', "(a\\)")
    assert [text for text in broken if split_readings(text) is not None] == []


def test_a_comment_ends_where_all_of_it_ends() -> None:
    assert (find_comment_end("(a(b)\\))c", 0), find_comment_end("(a(b)", 0)) == (8, -1)


def test_an_address_in_a_plain_quoted_name_is_hidden_unless_quotes_shift() -> None:
    assert find_other_organisation(('"b@two.example"', " <a@one.example>"), "one.example") == ""
    assert find_other_organisation(('"b@two.example"', '(")'), "one.example") == "two.example"


@given(st.text(alphabet='(")\\=?Qqab<>@. ', max_size=40))
def test_the_pieces_are_the_whole_text(text: str) -> None:
    pieces = split_readings(text)
    assert pieces is None or ("".join(pieces) == text and ")" not in strip_hidden(pieces))
