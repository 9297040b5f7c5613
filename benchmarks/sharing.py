"""How fast the surplus of a year is read, shared and told, with a ledger of a million entries.

Run by `essaim bench sharing`. Everything happens in a database of its own, dropped afterwards.
The baseline is what models invite to write, in the same run: the entries of the same account read
into Python and added there.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import connection

from benchmarks.database import copy, database_of_its_own
from essaim.commons.assembly import actions as assemblies
from essaim.commons.assembly.models import Minutes
from essaim.commons.cooperative import actions as cooperative_actions
from essaim.commons.cooperative.models import Register
from essaim.commons.sharing import actions, queries
from essaim.commons.sharing.models import Variant, Year
from essaim.commons.sharing.rules.surplus import Wish, share_out
from essaim.commons.statutes import models_of_statutes
from essaim.commons.statutes.rules import reading
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import Poll
from essaim.commons.urn.rules.choices import PaperKind
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.actions import open_account
from essaim.core.ledger.models import Account
from essaim.core.members.models import Member, Organisation
from essaim.core.messages.actions import write_email
from essaim.core.messages.models import OutgoingEmail
from essaim.core.territories.models import Territory
from essaim.kernel.identifiers import uuid7

AFTER = datetime(2027, 5, 12, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)
ENTRIES, ENTRIES_QUICK = 1_000_000, 50_000
ASSOCIATES, ASSOCIATES_QUICK = 50_000, 2_000
LETTERS_SAMPLE = 500
LINES_OF_AN_ORDER = 4
TURNS = 3
GOAL_MS = 10_000.0
DATABASE = "essaim_bench_sharing"


def run(quick: bool) -> dict[str, Any]:  # noqa: FBT001 - the form all benchmarks share
    """Measure and return the figures; Django must be set up on a running database."""
    count = ENTRIES_QUICK if quick else ENTRIES
    people = ASSOCIATES_QUICK if quick else ASSOCIATES
    with database_of_its_own(DATABASE):
        year = _fill(count, people)
        results = [_measure(year, count), *_adopt(year, people)]
    data = {"quick": quick, "entries": count, "associates": people}
    return {"name": "sharing", "data": data, "results": results}


def _fill(count: int, people: int) -> Year:
    cooperative = Organisation.objects.create(slug="coop", name="Coop", kind="cooperative")
    territory = Territory.objects.create(slug="val", name="Val", created_at=START)
    register = cooperative_actions.open_register(
        organisation=cooperative, territory=territory, now=START
    )
    cooperative_actions.adopt_statutes(
        register=register, text=_statutes_with_interest(), effective_at=START,
        adopted_by="bench", by=None, now=START,
    )  # fmt: skip
    _write_associates(register, people)
    accounts = [
        open_account(code=code, label=code).pk
        for code in ("orders:halle", "payable:ferme", "fund:commons", "fund:platform")
    ]
    orders = count // LINES_OF_AN_ORDER
    ids = [uuid7() for _ in range(orders)]
    step = timedelta(days=364) / orders
    copy(
        "ledger_transfer (id, key, unit_id, kind, memo, posted_at)",
        (
            (one, f"order:{one}", "EUR", "order-settled", "", START + step * place)
            for place, one in enumerate(ids)
        ),
    )
    with connection.cursor() as cursor:
        # The rows balance by construction; checking each at commit would only measure filling.
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_transfer_balances")
    copy("ledger_entry (transfer_id, account_id, unit_id, amount)", _entries(ids, accounts))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_transfer_balances")
        cursor.execute("VACUUM ANALYZE ledger_transfer, ledger_entry")
    return actions.open_year(register=register, civil_year=2026, now=START)


def _entries(ids: list[Any], accounts: list[int]) -> Iterator[Sequence[object]]:
    for transfer_id in ids:
        for account_id, amount in zip(accounts, (-1600, 1545, 14, 41), strict=True):
            yield transfer_id, account_id, "EUR", amount


def _statutes_with_interest() -> str:
    """The model of a territory as a society whose own rules cap interest: no TMO is needed."""
    return (
        models_of_statutes.text("territory")
        .replace('form = "scic-sa"', 'form = "uk-society"')
        .replace("nominal_cents = 2000", "nominal_cents = 2000\nshares_max = 100")
        .replace("is_paid = false", 'is_paid = true\nrate_max = "5"')
    )


def _write_associates(register: Register, people: int) -> None:
    category = register.categories.get(code="users").pk
    numbers = range(1, people + 1)
    copy(
        "members_member (id, public_id, email, display_name, phone, language, agenda_key,"
        " is_active, joined_at, password, is_superuser)",
        (
            (n, uuid7(), f"m{n}@exemple.fr", f"M{n}", "", "fr", uuid7(), True, START, "!", False)
            for n in numbers
        ),
    )
    copy(
        "cooperative_associate (id, public_id, register_id, number, member_id, category_id,"
        " admitted_at)",
        ((n, uuid7(), register.pk, n, n, category, START) for n in numbers),
    )
    copy(
        "cooperative_sharemovement (public_id, register_id, number, kind, to_associate_id,"
        " shares, nominal_cents, moved_at, reason)",
        ((uuid7(), register.pk, n, "subscription", n, 1 + n % 9, 2000, START, "") for n in numbers),
    )


def _adopt(year: Year, people: int) -> list[dict[str, Any]]:
    """Adopting for everybody, against one letter after another (from a sample of them)."""
    clerk = Member.objects.order_by("pk")[0]
    year = actions.close_year(year=year, by=clerk, now=AFTER)
    variant = actions.propose_variant(
        year=year, title="Bench", wish=Wish(interest_rate=Fraction(1)),
        assembly_date=AFTER.date(), by=clerk, now=AFTER,
    )  # fmt: skip
    _carry(variant, clerk)
    value = _ms(lambda: actions.adopt_variant(variant=variant, now=AFTER))
    one = OutgoingEmail.objects.order_by("pk")[0]

    def one_by_one() -> None:
        for _turn in range(LETTERS_SAMPLE):
            write_email(recipient=one.recipient, subject=one.subject, body=one.body, now=AFTER)

    baseline = _ms(one_by_one) * people / LETTERS_SAMPLE
    return [
        {
            "metric": f"adopting, {people} associates and letters", "value": value, "unit": "ms",
            "baseline": baseline, "ratio": value / baseline,
        }
    ]  # fmt: skip


def _carry(variant: Variant, clerk: Member) -> None:
    """Write what an assembly leaves once it carried the proposal: its meeting is not measured."""
    register = variant.year.register
    assembly = assemblies.draft_assembly(
        register=register, kind=Kind.ORDINARY, title="AG", place="Halle", meets_at=AFTER
    )
    motion = actions.put_to_the_vote(variant=variant, assembly=assembly, by=clerk, now=AFTER).motion
    motion.poll = urn.prepare_poll(
        question="?", paper_kind=PaperKind.MOTION, grade_max=0, counting={}, colleges=[],
        options=[urn.Option("yes", "Yes"), urn.Option("no", "No")], secrecy=Poll.Secrecy.NAMED,
        voters=[urn.Voter(1, "M1", "", clerk.pk)], scrutineers=[], threshold=0,
    )  # fmt: skip
    motion.is_adopted, motion.declared_at = True, AFTER
    motion.save(update_fields=["poll", "is_adopted", "declared_at"])
    Minutes.objects.create(
        assembly=assembly, register=register, number=1, content={}, digest="0" * 64,
        issued_at=AFTER, issued_by=clerk,
    )  # fmt: skip


def _measure(year: Year, count: int) -> dict[str, Any]:
    start, end = queries.bounds(year.civil_year)
    platform = Account.objects.get(code="fund:platform")
    statutes = reading.from_toml(models_of_statutes.text("territory"))

    def shared() -> int:
        found = share_out(queries.books(year).facts(), statutes, Wish(), end.date())
        return found.surplus_cents

    def read_and_added() -> int:
        lines = ledger.statement(platform, start=start, end=end)
        return sum(line.amount for line in lines)

    expected = 41 * (count // LINES_OF_AN_ORDER)
    if shared() != expected or read_and_added() != expected:
        raise AssertionError("the two ways do not agree")
    value, baseline = _median(shared), _median(read_and_added)
    return {
        "metric": f"surplus of a year, {count} entries", "value": value, "unit": "ms",
        "baseline": baseline, "ratio": value / baseline,
        "goal": f"< {GOAL_MS:.0f} ms", "met": value < GOAL_MS,
    }  # fmt: skip


def _median(act: Callable[[], object]) -> float:
    return sorted(_ms(act) for _ in range(TURNS))[TURNS // 2]


def _ms(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1e3
