"""A small Scic for tests: its statutes adopted, a board, a few people who want to join."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from essaim.commons.cooperative import actions
from essaim.commons.cooperative.models import Register, ShareRequest
from essaim.commons.statutes.tests.models_of_statutes import text_of
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Account
from essaim.core.members.models import Member, Membership, Organisation
from essaim.core.payments.actions import record_payment
from essaim.core.payments.models import PaymentIntent
from essaim.core.territories.models import Territory

OPENING = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@dataclass
class World:
    register: Register
    cooperative: Organisation
    board: Member
    amina: Member
    farm: Organisation
    farmer: Member
    town: Organisation
    mayor: Member

    def ask(self, member=None, category="users", shares=2, now=NOW, **wanted) -> ShareRequest:
        return actions.ask_for_shares(
            register=self.register, member=member or self.amina, category_code=category,
            shares=shares, means=wanted.pop("means", "bank-transfer"), now=now, **wanted,
        )  # fmt: skip

    def pay(self, request, now=NOW) -> ShareRequest:
        intent = PaymentIntent.objects.get(agreement=request.agreement)
        record_payment(intent=intent, now=now)
        actions.note_payment(agreement_id=request.agreement_id, now=now)
        request.refresh_from_db()
        return request

    def join(self, member=None, category="users", shares=2, now=NOW, **wanted):
        """Take somebody from their request to their number; return the associate."""
        request = self.pay(self.ask(member, category, shares, now, **wanted), now)
        return actions.admit(request=request, by=self.board, now=now).to_associate

    def fund(self, shares=100, now=OPENING):
        """Give the cooperative a capital held by others, so that it may be shared with anybody."""
        return self.join(person(f"fonds{shares}"), shares=shares, now=now)

    def held(self, name) -> int:
        """What an account of the cooperative holds, in cents."""
        account = Account.objects.filter(code=f"{name}:{self.cooperative.slug}").first()
        return 0 if account is None else ledger.balance(account)


def person(name) -> Member:
    return Member.objects.create_user(f"{name.lower()}@exemple.fr", display_name=name.title())


def organisation(slug, name, kind="enterprise", **fields) -> Organisation:
    return Organisation.objects.create(slug=slug, name=name, kind=kind, **fields)


def build(text=None, **replaced) -> World:
    """Make the world; `replaced` changes words of the model of statutes."""
    cooperative = organisation(
        "essaim", "Essaim du Val", "cooperative", legal_form="SCIC SA à capital variable",
        siren="732829320", address="1 place", postcode="59000", town="Lille",
    )  # fmt: skip
    board, farmer, mayor = person("clara"), person("luc"), person("paul")
    farm, town = organisation("ferme", "Ferme du Lys"), organisation(
        "ville", "Ville du Val", "local-authority"
    )  # fmt: skip
    Membership.objects.create(member=board, organisation=cooperative, role="board")
    Membership.objects.create(member=farmer, organisation=farm, role="manager")
    Membership.objects.create(member=mayor, organisation=town, role="manager")
    territory = Territory.objects.create(slug="val", name="Le Val", created_at=OPENING)
    register = actions.open_register(organisation=cooperative, territory=territory, now=OPENING)
    text = text or text_of("territory")
    for before, after in replaced.values():
        assert before in text
        text = text.replace(before, after)
    actions.adopt_statutes(
        register=register, text=text, effective_at=OPENING, adopted_by="Statuts d’origine",
        by=board, now=OPENING,
    )  # fmt: skip
    return World(register, cooperative, board, person("amina"), farm, farmer, town, mayor)
