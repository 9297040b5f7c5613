"""Looking after one's products: changing them, their packs, or all of them from a file."""

from collections.abc import Sequence

from django.db import transaction

from essaim.core.members.models import Organisation
from essaim.kernel.errors import N_, BadInput
from essaim.trades.food_hub.actions.hubs import add_product, add_variant, set_stock
from essaim.trades.food_hub.actions.locks import lock_stock
from essaim.trades.food_hub.imports import ImportRow
from essaim.trades.food_hub.models import Product, StockPool, Variant


class NameTaken(BadInput):
    code = "food_hub.name-taken"
    sentence = N_("“{name}” exists already: choose another name.")


@transaction.atomic
def new_product(
    *,
    producer: Organisation,
    name: str,
    family: str,
    measure: str,
    tax_rate_bps: int,
    description: str = "",
    labels: str = "",
) -> Product:
    """Add a product under a name that the producer does not use yet.

    Raises:
        NameTaken: it does.
    """
    if Product.objects.filter(producer=producer, name=name).exists():
        raise NameTaken(name=name)
    return add_product(
        producer=producer,
        name=name,
        family=family,
        measure=measure,
        tax_rate_bps=tax_rate_bps,
        description=description,
        labels=labels,
    )


@transaction.atomic
def change_product(*, product: Product, **changes: object) -> Product:
    """Change some fields of a product; orders already placed keep what they said.

    Raises:
        NameTaken: another product of the producer has this name.
    """
    name = changes.get("name", product.name)
    others = Product.objects.filter(producer=product.producer_id, name=name)
    if others.exclude(pk=product.pk).exists():
        raise NameTaken(name=name)
    for field, value in changes.items():
        setattr(product, field, value)
    if changes:
        product.save(update_fields=list(changes))
    return product


@transaction.atomic
def save_pack(*, product: Product, pack: Variant | None, **fields: object) -> Variant:
    """Add a pack size, or change one: cycles already open keep the price they offered it at.

    Raises:
        NameTaken: another pack of the product has this label.
    """
    label = fields["label"]
    others = Variant.objects.filter(product=product, label=label)
    if others.exclude(pk=pack.pk if pack else 0).exists():
        raise NameTaken(name=label)
    if pack is None:
        fields = dict(fields)
        is_active = fields.pop("is_active", True)
        pack = add_variant(product=product, **fields)  # type: ignore[arg-type]
        fields = {} if is_active else {"is_active": False}
    for field, value in fields.items():
        setattr(pack, field, value)
    if fields:
        pack.save(update_fields=list(fields))
    return pack


@transaction.atomic
def import_products(*, producer: Organisation, rows: Sequence[ImportRow]) -> int:
    """Add and change the products of a producer from the rows of a file, all or none.

    Returns:
        how many rows were read; a row that changes nothing counts too.

    Raises:
        BadQuantity: a stock is smaller than what baskets keep at this moment. Nothing changed.
    """
    # All at once and in their order: rows of the file may name products in any order.
    lock_stock(Product.objects.filter(producer=producer).values_list("pk", flat=True))
    known = {
        product.name: product
        for product in Product.objects.filter(producer=producer).prefetch_related("variants")
    }
    for row in rows:
        product = known.get(row.product)
        if product is None:
            product = known[row.product] = new_product(
                producer=producer, name=row.product, **row.product_fields_whole()
            )
        elif fields := row.product_fields():
            change_product(product=product, **fields)
        packs = {pack.label: pack for pack in product.variants.all()}
        pack = packs.get(row.label)
        save_pack(product=product, pack=pack, label=row.label, **row.pack_fields())
        if row.stock is not None or row.is_on_demand is not None:
            _set_stock(product, row)
    return len(rows)


def _set_stock(product: Product, row: ImportRow) -> None:
    pool = StockPool.objects.get(pk=product.pk)
    set_stock(
        product=product,
        on_hand_units=pool.on_hand_units if row.stock is None else row.stock,
        is_on_demand=pool.is_on_demand if row.is_on_demand is None else row.is_on_demand,
    )
