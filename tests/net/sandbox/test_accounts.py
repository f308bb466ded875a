"""Whose turn is next: the quick before newcomers, newcomers before the slow, and nobody waits for ever."""

from gatepost.net.sandbox.accounts import MAX_ACCOUNTS, NEWCOMER_PACE_S, Account, Accounts


def make_account(accounts: Accounts, network: str, *held_s: float) -> Account:
    """Give the account of a network whose orders have held a child for so long."""
    account = accounts.find(network)
    for each in held_s:
        account.note(each)
    return account


def test_the_quick_go_before_newcomers_and_those_before_the_slow() -> None:
    accounts = Accounts()
    slow, quick = make_account(accounts, "slow", 20), make_account(accounts, "quick", 0.01)
    stamps = [accounts.stamp(each) for each in (slow, accounts.find("new"), quick)]
    assert stamps == sorted(stamps, reverse=True)


def test_networks_of_one_pace_take_turns() -> None:
    accounts = Accounts()
    flood = [accounts.stamp(accounts.find("flood")) for _ in range(3)]
    one = accounts.stamp(accounts.find("other"))
    assert flood[0] == one < flood[1] < flood[2]


def test_quick_mails_without_end_do_not_keep_a_newcomer_out() -> None:
    accounts = Accounts()
    flood = make_account(accounts, "flood", *[0.01] * 20)
    newcomer_s = accounts.stamp(accounts.find("new"))
    before = 0
    while (stamp_s := accounts.stamp(flood)) < newcomer_s:
        accounts.serve(stamp_s)
        flood.note(0.01)
        before += 1
    assert 5 < before < 50


def test_a_network_that_comes_after_a_rest_has_saved_up_nothing() -> None:
    accounts = Accounts()
    early = accounts.find("early")
    accounts.stamp(early)
    for _ in range(10):
        accounts.serve(accounts.stamp(accounts.find("busy")))
    assert accounts.stamp(early) == accounts.stamp(accounts.find("new"))


def test_an_order_that_took_longer_than_was_thought_moves_the_next_ones_back() -> None:
    accounts = Accounts()
    honest, liar = accounts.find("honest"), make_account(accounts, "liar", *[0.01] * 30)
    for each, held_s in ((honest, NEWCOMER_PACE_S), (liar, 20.0)):
        accounts.stamp(each)
        each.note(held_s)
    assert accounts.stamp(honest) + 10 < accounts.stamp(liar)


def test_a_pace_is_learned_both_ways() -> None:
    account = Account()
    assert not account.is_quick
    account.note(0.01)
    assert account.is_quick
    account.note(15.0)
    assert not account.is_quick
    for _ in range(20):
        account.note(0.01)
    assert account.is_quick


def test_only_so_many_networks_are_remembered_those_unused_for_longest_least() -> None:
    accounts = Accounts()
    kept = make_account(accounts, "kept", 9)
    forgotten = make_account(accounts, "forgotten", 9)
    for number in range(MAX_ACCOUNTS - 1):
        accounts.find(str(number))
        accounts.find("kept")
    assert len(accounts) == MAX_ACCOUNTS
    assert accounts.find("kept") is kept
    assert accounts.find("forgotten") is not forgotten


def test_a_network_that_holds_a_child_is_not_forgotten_while_it_does() -> None:
    accounts = Accounts()
    holder = accounts.find("holder")
    holder.holding = 1
    for number in range(MAX_ACCOUNTS):
        accounts.find(str(number))
    assert len(accounts) == MAX_ACCOUNTS
    assert accounts.find("holder") is holder
