"""The list is one for all who ask, and each question says whether a name without an entry counts."""

from gatepost.message.suffixes import load_suffixes


def test_the_list_is_read_once() -> None:
    assert load_suffixes() is load_suffixes()


def test_a_name_without_an_entry_counts_where_the_question_says_so() -> None:
    assert load_suffixes().publicsuffix("node.js") == "js"
    assert load_suffixes().publicsuffix("node.js", accept_unknown=False) is None


def test_a_host_may_be_a_suffix_below_which_strangers_register() -> None:
    assert load_suffixes().privatesuffix("someone.github.io") == "someone.github.io"
