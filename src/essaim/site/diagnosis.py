"""What `essaim doctor` looks at: each check has a number, a state, what was seen and a remedy."""

import json
import os
import shutil
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from smtplib import SMTP, SMTPException
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.checks import Error, run_checks

from essaim.core.roads import store
from essaim.core.roads.rules.profiles import Profile
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.site import checks

GIGABYTE = 1_000_000_000
NETWORK_TIMEOUT_S = 5
CLOCK_SKEW_S_MAX = 5
CERTIFICATE_DAYS_MIN = 14


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    NOT_NEEDED = "not-needed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw. `remedy` is empty when nothing is to be done."""

    state: State
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One question about the installation. It reads, and changes nothing that lasts."""

    name: str
    look: Callable[[datetime], Finding]


def ok(detail: str) -> Finding:
    return Finding(State.OK, detail)


def warning(detail: str, remedy: str) -> Finding:
    return Finding(State.WARNING, detail, remedy)


def failure(detail: str, remedy: str) -> Finding:
    return Finding(State.FAILURE, detail, remedy)


def not_needed(detail: str) -> Finding:
    return Finding(State.NOT_NEEDED, detail)


def data_folder(now: datetime) -> Finding:
    del now
    problems = checks.check_folders()
    if problems:
        return failure(problems[0].msg, str(problems[0].hint))
    return ok(str(settings.DATA_DIR))


def disk_space(now: datetime) -> Finding:
    del now
    free = shutil.disk_usage(settings.DATA_DIR).free
    shown = f"{free / GIGABYTE:.1f} Go libres"
    if free < GIGABYTE:
        return failure(shown, "Faites de la place : la base s’arrête quand le disque est plein.")
    if free < 5 * GIGABYTE:
        return warning(shown, "Prévoyez de la place : déplacez d’anciennes sauvegardes.")
    return ok(shown)


def memory(now: datetime) -> Finding:
    del now
    source = Path("/proc/meminfo")
    if not source.exists():
        return not_needed("mémoire illisible sur ce système")
    lines = dict(line.split(":", 1) for line in source.read_text().splitlines())
    total_mb, free_mb = (
        int(lines[name].split()[0]) // 1024 for name in ("MemTotal", "MemAvailable")
    )
    shown = f"{free_mb} Mo disponibles sur {total_mb}"
    if free_mb < 100:
        return failure(shown, "Arrêtez d’autres programmes, ou ajoutez de la mémoire.")
    if free_mb < 250:
        return warning(shown, "Essaim demande environ 500 Mo à lui seul.")
    return ok(shown)


def clock_of_files(now: datetime) -> Finding:
    del now
    probe = Path(settings.DATA_DIR) / f".doctor-{os.getpid()}"
    try:
        probe.touch()
        skew_s = abs(probe.stat().st_mtime - time.time())
    finally:
        probe.unlink(missing_ok=True)
    return _skew("du disque", skew_s)


def clock_of_the_web(now: datetime) -> Finding:
    """Compare with the date that the public address gives, when there is one."""
    del now
    if not checks.is_public():
        return not_needed("pas d’adresse publique à qui demander l’heure")
    answer = _head(settings.BASE_URL)
    if isinstance(answer, str) or "date" not in answer[1]:
        return warning("l’adresse publique ne donne pas l’heure", "Voyez le contrôle « HTTPS ».")
    told_at = parsedate_to_datetime(answer[1]["date"])
    return _skew("du réseau", abs((told_at - clock.now()).total_seconds()))


def _skew(whose: str, skew_s: float) -> Finding:
    shown = f"écart de {skew_s:.1f} s avec l’horloge {whose}"
    if skew_s <= CLOCK_SKEW_S_MAX:
        return ok(shown)
    return failure(shown, "Mettez la machine à l’heure (timedatectl set-ntp true).")


def secret_key_permissions(now: datetime) -> Finding:
    del now
    return _private(Path(settings.DATA_DIR) / "secret_key", "clé donnée par l’environnement")


def settings_file_permissions(now: datetime) -> Finding:
    del now
    return _private(Path(settings.DATA_DIR) / "essaim.env", "pas de fichier de réglages")


def _private(path: Path, without: str) -> Finding:
    if not path.exists():
        return not_needed(without)
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return failure(f"{path.name} est lisible par d’autres ({mode:o})", f"chmod 600 {path}")
    return ok(f"{path.name} n’est lisible que par son compte")


def unsafe_settings(now: datetime) -> Finding:
    del now
    found = [m for m in run_checks() if (m.id or "").startswith("essaim.")]
    if not found:
        return ok("aucun réglage dangereux")
    shown = " ".join(f"{message.id} : {message.msg}" for message in found)
    remedy = " ".join(str(message.hint) for message in found)
    is_serious = any(isinstance(message, Error) for message in found)
    return failure(shown, remedy) if is_serious else warning(shown, remedy)


def https(now: datetime) -> Finding:
    if not checks.is_public():
        return not_needed("adresse de cette machine seulement")
    parts = urlsplit(settings.BASE_URL)
    if parts.scheme != "https":
        return failure(
            "l’adresse publique est en http", "Voyez docs/how-to/installer.md, « HTTPS »."
        )
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), NETWORK_TIMEOUT_S) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure,
        ):
            certificate = secure.getpeercert() or {}
    except (OSError, ssl.SSLError) as problem:
        return failure(f"{host} : {problem}", "Vérifiez le nom de domaine et le certificat.")
    ends_s = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    days = int((ends_s - now.timestamp()) // 86_400)
    if days < CERTIFICATE_DAYS_MIN:
        return warning(f"certificat valable {days} jours", "Vérifiez son renouvellement.")
    return ok(f"certificat valable {days} jours")


def http_redirects(now: datetime) -> Finding:
    del now
    if not checks.is_public() or not settings.BASE_URL.startswith("https://"):
        return not_needed("pas d’adresse https")
    host = checks.host_of(settings.BASE_URL)
    answer = _head(f"http://{host}")
    if isinstance(answer, str):
        return ok("rien ne répond en http")
    if answer[0] in {301, 302, 307, 308} and answer[1].get("location", "").startswith("https://"):
        return ok("http renvoie vers https")
    return failure(
        "les pages se lisent aussi en http", "Faites rediriger http vers https au relais."
    )


def smtp(now: datetime) -> Finding:
    del now
    if not settings.SMTP_HOST:
        if checks.is_public() and not settings.DEMO:
            return failure("aucun serveur de courriel", "Donnez ESSAIM_SMTP_HOST, puis relancez.")
        return not_needed("aucun serveur de courriel")
    try:
        with SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=NETWORK_TIMEOUT_S) as server:
            if settings.SMTP_USE_TLS:
                server.starttls(context=ssl.create_default_context())
            if settings.SMTP_USER:
                server.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
            server.noop()
    except (OSError, SMTPException) as problem:
        return failure(
            f"{settings.SMTP_HOST} : {problem}", "Vérifiez ESSAIM_SMTP_… auprès de l’hôte."
        )
    return ok(f"{settings.SMTP_HOST} répond")


def static_files(now: datetime) -> Finding:
    del now
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return ok("styles, caractères et scripts en place")
    return warning("les fichiers des pages ne sont pas prêts", "Lancez ./essaim run une fois.")


def translations(now: datetime) -> Finding:
    del now
    package = Path(checks.__file__).parents[1]
    sources = list(package.glob("**/locale/fr/LC_MESSAGES/django.po"))
    stale = [path for path in sources if not path.with_suffix(".mo").exists()]
    if stale:
        return failure(f"{len(stale)} traductions ne sont pas prêtes", "Relancez ./essaim doctor.")
    return ok(f"{len(sources)} catalogues français")


def time_zone(now: datetime) -> Finding:
    problems = checks.check_time_zone()
    if problems:
        return failure(problems[0].msg, str(problems[0].hint))
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    return ok(f"{settings.TIME_ZONE}, il y est {local:%H:%M}")


def backup_age(now: datetime) -> Finding:
    made_at = _noted("last_backup.json")
    remedy = "./essaim backup, chaque nuit (docs/how-to/sauvegarder.md)."
    if made_at is None:
        shown = "aucune sauvegarde"
        return failure(shown, remedy) if checks.is_public() else warning(shown, remedy)
    age = now - made_at
    shown = f"dernière sauvegarde le {made_at:%d/%m/%Y}"
    if age > timedelta(days=7):
        return failure(shown, remedy)
    return warning(shown, remedy) if age > timedelta(days=2) else ok(shown)


def proven_restore(now: datetime) -> Finding:
    proven_at = _noted("last_proven_restore.json")
    remedy = "./essaim restore FICHIER --verify, chaque mois."
    if proven_at is None:
        return warning("aucune sauvegarde n’a jamais été relue", remedy)
    shown = f"sauvegarde relue le {proven_at:%d/%m/%Y}"
    return warning(shown, remedy) if now - proven_at > timedelta(days=35) else ok(shown)


def roads(now: datetime) -> Finding:
    """Say whether the roads that were imported can be used."""
    del now
    if settings.ROUTER_URL:
        return ok(settings.ROUTER_URL)
    folder = Path(settings.DATA_DIR) / "roads"
    imported = sorted(folder.glob("*/*.json"))
    if not imported:
        return not_needed("aucune route importée : les distances sont estimées")
    for path in imported:
        try:
            store.load(path.parent, Profile(path.stem))
        except RuleBroken:
            shown = f"{path.parent.name}, {path.stem} : les routes ne se lisent pas"
            return warning(shown, f"./essaim roads rebuild --territory {path.parent.name}")
    return ok(f"{len(imported)} jeux de routes se lisent")


def _noted(name: str) -> datetime | None:
    path = Path(settings.DATA_DIR) / name
    if not path.exists():
        return None
    return datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["at"])


def _head(address: str) -> tuple[int, dict[str, str]] | str:
    """Return the status and the headers (lower case) of an address, or why there is none."""
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    link = kind(parts.hostname or "", parts.port, timeout=NETWORK_TIMEOUT_S)
    try:
        link.request("HEAD", parts.path or "/")
        answer = link.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    except (OSError, HTTPException) as problem:
        return str(problem)
    finally:
        link.close()


MACHINE_CHECKS = (
    Check("Dossier de données", data_folder),
    Check("Place sur le disque", disk_space),
    Check("Mémoire", memory),
    Check("Heure du disque", clock_of_files),
    Check("Heure du réseau", clock_of_the_web),
    Check("Fuseau horaire", time_zone),
    Check("Clé secrète", secret_key_permissions),
    Check("Fichier de réglages", settings_file_permissions),
    Check("Réglages", unsafe_settings),
    Check("HTTPS", https),
    Check("Renvoi vers HTTPS", http_redirects),
    Check("Courriel", smtp),
    Check("Fichiers des pages", static_files),
    Check("Traductions", translations),
    Check("Routes", roads),
    Check("Sauvegarde", backup_age),
    Check("Sauvegarde prouvée", proven_restore),
)
