"""Searching the catalogue: one box for all trades, and the nearest of one need."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from essaim.core.catalogue.models import Listing, Word
from essaim.core.catalogue.rules import indexing, typos
from essaim.core.catalogue.rules.lexicon import french
from essaim.core.catalogue.rules.needs import Need
from essaim.core.catalogue.rules.opening import minute_of_week
from essaim.core.catalogue.rules.ranking import (
    CURRENT,
    WORD_SHARES,
    Facts,
    RankingPolicy,
    Reason,
    WordMatch,
)
from essaim.core.catalogue.rules.thesaurus import Phrase, wanted
from essaim.core.catalogue.rules.words import folded, token, words
from essaim.core.territories.models import Territory
from essaim.core.territories.rules import EARTH_RADIUS_M, Position, on_sphere_m

PAGE_SIZE: Final = 20
WORDS_MAX: Final = 12
"""Words of a search that are looked at; the rest is left out."""


@dataclass(frozen=True, slots=True)
class Found:
    """One result. `position` is what may be shown; `why` adds up to `score`."""

    listing_id: int
    public_id: UUID
    trade: str
    need: str
    kind: str
    is_request: bool
    title: str
    summary: str
    path: str
    provider_name: str
    place_name: str
    price_cents: int | None
    price_label: str
    photo_key: int | None
    """Key of its photo, for the sheet of a page; `photo_id` is what its address says."""
    photo_id: UUID | None
    photo_alt_text: str
    photo_width_px: int | None
    position: Position | None
    distance_m: int | None
    published_at: datetime
    score: float
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A word nobody uses here, and the words that were searched for instead."""

    typed: str
    meant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results, and how they came to stand so."""

    results: tuple[Found, ...]
    total_count: int
    start: int
    page_size: int
    corrections: tuple[Correction, ...]
    policy: RankingPolicy

    @property
    def page(self) -> int:
        """Return the number of this page; 1 is the first."""
        return self.start // self.page_size + 1

    @property
    def page_count(self) -> int:
        """Return how many pages there are, at least 1."""
        return max(1, -(-self.total_count // self.page_size))


def search(
    *,
    territory: Territory,
    now: datetime,
    text: str = "",
    near: Position | None = None,
    within_m: int | None = None,
    open_at: datetime | None = None,
    need: str = "",
    trade: str = "",
    start: int = 0,
    page_size: int = PAGE_SIZE,
    policy: RankingPolicy = CURRENT,
) -> SearchPage:
    """Return a page of the published listings of a territory that answer a search.

    Every part of `text` must be found, as typed, in another form, or by another word of the
    same meaning. Two queries with `text` (one for the words known, one for the results), one
    without; a third when a word of the dictionary is used by no listing.

    Args:
        near: where the search is made from; listings without a position stay, last in nearness.
        within_m: leave out what is farther than this from `near` or has no position.
        open_at: keep what can be had at this time: open then, and in its window of availability.
        start: how many results to pass over; past the last one gives no result.
    """
    parts = [part for part in wanted(text) if part][:WORDS_MAX]
    corrections = _corrections(text) if parts else ()
    values = {
        **_words_wanted(parts, corrections),
        **_sphere(near),
        "territory": territory.pk,
        "now": now,
        "within_m": within_m,
        "open_at": open_at,
        "open_minute": open_at and minute_of_week(open_at.astimezone(territory.zone)),
        "need": need,
        "trade": trade,
        "page_size": page_size,
        "offset": start,
        **_policy_values(policy),
    }
    with connection.cursor() as cursor:
        cursor.execute(_search_sql(values), values)
        columns = [column.name for column in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return SearchPage(
        results=tuple(_found(row, now, policy) for row in rows),
        total_count=rows[0]["total_count"] if rows else 0,
        start=start,
        page_size=page_size,
        corrections=corrections,
        policy=policy,
    )


def nearest_listings(
    *, territory: Territory, need: Need, origin: Position, now: datetime, count: int = PAGE_SIZE
) -> list[Found]:
    """Return the listings of a need nearest to `origin`, exactly, nearest first. One query.

    The index on territory, need and position is walked from the nearest outwards.
    """
    values = {**_sphere(origin), "territory": territory.pk, "need": need, "count": count}
    with connection.cursor() as cursor:
        cursor.execute(NEAREST_SQL, values)
        columns = [column.name for column in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return [_found(row, now, CURRENT) for row in rows]


def counts_by_need(territory: Territory) -> dict[str, int]:
    """Return how many listings of a territory are published for each need. One query."""
    rows = (
        Listing.objects.filter(territory=territory, status=Listing.Status.PUBLISHED)
        .values_list("need")
        .annotate(Count("pk"))
        .order_by("need")
    )
    return dict(rows)


def _corrections(text: str) -> tuple[Correction, ...]:
    """Return what to search for in place of words that no listing uses. One query, seldom two."""
    typed = list(dict.fromkeys(words(text)))[:WORDS_MAX]
    # A word of the dictionary is seldom a slip: its neighbours are looked at only if it is unused.
    strange = [word for word in typed if not french().knows(folded(word))]
    used = _used_words(typed, strange)
    unused = [word for word in typed if not (folded(word) in used or token(word) in used)]
    if late := [word for word in unused if word not in strange]:
        used |= _used_words((), late)
    found = []
    for word in unused:
        meant = (_meant(reading, used) for reading in typos.readings(folded(word)))
        if likeliest := next(filter(None, meant), None):
            found.append(Correction(word, tuple(likeliest)))
    return tuple(found)


def _meant(reading: str, used: Mapping[str, int]) -> list[str]:
    counts = {
        edit: max(used.get(edit, 0), used.get(_known_token(edit), 0))
        for edit in typos.single_edits(reading)
    }
    in_use = {edit: count for edit, count in counts.items() if count}
    return typos.corrections(reading, in_use)


def _used_words(typed: Sequence[str], slips: Sequence[str]) -> Counter[str]:
    """Return how often words and tokens are used, of those typed and of one edit of the slips."""
    candidates = {folded(word) for word in typed}
    tokens = {token(word) for word in typed}
    for slip in slips:
        for reading in typos.readings(folded(slip)):
            edits = typos.single_edits(reading)
            candidates.update(edits)
            tokens.update(map(_known_token, edits))
    rows = Word.objects.filter(listing_count__gt=0).filter(
        Q(word__in=list(candidates)) | Q(token__in=list(tokens))
    )
    used: Counter[str] = Counter()
    for word, own, count in rows.values_list("word", "token", "listing_count"):
        used[word] = max(used[word], count)
        used[own] = max(used[own], count)
    return used


def _known_token(word: str) -> str:
    """Return the token of a word of the dictionary, and of any other the empty string."""
    return token(word) if french().knows(word) else ""


def _words_wanted(
    parts: list[list[Phrase]], corrections: tuple[Correction, ...]
) -> dict[str, str | None]:
    meant = {
        token(correction.typed): [(token(word),) for word in correction.meant]
        for correction in corrections
    }
    asked = [[*part, *meant.get(part[0][0], ())] if len(part[0]) == 1 else part for part in parts]
    if not asked:
        return {"any_of": None, "typed": None, "titled": None}
    return {
        "any_of": indexing.any_of(asked),
        "typed": indexing.typed(parts),
        "titled": indexing.typed(parts, "A"),
    }


def _sphere(position: Position | None) -> dict[str, float | None]:
    x, y, z = on_sphere_m(position) if position else (None, None, None)
    return {"x": x, "y": y, "z": z}


def _policy_values(policy: RankingPolicy) -> dict[str, float]:
    return {
        "title_points": policy.words_points * WORD_SHARES[WordMatch.IN_TITLE],
        "text_points": policy.words_points * WORD_SHARES[WordMatch.IN_TEXT],
        "meaning_points": policy.words_points * WORD_SHARES[WordMatch.SAME_MEANING],
        "near_points": policy.near_points,
        "near_m": policy.near_m,
        "fresh_points": policy.fresh_points,
        "fresh_s": policy.fresh_s,
    }


_HERE: Final = "cube(ARRAY[%(x)s, %(y)s, %(z)s]::float8[])"
_DISTANCE: Final = (
    f"2 * {EARTH_RADIUS_M} * asin(least(1, (listing.sphere <-> {_HERE}) / {2 * EARTH_RADIUS_M}))"
)
_SHOWN: Final = """
    listing.id, listing.public_id, listing.trade, listing.need, listing.kind, listing.is_request,
    listing.title, listing.summary, listing.path, listing.price_cents, listing.price_label,
    listing.lat, listing.lng, listing.published_at,
    coalesce(maker.name, person.display_name, '') AS provider_name,
    coalesce(place.name, '') AS place_name, coalesce(place.is_home, FALSE) AS is_home,
    photo.id AS photo_key, photo.public_id AS photo_id,
    coalesce(photo.alt_text, '') AS photo_alt_text, photo.width_px AS photo_width_px
"""
_JOINED: Final = """
    LEFT JOIN members_organisation AS maker ON maker.id = listing.provider_id
    LEFT JOIN members_member AS person ON person.id = listing.member_id
    LEFT JOIN territories_place AS place ON place.id = listing.place_id
    LEFT JOIN catalogue_photo AS photo ON photo.id = listing.photo_id
"""
NEAREST_SQL: Final = f"""
    WITH near AS MATERIALIZED (
        SELECT id, {_DISTANCE} AS distance_m
        FROM catalogue_listing AS listing
        WHERE status = 'published' AND territory_id = %(territory)s AND need = %(need)s
          AND listing.sphere IS NOT NULL
        ORDER BY listing.sphere <-> {_HERE}
        LIMIT %(count)s
    )
    SELECT near.distance_m, '{WordMatch.NOT_ASKED}' AS word_match, {_SHOWN}
    FROM near JOIN catalogue_listing AS listing USING (id) {_JOINED}
    ORDER BY near.distance_m, listing.id
"""


def _search_sql(values: Mapping[str, Any]) -> str:
    """Return the one statement of a search: only the conditions that were asked for.

    Everything typed travels as a parameter; the pieces put together here are constants.
    """
    conditions = ["status = 'published'", "territory_id = %(territory)s"]
    if values["any_of"]:
        conditions.append("search_vector @@ %(any_of)s::tsquery")
    if values["need"]:
        conditions.append("need = %(need)s")
    if values["trade"]:
        conditions.append("trade = %(trade)s")
    if values["open_at"]:
        conditions.append(
            "(open_week IS NULL OR open_week @> %(open_minute)s::int)"
            " AND (available_from IS NULL OR available_from <= %(open_at)s)"
            " AND (available_until IS NULL OR available_until > %(open_at)s)"
        )
    is_near = values["x"] is not None
    if is_near and values["within_m"] is not None:
        conditions.append(f"{_DISTANCE} <= %(within_m)s")
    words_points, match = _word_match(values)
    distance = _DISTANCE if is_near else "NULL::float8"
    near_points = (
        f"coalesce(%(near_points)s / (1 + ({distance}) / %(near_m)s), 0)" if is_near else "0"
    )
    return f"""
    WITH scored AS MATERIALIZED (
        SELECT id, published_at,
               {words_points} + {near_points} + %(fresh_points)s * power(
                   0.5::float8,
                   greatest(0, date_part('epoch', %(now)s - published_at)) / %(fresh_s)s
               ) AS score
        FROM catalogue_listing AS listing
        WHERE {" AND ".join(conditions)}
    ), ranked AS (
        SELECT * FROM scored
        ORDER BY score DESC, published_at DESC, id DESC
        LIMIT %(page_size)s OFFSET %(offset)s
    )
    SELECT (SELECT count(*) FROM scored) AS total_count,
           {distance} AS distance_m, {match} AS word_match, {_SHOWN}
    FROM ranked JOIN catalogue_listing AS listing USING (id) {_JOINED}
    ORDER BY ranked.score DESC, ranked.published_at DESC, ranked.id DESC
    """


def _word_match(values: Mapping[str, Any]) -> tuple[str, str]:
    """Return the expressions of the points for words, and of how they were found."""
    if not values["any_of"]:
        return "0::float8", f"'{WordMatch.NOT_ASKED}'"
    in_title = "listing.search_vector @@ %(titled)s::tsquery"
    in_text = "listing.search_vector @@ %(typed)s::tsquery"
    points = (
        f"CASE WHEN {in_title} THEN %(title_points)s::float8"
        f" WHEN {in_text} THEN %(text_points)s ELSE %(meaning_points)s END"
    )
    match = (
        f"CASE WHEN {in_title} THEN '{WordMatch.IN_TITLE}'"
        f" WHEN {in_text} THEN '{WordMatch.IN_TEXT}' ELSE '{WordMatch.SAME_MEANING}' END"
    )
    return points, match


def _found(row: Mapping[str, Any], now: datetime, policy: RankingPolicy) -> Found:
    distance_m = row["distance_m"]
    facts = Facts(
        words=WordMatch(row["word_match"]),
        distance_m=distance_m,
        age_s=max(0.0, (now - row["published_at"]).total_seconds()),
    )
    same = ("public_id", "trade", "need", "kind", "is_request", "title", "summary", "path")
    also = ("provider_name", "price_cents", "price_label", "published_at")
    photo = ("photo_key", "photo_id", "photo_alt_text", "photo_width_px")
    return Found(
        **{name: row[name] for name in (*same, *also, *photo)},
        listing_id=row["id"],
        place_name="" if row["is_home"] else row["place_name"],
        position=None if row["lat"] is None else Position(row["lat"], row["lng"]),
        distance_m=None if distance_m is None else round(distance_m),
        score=policy.score(facts),
        why=policy.reasons(facts),
    )
