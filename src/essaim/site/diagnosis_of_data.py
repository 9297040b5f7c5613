"""What `essaim doctor` asks the database: that it answers, is sound, and that work goes on."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.checks import Tags, run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from essaim.core.ledger import queries as ledger
from essaim.core.members.models import Membership, Organisation
from essaim.core.territories.models import Territory
from essaim.kernel import clock
from essaim.site.diagnosis import (
    CLOCK_SKEW_S_MAX,
    Check,
    Finding,
    failure,
    not_needed,
    ok,
    warning,
)

HEARTBEAT_AGE_S_MAX = 120
WAITING_S_MAX = 600
BALANCE_LINES_MAX = 3
MANAGING_ROLES = {Membership.Role.MANAGER, Membership.Role.BOARD}


def reachable(now: datetime) -> Finding:
    del now
    try:
        _one("SELECT 1")
    except DatabaseError as problem:
        first_line = str(problem).strip().split("\n", maxsplit=1)[0]
        return failure(first_line, "Vérifiez DATABASE_URL, ou l’espace disque, puis relancez.")
    return ok("la base répond")


def version_and_extensions(now: datetime) -> Finding:
    del now
    found = [
        message
        for message in run_checks(tags=[Tags.database], databases=["default"])
        if (message.id or "").startswith("essaim.")
    ]
    if found:
        return failure(" ".join(m.msg for m in found), " ".join(str(m.hint) for m in found))
    return ok(f"PostgreSQL {_one('SHOW server_version')[0]}, extensions présentes")


def encoding(now: datetime) -> Finding:
    del now
    shown = str(_one("SHOW server_encoding")[0])
    if shown == "UTF8":
        return ok("UTF-8")
    return failure(shown, "Recréez la base en UTF-8 et restaurez une sauvegarde.")


def clock_of_the_database(now: datetime) -> Finding:
    # Not `now`: the checks before this one may have waited for a network.
    del now
    skew_s = abs((_one("SELECT clock_timestamp()")[0] - clock.now()).total_seconds())
    shown = f"écart de {skew_s:.1f} s avec l’horloge de la base"
    if skew_s <= CLOCK_SKEW_S_MAX:
        return ok(shown)
    return failure(shown, "Mettez les deux machines à l’heure (timedatectl set-ntp true).")


def durability(now: datetime) -> Finding:
    del now
    names = ("fsync", "full_page_writes", "synchronous_commit")
    off = [name for name in names if _one(f"SHOW {name}")[0] == "off"]
    if off:
        return failure(
            f"{', '.join(off)} coupé : une panne de courant perd des paiements",
            "Remettez ces réglages de PostgreSQL sur « on ».",
        )
    return ok("chaque paiement est sur le disque avant d’être annoncé")


def connections(now: datetime) -> Finding:
    del now
    used, maximum = _one(
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
        " current_setting('max_connections')::int"
    )
    shown = f"{used} connexions sur {maximum}"
    if used * 10 > maximum * 8:
        return warning(shown, "Augmentez max_connections, ou placez pgbouncer devant la base.")
    return ok(shown)


def migrations(now: datetime) -> Finding:
    del now
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return failure(f"{len(waiting)} migrations attendent", "Relancez ./essaim run.")
    return ok("tables à jour")


def ledger_balanced(now: datetime) -> Finding:
    del now
    if problems := ledger.imbalances():
        return failure(
            " ; ".join(problems[:BALANCE_LINES_MAX]),
            "Ne corrigez rien à la main : prévenez les mainteneurs, gardez une sauvegarde.",
        )
    return ok("les comptes tombent juste")


def outbox(now: datetime) -> Finding:
    oldest, count = _one(
        "SELECT min(written_at), count(*) FROM essaim_messages_outgoingemail WHERE sent_at IS NULL"
    )
    if not count:
        return ok("aucun courriel n’attend")
    shown = f"{count} courriels attendent depuis le {oldest:%d/%m/%Y %H:%M} UTC"
    if not settings.SMTP_HOST:
        return not_needed(f"{shown} (aucun serveur de courriel)")
    if now - oldest > timedelta(hours=1):
        return failure(shown, "Voyez les contrôles « Courriel » et « Travail de fond ».")
    return ok(shown)


def worker(now: datetime) -> Finding:
    (seen_at,) = _one("SELECT max(last_heartbeat) FROM procrastinate_workers")
    remedy = "Lancez ./essaim run (ou ./essaim worker)."
    if seen_at is None:
        return warning("aucun travail de fond en cours", remedy)
    age_s = (now - seen_at).total_seconds()
    if age_s > HEARTBEAT_AGE_S_MAX:
        return warning(f"aucun signe depuis le {seen_at:%d/%m/%Y %H:%M} UTC", remedy)
    return ok(f"dernier signe il y a {max(0, age_s):.0f} s")


def queue(now: datetime) -> Finding:
    oldest, count = _one(
        "SELECT min(coalesce(job.scheduled_at, event.at)), count(*) FROM procrastinate_jobs AS job"
        " JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'"
        " WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= %s)",
        [now],
    )
    if not count:
        return ok("rien n’attend")
    shown = f"{count} tâches attendent depuis le {oldest:%d/%m/%Y %H:%M} UTC"
    if (now - oldest).total_seconds() > WAITING_S_MAX:
        return failure(shown, "Lancez ./essaim run (ou ./essaim worker).")
    return ok(shown)


def failed_jobs(now: datetime) -> Finding:
    (count,) = _one(
        "SELECT count(*) FROM procrastinate_jobs AS job"
        " JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'failed'"
        " WHERE job.status = 'failed' AND event.at > %s",
        [now - timedelta(days=1)],
    )
    if count:
        return warning(
            f"{count} tâches ont échoué en un jour", "Lisez les messages de ./essaim run."
        )
    return ok("aucune tâche en échec depuis un jour")


def ground(now: datetime) -> Finding:
    del now
    if Territory.objects.exists():
        return ok("le territoire est tracé")
    return failure("aucun territoire", "./essaim init")


def keepers(now: datetime) -> Finding:
    """Say whether somebody may run the cooperative that owns the installation."""
    del now
    holders = Membership.objects.filter(
        organisation__kind=Organisation.Kind.COOPERATIVE,
        role__in=MANAGING_ROLES,
        member__is_active=True,
    )
    count = holders.values("member").distinct().count()
    if not count:
        return failure("personne ne dirige la coopérative", "./essaim init")
    if count == 1:
        return warning("une seule personne a les clés", "Nommez-en une seconde.")
    return ok(f"{count} personnes ont les clés")


def _one(query: str, parameters: list[datetime] | None = None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


REACHABLE = Check("Base de données", reachable)
DATA_CHECKS = (
    Check("Version de PostgreSQL", version_and_extensions),
    Check("Encodage", encoding),
    Check("Heure de la base", clock_of_the_database),
    Check("Durabilité", durability),
    Check("Connexions", connections),
    Check("Migrations", migrations),
    Check("Comptes", ledger_balanced),
    Check("Courriels en attente", outbox),
    Check("Travail de fond", worker),
    Check("File d’attente", queue),
    Check("Tâches en échec", failed_jobs),
    Check("Territoire", ground),
    Check("Coopérative", keepers),
)
