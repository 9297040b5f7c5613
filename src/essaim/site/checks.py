"""System checks of an installation: what would be unsafe or broken once people come.

Ids never change: `essaim.E…` stops a public installation, `essaim.W…` warns. Hosts read them in
`essaim doctor` and when `essaim run` starts; hints say what to do.
"""

from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import connection
from django.db.utils import OperationalError

POSTGRESQL_MAJOR_MIN = 15
EXTENSIONS = frozenset({"btree_gist", "pg_trgm", "unaccent", "cube", "earthdistance"})
SECRET_CHARS_MIN = 50
SECRET_DISTINCT_CHARS_MIN = 15
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "testserver"}


def host_of(base_url: str) -> str:
    return urlsplit(base_url).hostname or ""


def is_public() -> bool:
    """Say whether people other than the one at this machine are meant to come."""
    host = host_of(settings.BASE_URL)
    return host not in LOCAL_HOSTS and not host.endswith(".localhost")


@register(Tags.security)
def check_address(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    host = host_of(settings.BASE_URL)
    if not host:
        hint = "Donnez ESSAIM_BASE_URL en entier, par exemple https://essaim.example."
        return [Error("L’adresse publique est illisible.", hint=hint, id="essaim.E001")]
    if is_public() and not settings.BASE_URL.startswith("https://"):
        hint = "Mettez un certificat (Caddy le fait seul) et ESSAIM_BASE_URL en https://."
        found.append(Error("Les mots de passe voyagent en clair.", hint=hint, id="essaim.E002"))
    if "*" in settings.ALLOWED_HOSTS:
        hint = "Donnez les noms servis dans ESSAIM_HOSTS, séparés par des virgules."
        found.append(Error("Tous les noms d’hôte sont acceptés.", hint=hint, id="essaim.E003"))
    elif not _is_served(host, settings.ALLOWED_HOSTS):
        hint = f"Ajoutez {host} à ESSAIM_HOSTS."
        found.append(Error(f"{host} n’est pas un nom servi.", hint=hint, id="essaim.E004"))
    return found


@register(Tags.security)
def check_modes(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DEBUG and is_public():
        hint = "Retirez ESSAIM_DEBUG."
        found.append(Error("Les erreurs montrent le code à tous.", hint=hint, id="essaim.E005"))
    if settings.DEMO and is_public():
        hint = "Retirez ESSAIM_DEMO : la démonstration ouvre des comptes à qui le veut."
        found.append(Error("La démonstration est publique.", hint=hint, id="essaim.E006"))
    return found


@register(Tags.security)
def check_secret_key(**_: Any) -> list[CheckMessage]:
    key = str(settings.SECRET_KEY)
    if len(key) >= SECRET_CHARS_MIN and len(set(key)) >= SECRET_DISTINCT_CHARS_MIN:
        return []
    hint = "Retirez ESSAIM_SECRET_KEY : une clé sûre est alors faite dans le dossier de données."
    return [Error("La clé secrète se devine.", hint=hint, id="essaim.E007")]


@register(Tags.files)
def check_folders(**_: Any) -> list[CheckMessage]:
    folders = (Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT))
    return [
        Error(
            f"{folder} n’est pas accessible en écriture.",
            hint="Donnez ce dossier au compte qui lance Essaim (chown).",
            id="essaim.E008",
        )
        for folder in folders
        if not _is_writable(folder)
    ]


@register(Tags.database)
def check_database(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Check version and extensions; silent when the database does not answer (doctor says that)."""
    if not databases:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
            major = int(cursor.fetchone()[0])
            cursor.execute("SELECT name FROM pg_available_extensions")
            available = {row[0] for row in cursor.fetchall()}
    except OperationalError:
        return []
    found: list[CheckMessage] = []
    if major < POSTGRESQL_MAJOR_MIN:
        hint = f"Il faut PostgreSQL {POSTGRESQL_MAJOR_MIN} ou plus récent."
        found.append(Error(f"PostgreSQL {major} est trop ancien.", hint=hint, id="essaim.E009"))
    if missing := sorted(EXTENSIONS - available):
        hint = "Installez les modules « contrib » de PostgreSQL (paquet postgresql-contrib)."
        text = f"Extensions absentes : {', '.join(missing)}."
        found.append(Error(text, hint=hint, id="essaim.E010"))
    return found


@register()
def check_time_zone(**_: Any) -> list[CheckMessage]:
    try:
        ZoneInfo(settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        hint = "Installez le paquet tzdata."
        return [Error("Le fuseau horaire est inconnu ici.", hint=hint, id="essaim.E011")]
    return []


@register()
def check_mail(**_: Any) -> list[CheckMessage]:
    if settings.DEMO or not is_public():
        return []
    found: list[CheckMessage] = []
    if not settings.SMTP_HOST:
        hint = "Donnez ESSAIM_SMTP_HOST : sans lui personne ne reçoit de code de connexion."
        found.append(Caution("Aucun courriel ne part.", hint=hint, id="essaim.W001"))
    elif not settings.SMTP_USE_TLS and settings.SMTP_HOST not in LOCAL_HOSTS:
        hint = "Retirez ESSAIM_SMTP_USE_TLS=false."
        found.append(Caution("Les courriels partent en clair.", hint=hint, id="essaim.W002"))
    if parseaddr(settings.DEFAULT_FROM_EMAIL)[1].endswith("@localhost"):
        hint = "Donnez ESSAIM_FROM_EMAIL, une adresse de votre domaine."
        text = "L’expéditeur des courriels n’existe pas."
        found.append(Caution(text, hint=hint, id="essaim.W003"))
    return found


@register()
def check_router(**_: Any) -> list[CheckMessage]:
    if not settings.ROUTER_URL:
        return []
    from essaim.core.roads.servers import named_servers  # brings numpy, which few pages need

    try:
        named_servers(settings.ROUTER_URL)
    except ValueError:
        hint = "Écrivez ESSAIM_ROUTER_URL=valhalla+http://127.0.0.1:8002, ou retirez-le."
        return [Error("Le serveur d’itinéraires est illisible.", hint=hint, id="essaim.E012")]
    return []


def _is_served(host: str, names: Sequence[str]) -> bool:
    served = {name.strip("[]").lower() for name in names}
    parents = {"." + host.split(".", n)[-1] for n in range(1, host.count(".") + 1)}
    return host in served or f".{host}" in served or bool(parents & served)


def _is_writable(folder: Path) -> bool:
    """Say whether files can be made in a folder, or the folder itself made."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        # Really tried: permission bits say nothing of read-only or full disks, nor to root.
        with TemporaryFile(dir=existing) as file:
            file.write(b"essaim")
    except OSError:
        return False
    return True
