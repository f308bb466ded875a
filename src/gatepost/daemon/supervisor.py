"""The first process: opens the doors, gives up root, forks workers and keeper, watches them, reloads, ends.

It holds no mail and runs no event loop; what it does between signals is wait.
Fails: BadSettings before anything has started; afterwards it goes on with what works and says what does not.
"""

import fcntl
import functools
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from gatepost.config.load import Configuration
from gatepost.config.settings import Settings
from gatepost.config.verify import verify_settings
from gatepost.daemon.children import HANDLED_SIGNALS, Child, Main, reap
from gatepost.daemon.keeper import run_keeper
from gatepost.daemon.listeners import open_listeners, require_free
from gatepost.daemon.logs import set_up_logs
from gatepost.daemon.parts import Plan, build_plan
from gatepost.daemon.privileges import (
    ROOT,
    ROOT_UID,
    ServiceUser,
    become,
    find_service_user,
    find_unreachable,
    hand_over,
)
from gatepost.daemon.worker import RETIRE_SIGNAL, OpenDoor, run_worker
from gatepost.gates.counters import SharedCounters
from gatepost.gates.smtp import SmtpDoor
from gatepost.model.errors import BadSettings, GatepostError
from gatepost.store.ledger import JOURNAL_FOLDER

READY_TIMEOUT_S = 30.0
LEAVE_TIMEOUT_S = 30.0
TURN_S = 0.2
RENEW_EVERY_S = 86400.0
LOCK_NAME = "gate.lock"
MAX_FILES = 65_536  # what the unit file of systemd gives, too
GENERATIONS = 2  # during a reload old and new workers count side by side

log = structlog.get_logger()


@dataclass(slots=True)
class Supervisor:
    """The state of the whole gate."""

    configuration: Configuration
    lock: int  # on the state folder, while this process lives
    listeners: dict[SmtpDoor, list[socket.socket]]
    counters: SharedCounters
    news: int  # an eventfd: workers tell the keeper that there is new mail
    generation: int = 0
    workers: list[Child] = field(default_factory=list)
    leaving: list[Child] = field(default_factory=list)
    keeper: Child | None = None
    renew_at_s: float = field(default_factory=lambda: time.monotonic() + RENEW_EVERY_S)

    def certificate_is_our_own(self) -> bool:
        """Say whether no certificate is set, so that gatepost must renew the one it made."""
        return not self.configuration.settings.tls.certificate

    def all_children(self) -> Iterator[Child]:
        """Give every child, those that are leaving too."""
        yield from self.workers
        yield from self.leaving
        if self.keeper:
            yield self.keeper


def run(configuration: Configuration, announce: Callable[[], None]) -> int:
    """Run the gate until it is told to stop; give the exit code. Raises GatepostError when it cannot start.

    `announce` is called once, when every door is open.
    """
    settings = configuration.settings
    set_up_logs(settings.log)
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED_SIGNALS)
    supervisor, plan = _prepare(configuration)
    if trouble := plan.judging.kit.rule_book.trouble:
        log.warning("yara_off", says=trouble)
    supervisor.keeper = _make_keeper(supervisor, plan)
    supervisor.workers = _make_workers(supervisor, plan)
    for child in supervisor.all_children():
        child.start()
    if not all(child.wait_until_ready(READY_TIMEOUT_S) for child in list(supervisor.all_children())):
        log.error("start_failed", says="a part of the gate did not start; the lines above say why")
        _leave(supervisor)
        return 3
    announce()
    log.info("ready", doors=settings.smtp.listen, workers=settings.workers, state=settings.state)
    return _watch(supervisor)


def _prepare(configuration: Configuration) -> tuple[Supervisor, Plan]:
    """Do all that may need root (low ports, a key that only root may read), then give root up."""
    settings = configuration.settings
    _raise_file_limit()
    user = find_service_user(settings.run_as)
    folders = _make_folders(settings)
    lock = _lock_state(folders[0])
    for door in _list_doors(settings):
        require_free(door.name)
    listeners = {door: open_listeners(door.name, settings.workers) for door in _list_doors(settings)}
    plan = build_plan(settings)
    if user is not None:
        _drop_root(user, folders)
    news = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
    counters = SharedCounters.create(settings.workers * GENERATIONS)
    return Supervisor(configuration, lock, listeners, counters, news), plan


def _raise_file_limit() -> None:
    """Take as many open files as we may: with a shell's 1024 few slow senders would leave no room to ask the DNS."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, MAX_FILES)), hard))


def _make_folders(settings: Settings) -> list[Path]:
    """Make the state folder and the Maildir where they are missing; give them."""
    folders = [Path(name) for name in (settings.state, settings.deliver.maildir) if name]
    try:
        for folder in (*folders, folders[0] / JOURNAL_FOLDER):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(f"{error.filename} cannot be made ({error.strerror}); name a folder that can") from error
    return folders


def _lock_state(state: Path) -> int:
    """Refuse a second gate on the same folder. The lock is this process's alone: children do not keep it alive."""
    lock = os.open(state / LOCK_NAME, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise BadSettings(
            f"state: another gatepost process runs on {state}; stop it, or name another folder"
        ) from error
    return lock


def _drop_root(user: ServiceUser, folders: list[Path]) -> None:
    """Become the service user, who gets what root owns in our folders; stay root, loudly, where that cannot work."""
    owned = [folder for folder in folders if folder.stat().st_uid == ROOT_UID]
    for folder in owned:
        hand_over(folder, user)
    unreachable = find_unreachable(user, folders)
    if unreachable:
        for folder in owned:
            hand_over(folder, ROOT)
        log.warning(
            "running_as_root",
            says=f"the user {user.name} cannot use {unreachable}, so gatepost keeps root; "
            "move it to where that user may go, or set run_as",
        )
        return
    become(user)


def _list_doors(settings: Settings) -> list[SmtpDoor]:
    return [
        *(SmtpDoor(listen) for listen in settings.smtp.listen),
        *(SmtpDoor(listen, starts_with_tls=True) for listen in settings.smtp.listen_tls),
    ]


def _make_workers(supervisor: Supervisor, plan: Plan) -> list[Child]:
    count = supervisor.configuration.settings.workers
    base = supervisor.generation % GENERATIONS * count
    workers = []
    for slot in range(count):
        doors = [OpenDoor(door, sockets[slot]) for door, sockets in supervisor.listeners.items()]
        counters = supervisor.counters.row(base + slot)
        main = functools.partial(run_worker, plan, doors, counters, supervisor.news)
        workers.append(Child(f"worker {slot}", _keep_only(supervisor, [each.sock for each in doors], main)))
    return workers


def _make_keeper(supervisor: Supervisor, plan: Plan) -> Child:
    main = functools.partial(run_keeper, plan, supervisor.counters, supervisor.news)
    return Child("keeper", _keep_only(supervisor, [], main))


def _keep_only(supervisor: Supervisor, own: Collection[socket.socket], main: Main) -> Main:
    """Let the child close the listeners of others: a door must not stay half open in a process that never opens it."""

    def live(tell_ready: Callable[[], None]) -> None:
        for sockets in supervisor.listeners.values():
            for each in sockets:
                if each not in own:
                    each.close()
        main(tell_ready)

    return live


def _watch(supervisor: Supervisor) -> int:
    while True:
        received = signal.sigtimedwait(HANDLED_SIGNALS, TURN_S)
        match received.si_signo if received else None:
            case signal.SIGTERM | signal.SIGINT:
                _leave(supervisor)
                return 0
            case signal.SIGHUP:
                _reload(supervisor)
            case _:
                _look_after(supervisor)


def _look_after(supervisor: Supervisor) -> None:
    reap(supervisor.all_children())
    supervisor.leaving = [child for child in supervisor.leaving if child.pid]
    for child in supervisor.all_children():
        if child.restart_at_s and time.monotonic() >= child.restart_at_s:
            child.start()
    if time.monotonic() >= supervisor.renew_at_s:
        supervisor.renew_at_s = time.monotonic() + RENEW_EVERY_S
        if supervisor.certificate_is_our_own():
            log.info("renewing", says="the daily look at the certificate that gatepost makes itself")
            _reload(supervisor)  # makes a new certificate when the present one has less than 30 days to live


def _reload(supervisor: Supervisor) -> None:
    """Read the settings anew; new workers take over when they are ready, the old ones finish their sessions."""
    try:
        configuration = supervisor.configuration.reload()
        verify_settings(configuration)
        _require_same_frame(supervisor.configuration.settings, configuration.settings)
        plan = build_plan(configuration.settings)
        listeners = {
            door: supervisor.listeners.get(door) or open_listeners(door.name, configuration.settings.workers)
            for door in _list_doors(configuration.settings)
        }
    except GatepostError as error:
        log.error("reload_refused", says=error.public)  # noqa: TRY400 - a person's mistake, told in a sentence
        return
    former = supervisor.configuration, supervisor.listeners
    supervisor.configuration, supervisor.listeners = configuration, listeners
    supervisor.generation += 1
    newcomers = _make_workers(supervisor, plan)
    for child in newcomers:
        child.start()
    if not all(child.wait_until_ready(READY_TIMEOUT_S) for child in newcomers):
        log.error("reload_failed", says="the new workers did not start; the old ones go on")
        supervisor.configuration, supervisor.listeners = former
        supervisor.leaving += newcomers
        for child in newcomers:
            child.ask_to_leave()
        return
    _replace(supervisor, newcomers, plan)
    for door in set(former[1]) - set(listeners):
        for each in former[1][door]:
            each.close()
    set_up_logs(configuration.settings.log)
    log.info("reloaded", doors=configuration.settings.smtp.listen)


def _replace(supervisor: Supervisor, newcomers: list[Child], plan: Plan) -> None:
    for worker in supervisor.workers:
        worker.ask_to_leave(RETIRE_SIGNAL)
    supervisor.leaving += supervisor.workers
    supervisor.workers = newcomers
    if supervisor.keeper is not None:
        supervisor.keeper.ask_to_leave()
        supervisor.leaving.append(supervisor.keeper)
    supervisor.keeper = _make_keeper(supervisor, plan)  # it waits for the books until the old one gives them up
    supervisor.keeper.start()


def _require_same_frame(now: Settings, then: Settings) -> None:
    for name in ("state", "run_as", "workers"):
        if getattr(now, name) != getattr(then, name):
            raise BadSettings(f"{name} cannot be changed by a reload; restart gatepost")


def _leave(supervisor: Supervisor) -> None:
    """End: workers finish the mails at hand, then the keeper what is on its way."""
    for each in (child for child in supervisor.all_children()):
        each.is_leaving = True
    keepers = [child for child in supervisor.all_children() if child.name == "keeper"]
    others = [child for child in supervisor.all_children() if child.name != "keeper"]
    for group in (others, keepers):
        for child in group:
            child.ask_to_leave()
        _wait_for_end(supervisor, group)
    log.info("stopped")


def _wait_for_end(supervisor: Supervisor, children: list[Child]) -> None:
    until_s = time.monotonic() + LEAVE_TIMEOUT_S
    while any(child.pid for child in children):
        reap(supervisor.all_children())
        received = signal.sigtimedwait(HANDLED_SIGNALS, 0.05)
        is_hurried = received is not None and received.si_signo in (signal.SIGTERM, signal.SIGINT)
        if time.monotonic() > until_s or is_hurried:
            for child in children:
                child.signal(signal.SIGKILL)
