"""A host's first week, by the real commands: init, doctor, backup, proof, disaster, restore."""

import json
import os
import shutil
import subprocess
import sys

import psycopg
import pytest

from essaim.site import embedded_database
from essaim.site.launch import CODE_ROOT

pytestmark = pytest.mark.concurrency


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("host") / "data"
    # Running all along: each command would otherwise start and stop it.
    with embedded_database.running(folder) as cluster:
        yield folder
    shutil.rmtree(cluster.folder, ignore_errors=True)
    shutil.rmtree(cluster.folder.parent, ignore_errors=True)


def _essaim(data_dir, *arguments):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ESSAIM_", "DATABASE_URL"))}
    done = subprocess.run(
        [sys.executable, "-m", "essaim", *arguments, "--data-dir", str(data_dir)],
        cwd=CODE_ROOT,
        env=kept | {"PYTHONPATH": f"{CODE_ROOT / 'src'}{os.pathsep}{CODE_ROOT}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _members(data_dir, statement="SELECT display_name FROM members_member"):
    with (
        embedded_database.running(data_dir) as cluster,
        psycopg.connect(cluster.dsn(), autocommit=True) as connection,
    ):
        cursor = connection.execute(statement)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []


def test_a_host_founds_checks_saves_loses_and_restores_an_installation(data_dir):
    code, said = _essaim(data_dir, "init", "--name", "Essaim du Val")
    assert code == 2
    assert "--admin-name, --admin-email, --territory" in said

    asked = ["init", "--name", "Essaim du Val", "--admin-name", "Ana"]
    asked += ["--admin-email", "ana@exemple.fr", "--territory", "200093201"]
    code, said = _essaim(data_dir, *asked)
    assert code == 0, said
    assert "./essaim run" in said
    assert _members(data_dir) == ["Ana"]
    assert _essaim(data_dir, *asked)[0] == 1

    code, said = _essaim(data_dir, "doctor", "--json")
    answers = {answer["name"]: answer["state"] for answer in json.loads(said)}
    assert code == 0, said
    assert answers["Comptes"] == answers["Durabilité"] == answers["Territoire"] == "ok"

    code, said = _essaim(data_dir, "backup")
    assert code == 0, said
    (archive,) = (data_dir / "backups").iterdir()
    code, said = _essaim(data_dir, "restore", str(archive), "--verify")
    assert code == 0, said
    assert "prouvée" in said

    _members(data_dir, "UPDATE members_member SET display_name = 'Lost'")
    assert _essaim(data_dir, "restore", str(archive))[0] == 1
    assert _members(data_dir) == ["Lost"]
    code, said = _essaim(data_dir, "restore", str(archive), "--replace")
    assert code == 0, said
    assert _members(data_dir) == ["Ana"]

    code, said = _essaim(data_dir, "doctor", "--json")
    answers = {answer["name"]: answer["state"] for answer in json.loads(said)}
    assert answers["Sauvegarde prouvée"] == "ok"
    assert answers["Migrations"] == "ok"
