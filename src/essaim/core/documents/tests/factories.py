"""A seller, a buyer and an agreement that was paid and handed over, in as few words as possible."""

from datetime import UTC, datetime, timedelta
from itertools import count

from django.db import transaction

from essaim.core.agreements.models import Agreement, Line, Share, Transition
from essaim.core.agreements.rules import State
from essaim.core.documents import actions
from essaim.core.documents.rules import Billable, Buyer, Kind, bill
from essaim.core.members.models import Member, Membership, Organisation
from essaim.core.payments.models import PaymentIntent
from essaim.core.territories.models import Territory

NOON = datetime(2026, 11, 27, 11, 0, tzinfo=UTC)
CANTEEN = Buyer("Cantine du Moulin", "4 place du Moulin", "59000", "Lille", "552100554")
GROCERIES = (
    ("Pommes de terre Charlotte", 2, 1250, 550),
    ("Bière ambrée", 6, 2994, 2000),
    ("Repas partagé", 2, 2200, 1000),
)
_serial = count(1)


def member(name="Amina Delattre", **fields):
    email = f"member{next(_serial)}@essaim.example"
    return Member.objects.create(email=email, display_name=name, **fields)


def organisation(name="La Halle de Fives", **fields):
    known = {
        "legal_form": "SCIC SA à capital variable",
        "siren": "732829320",
        "vat_number": "FR44732829320",
        "address": "12 rue de la Fosse",
        "postcode": "59800",
        "town": "Lille",
    }
    return Organisation.objects.create(
        slug=f"organisation-{next(_serial)}", name=name, **(known | fields)
    )


def clerk_of(cooperative):
    clerk = member("Claire, comptable")
    Membership.objects.create(member=clerk, organisation=cooperative, role=Membership.Role.CLERK)
    return clerk


def manager_of(seller):
    manager = member("Marc, gérant")
    Membership.objects.create(member=manager, organisation=seller, role=Membership.Role.MANAGER)
    return manager


@transaction.atomic  # shares are checked against the total at commit
def agreement(
    *, seller=None, buyer=None, lines=GROCERIES, state=State.SETTLED, paid=True, solidarity_cents=0
):
    buyer = buyer or member()
    total = sum(line[2] for line in lines)
    serial = next(_serial)
    territory, _ = Territory.objects.get_or_create(
        slug="val", defaults={"name": "Val-d’Essaim", "created_at": NOON}
    )
    made = Agreement.objects.create(
        number=f"T{serial}",
        territory=territory,
        trade="test",
        provider=seller or organisation(),
        receiver=buyer,
        placed_by=buyer,
        total_cents=total + solidarity_cents,
        state=state.value,
        proposed_at=NOON - timedelta(days=5),
        title="Commande du jeudi",
        takes_place_at=NOON - timedelta(days=1),
        ends_at=NOON - timedelta(hours=22),
    )
    for position, (label, quantity, amount, rate) in enumerate(lines, start=1):
        Line.objects.create(
            agreement=made,
            position=position,
            label=label,
            quantity=quantity,
            unit_price_cents=amount // quantity,
            amount_cents=amount,
            tax_rate_bps=rate,
        )
    Share.objects.create(
        agreement=made, position=1, role="provider", label="Ferme du Lys", amount_cents=total
    )
    if solidarity_cents:
        Share.objects.create(
            agreement=made,
            position=2,
            role=actions.SOLIDARITY,
            label="Caisse solidaire",
            amount_cents=solidarity_cents,
        )
    if state in actions.HANDED_OVER:
        Transition.objects.create(
            agreement=made, to_state=State.FULFILLED.value, done_at=NOON - timedelta(days=1)
        )
    if paid:
        pay(made, total + solidarity_cents)
    return made


def pay(made, cents, refunded_cents=0, means="card"):
    return PaymentIntent.objects.create(
        agreement=made,
        means=means,
        provider="sandbox",
        amount_cents=cents,
        refunded_cents=refunded_cents,
        state="paid",
        created_at=NOON - timedelta(days=5),
        settled_at=NOON - timedelta(days=5),
    )


def snapshot(*, kind=Kind.INVOICE, lines=GROCERIES, is_vat_liable=True, buyer=None, paid=None):
    """The facts of a document without any database: what rendering and the XML need."""
    counted = bill([Billable(*line) for line in lines], is_vat_liable=is_vat_liable)
    paid = counted.gross_cents if paid is None else paid
    buyer = buyer or Buyer("Amina Delattre")
    seller = {
        "name": "La Halle de Fives",
        "legal_form": "SCIC SA à capital variable",
        "siren": "732829320",
        "vat_number": "FR44732829320" if is_vat_liable else "",
        "is_vat_liable": is_vat_liable,
        "iban": "FR7630006000011234567890189",
        "address": "12 rue de la Fosse",
        "postcode": "59800",
        "town": "Lille",
        "email": "bonjour@halle.example",
        "phone": "03 20 00 00 00",
    }
    late = {"PMT": "Indemnité de 40 €.", "PMD": "Pénalités.", "AAB": "Pas d’escompte."}
    exempt = "TVA non applicable, art. 293 B du CGI"
    return {
        "version": 1,
        "kind": kind.value,
        "language": "fr",
        "operation": "goods",
        "number": "F-2026-00042",
        "issued_at": NOON.isoformat(),
        "issued_on": "2026-11-27",
        "executed_on": "2026-11-26",
        "previous_sha256": "",
        "agreement": {
            "number": "K7-4821",
            "title": "Commande du jeudi",
            "made_on": "2026-11-21",
            "place": {
                "name": "Halle de Fives",
                "address": "12 rue de la Fosse",
                "postcode": "59800",
                "town": "Lille",
            },
        },
        "seller": seller,
        "buyer": buyer.frozen(),
        "lines": [
            {
                "position": position,
                "label": line.label,
                "quantity": line.quantity,
                "rate_bps": line.rate_bps,
                "gross_cents": line.gross_cents,
                "net_cents": line.net_cents,
                "net_price": line.net_price,
            }
            for position, line in enumerate(counted.lines, start=1)
        ],
        "taxes": [
            {
                "category": "S" if group.rate_bps else "E",
                "rate_bps": group.rate_bps,
                "net_cents": group.net_cents,
                "tax_cents": group.tax_cents,
                "reason": "" if group.rate_bps else exempt,
                "reason_code": "" if group.rate_bps or is_vat_liable else "VATEX-FR-FRANCHISE",
            }
            for group in counted.taxes
        ],
        "totals": {
            "net_cents": counted.net_cents,
            "tax_cents": counted.tax_cents,
            "rounding_cents": counted.rounding_cents,
            "gross_cents": counted.gross_cents,
            "paid_cents": paid,
            "due_cents": counted.gross_cents - paid,
        },
        "payments": [{"means": "card", "amount_cents": paid, "paid_on": "2026-11-21"}]
        if paid
        else [],
        "shares": [{"label": "Ferme du Lys", "amount_cents": counted.gross_cents}],
        "mentions": late if buyer.is_professional else {},
        "corrects": {"number": "F-2026-00041", "issued_on": "2026-12-01"}
        if kind is Kind.CREDIT_NOTE
        else None,
    }
