"""The supervisor: children start in order, none dies unseen, none survives."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from collecto import supervisor as supervisor_module
from collecto.ports import PortTakenError, free_port, port_is_free, require_port
from collecto.supervisor import Child, ChildEndedError, Supervisor

PLATFORM = Path(supervisor_module.__file__).parents[1]
TELL = "import os, sys, time, signal; tell = lambda *a: print(*a, time.monotonic(), flush=True);"
PATIENT = TELL + (
    "stop = lambda *_: (tell('stopped'), sys.exit(0)); signal.signal(signal.SIGTERM, stop);"
    "print('number', os.getpid(), flush=True); tell('started'); time.sleep(60)"
)
STUBBORN = (
    TELL
    + "signal.signal(signal.SIGTERM, signal.SIG_IGN);print('number', os.getpid(), flush=True); time.sleep(60)"
)
PARENT = (
    TELL + "import subprocess; nap = subprocess.Popen(['sleep', '60']);"
    "print('number', nap.pid, flush=True); time.sleep(60)"
)


@pytest.fixture(autouse=True)
def heard():
    """Hear the signals that the shell which started the tests may have told them to ignore."""
    former = {number: signal.getsignal(number) for number in supervisor_module.SIGNALS}
    for number, handler in former.items():
        if handler is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


def python(name: str, code: str, **options) -> Child:
    return Child(name, [sys.executable, "-u", "-c", code], **options)


def wait_until(done, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def said(logs: Path, name: str, word: str) -> float:
    """Return the number that a child printed after a word, 0 if it has not yet."""
    log = logs / f"{name}.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return next((float(line.split()[1]) for line in lines if line.startswith(f"{word} ")), 0)


def is_gone(number: float) -> bool:
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{int(number)}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def send_soon(number: signal.Signals, when) -> threading.Thread:
    def send() -> None:
        wait_until(when)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_children_in_reverse_order(tmp_path, number):
    children = [python(name, PATIENT) for name in ("web", "worker", "beat")]
    names = [child.name for child in children]
    before = signal.getsignal(number)
    sender = send_soon(number, lambda: all(said(tmp_path, name, "started") for name in names))
    assert Supervisor(children, logs=tmp_path).run() == number
    sender.join()
    stops = [said(tmp_path, name, "stopped") for name in names]
    assert 0 < stops[2] < stops[1] < stops[0]
    assert signal.getsignal(number) == before


def test_a_child_that_ends_is_named_with_its_last_lines_and_the_others_stop(tmp_path):
    broken = python("worker", "import time; time.sleep(0.3); print('one'); raise SystemExit('no broker')")
    supervisor = Supervisor([python("web", PATIENT), broken], logs=tmp_path)
    with pytest.raises(ChildEndedError, match="worker ended with code 1") as problem:
        supervisor.run()
    assert problem.value.last_lines == ["one", "no broker"]
    assert is_gone(said(tmp_path, "web", "number"))


def test_a_child_killed_by_a_signal_says_which(tmp_path):
    killed = python("worker", "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(ChildEndedError, match="worker was killed by SIGKILL"):
        Supervisor([killed], logs=tmp_path).run()


def test_a_program_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(ChildEndedError, match="cannot run /no/such/program: No such file"):
        Supervisor([Child("web", ["/no/such/program"])], logs=tmp_path).run()


def test_a_child_that_ignores_the_request_is_killed(tmp_path):
    with Supervisor([python("web", STUBBORN)], logs=tmp_path, grace=0.3):
        wait_until(lambda: said(tmp_path, "web", "number"))
    assert is_gone(said(tmp_path, "web", "number"))


def test_a_second_signal_kills_at_once(tmp_path):
    supervisor = Supervisor([python("web", STUBBORN)], logs=tmp_path, grace=60)
    sender = send_soon(signal.SIGINT, lambda: said(tmp_path, "web", "number"))
    again = send_soon(signal.SIGINT, lambda: supervisor._stopping)
    assert supervisor.run() == signal.SIGINT
    sender.join()
    again.join()
    assert is_gone(said(tmp_path, "web", "number"))


def test_the_children_of_a_child_go_with_it(tmp_path):
    with Supervisor([python("web", PARENT)], logs=tmp_path):
        wait_until(lambda: said(tmp_path, "web", "number"))
    wait_until(lambda: is_gone(said(tmp_path, "web", "number")))


@pytest.mark.parametrize("code", [PATIENT, STUBBORN, PARENT])
def test_no_child_survives_a_killed_supervisor(tmp_path, code):
    script = (
        "import sys; from pathlib import Path; from collecto.supervisor import Child, Supervisor;"
        "child = Child('web', [sys.executable, '-c', sys.argv[2]]);"
        "Supervisor([child], logs=Path(sys.argv[1]), grace=0.3).run()"
    )
    argv = [sys.executable, "-c", script, str(tmp_path), code]
    with subprocess.Popen(argv, env={**os.environ, "PYTHONPATH": str(PLATFORM)}) as parent:
        wait_until(lambda: said(tmp_path, "web", "number"))
        parent.kill()
    wait_until(lambda: is_gone(said(tmp_path, "web", "number")))


def test_no_child_survives_a_killed_keeper(tmp_path):
    supervisor = Supervisor([python("web", PATIENT)], logs=tmp_path)
    with supervisor:
        wait_until(lambda: said(tmp_path, "web", "started"))
        supervisor._keepers["web"].kill()
        with pytest.raises(ChildEndedError, match="web was killed by SIGKILL"):
            supervisor.wait()
    wait_until(lambda: is_gone(said(tmp_path, "web", "number")))


def test_a_child_receives_its_variables_and_keeps_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("OURS", "kept")
    child = python("web", "import os; print(os.environ['OURS'], os.environ['ITS'])", env={"ITS": "given"})
    with pytest.raises(ChildEndedError) as problem:
        Supervisor([child], logs=tmp_path).run()
    assert problem.value.last_lines == ["kept given"]


def test_without_logs_a_child_speaks_on_our_output(capfd):
    with pytest.raises(ChildEndedError, match=r"web ended with code 0\.$"):
        Supervisor([python("web", "print('hello')")]).run()
    assert capfd.readouterr().out == "hello\n"


def test_a_taken_port_is_said_in_one_line_before_anything_starts(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        child = python("web", PATIENT, listens=("127.0.0.1", port))
        with pytest.raises(PortTakenError, match=f"Port {port} on 127.0.0.1 is already in use"):
            Supervisor([python("worker", PATIENT), child], logs=tmp_path).run()
    assert not list(tmp_path.iterdir())


def test_the_preferred_port_is_given_if_it_is_free():
    port = free_port()
    assert port_is_free("127.0.0.1", port)
    assert free_port(port) == port
    with socket.create_server(("0.0.0.0", port)):
        assert not port_is_free("127.0.0.1", port)
        assert free_port(port) not in (0, port)
    require_port("127.0.0.1", port)
