"""How fast the register of shares answers at 50,000 associates: a page, a search, the whole file.

Run by `essaim bench register`. Everything happens in a database of its own, dropped afterwards.
Baselines are taken in the same run: for the file, the server's own `COPY … TO STDOUT` of the same
rows, which no page can beat; for the totals, what models invite to write (one sum an associate),
on a sample; for a search, the same page without any search.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db import connection

from benchmarks.database import copy, database_of_its_own
from essaim.commons.assembly import queries as assembly_queries
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.cooperative import actions, queries, spreadsheet
from essaim.commons.cooperative.models import Register
from essaim.commons.statutes import models_of_statutes
from essaim.core.members.models import Organisation
from essaim.core.territories.models import Territory
from essaim.kernel.identifiers import uuid7

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ASSOCIATES_COUNT, ASSOCIATES_QUICK = 50_000, 5_000
TURNS, SAMPLE = 15, 500
GOAL_MS = 2000.0
DATABASE = "essaim_bench_register"
FIRST = [
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
]
LAST = ["Carpentier", "Deroo", "Lambin", "Masson", "Picavet", "Roussel", "Vandamme", "Wibaux"]


def run(quick: bool) -> dict[str, Any]:  # noqa: FBT001 - the form all benchmarks share
    """Measure and return the figures; Django must be set up on a running database."""
    count = ASSOCIATES_QUICK if quick else ASSOCIATES_COUNT
    with database_of_its_own(DATABASE):
        register, filling_s = _fill(count)
        results = [
            *_measure(register),
            _result("filling, per movement", filling_s * 1e3 / count),
            _measure_quorum(register, present_count=min(2000, count // 2)),
        ]
    return {
        "name": "register",
        "data": {"quick": quick, "associates": count, "movements": count + count // 10},
        "results": results,
    }


def _fill(count: int) -> tuple[Register, float]:
    """Write members, associates and their movements; every guard of the database runs."""
    chance = random.Random(1)
    cooperative = Organisation.objects.create(slug="coop", name="Coop", kind="cooperative")
    territory = Territory.objects.create(slug="val", name="Val", created_at=NOW)
    opened = NOW - timedelta(days=400)
    register = actions.open_register(organisation=cooperative, territory=territory, now=opened)
    actions.adopt_statutes(
        register=register, text=models_of_statutes.text("territory"), effective_at=opened,
        adopted_by="bench", by=None, now=opened,
    )  # fmt: skip
    users = register.categories.get(code="users").pk
    college = register.colleges.get(code="users").pk
    copy(
        "members_member (id, public_id, email, display_name, phone, language, agenda_key,"
        " is_active, joined_at, password, is_superuser)",
        (
            (number, uuid7(), f"m{number}@exemple.fr",
             f"{chance.choice(FIRST)} {chance.choice(LAST)} {number}", "", "fr", uuid7(), True, NOW,
             "!", False)
            for number in range(1, count + 1)
        ),
    )  # fmt: skip
    copy(
        "cooperative_associate (id, public_id, register_id, number, member_id, category_id,"
        " college_id, admitted_at)",
        ((n, uuid7(), register.pk, n, n, users, college, opened) for n in range(1, count + 1)),
    )
    started = time.perf_counter()
    copy(
        "cooperative_sharemovement (public_id, register_id, number, kind, from_associate_id,"
        " to_associate_id, shares, nominal_cents, moved_at, reason)",
        _movements(register, count, opened, chance),
    )
    spent_s = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE cooperative_associate, cooperative_sharemovement")
        cursor.execute("ANALYZE members_member")
    return register, spent_s


def _movements(
    register: Register, count: int, opened: datetime, chance: random.Random
) -> Iterator[Sequence[object]]:
    """One subscription each, then a transfer between two of them for one in ten."""
    for number in range(1, count + 1):
        yield (uuid7(), register.pk, number, "subscription", None, number, chance.randrange(2, 9),
               2000, opened, "")  # fmt: skip
    for turn in range(count // 10):
        giver, taker = turn + 1, count - turn
        yield (uuid7(), register.pk, count + turn + 1, "transfer", giver,
               taker, 1, 2000, opened, "")  # fmt: skip


def _measure(register: Register) -> list[dict[str, Any]]:
    def listed(text: str = "", number: int = 1) -> object:
        page = Paginator(queries.found_in_register(register, text=text), 20).get_page(number)
        return queries.shares_by_associate(list(page.object_list))

    def exported() -> int:
        return sum(len(line) for line in spreadsheet.lines(queries.lines(register, at=NOW)))

    def totals() -> queries.Totals:
        return queries.totals(register, at=NOW)

    first_ms = _median(listed)
    return [
        _result("a page of the register", first_ms, goal=GOAL_MS),
        _result("the last page", _median(lambda: listed(number=10**6)), first_ms, GOAL_MS),
        _result("a search by name", _median(lambda: listed("Wibaux")), first_ms, GOAL_MS),
        _result("a search that finds nothing", _median(lambda: listed("zzz")), first_ms, GOAL_MS),
        _result("the totals of the public page", _median(totals), _one_by_one(register)),
        _result("the whole file (CSV)", _median(exported, 5), _median(lambda: _bare(register), 5),
                GOAL_MS),
    ]  # fmt: skip


def _measure_quorum(register: Register, *, present_count: int) -> dict[str, Any]:
    """The live quorum of an assembly, against reading every person into memory to count them."""
    meeting = GeneralAssembly.objects.create(
        register=register, kind="ordinary", title="Bench", place="Lille", meets_at=NOW,
        state="sitting", record_at=NOW,
    )  # fmt: skip
    copy(
        "assembly_attendance (assembly_id, associate_id, how, arrived_at)",
        ((meeting.pk, number, "room", NOW) for number in range(1, present_count + 1)),
    )
    copy(
        "assembly_proxy (assembly_id, principal_id, holder_id, given_at)",
        ((meeting.pk, present_count + n, n, NOW) for n in range(1, present_count // 4)),
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE assembly_attendance, assembly_proxy")

    def read() -> int:
        there = set(meeting.attendances.filter(left_at=None).values_list("associate_id", flat=True))
        people = assembly_queries.entitled_at(meeting).select_related("college")
        return sum(person.pk in there for person in people)

    live_ms = _median(lambda: assembly_queries.attendance(meeting))
    return _result(f"live quorum, {present_count} present", live_ms, _median(read, 3), 50.0)


def _bare(register: Register) -> int:
    """The same rows as the server writes them by itself."""
    statement = queries.LINES % {"register": register.pk, "at": f"'{NOW.isoformat()}'"}
    with connection.cursor() as cursor, cursor.copy(f"COPY ({statement}) TO STDOUT") as copy:
        return sum(len(block) for block in copy)


def _one_by_one(register: Register) -> float:
    """What a sum for each associate would take, from a sample of them."""
    some = list(register.associates.order_by("number")[:SAMPLE])
    whole = register.associates.count()
    return _ms(lambda: [queries.shares_held(one) for one in some]) * whole / len(some)


def _result(
    metric: str, value: float, baseline: float | None = None, goal: float | None = None
) -> dict[str, Any]:
    found: dict[str, Any] = {"metric": metric, "value": value, "unit": "ms"}
    if baseline:
        found |= {"baseline": baseline, "ratio": value / baseline}
    if goal is not None:
        found |= {"goal": f"< {goal:.0f} ms", "met": value < goal}
    return found


def _median(act: Callable[[], object], turns: int = TURNS) -> float:
    act()
    return sorted(_ms(act) for _ in range(turns))[turns // 2]


def _ms(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1e3
