"""The catalogue for programs: what the search page shows to everybody, and why it stands so."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from essaim.core.catalogue import queries
from essaim.core.catalogue.models import Listing
from essaim.core.catalogue.queries import Found, SearchPage
from essaim.core.catalogue.rules.needs import Need
from essaim.core.catalogue.rules.opening import DAY_MIN
from essaim.core.catalogue.wording import photo_files, why_here
from essaim.core.territories.models import Commune, Territory
from essaim.core.territories.queries import territory_of_site
from essaim.core.territories.rules import Position
from essaim.kernel import clock
from essaim.kernel.errors import N_, RuleBroken
from essaim.web.api_shapes import AS_WRITTEN, PUBLIC_REFUSALS, Moment, PlainText, Whole

router = Router(tags=["catalogue"])
START_MAX = 10_000
COUNT_MAX = 100
FARTHEST_M = 20_100_000
"""No two points of the Earth are farther apart."""

LATITUDE = r"-?(90(\.0{1,12})?|[1-8]?[0-9](\.[0-9]{1,12})?)"
LONGITUDE = r"-?(180(\.0{1,12})?|(1[0-7][0-9]|[1-9]?[0-9])(\.[0-9]{1,12})?)"
NEAR = rf"^([0-9][0-9AB][0-9]{{3}}|{LATITUDE},{LONGITUDE})$"
FIRST_MOMENT = datetime(1900, 1, 1, tzinfo=UTC)
LAST_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)
"""Opening hours are looked up in local time: the ends of the calendar have none."""


class NoTerritory(RuleBroken):
    """The installation was not founded yet."""

    code = "catalogue.no-territory"
    sentence = N_("This site serves no territory yet.")
    status = 404


class UnknownCommune(RuleBroken):
    """No commune has this INSEE code, or nobody knows where it is."""

    code = "catalogue.unknown-commune"
    sentence = N_("No commune with a known position has the INSEE code “{code}”.")
    status = 404


class SearchAsked(Schema):
    words: PlainText = Field("", max_length=120)
    near: str | None = Field(
        None, pattern=NEAR, description="`lat,lng` in degrees, or the INSEE code of a commune."
    )
    within_m: Annotated[int, Field(ge=0, le=FARTHEST_M), AS_WRITTEN] | None = Field(
        None, description="Only with `near`."
    )
    open_at: Literal["now"] | Moment | None = Field(
        None, description="Keeps what can be had at this moment."
    )
    need: Need | None = None
    trade: str = Field("", max_length=30, pattern=r"^[a-z0-9-]*$")
    start: Whole = Field(0, ge=0, le=START_MAX)
    count: Whole = Field(queries.PAGE_SIZE, ge=1, le=COUNT_MAX)


class ReasonOut(Schema):
    part: Literal["words", "nearness", "freshness"]
    points: float


class PhotoFileOut(Schema):
    path: str
    width_px: int


class PhotoOut(Schema):
    alt_text: str
    files: list[PhotoFileOut]


class ListingOut(Schema):
    public_id: UUID
    title: str
    summary: str
    trade: str
    need: Need
    kind: str
    is_request: bool = Field(description="True when something is asked, false when offered.")
    provider: str
    place: str = Field(description="Name of the place; empty for a home.")
    path: str = Field(description="Page of the listing, from the root of the site.")
    price_cents: int | None
    price_label: str = Field(description="What the price is for: a kilo, a day…")
    lat: float | None = Field(description="What may be shown: for a home, the middle of its cell.")
    lng: float | None
    published_at: datetime


class ResultOut(ListingOut):
    photo: PhotoOut | None
    distance_m: int | None
    score: float = Field(description="0 to 100: the sum of the points of the reasons.")
    reasons: list[ReasonOut]
    why_here: str = Field(description="The reasons as a line, in the reader's language.")


class CorrectionOut(Schema):
    typed: str
    meant: list[str]


class RankingPolicyOut(Schema):
    version: str
    words_points: float
    near_points: float
    fresh_points: float
    near_m: float = Field(description="Distance at which nearness gives half its points.")
    fresh_s: float = Field(description="Seconds after which freshness gives half its points.")


class SearchOut(Schema):
    total_count: int
    items: list[ResultOut]
    corrections: list[CorrectionOut]
    policy: RankingPolicyOut


class OpenSpanOut(Schema):
    weekday: int = Field(ge=1, le=7, description="ISO weekday: 1 is Monday.")
    opens_minute: int = Field(description="Minutes after midnight, local time.")
    closes_minute: int = Field(description="The same; beyond 1440 it is on a following day.")


class WholeListingOut(ListingOut):
    opening: list[OpenSpanOut] | None = Field(description="Null when hours mean nothing for it.")
    available_from: datetime | None
    available_until: datetime | None


@router.get("/search", response={200: SearchOut, **PUBLIC_REFUSALS}, auth=None)
def search(request: HttpRequest, asked: Query[SearchAsked]) -> dict[str, Any]:  # noqa: ARG001 - ninja's
    """Look for what is offered or asked in the territory. The best answers come first.

    Every word must be found, as typed, in another form or by another word of the same meaning.
    """
    now = clock.now()
    page = queries.search(
        territory=_territory(),
        now=now,
        text=asked.words,
        near=_position(asked.near) if asked.near else None,
        within_m=asked.within_m,
        open_at=now if asked.open_at == "now" else _in_calendar(asked.open_at),
        need=asked.need or "",
        trade=asked.trade,
        start=asked.start,
        page_size=asked.count,
    )
    return _page_out(page)


@router.get(
    "/listings/{uuid:listing}", response={200: WholeListingOut, **PUBLIC_REFUSALS}, auth=None
)
def listing_of(request: HttpRequest, listing: UUID) -> dict[str, Any]:  # noqa: ARG001 - ninja's
    """One published listing. A withdrawn one is not found any more."""
    rows = Listing.objects.select_related("provider", "member", "place")
    found = get_object_or_404(rows, public_id=listing, status=Listing.Status.PUBLISHED)
    return _listing_out(found)


def _territory() -> Territory:
    found = territory_of_site()
    if found is None:
        raise NoTerritory
    return found


def _position(near: str) -> Position:
    if "," in near:
        lat, lng = near.split(",")
        return Position(float(lat), float(lng))
    commune = Commune.objects.filter(code=near).order_by().first()
    if commune is None or commune.lat is None or commune.lng is None:
        raise UnknownCommune(code=near)
    return Position(commune.lat, commune.lng)


def _in_calendar(at: datetime | None) -> datetime | None:
    """Return the moment in UTC: the database refuses some distances from it that Python takes."""
    return at and min(max(at, FIRST_MOMENT), LAST_MOMENT).astimezone(UTC)


def _page_out(page: SearchPage) -> dict[str, Any]:
    return {
        "total_count": page.total_count,
        "items": [_result_out(found) for found in page.results],
        "corrections": [
            {"typed": correction.typed, "meant": list(correction.meant)}
            for correction in page.corrections
        ],
        "policy": page.policy,
    }


def _result_out(found: Found) -> dict[str, Any]:
    same = ("public_id", "title", "summary", "trade", "need", "kind", "is_request", "path")
    also = ("price_cents", "price_label", "published_at", "distance_m", "score")
    files = photo_files(found)
    return {
        **{name: getattr(found, name) for name in (*same, *also)},
        "provider": found.provider_name,
        "place": found.place_name,
        "lat": found.position.lat if found.position else None,
        "lng": found.position.lng if found.position else None,
        "photo": {
            "alt_text": found.photo_alt_text,
            "files": [{"path": path, "width_px": width} for path, width in files],
        }
        if files
        else None,
        "reasons": [{"part": reason.part, "points": reason.points} for reason in found.why],
        "why_here": why_here(found.why),
    }


def _listing_out(found: Listing) -> dict[str, Any]:
    same = ("public_id", "title", "summary", "trade", "need", "kind", "is_request", "path")
    also = ("price_cents", "price_label", "lat", "lng", "published_at")
    more = ("available_from", "available_until")
    return {
        **{name: getattr(found, name) for name in (*same, *also, *more)},
        "provider": _maker(found),
        "place": found.place.name if found.place and not found.place.is_home else "",
        "opening": None
        if found.open_week is None
        else [
            {
                "weekday": start // DAY_MIN + 1,
                "opens_minute": start % DAY_MIN,
                "closes_minute": end - start // DAY_MIN * DAY_MIN,
            }
            for start, end in found.open_week
        ],
    }


def _maker(found: Listing) -> str:
    if found.provider is not None:
        return found.provider.name
    return found.member.display_name if found.member else ""
