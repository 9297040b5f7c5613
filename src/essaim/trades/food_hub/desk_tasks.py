"""What to do now, for each hub and each farm that a member works for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.core.members.models import Membership, Organisation
from essaim.trades.food_hub import desk_queries
from essaim.trades.food_hub.models import Hub, OrderCycle, OrderLine
from essaim.trades.food_hub.queries import FIRM
from essaim.web.environment import euros, moment

State = OrderCycle.State
GOING_ON = (State.DRAFT, State.OPEN, State.CLOSED)
SETTLED_SHOWN_FOR = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: `tone` is honey when it is for now, "" when it only informs."""

    title: str
    detail: str
    href: str
    icon: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation and what waits there."""

    organisation: Organisation
    is_hub: bool
    is_producer: bool
    tasks: tuple[Task, ...]


def places(member_id: int, *, at: datetime) -> list[Place]:
    """Hubs, then farms, that a member works for, with their tasks (8 queries)."""
    roles = [Membership.Role.MANAGER, Membership.Role.WORKER]
    organisations = list(
        Organisation.objects.filter(memberships__member=member_id, memberships__role__in=roles)
        .distinct()
        .order_by("name")
    )
    managed = set(
        Membership.objects.filter(member=member_id, role=Membership.Role.MANAGER).values_list(
            "organisation_id", flat=True
        )
    )
    ids = [one.pk for one in organisations]
    hub_ids = set(Hub.objects.filter(pk__in=ids).values_list("pk", flat=True))
    selling = Q(food_products__isnull=False) | Q(food_hubs_supplied__isnull=False)
    farm_ids = set(Organisation.objects.filter(selling, pk__in=ids).values_list("pk", flat=True))
    hubs = [one for one in organisations if one.pk in hub_ids]
    farms = [one for one in organisations if one.pk in farm_ids]
    of_hubs = _hub_tasks(hubs, managed) if hubs else {}
    of_farms = _farm_tasks(farms, at) if farms else {}
    return [
        Place(
            one,
            one.pk in hub_ids,
            one.pk in farm_ids,
            (*of_hubs.get(one.pk, ()), *of_farms.get(one.pk, ())),
        )
        for one in [*hubs, *(farm for farm in farms if farm.pk not in hub_ids)]
    ]


def _hub_tasks(hubs: Sequence[Organisation], managed: set[int]) -> dict[int, list[Task]]:
    cycles = list(
        OrderCycle.objects.filter(hub__in=[hub.pk for hub in hubs], state__in=GOING_ON).order_by(
            "opens_at", "pk"
        )
    )
    figures = desk_queries.figures(cycles)
    tasks: dict[int, list[Task]] = {hub.pk: [] for hub in hubs}
    for cycle in cycles:
        tasks[cycle.hub_id] += _cycle_tasks(cycle, figures[cycle.pk], cycle.hub_id in managed)
    for hub in hubs:
        if not tasks[hub.pk] and hub.pk in managed:
            tasks[hub.pk].append(
                Task(
                    _("Plan the next cycle"),
                    _("No cycle is going on."),
                    reverse("food_hub:desk_new", args=[hub.slug]),
                    "calendar",
                    "honey",
                )
            )
    return tasks


def _cycle_tasks(
    cycle: OrderCycle,
    numbers: desk_queries.CycleFigures,
    is_manager: bool,  # noqa: FBT001 - a fact
) -> list[Task]:
    page = reverse("food_hub:desk_cycle", args=[cycle.public_id])
    if cycle.state == State.DRAFT:
        detail = _("to open on {moment}").format(moment=moment(cycle.opens_at))
        return [Task(cycle.title, detail, page, "pencil", "honey")] if is_manager else []
    if cycle.state == State.OPEN:
        return [Task(cycle.title, _open_words(cycle, numbers), page, "shopping-basket")]
    tasks = []
    if numbers.to_weigh_count:
        title = ngettext(
            "%(num)s weight to enter", "%(num)s weights to enter", numbers.to_weigh_count
        ) % {"num": numbers.to_weigh_count}
        weights = reverse("food_hub:desk_weights", args=[cycle.public_id])
        tasks.append(Task(title, cycle.title, weights, "scale", "honey"))
    if numbers.to_hand_over_count:
        title = ngettext(
            "%(num)s order to hand over", "%(num)s orders to hand over", numbers.to_hand_over_count
        ) % {"num": numbers.to_hand_over_count}
        pickup = reverse("food_hub:desk_pickup", args=[cycle.public_id])
        tasks.append(Task(title, cycle.title, pickup, "package", "honey"))
    elif is_manager:
        settlement = reverse("food_hub:desk_settlement", args=[cycle.public_id])
        tasks.append(Task(_("Settle the cycle"), cycle.title, settlement, "euro", "honey"))
    return tasks


def _open_words(cycle: OrderCycle, numbers: desk_queries.CycleFigures) -> str:
    orders = ngettext("%(num)s order", "%(num)s orders", numbers.orders_count) % {
        "num": numbers.orders_count
    }
    return _("{orders}, {amount}, closes {moment}").format(
        orders=orders, amount=euros(numbers.total_cents), moment=moment(cycle.closes_at)
    )


def _farm_tasks(farms: Sequence[Organisation], at: datetime) -> dict[int, list[Task]]:
    rows = (
        OrderLine.objects.filter(
            producer__in=[farm.pk for farm in farms], order__agreement__state__in=FIRM
        )
        .exclude(
            order__cycle__state=State.SETTLED, order__cycle__settled_at__lt=at - SETTLED_SHOWN_FOR
        )
        .values(
            "producer_id",
            slug=F("producer__slug"),
            cycle=F("order__cycle__public_id"),
            title=F("order__cycle__title"),
            state=F("order__cycle__state"),
            hub=F("order__cycle__hub__organisation__name"),
        )
        .annotate(
            goods=Sum("goods_cents"),
            packs=Sum(F("ordered_quantity") - F("missing_count")),
            to_weigh=Count("pk", filter=desk_queries.TO_WEIGH),
        )
        .order_by("-order__cycle__opens_at")
    )
    tasks: dict[int, list[Task]] = {farm.pk: [] for farm in farms}
    for row in rows:
        tasks[row["producer_id"]].append(_farm_task(row))
    return tasks


def _farm_task(row: Mapping[str, Any]) -> Task:
    names = [row["slug"], row["cycle"]]
    packs = ngettext("%(num)s pack", "%(num)s packs", row["packs"]) % {"num": row["packs"]}
    detail = f"{row['hub']} · {row['title']} · {packs}, {euros(row['goods'])}"
    if row["state"] == State.SETTLED:
        page = reverse("food_hub:desk_statement", args=[row["cycle"], row["slug"]])
        return Task(_("Your statement"), detail, page, "receipt-euro")
    page = reverse("food_hub:desk_bring", args=names)
    if row["state"] == State.OPEN:
        return Task(_("Ordered so far"), detail, page, "shopping-basket")
    if row["to_weigh"]:
        title = ngettext("%(num)s weight to enter", "%(num)s weights to enter", row["to_weigh"])
        return Task(title % {"num": row["to_weigh"]}, detail, page, "scale", "honey")
    return Task(_("What to bring"), detail, page, "truck", "honey")
