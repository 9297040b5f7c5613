"""Children that act at the same instant, and a plain SQL eye on what they did."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psycopg

ROOT = Path(__file__).parents[2]


@dataclass
class Arena:
    """A database that several processes use at once. Its own reads are plain SQL, not our code."""

    data_dir: Path
    dsn: str

    @property
    def environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        return os.environ | {
            "PYTHONPATH": path,
            "DATABASE_URL": self.dsn,
            "ESSAIM_DATA_DIR": str(self.data_dir),
            "DJANGO_SETTINGS_MODULE": "essaim.site.settings",
        }

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "django", *arguments], env=self.environment, check=True
        )

    def sql(self, statement: str, parameters: object = None) -> list[tuple]:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, parameters: object = None) -> object:
        return self.sql(statement, parameters)[0][0]

    def crowd(self, count: int, module: str, *arguments: str) -> "Crowd":
        return Crowd([Actor(self, module, [str(n), *arguments]) for n in range(count)])


class Actor:
    """A child process that does its part each time it is told to, and says what came of it."""

    def __init__(self, arena: Arena, module: str, arguments: list[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=arena.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, order: object) -> None:
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def hear(self) -> object:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the actor died with {self.process.wait()}")
        return json.loads(line)


class Crowd:
    """Actors told together, heard together, gone together."""

    def __init__(self, actors: list[Actor]) -> None:
        self.actors = actors

    def __enter__(self) -> Self:
        for actor in self.actors:
            actor.hear()  # ready
        return self

    def __exit__(self, *_: object) -> None:
        for actor in self.actors:
            actor.process.stdin.close()
        for actor in self.actors:
            actor.process.wait(timeout=30)
            actor.process.stdout.close()

    def all_at_once(self, order: object) -> list[object]:
        for actor in self.actors:
            actor.tell(order)
        return [actor.hear() for actor in self.actors]


def act(perform) -> None:
    """Body of an actor: say ready, then answer each order of standard input with one line."""
    sys.stdout.write(json.dumps("ready") + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(perform(json.loads(line))) + "\n")
        sys.stdout.flush()
