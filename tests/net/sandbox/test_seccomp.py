"""The filter of system calls lets through what is listed and nothing else; it is run here as the kernel runs it."""

import errno
import struct

import pytest

from gatepost.net.sandbox.kernel import MACHINE
from gatepost.net.sandbox.seccomp import UnknownMachineError, build_filter
from gatepost.net.sandbox.syscalls import ALLOWED, ARCHITECTURES, DEADLY, ON_ITSELF, ON_TERMINALS

ALLOW, KILL, NO_CALL, NO_TERMINAL = 0x7FFF0000, 0x80000000, 0x50000 | errno.ENOSYS, 0x50000 | errno.ENOTTY
MY_PID = 4711
MACHINES = sorted(ARCHITECTURES)


def run(machine: str, number: int, argument: int = 0, architecture: int | None = None) -> int:
    """Do what the kernel does with the filter and one call."""
    program = [struct.unpack("HBBI", each) for each in _cut(b"".join(build_filter(machine, MY_PID)))]
    architecture = ARCHITECTURES[machine][0] if architecture is None else architecture
    data = struct.pack("iIQ6Q", number, architecture, 0, argument, 0, 0, 0, 0, 0)
    place = held = 0
    while True:
        code, then, otherwise, value = program[place]
        place += 1
        match code:
            case 0x20:
                (held,) = struct.unpack_from("I", data, value)
            case 0x15:
                place += then if held == value else otherwise
            case 0x35:
                place += then if held >= value else otherwise
            case 0x06:
                return int(value)
            case _:
                raise AssertionError(code)


def _cut(program: bytes) -> list[bytes]:
    return [program[at : at + 8] for at in range(0, len(program), 8)]


@pytest.mark.parametrize("machine", MACHINES)
def test_every_number_gets_the_answer_of_its_list(machine: str) -> None:
    column = ARCHITECTURES[machine][1]
    answers = dict.fromkeys((numbers[column] for numbers in ALLOWED.values()), ALLOW)
    answers |= dict.fromkeys((numbers[column] for numbers in DEADLY.values()), KILL)
    answers |= dict.fromkeys((numbers[column] for numbers in ON_TERMINALS.values()), NO_TERMINAL)
    own = {numbers[column] for numbers in ON_ITSELF.values()}
    for number in set(range(700)) - own:
        assert run(machine, number) == answers.get(number, NO_CALL), number


@pytest.mark.parametrize("machine", MACHINES)
def test_a_process_may_signal_and_limit_itself_alone(machine: str) -> None:
    column = ARCHITECTURES[machine][1]
    for (_, zero_is_itself), numbers in ON_ITSELF.items():
        number = numbers[column]
        assert number is not None
        assert run(machine, number, MY_PID) == ALLOW
        assert run(machine, number, 0) == (ALLOW if zero_is_itself else KILL)
        assert run(machine, number, 1) == run(machine, number, 2**32 - 1) == KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_another_way_of_calling_is_deadly(machine: str) -> None:
    assert run(machine, 0, architecture=0x40000003) == KILL
    assert run(machine, 0x40000001) == KILL
    assert run(machine, -1) == KILL


@pytest.mark.parametrize(
    "name",
    ["socket", "socketpair", "connect", "bind", "clone", "clone3", "fork", "vfork", "memfd_create", "shmget", "prctl"],
)
def test_what_makes_sockets_and_processes_is_listed_nowhere(name: str) -> None:
    assert name not in {*ALLOWED, *ON_TERMINALS, *(each for each, _ in ON_ITSELF)}


def test_no_call_is_listed_twice() -> None:
    for column in (0, 1):
        numbers = [
            row[column]
            for table in (ALLOWED, DEADLY, ON_ITSELF, ON_TERMINALS)
            for row in table.values()
            if row[column] is not None
        ]
        assert len(numbers) == len(set(numbers))


def test_an_unknown_machine_is_told() -> None:
    with pytest.raises(UnknownMachineError):
        list(build_filter("riscv64", 1))
    assert MACHINE
