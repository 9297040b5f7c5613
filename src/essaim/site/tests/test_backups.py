"""Backups: made while people work, proven by reading them back, refused when damaged."""

import json
import secrets
import tarfile
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection

from essaim.core.ledger import actions as ledger
from essaim.core.ledger.rules import Draft
from essaim.core.members.models import Member
from essaim.site import archives, backups

NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def installation(settings, tmp_path):
    """An installation of its own: a copy of the tests' database, a folder, two members, a photo."""
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"
    (settings.MEDIA_ROOT / "photos").mkdir(parents=True)
    (settings.MEDIA_ROOT / "photos" / "leek.webp").write_bytes(b"leek" * 1000)
    (settings.DATA_DIR / "secret_key").write_text("secret of before")
    usual = connection.settings_dict["NAME"]
    own = f"{usual}_{secrets.token_hex(4)}"
    connection.close()
    backups._administrate(
        psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            psycopg.sql.Identifier(own), psycopg.sql.Identifier(usual)
        )
    )
    connection.settings_dict["NAME"] = own
    _live_a_little()
    yield settings
    connection.close()
    connection.settings_dict["NAME"] = usual
    backups._drop(own)


def _live_a_little():
    for name in ("ana", "bob"):
        Member.objects.create_user(email=f"{name}@essaim.example", display_name=name)
    till = ledger.open_account(code="till", label="Till")
    hub = ledger.open_account(code="hub", label="Hub", minimum=0)
    draft = Draft(key="first", kind="order", lines=((till.pk, -1250), (hub.pk, 1250)))
    ledger.post(drafts=[draft], now=NOW)


@pytest.fixture
def archive(installation, tmp_path):
    path, _ = backups.make(tmp_path / "backups", now=NOW)
    return path


def _rewritten(archive, target, change):
    """Copy an archive, each member going through `change(name, content)`; None drops it."""
    with tarfile.open(archive) as source, tarfile.open(target, "w") as copy:
        for member in source.getmembers():
            content = change(member.name, source.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                copy.addfile(member, backups.archives.io.BytesIO(content))
    return target


def _databases():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'essaim_restore_%'")
        return cursor.fetchall()


def test_a_backup_holds_everything_and_only_its_owner_may_read_it(installation, archive):
    manifest = archives.read_manifest(archive)

    assert archive.name == "essaim-20261121-183000.tar"
    assert set(manifest.parts) == {"database.dump", "secret_key", "media/photos/leek.webp"}
    assert manifest.tables["members_member"].rows == 2
    assert manifest.tables["ledger_entry"].rows == 2
    assert archive.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in archive.parent.iterdir()) == [archive.name]


def test_a_backup_read_back_whole_is_noted_as_proven_and_leaves_no_database(installation, archive):
    proof = backups.verify(archive, now=LATER)

    noted = json.loads((installation.DATA_DIR / backups.LAST_PROOF).read_text())
    assert noted == {"at": LATER.isoformat(), "path": str(archive)}
    assert proof.manifest.row_count >= 6
    assert _databases() == []


def test_restoring_brings_back_members_photos_and_key_as_they_were(installation, archive):
    Member.objects.filter(email="ana@essaim.example").delete()
    Member.objects.create_user(email="late@essaim.example", display_name="late")
    (installation.MEDIA_ROOT / "photos" / "late.webp").write_bytes(b"late")
    (installation.DATA_DIR / "secret_key").write_text("secret of after")
    (installation.DATA_DIR / "prepared").write_text("stamp")

    backups.restore(archive, may_replace=True, now=LATER)

    assert sorted(Member.objects.values_list("display_name", flat=True)) == ["ana", "bob"]
    assert [p.name for p in (installation.MEDIA_ROOT / "photos").iterdir()] == ["leek.webp"]
    assert (installation.DATA_DIR / "secret_key").read_text() == "secret of before"
    assert (installation.DATA_DIR / "secret_key").stat().st_mode & 0o777 == 0o600
    assert not (installation.DATA_DIR / "prepared").exists()
    assert _databases() == []


def test_an_installation_in_use_is_not_replaced_unless_asked(installation, archive):
    with pytest.raises(backups.NotEmpty):
        backups.restore(archive, may_replace=False, now=LATER)

    assert Member.objects.count() == 2


def test_an_empty_installation_may_be_filled(installation, archive):
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE members_member CASCADE")
    backups._swap_media(installation.DATA_DIR / "nothing")

    backups.restore(archive, may_replace=False, now=LATER)

    assert Member.objects.count() == 2


def test_nothing_is_replaced_while_somebody_is_connected(installation, archive):
    with psycopg.connect(backups._conninfo()), pytest.raises(backups.StillRunning):
        backups.restore(archive, may_replace=True, now=LATER)

    assert Member.objects.count() == 2


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.9])
def test_a_truncated_backup_is_refused_and_changes_nothing(installation, archive, kept):
    content = archive.read_bytes()
    archive.write_bytes(content[: int(len(content) * kept)])

    with pytest.raises(archives.BadArchive):
        backups.restore(archive, may_replace=True, now=LATER)

    assert Member.objects.count() == 2
    assert not (installation.DATA_DIR / backups.LAST_PROOF).exists()


def test_one_flipped_bit_in_any_part_is_seen(installation, archive, tmp_path):
    manifest = archives.read_manifest(archive)
    for part in manifest.parts:
        damaged = _rewritten(
            archive,
            tmp_path / "damaged.tar",
            lambda name, content, part=part: (
                content[:-1] + bytes([content[-1] ^ 1]) if name == part else content
            ),
        )

        with pytest.raises(archives.BadArchive, match=f"abîmée : {part}"):
            backups.verify(damaged, now=LATER)


def test_a_missing_part_and_a_part_too_many_are_seen(installation, archive, tmp_path):
    short = _rewritten(
        archive, tmp_path / "short.tar", lambda n, c: None if n == "secret_key" else c
    )
    with pytest.raises(archives.BadArchive, match="manque à la sauvegarde : secret_key"):
        backups.verify(short, now=LATER)

    (tmp_path / "more").write_text("more")
    with tarfile.open(archive, "a") as tar:
        tar.add(tmp_path / "more", "media/more")
    with pytest.raises(archives.BadArchive, match="inconnus : media/more"):
        backups.verify(archive, now=LATER)


def test_a_part_that_would_be_written_outside_is_refused(installation, archive, tmp_path):
    (tmp_path / "evil").write_text("evil")
    with tarfile.open(archive, "a") as tar:
        tar.add(tmp_path / "evil", "media/../../evil")

    with pytest.raises(archives.BadArchive, match="interdit"):
        backups.verify(archive, now=LATER)


def test_tables_that_differ_from_the_manifest_are_named(installation, archive, tmp_path):
    def lie(name, content):
        if name != archives.MANIFEST:
            return content
        told = json.loads(content)
        told["tables"]["members_member"][0] = 3
        return json.dumps(told).encode()

    lying = _rewritten(archive, tmp_path / "lying.tar", lie)

    with pytest.raises(archives.BadArchive, match="members_member"):
        backups.verify(lying, now=LATER)
    assert _databases() == []


def test_a_backup_whose_ledger_does_not_balance_is_refused(installation, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE ledger_entry SET amount = amount + 1 WHERE amount > 0")
    archive, _ = backups.make(tmp_path, now=NOW)

    with pytest.raises(archives.BadArchive, match="tombent pas juste"):
        backups.verify(archive, now=LATER)


def test_a_file_that_is_no_backup_is_refused(installation, tmp_path):
    (tmp_path / "note.tar").write_text("this is a note, not a backup " * 100)

    with pytest.raises(archives.BadArchive, match="illisible"):
        backups.verify(tmp_path / "note.tar", now=LATER)
    with pytest.raises(archives.BadArchive, match="introuvable"):
        backups.verify(tmp_path / "nowhere.tar", now=LATER)


def test_a_backup_of_a_later_essaim_is_refused(installation, archive, tmp_path):
    later = _rewritten(
        archive,
        tmp_path / "later.tar",
        lambda n, c: c.replace(b'"format": 1', b'"format": 2') if n == archives.MANIFEST else c,
    )

    with pytest.raises(archives.BadArchive, match="mettez celui-ci à jour"):
        backups.verify(later, now=LATER)


def test_rows_written_during_the_dump_are_counted_by_neither(installation, tmp_path, monkeypatch):
    real = backups._program

    def busy(name, *arguments, **options):
        if name == "pg_dump":
            Member.objects.create_user(email="during@essaim.example", display_name="during")
        real(name, *arguments, **options)

    monkeypatch.setattr(backups, "_program", busy)

    archive, manifest = backups.make(tmp_path, now=NOW)

    assert Member.objects.count() == 3
    assert manifest.tables["members_member"].rows == 2
    backups.verify(archive, now=LATER)
