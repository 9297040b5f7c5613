"""The demo: the Métropole Européenne de Lille, its 95 real communes, people who do not exist."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from essaim.commons.assembly import demo as assembly
from essaim.commons.campaigns import demo as campaigns
from essaim.commons.consultation import demo as consultation
from essaim.commons.cooperative import demo as cooperative
from essaim.commons.deliberation import demo as deliberation
from essaim.commons.minutes import demo as minutes
from essaim.commons.sharing import demo as sharing
from essaim.core.members import sign_in
from essaim.core.members.actions import allow_assistance, give_role
from essaim.core.members.models import Assistance, Member, Membership, Organisation
from essaim.core.territories.actions import create_territory, load_communes
from essaim.kernel import clock, trades

MEL_SIREN = "200093201"
Role = Membership.Role
Kind = Organisation.Kind

CAST = [
    ("amina.benali", "Amina Benali", _("A buyer")),
    ("luc.vasseur", "Luc Vasseur", _("A producer")),
    ("mona.delattre", "Mona Delattre", _("The hub's manager")),
    ("yann.lefebvre", "Yann Lefebvre", _("The clerk")),
    ("clara.nguyen", "Clara Nguyen", _("A board member")),
    ("paul.dubois", "Paul Dubois", _("The town hall")),
]
"""Local part of the e-mail, name, role as the terminal tells it."""

NEIGHBOURS = [
    "Inès Carlier", "Jules Wattel", "Fatou Diallo", "Hugo Lemaire", "Maëlle Desmet",
    "Karim Haddad", "Lucie Vanhove", "Théo Marchand", "Nour El Amrani", "Zoé Delannoy",
    "Bruno Castel", "Sofia Ribeiro", "Marcel Duthoit", "Odile Fontaine",
]  # fmt: skip


def sow_once() -> bool:
    """Write the demo on an empty database; return whether it was needed."""
    if Member.objects.exists():
        return False
    with transaction.atomic():
        _sow_people_and_ground()
        cooperative.sow(clock.now())
        minutes.sow(clock.now())
        assembly.sow(clock.now())
        deliberation.sow(clock.now())
        consultation.sow(clock.now())
        sharing.sow(clock.now())
        campaigns.sow(clock.now())
        for trade in trades.installed():
            trade.sow_demo()
    return True


def sign_in_links() -> list[tuple[str, str]]:
    """Return, for each role, its name and the link that opens its session."""
    from django.utils.translation import gettext, override

    links = []
    with override("fr"):
        for local_part, name, role in CAST:
            member = Member.objects.get(email=f"{local_part}@exemple.fr")
            path = reverse("demo_sign_in", args=[sign_in.sign_in_token(member)])
            links.append((f"{gettext(role)} ({name})", f"{settings.BASE_URL}{path}"))
        mailbox = f"{settings.BASE_URL}{reverse('demo_mailbox')}"
        links.append((gettext("Every e-mail the demo wrote"), mailbox))
    return links


def _sow_people_and_ground() -> None:
    now = clock.now()
    load_communes()
    create_territory(name="Métropole Européenne de Lille", epci_code=MEL_SIREN, now=now)
    people = {
        local_part: Member.objects.create_user(
            f"{local_part}@exemple.fr", display_name=name, joined_at=now - timedelta(days=200)
        )
        for local_part, name, _role in CAST
    }
    for number, name in enumerate(NEIGHBOURS):
        Member.objects.create_user(
            f"voisin{number + 1}@exemple.fr",
            display_name=name,
            joined_at=now - timedelta(days=150 - 7 * number),
        )
    cooperative = Organisation.objects.create(
        slug="essaim-lille",
        name="Essaim Lille Métropole",
        kind=Kind.COOPERATIVE,
        legal_form="SCIC SA à capital variable",
        siren="912345675",
        vat_number="FR32912345675",
        iban="FR7630006000011234567890189",
        address="23 rue du Faubourg-des-Postes",
        postcode="59000",
        town="Lille",
        email="contact@exemple.fr",
    )
    town_hall = Organisation.objects.create(
        slug="ville-de-lille",
        name="Ville de Lille (exemple)",
        kind=Kind.LOCAL_AUTHORITY,
        address="Place Augustin-Laurent",
        postcode="59000",
        town="Lille",
    )
    give_role(member=people["yann.lefebvre"], organisation=cooperative, role=Role.CLERK)
    give_role(member=people["clara.nguyen"], organisation=cooperative, role=Role.BOARD)
    give_role(member=people["paul.dubois"], organisation=town_hall, role=Role.OBSERVER)
    allow_assistance(
        helper=people["amina.benali"],
        helped=Member.objects.get(display_name="Marcel Duthoit"),
        scope=Assistance.Scope.ORDER,
        expires_at=now + timedelta(days=180),
        consent_note="Accord signé en mairie de quartier",
        now=now,
    )
