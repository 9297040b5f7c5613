"""The demo: last year closed and shared by an assembly, this year being written."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.utils import timezone

from essaim.commons.assembly import actions as assemblies
from essaim.commons.assembly import queries as assembly_queries
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.commons.sharing import actions, queries
from essaim.commons.sharing.actions.funds import FUND_LABEL
from essaim.commons.sharing.models import Year
from essaim.commons.sharing.rules.books import COMMONS_FUND, Kind
from essaim.commons.sharing.rules.fund_votes import Method
from essaim.commons.sharing.rules.surplus import Wish
from essaim.commons.statutes.rules.statutes import Assembly as AssemblyKind
from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.rules import Draft, merged
from essaim.core.members.models import Member, Organisation

LAST_YEAR = (
    (Kind.INCOME, "Prestations et animations", 4_120_000, (12, 15)),
    (Kind.SUBSIDY, "Aide au démarrage de la Région (exemple)", 1_200_000, (11, 20)),
    (Kind.CHARGE, "Salaires et cotisations", 3_640_000, (12, 31)),
    (Kind.CHARGE, "Local, banque, assurance, hébergement", 685_000, (12, 31)),
)
THIS_YEAR = (
    (Kind.SUBSIDY, "Budget participatif de la ville (exemple)", 800_000, (3, 12)),
    (Kind.CHARGE, "Loyer du local, premier semestre", 360_000, (6, 30)),
)
PAST_PROJECTS = (
    ("Un four à pain partagé", "Monté sur remorque, prêté aux fêtes de quartier.", 90_000,
     "Fournil des Quatre-Vents"),
    ("Atelier de réparation du samedi", "Outils et pièces pour une saison.", 40_000,
     "Atelier du Vélo bleu"),
    ("Serre commune", "Plants de tomates et d’aromatiques pour tous.", 110_000,
     "Les Jardins de l’Écluse"),
)  # fmt: skip
PROJECTS = (
    ("Presse à jus itinérante", "Pour les pommes que personne ne ramasse.", 35_000,
     "Les Jardins de l’Écluse"),
    ("Remorque à vélo en libre prêt", "Jusqu’à 80\u00a0kg, à demander au local.", 30_000,
     "Atelier du Vélo bleu"),
    ("Bocaux consignés", "Mille bocaux lavables pour les commandes.", 45_000,
     "Biscuiterie du Canal"),
)  # fmt: skip
ENDOWMENT_CENTS = 200_000
PRESENT_COUNT = 9
DAYS_SINCE_CLOSED, DAYS_SINCE_NOTICE, DAYS_SINCE_MEETING = 60, 45, 20
Lines = Sequence[tuple[Kind, str, int, tuple[int, int]]]


def sow(now: datetime) -> None:
    """Write both years; the clerk keeps them, the board proposes, nine associates vote."""
    register = cooperative_queries.the_register()
    if register is None:
        return
    known = {one.display_name: one for one in Member.objects.order_by("pk")}
    clerk, board = known["Yann Lefebvre"], known["Clara Nguyen"]
    this_year = timezone.localdate(now).year
    last = _written(register, this_year - 1, LAST_YEAR, clerk, now)
    closed_at = now - timedelta(days=DAYS_SINCE_CLOSED)
    if closed_at >= queries.bounds(last.civil_year)[1]:
        _share(actions.close_year(year=last, by=clerk, now=closed_at), board, now)
    _written(register, this_year, THIS_YEAR, clerk, now)
    _fund(register, known, now)


def _written(
    register: Register, civil_year: int, lines: Lines, clerk: Member, now: datetime
) -> Year:
    year = actions.open_year(register=register, civil_year=civil_year, now=now)
    for kind, label, cents, (month, day) in lines:
        actions.write_line(
            year=year, kind=kind, label=label, cents=cents,
            line_date=date(civil_year, month, day), by=clerk, now=now,
        )  # fmt: skip
    return year


def _share(year: Year, board: Member, now: datetime) -> None:
    """Vote between two ways to share, at a second convening, then do what was decided."""
    meets_at = now - timedelta(days=DAYS_SINCE_MEETING)
    told_at = now - timedelta(days=DAYS_SINCE_NOTICE)
    assembly = assemblies.draft_assembly(
        register=year.register, kind=AssemblyKind.ORDINARY, convening=2,
        place="Maison des associations (exemple)",
        title=f"Assemblée sur les comptes de {year.civil_year}", meets_at=meets_at,
    )  # fmt: skip
    variants = [
        actions.propose_variant(
            year=year, title=title, wish=wish, assembly_date=timezone.localdate(meets_at),
            by=board, now=told_at,
        )
        for title, wish in (
            ("Tout aux réserves", Wish(statutory_rate=Fraction(1))),
            ("Ce que demandent les statuts", Wish()),
        )
    ]  # fmt: skip
    for variant in variants:
        actions.put_to_the_vote(variant=variant, assembly=assembly, by=board, now=told_at)
    _hold(assembly, board, told_at)
    actions.adopt_variant(variant=variants[0], now=now - timedelta(days=DAYS_SINCE_MEETING - 1))


def _fund(register: Register, known: dict[str, Member], now: datetime) -> None:
    """A quarter whose projects were paid, and one whose vote is open."""
    board, today = known["Clara Nguyen"], timezone.localdate(now)
    number = (today.month - 1) // 3
    quarters = ((today.year - (number == 0), number or 4), (today.year, number + 1))
    fund = open_account(code=COMMONS_FUND, label=FUND_LABEL)
    bank = open_account(code=f"bank:{register.organisation.slug}", label="Banque")
    given = Draft(
        key="demo:fund", kind="fund-endowment", reference=None, memo="Dotation (exemple)",
        lines=merged(((fund.pk, ENDOWMENT_CENTS), (bank.pk, -ENDOWMENT_CENTS))),
    )  # fmt: skip
    post(drafts=[given], now=now)
    voters = [known[name] for name in ("Amina Benali", "Odile Fontaine", "Yann Lefebvre")]
    for (civil_year, place), projects in zip(quarters, (PAST_PROJECTS, PROJECTS), strict=True):
        quarter = actions.open_quarter(
            register=register, civil_year=civil_year, number=place, now=now
        )
        made = [
            actions.propose_project(
                quarter=quarter, title=title, text=text, asked_cents=cents, by=by,
                payee=Organisation.objects.get(name=carrier), now=now,
            )
            for (title, text, cents, carrier), by in zip(projects, voters, strict=True)
        ]  # fmt: skip
        actions.open_vote(quarter=quarter, method=Method.EQUAL_SHARES, now=now)
        for voter, likes in zip((board, voters[1], voters[2]), ((0, 1), (0,), (1, 2)), strict=True):
            chosen = [made[like].public_id for like in likes]
            actions.vote(quarter=quarter, member=voter, supported=chosen)
        if projects is PAST_PROJECTS:
            actions.close_vote(quarter=quarter, by=board, now=now)


def _hold(assembly: GeneralAssembly, board: Member, told_at: datetime) -> None:
    """Some come and vote: all but one for the first motion, a minority for the second."""
    assembly, at = assemblies.convene(assembly=assembly, now=told_at), assembly.meets_at
    there = list(assembly_queries.entitled_at(assembly).filter(member__isnull=False))
    there = there[:PRESENT_COUNT]
    for associate in there:
        assemblies.arrive(assembly=assembly, associate=associate, how="room", now=at)
    assembly = assemblies.open_meeting(assembly=assembly, now=at)
    for item, noes_count in zip(assembly_queries.agenda(assembly), (1, PRESENT_COUNT - 2),
                                strict=True):  # fmt: skip
        assemblies.open_vote(motion=item.motion, now=at)
        for place, associate in enumerate(there):
            assemblies.cast(
                motion=item.motion, associate=associate, by=associate.member or board, now=at,
                choice="no" if place >= PRESENT_COUNT - noes_count else "yes",
            )  # fmt: skip
        assemblies.close_vote(motion=item.motion, by=board, now=at)
    assemblies.close_meeting(assembly=assembly, by=board, now=at)
