"""What the home page and the member's space read, across all trades."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

import h3
from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import TruncMonth

from essaim.core.agreements.models import Agreement, Share, Transition
from essaim.core.agreements.queries import agenda_of
from essaim.core.agreements.rules import CAPITAL, State
from essaim.core.members.models import Member
from essaim.core.territories import rules as ground
from essaim.core.territories.models import Commune, Territory
from essaim.kernel import trades
from essaim.kernel.trades import PanelRow, TradeConfig
from essaim.site.rules import MAP_RESOLUTION, Point, ground_cells

GIVEN_UP = (
    State.DECLINED.value,
    State.WITHDRAWN.value,
    State.CANCELLED.value,
    State.EXPIRED.value,
)
MARGIN_DEGREES = 0.15
"""How far around a territory other communes are looked at, to know where it ends."""


@dataclass(frozen=True, slots=True)
class KeptEuros:
    """What became of the money settled in a month, in cents, taxes included.

    `organisations_cents` went to organisations whose seat is in the territory, `funds_cents` to
    the funds of the cooperative, `elsewhere_cents` to organisations from elsewhere.
    """

    month: datetime
    organisations_cents: int = 0
    funds_cents: int = 0
    elsewhere_cents: int = 0

    @property
    def kept_cents(self) -> int:
        return self.organisations_cents + self.funds_cents

    @property
    def spent_cents(self) -> int:
        return self.kept_cents + self.elsewhere_cents


@dataclass(frozen=True, slots=True)
class Ground:
    """The communes of a territory as the site needs them, by plain name (`ground.plain`)."""

    names: frozenset[str]
    by_postcode: dict[str, str]
    """Postcode → its most populated commune."""
    seats: dict[str, Point]
    """Where each commune is, when that is known."""
    cells: frozenset[str]

    def commune_of(self, postcode: str, town: str) -> str:
        """Return the commune of a seat, or "" when it is not in the territory.

        The town decides when a commune has that name; else the postcode does, for delegated
        communes and spellings that the list does not know. A postcode from elsewhere is from
        elsewhere, whatever the town is called: France has thirty Saint-Denis.
        """
        if postcode and postcode not in self.by_postcode:
            return ""
        name = ground.plain(town)
        return name if name in self.names else self.by_postcode.get(postcode, "")


def ground_of(territory: Territory) -> Ground:
    """The communes of a territory and the cells that draw it (2 queries)."""
    rows = territory.communes.order_by("population").values_list("name", "postcodes", "lat", "lng")
    communes = [(ground.plain(name), codes, lat, lng) for name, codes, lat, lng in rows]
    seats = {
        name: (lat, lng) for name, _, lat, lng in communes if lat is not None and lng is not None
    }
    points = sorted(seats.values())
    return Ground(
        names=frozenset(name for name, _, _, _ in communes),
        by_postcode={code: name for name, codes, _, _ in communes for code in codes},
        seats=seats,
        cells=ground_cells(points, _seats_around(territory, points)),
    )


def _seats_around(territory: Territory, seats: Sequence[Point]) -> list[Point]:
    if not seats:
        return []
    lats, lngs = zip(*seats, strict=True)
    rows = Commune.objects.filter(
        lat__range=(min(lats) - MARGIN_DEGREES, max(lats) + MARGIN_DEGREES),
        lng__range=(min(lngs) - MARGIN_DEGREES, max(lngs) + MARGIN_DEGREES),
    ).exclude(territories=territory)
    found = rows.order_by().values_list("lat", "lng")
    return [(lat, lng) for lat, lng in found if lat is not None and lng is not None]


def exchanges_by_cell(territory: Territory, where: Ground, *, since: datetime) -> dict[str, int]:
    """How many exchanges touched each cell of the ground since an instant (2 queries).

    An exchange is an agreement that was not given up. It counts once in the cell of the place
    where it is handed over, homes excepted, and once in the cell of the seat of each organisation
    of the territory that earns a part of it; capital is no earning. Nothing here comes from where
    a member lives.
    """
    counts = Counter(dict.fromkeys(where.cells, 0))
    made = Agreement.objects.filter(territory=territory, proposed_at__gte=since).exclude(
        state__in=GIVEN_UP
    )
    places = made.filter(place__is_home=False).values_list("place__shown_lat", "place__shown_lng")
    for lat, lng, count in places.order_by().annotate(count=Count("pk")):
        counts[h3.latlng_to_cell(lat, lng, MAP_RESOLUTION)] += count
    earned = Share.objects.filter(agreement__in=made).exclude(organisation=None)
    earned = earned.exclude(role=CAPITAL)
    rows = earned.values_list("organisation__postcode", "organisation__town")
    for postcode, town, count in rows.order_by().annotate(count=Count("agreement", distinct=True)):
        if seat := where.seats.get(where.commune_of(postcode, town)):
            counts[h3.latlng_to_cell(*seat, MAP_RESOLUTION)] += count
    return {cell: count for cell, count in counts.items() if cell in where.cells}


def euros_kept(
    territory: Territory, where: Ground, *, months: Sequence[datetime]
) -> list[KeptEuros]:
    """What of each month's money stayed in the territory, one row per month asked (1 query).

    Counted: every share of the agreements settled in the month (the last time, when an agreement
    was settled twice), on the day of its settlement. A share stays when it goes to an organisation
    whose seat is in a commune of the territory (`Ground.commune_of`), or to a fund of the
    cooperative; what a fund gave to lower a price is taken off. So kept and gone add up to what
    was paid. What producers then spend elsewhere is not known here, and not counted; what becomes
    capital of the cooperative is not spent, and not counted either.

    Args:
        months: first instants of months in the territory's time zone, oldest first.
    """
    settled_at = (
        Transition.objects.filter(agreement=OuterRef("agreement"), to_state=State.SETTLED.value)
        .order_by("-done_at", "-pk")
        .values("done_at")[:1]
    )
    rows = (
        Share.objects.filter(agreement__territory=territory, agreement__state=State.SETTLED.value)
        .exclude(role=CAPITAL)
        .annotate(settled_at=Subquery(settled_at))
        .filter(settled_at__gte=months[0])
        .annotate(month=TruncMonth("settled_at", tzinfo=territory.zone))
        .order_by()
        .values_list("month", "organisation_id", "organisation__postcode", "organisation__town")
        .annotate(cents=Sum("amount_cents"))
    )
    return _sorted_out(rows, where, months)


def _sorted_out(
    rows: Iterable[tuple[datetime, int | None, str | None, str | None, int]],
    where: Ground,
    months: Sequence[datetime],
) -> list[KeptEuros]:
    found: defaultdict[datetime, Counter[str]] = defaultdict(Counter)
    for month, organisation_id, postcode, town, cents in rows:
        if organisation_id is None:
            destination = "funds_cents"
        elif where.commune_of(postcode or "", town or ""):
            destination = "organisations_cents"
        else:
            destination = "elsewhere_cents"
        found[month][destination] += cents
    return [KeptEuros(month, **found[month]) for month in months]


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """What will take place for a member; `url` is "" when its trade has no page for it."""

    starts_at: datetime | None
    ends_at: datetime | None
    title: str
    provider: str
    place: str
    address: str
    url: str


def agenda_rows(member: Member, *, since: datetime) -> list[AgendaRow]:
    """What takes place for a member from an instant on, across trades, soonest first (1 query)."""
    configs = {trade.slug: trade for trade in trades.installed()}
    rows = []
    for agreement in agenda_of(member, since=since):
        trade = configs.get(agreement.trade)
        place = agreement.place
        rows.append(
            AgendaRow(
                starts_at=agreement.takes_place_at,
                ends_at=agreement.ends_at,
                title=agreement.title,
                provider=agreement.other_side(member),
                place=place.name if place else "",
                address=place.address if place else "",
                url=(trade.agreement_url(agreement.public_id) or "") if trade else "",
            )
        )
    return rows


def member_rows(
    member: Member, *, already_told: AbstractSet[str]
) -> list[tuple[TradeConfig, list[PanelRow]]]:
    """What each trade tells a member, but for the pages told already (queries of the trades)."""
    found = []
    for trade in trades.installed():
        rows = [row for row in trade.member_panel(member.pk) if row.url not in already_told]
        if rows:
            found.append((trade, rows))
    return found


def provider_rows(organisation_id: int) -> list[PanelRow]:
    """Where the people of an organisation work, in every trade (queries of the trades)."""
    return [row for trade in trades.installed() for row in trade.provider_panel(organisation_id)]


def basket_addresses() -> list[tuple[str, str]]:
    """The trades that have a page for the member's basket: name and address (0 queries)."""
    return [
        (str(trade.verbose_name), address)
        for trade in trades.installed()
        if (address := trade.basket_url())
    ]
