"""What a host tells is remembered, and no name is kept that is longer than any host's."""

from gatepost.screen.remember import MAX_HOST_CHARS, remember


def test_the_same_host_is_worked_out_once() -> None:
    asked: list[tuple[str, int]] = []

    @remember(10)
    def measure(host: str, factor: int) -> int:
        asked.append((host, factor))
        return len(host) * factor

    assert [measure("a.example", 2), measure("a.example", 2), measure("a.example", 3)] == [18, 18, 27]
    assert asked == [("a.example", 2), ("a.example", 3)]


def test_no_more_hosts_are_kept_than_asked_for() -> None:
    asked: list[str] = []

    @remember(2)
    def measure(host: str) -> int:
        asked.append(host)
        return len(host)

    for host in ("a", "b", "c", "c", "a"):
        measure(host)
    assert asked == ["a", "b", "c", "a"]


def test_a_name_that_cannot_exist_is_worked_out_anew() -> None:
    asked: list[str] = []

    @remember(10)
    def measure(host: str) -> int:
        asked.append(host)
        return len(host)

    longest = "a" * MAX_HOST_CHARS
    for host in (longest, longest, f"{longest}b", f"{longest}b"):
        assert measure(host) == len(host)
    assert asked == [longest, f"{longest}b", f"{longest}b"]
