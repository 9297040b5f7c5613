"""The first minute of an installation: its territory, its cooperative, the member who begins."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from stdnum.exceptions import ValidationError as BadNumber
from stdnum.fr import siren as siren_number

from essaim.core.members.models import Member, Organisation
from essaim.core.territories import queries as ground

SMTP_PORT_USUAL = 587


class BadAnswer(ValueError):
    """An answer cannot be used; the message says why, in French."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A territory one may choose: a grouping of communes, or one commune."""

    label: str
    name: str
    epci_code: str = ""
    commune_code: str = ""


def choices_of_territory(text: str) -> list[Choice]:
    """Groupings, then communes, whose name, code or postcode matches (2 queries)."""
    groupings = [
        Choice(f"{epci.name} ({epci.kind})", epci.name, epci_code=epci.code)
        for epci in ground.groupings_matching(text)
    ]
    communes = [
        Choice(f"{town.name} ({town.departement}), la commune seule", town.name,
               commune_code=town.code)
        for town in ground.communes_matching(text)
    ]  # fmt: skip
    return [*groupings, *communes]


def is_founded() -> bool:
    return Organisation.objects.filter(kind=Organisation.Kind.COOPERATIVE).exists()


def first_sign_in_link(member: Member, base_url: str) -> str:
    """Return the link by which the first member chooses a password; it serves once."""
    key = PASSWORD_RESET_TOKEN_GENERATOR().make_token(member)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(member), "key": key},
    )
    return f"{base_url}{path}"


def settings_of(answers: dict[str, str]) -> dict[str, str]:
    """Return the settings to keep: address, hosts, sender and, when there is one, mail server."""
    host = urlsplit(answers["base_url"]).hostname or ""
    sender = answers.get("from_email") or f"{answers['name']} <{answers['admin_email']}>"
    kept = {
        "ESSAIM_BASE_URL": answers["base_url"],
        "ESSAIM_HOSTS": ",".join(dict.fromkeys([host, "localhost", "127.0.0.1"])),
        "ESSAIM_FROM_EMAIL": sender,
    }
    if answers.get("smtp_host"):
        kept |= {
            "ESSAIM_SMTP_HOST": answers["smtp_host"],
            "ESSAIM_SMTP_PORT": answers.get("smtp_port") or str(SMTP_PORT_USUAL),
            "ESSAIM_SMTP_USER": answers.get("smtp_user", ""),
            "ESSAIM_SMTP_PASSWORD": answers.get("smtp_password", ""),
        }
    return {name: value for name, value in kept.items() if value}


def read_name(text: str) -> str:
    name = " ".join(text.split())
    if not 2 <= len(name) <= 80:
        raise BadAnswer("Un nom a de 2 à 80 caractères.")
    return name


def read_email(text: str) -> str:
    address = text.strip().lower()
    try:
        validate_email(address)
    except ValidationError as problem:
        raise BadAnswer("Ce n’est pas une adresse de courriel.") from problem
    return address


def read_siren(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return str(siren_number.validate(text))
    except BadNumber as problem:
        raise BadAnswer("Un SIREN a neuf chiffres, dont le dernier est une clé.") from problem


def read_base_url(text: str) -> str:
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise BadAnswer("Donnez une adresse entière, par exemple https://essaim.mavallee.fr")
    return address


def read_smtp_host(text: str) -> str:
    host = text.strip()
    if any(character in host for character in " /:@"):
        raise BadAnswer("Donnez seulement le nom du serveur, par exemple smtp.mavallee.fr")
    return host


def read_port(text: str) -> str:
    port = text.strip()
    if port and not (port.isdigit() and 0 < int(port) < 65_536):
        raise BadAnswer("Un port est un nombre de 1 à 65535.")
    return port


def read_anything(text: str) -> str:
    return text.strip()
