"""Communes, the territories made of them, and the places where things happen."""

from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Cos, Radians, Sin

from essaim.core.territories import rules
from essaim.kernel.identifiers import uuid7


class CubeField(models.Field):  # type: ignore[type-arg]  # not subscriptable at run time
    """A point of the sphere as PostgreSQL's `cube`: metres from the centre of the Earth.

    The straight line through the Earth grows with the distance along the ground, so the
    nearest by `<->` are exactly the nearest by `rules.distance_m`.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        del connection
        return "cube"


def on_sphere(lat: str, lng: str) -> models.Func:
    """Return the expression of the `cube` of two fields in degrees (null when they are).

    Written out rather than `ll_to_earth`, whose body names other functions without their
    schema and thus makes a dump unrestorable before PostgreSQL 16.
    """
    radius = models.Value(rules.EARTH_RADIUS_M, output_field=models.FloatField())
    ring = Cos(Radians(lat))
    axes = models.Func(
        radius * ring * Cos(Radians(lng)),
        radius * ring * Sin(Radians(lng)),
        radius * Sin(Radians(lat)),
        template="ARRAY[%(expressions)s]",
        output_field=ArrayField(models.FloatField()),
    )
    return models.Func(axes, function="cube", output_field=CubeField())


def on_earth(lat: str = "lat", lng: str = "lng") -> models.Q:
    """Return the check that two fields are degrees on Earth (null passes)."""
    return models.Q(
        (f"{lat}__gte", -90), (f"{lat}__lte", 90), (f"{lng}__gte", -180), (f"{lng}__lte", 180)
    )


class Epci(models.Model):
    """A grouping of communes with its own taxes (métropole, communauté…)."""

    code = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"


class Commune(models.Model):
    """A current French commune. The position is a point of its seat, when one is known."""

    code = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=80)
    search_text = models.CharField(max_length=400)
    """Plain name and postcodes, each word after a space: ` saint denis 93200 93210`."""
    postcodes = ArrayField(models.CharField(max_length=5))
    population = models.PositiveIntegerField()
    departement = models.CharField(max_length=3)
    region = models.CharField(max_length=3)
    epci = models.ForeignKey(Epci, models.PROTECT, null=True, related_name="communes")
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    is_position_approximate = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["search_text"], name="commune_search", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["postcodes"], name="commune_postcodes"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=on_earth(), name="commune_on_earth"),
            models.CheckConstraint(
                condition=models.Q(lat__isnull=False, lng__isnull=False)
                | models.Q(lat__isnull=True, lng__isnull=True, is_position_approximate=False),
                name="commune_has_both_coordinates_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"

    @property
    def position(self) -> rules.Position | None:
        """Return the point of the commune, or None when nobody knows it."""
        if self.lat is None or self.lng is None:
            return None
        return rules.Position(self.lat, self.lng)


class Territory(models.Model):
    """The communes one platform serves."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    communes = models.ManyToManyField(Commune, related_name="territories")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone in which opening hours are read."""
        return ZoneInfo(self.time_zone)


class Place(models.Model):
    """A spot where something is kept, made, handed over or lived in."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=120)
    kind = models.SlugField(max_length=30, db_index=False)
    address = models.CharField(max_length=200)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="places")
    lat = models.FloatField()
    lng = models.FloatField()
    shown_lat = models.FloatField()
    shown_lng = models.FloatField()
    """What may be shown: the true point, or the middle of its cell when someone lives here."""
    cell_r9 = models.BigIntegerField()
    is_home = models.BooleanField(default=False)
    """Someone lives here: shown as a cell, and its address to nobody without an agreement."""
    sphere = models.GeneratedField(
        expression=on_sphere("shown_lat", "shown_lng"), output_field=CubeField(), db_persist=True
    )
    """From what is shown: ranking by the true point would let many questions find a home."""
    keeper = models.ForeignKey(
        "members.Organisation", models.SET_NULL, null=True, blank=True, related_name="places"
    )
    """Who named it and may change it; None when nobody in particular does."""
    opening_words = models.CharField(max_length=200, blank=True, db_default="")
    """When and how one gets in, in words: « Sonner au portail vert »."""
    closed_at = models.DateTimeField(null=True, blank=True)
    """Since when it is no longer proposed; what happened there keeps its name."""
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # Kind first, then position: the nearest of one kind come straight from the index.
            GistIndex(fields=["kind", "sphere"], name="place_near"),
            models.Index(fields=["cell_r9"], name="place_cell"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=on_earth(), name="place_on_earth"),
            models.CheckConstraint(
                condition=on_earth("shown_lat", "shown_lng"), name="place_shown_on_earth"
            ),
            models.CheckConstraint(
                condition=models.Q(is_home=True)
                | models.Q(shown_lat=models.F("lat"), shown_lng=models.F("lng")),
                name="place_is_shown_where_it_is_unless_a_home",
            ),
            models.CheckConstraint(
                condition=models.Q(is_home=False)
                | ~models.Q(shown_lat=models.F("lat"), shown_lng=models.F("lng")),
                name="place_home_is_never_shown_where_it_is",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def position(self) -> rules.Position:
        """Return the true point: for computing, never for showing."""
        return rules.Position(self.lat, self.lng)

    @property
    def shown_position(self) -> rules.Position:
        """Return what may be shown: the middle of a cell when someone lives here."""
        return rules.Position(self.shown_lat, self.shown_lng)
