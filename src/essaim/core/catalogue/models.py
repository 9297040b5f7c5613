"""What is offered or asked, its photos, and the words the catalogue knows."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.files.storage import default_storage
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from essaim.core.catalogue.rules import pictures
from essaim.core.catalogue.rules.needs import Need
from essaim.core.catalogue.rules.opening import Span
from essaim.core.members.models import Member, Organisation
from essaim.core.territories.models import CubeField, Place, Territory, on_earth, on_sphere
from essaim.kernel.identifiers import uuid7


class WeekField(models.Field):  # type: ignore[type-arg]  # not subscriptable at run time
    """Spans of minutes of the week (`rules.opening.Span`), as PostgreSQL's `int4multirange`."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        del connection
        return "int4multirange"

    def get_prep_value(self, value: Sequence[Span] | None) -> Multirange[int] | None:
        if value is None:
            return None
        return Multirange([Range(start, end) for start, end in value])

    def from_db_value(self, value: Multirange[int] | None, *_: Any) -> tuple[Span, ...] | None:
        return None if value is None else spans_of(value)


def spans_of(value: Multirange[int]) -> tuple[Span, ...]:
    """Return the spans of a multirange as the database gives it."""
    return tuple((int(span.lower or 0), int(span.upper or 0)) for span in value)


class Photo(models.Model):
    """A picture, kept as WebP at several widths, without anything it said about its maker."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    alt_text = models.CharField(max_length=200, blank=True)
    """What is seen, for those who cannot see it; empty when it only decorates."""
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(width_px__gt=0, height_px__gt=0), name="photo_has_a_size"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.width_px}×{self.height_px}"

    @property
    def widths_px(self) -> tuple[int, ...]:
        """Return the widths it is kept at, the smallest first."""
        return pictures.kept_widths(self.width_px)

    def file_name(self, width_px: int) -> str:
        """Return the name of the file of one width in the default storage."""
        return f"photos/{self.public_id}-{width_px}.webp"

    @property
    def sources(self) -> list[tuple[str, int]]:
        """Return its addresses and their widths, the smallest first, as the photo macro asks."""
        return [(default_storage.url(self.file_name(width)), width) for width in self.widths_px]


class Listing(models.Model):
    """One thing offered or asked in a territory, by an organisation or a member."""

    class Status(models.TextChoices):
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="listings")
    provider = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="listings", db_index=False
    )
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="listings")
    trade = models.SlugField(max_length=30)
    need = models.CharField(max_length=10, choices=[(need.value, need.value) for need in Need])
    kind = models.SlugField(max_length=30)
    """What the trade calls it: a shop, a product, a ride, a tool…"""
    is_request = models.BooleanField(default=False)
    title = models.CharField(max_length=120)
    summary = models.TextField(max_length=2000, blank=True)
    path = models.CharField(max_length=200)
    """Where the page of the trade is, from the root of the site: `/food-hub/shops/…/`."""
    search_vector = SearchVectorField()
    """Our own tokens: those of the title weigh A, of the summary B."""
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="listings")
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    """What may be shown: of a home, the middle of its cell."""
    sphere = models.GeneratedField(
        # `cube` refuses nulls rather than return one.
        expression=models.Case(
            models.When(lat__isnull=False, lng__isnull=False, then=on_sphere("lat", "lng")),
            output_field=CubeField(),
        ),
        output_field=CubeField(),
        db_persist=True,
    )
    price_cents = models.PositiveIntegerField(null=True)
    price_label = models.CharField(max_length=60, blank=True)
    """What the price is for: « le kilo », « par jour »."""
    open_week = WeekField(null=True)
    """When it can be had, in minutes of the week; null when hours mean nothing for it."""
    available_from = models.DateTimeField(null=True)
    available_until = models.DateTimeField(null=True)
    photo = models.ForeignKey(Photo, models.SET_NULL, null=True, related_name="listings")
    status = models.CharField(max_length=10, choices=Status)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            GinIndex(
                fields=["search_vector"],
                name="listing_words",
                condition=Q(status="published"),
                # Entries waiting in a pending list would make the next searcher pay for them.
                fastupdate=False,
            ),
            GistIndex(
                fields=["territory", "need", "sphere"],
                name="listing_near",
                condition=Q(status="published"),
            ),
            models.Index(fields=["provider", "status"], name="listing_of_provider"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(provider__isnull=False) ^ Q(member__isnull=False),
                name="listing_has_one_maker",
            ),
            models.CheckConstraint(condition=on_earth(), name="listing_on_earth"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lng__isnull=True)
                | Q(lat__isnull=False, lng__isnull=False),
                name="listing_has_both_coordinates_or_none",
            ),
            models.CheckConstraint(
                condition=Q(available_until__gt=F("available_from")),
                name="listing_ends_after_its_start",
            ),
            models.CheckConstraint(
                condition=Q(status="published", withdrawn_at__isnull=True)
                | Q(status="withdrawn", withdrawn_at__isnull=False),
                name="listing_says_when_it_was_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.trade} {self.title}"


class Word(models.Model):
    """A word that published listings use, for correcting what is typed."""

    word = models.CharField(max_length=60, primary_key=True)
    """Folded, as typed: plural and conjugation kept."""
    token = models.CharField(max_length=60, db_index=True)
    listing_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.listing_count}"
