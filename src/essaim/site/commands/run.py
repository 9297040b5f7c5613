"""`essaim run`: the database, the pages and the background work, in one process tree."""

import argparse
import os
from pathlib import Path

from essaim.site import launch, supervisor


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--data-dir", type=Path, default=default_data_dir())


def default_data_dir() -> Path:
    return Path(os.environ.get("ESSAIM_DATA_DIR", launch.CODE_ROOT / ".essaim" / "home"))


def run(options: argparse.Namespace) -> int:
    with launch.installation(options.data_dir) as cluster:
        launch.prepare(options.data_dir)
        if _is_unsafe():
            return 1
        launch.say(f"Essaim répond sur http://{options.host}:{options.port}  (Ctrl-C pour arrêter)")
        tree = supervisor.Supervisor(
            [
                supervisor.web(options.host, options.port, options.workers),
                supervisor.live(options.host, options.port + 1),
                supervisor.worker(),
            ],
            keep_alive=cluster.revive if cluster else None,
        )
        return tree.run()


def _is_unsafe() -> bool:
    """Print what the system checks say of this deployment; true when one of them is an error."""
    from django.core import checks

    found = [m for m in checks.run_checks() if str(m.id).startswith("essaim.")]
    for message in found:
        launch.say(f"{message.id} {message.msg} {message.hint or ''}".strip())
    return any(message.level >= checks.ERROR for message in found)
