"""The cooperative of the demo: sixty associates who do not exist, requests, one departure.

Set-based: the register is written as the actions write it, in a few statements, and the database
checks every movement all the same.
"""

from datetime import datetime, timedelta

from essaim.commons.cooperative import actions
from essaim.commons.cooperative.actions import books
from essaim.commons.cooperative.actions.certificates import issue_certificate
from essaim.commons.cooperative.models import Associate, NoticeConsent, Register, ShareMovement
from essaim.commons.cooperative.rules.register import Kind
from essaim.commons.statutes import models_of_statutes
from essaim.core.members.actions import give_role
from essaim.core.members.models import Member, Membership, Organisation
from essaim.core.payments.actions import record_payment
from essaim.core.payments.models import PaymentIntent
from essaim.core.territories.models import Territory
from essaim.kernel.identifiers import uuid7

NOMINAL_CENTS = 2000
FOUNDED_DAYS_AGO = 400
FIRST_NAMES = [
    "Agathe",
    "Basile",
    "Célestin",
    "Delphine",
    "Élie",
    "Flora",
    "Gaspard",
    "Hélène",
    "Isidore",
    "Jeanne",
    "Lazare",
    "Manon",
    "Noé",
    "Ondine",
    "Prosper",
    "Rose",
    "Samir",
    "Thaïs",
    "Ursule",
    "Victor",
    "Wafa",
    "Yvonne",
]
LAST_NAMES = ["Carpentier", "Deroo", "Lambin", "Masson", "Picavet", "Roussel", "Vandamme", "Wibaux"]

PEOPLE = {"users": 36, "supporters": 8, "employees": 6}
"""How many people of each category, besides the cast and the organisations."""
ORGANISATIONS = (
    ("Biscuiterie du Canal", "producers", "enterprise", 10),
    ("Les Jardins de l’Écluse", "producers", "enterprise", 5),
    ("Atelier du Vélo bleu", "producers", "association", 5),
    ("Fournil des Quatre-Vents", "producers", "enterprise", 8),
    ("Coopérative laitière du Ferrain", "producers", "enterprise", 20),
    ("Commune de Sainte-Colombe (exemple)", "authorities", "local-authority", 50),
)


def sow(now: datetime) -> None:
    """Write the cooperative of the demo, its capital fully paid, and what waits at the desk."""
    organisation = Organisation.objects.get(slug="essaim-lille")
    register = actions.open_register(
        organisation=organisation, territory=Territory.objects.order_by("pk")[0], now=now
    )
    founded_at = now - timedelta(days=FOUNDED_DAYS_AGO)
    model = models_of_statutes.text("territory")
    text = model.replace("Coopérative du territoire", organisation.name)
    actions.adopt_statutes(
        register=register, text=text, effective_at=founded_at,
        adopted_by="Assemblée constitutive", by=None, now=founded_at,
    )  # fmt: skip
    associates = _enrol(register, founded_at)
    _subscribe(register, associates, founded_at)
    _certify(register)
    _live(register, now)


def _enrol(register: Register, founded_at: datetime) -> list[tuple[Associate, int]]:
    """Give everybody their number; return the associates with the shares they take."""
    holders = _people() + _organisations()
    categories = {row.code: row for row in register.categories.all()}
    colleges = {row.code: row for row in register.colleges.all()}
    of_category = {"authorities": "partners", "supporters": "partners"}
    enrolled = [
        (
            Associate(
                register=register, number=number, category=categories[code],
                college=colleges[of_category.get(code, code)],
                admitted_at=founded_at + timedelta(days=5 * number),
                member=holder if isinstance(holder, Member) else None,
                organisation=holder if isinstance(holder, Organisation) else None,
            ),
            shares,
        )
        for number, (holder, code, shares) in enumerate(holders, start=1)
    ]  # fmt: skip
    Associate.objects.bulk_create(associate for associate, _ in enrolled)
    NoticeConsent.objects.bulk_create(
        NoticeConsent(
            associate=associate, is_given=True, recorded_at=associate.admitted_at,
            recorded_by=associate.member,
        )
        for associate, _ in enrolled
        if associate.member is not None and associate.number % 3
    )  # fmt: skip
    return enrolled


def _people() -> list[tuple[Member | Organisation, str, int]]:
    known = {member.display_name: member for member in Member.objects.order_by("pk")}
    found: list[tuple[Member | Organisation, str, int]] = [
        (known["Clara Nguyen"], "users", 5),
        (known["Yann Lefebvre"], "employees", 5),
        (known["Amina Benali"], "users", 3),
        (known["Odile Fontaine"], "users", 2),
    ]
    names = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
    drawn = iter(names[3::3])
    newcomers = [
        (Member(email=f"societaire{number}@exemple.fr", display_name=next(drawn)), code)
        for number, code in enumerate(
            (code for code, count in PEOPLE.items() for _ in range(count)), start=1
        )
    ]
    for member, _ in newcomers:
        member.set_unusable_password()
    Member.objects.bulk_create(member for member, _ in newcomers)
    shares = {"users": 1, "supporters": 5, "employees": 2}
    found += [
        (member, code, shares[code] + member.pk % 3 * (code != "employees"))
        for member, code in newcomers
    ]
    return found


def _organisations() -> list[tuple[Member | Organisation, str, int]]:
    made = [
        (
            Organisation(
                slug=f"societaire-{number}", name=name, kind=kind,
            ),
            code, shares,
        )
        for number, (name, code, kind, shares) in enumerate(ORGANISATIONS, start=1)
    ]  # fmt: skip
    Organisation.objects.bulk_create(organisation for organisation, _, _ in made)
    return list(made)


def _subscribe(
    register: Register, enrolled: list[tuple[Associate, int]], founded_at: datetime
) -> None:
    ShareMovement.objects.bulk_create(
        ShareMovement(
            register=register, number=number, kind=Kind.SUBSCRIPTION.value, to_associate=associate,
            shares=shares, nominal_cents=NOMINAL_CENTS, moved_at=associate.admitted_at,
            reason="Apport à la création",
        )
        for number, (associate, shares) in enumerate(enrolled, start=1)
    )  # fmt: skip
    total = sum(shares for _, shares in enrolled) * NOMINAL_CENTS
    books.move_capital(
        register.organisation, {"bank": -total, "capital": total}, key="demo:capital",
        kind="capital", reference=uuid7(), now=founded_at,
    )  # fmt: skip


def _certify(register: Register) -> None:
    """Certificates of the two whom visitors play; the others' come with their next shares."""
    played = ["Amina Benali", "Clara Nguyen"]
    rows = register.movements.filter(to_associate__member__display_name__in=played)
    for movement in rows.select_related("to_associate__member", "register__organisation"):
        issue_certificate(movement=movement)


def _live(register: Register, now: datetime) -> None:
    """What waits today: a paid request, one to be paid, an authority in line, a departure."""
    known = {member.display_name: member for member in Member.objects.order_by("pk")}
    town = Organisation.objects.get(slug="ville-de-lille")
    give_role(member=known["Paul Dubois"], organisation=town, role=Membership.Role.MANAGER)
    asked = [
        actions.ask_for_shares(
            register=register, member=known[name], category_code=code, shares=shares, means=means,
            organisation=organisation, accepts_notices=True, now=now - timedelta(days=days),
        )
        for name, code, shares, means, organisation, days in (
            ("Inès Carlier", "users", 3, "bank-transfer", None, 9),
            ("Karim Haddad", "supporters", 5, "bank-transfer", None, 4),
            ("Paul Dubois", "authorities", 400, "bank-transfer", town, 2),
        )
    ]  # fmt: skip
    paid = asked[0]
    record_payment(
        intent=PaymentIntent.objects.get(agreement=paid.agreement), now=now - timedelta(days=6)
    )
    actions.note_payment(agreement_id=paid.agreement_id or 0, now=now - timedelta(days=6))
    leaving = register.associates.filter(category__code="users").order_by("-number")[0]
    member = leaving.member or known["Clara Nguyen"]
    departure = actions.ask_to_leave(
        associate=leaving, reason="Déménagement", by=member, now=now - timedelta(days=20)
    )
    actions.settle_exit(
        departure=departure, losses_cents=40_000, reserves_cents=10_000,
        by=known["Clara Nguyen"], now=now - timedelta(days=15),
    )  # fmt: skip
