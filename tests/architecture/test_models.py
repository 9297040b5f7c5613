"""Foreign keys never point upward, nor from one trade to another; every row knows its name."""

from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from tests.architecture import house

CORE_ORDER = (
    "members",
    "bylaws",
    "messages",
    "territories",
    "roads",
    "ledger",
    "catalogue",
    "occupancy",
    "agreements",
    "payments",
    "documents",
)
FLOOR_ORDER = ("web", "core", "commons", "trades", "site")


@dataclass(frozen=True)
class Link:
    source: str
    field: str
    target: str


def _links() -> list[Link]:
    links = []
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("essaim."):
            continue
        for field in model._meta.get_fields():
            is_ours = isinstance(field, models.ForeignKey | models.ManyToManyField)
            if is_ours and field.related_model.__module__.startswith("essaim."):
                links.append(Link(model.__module__, field.name, field.related_model.__module__))
    return links


def _height(module: str) -> tuple[int, int]:
    """Return the floor, and in core the place in the order of its apps."""
    _, floor, room, *_ = module.split(".")
    place = CORE_ORDER.index(room) if floor == "core" else 0
    return FLOOR_ORDER.index(floor), place


def wrong_links(links: list[Link]) -> list[str]:
    found = []
    for link in links:
        if _height(link.target) > _height(link.source):
            found.append(f"{link.source}.{link.field} points up to {link.target}")
        elif ".trades." in link.target and link.source.split(".")[2] != link.target.split(".")[2]:
            found.append(f"{link.source}.{link.field} points to another trade: {link.target}")
    return found


def test_no_foreign_key_points_upward_or_across_trades():
    links = _links()

    assert links
    house.expect_nothing(wrong_links(links))


def test_a_link_that_points_upward_or_across_is_reported():
    bad = [
        Link("essaim.core.members.models", "basket", "essaim.core.agreements.models"),
        Link("essaim.core.ledger.models", "trip", "essaim.trades.carpool.models"),
        Link("essaim.trades.delivery.models", "trip", "essaim.trades.carpool.models"),
    ]
    good = [
        Link("essaim.core.agreements.models", "member", "essaim.core.members.models"),
        Link("essaim.trades.carpool.models", "agreement", "essaim.core.agreements.models"),
        Link("essaim.trades.carpool.models", "trip", "essaim.trades.carpool.models"),
    ]

    assert len(wrong_links(bad)) == 3
    house.expect_nothing(wrong_links(good))


def doubled_indexes(models_read: list[type[models.Model]]) -> list[str]:
    """Indexes of one column that begin a wider one: each insertion pays for both."""
    found = []
    for model in models_read:
        wider = [
            made.fields
            for made in (*model._meta.indexes, *model._meta.constraints)
            if getattr(made, "fields", ()) and not made.condition
        ]
        first = {fields[0].removeprefix("-") for fields in wider}
        found += [
            f"{model._meta.label}.{field.name} begins another index: give it db_index=False"
            for field in model._meta.local_fields
            if field.db_index and not field.unique and field.name in first
        ]
    return found


def test_no_index_only_repeats_the_beginning_of_another():
    ours = [model for model in apps.get_models() if model.__module__.startswith("essaim.")]

    house.expect_nothing(doubled_indexes(ours))


def test_an_index_that_repeats_the_beginning_of_another_is_reported():
    class Meta:
        app_label = "agreements"
        managed = False
        indexes = (models.Index(fields=["-kind", "size"], name="twin"),)

    with isolate_apps("essaim.core.agreements"):
        fields = {"kind": models.SlugField(), "size": models.IntegerField(), "Meta": Meta}
        twice = type("Twice", (models.Model,), {"__module__": __name__, **fields})

    assert len(doubled_indexes([twice])) == 1


def test_generic_foreign_keys_are_not_used():
    fields = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("essaim.")
        for field in model._meta.private_fields
    ]

    house.expect_nothing(fields)


def test_every_model_says_what_a_row_is():
    silent = [
        model.__name__
        for model in apps.get_models()
        if model.__module__.startswith("essaim.") and "__str__" not in vars(model)
    ]

    house.expect_nothing(silent)


def test_no_signal_and_no_save_override():
    wrong = []
    for path in house.sources():
        text = path.read_text(encoding="utf-8")
        if "django.dispatch" in text or "django.db.models.signals" in text:
            wrong.append(f"{house.shown(path)} uses a Django signal: publish an event or call it")
        if path.name == "models.py" and "def save(" in text:
            wrong.append(f"{house.shown(path)} overrides save(): write an action")

    house.expect_nothing(wrong)
