"""Starting a hub, its products, their stock."""

from django.db import transaction

from essaim.core.ledger.actions import open_account
from essaim.core.members.models import Organisation
from essaim.core.territories.models import Territory
from essaim.trades.food_hub.models import Hub, Product, StockPool, Variant
from essaim.trades.food_hub.rules.refusals import BadQuantity

STOCK_UNITS_MAX = 100_000_000


@transaction.atomic
def start_hub(*, organisation: Organisation, territory: Territory, is_seller: bool) -> Hub:
    """Make an organisation a hub of a territory and open its accounts.

    The solidarity account cannot go below zero: a reduction comes only out of what others gave.
    """
    slug, name = organisation.slug, organisation.name
    return Hub.objects.create(
        organisation=organisation,
        territory=territory,
        is_seller=is_seller,
        due_account=open_account(
            code=f"due:{slug}", label=f"Dû à {name}", organisation_id=organisation.pk
        ),
        orders_account=open_account(
            code=f"orders:{slug}",
            label=f"Commandes en cours, {name}",
            organisation_id=organisation.pk,
        ),
        solidarity_account=open_account(
            code=f"solidarity:{slug}",
            label=f"Caisse solidaire, {name}",
            minimum=0,
            organisation_id=organisation.pk,
        ),
    )


@transaction.atomic
def add_product(
    *,
    producer: Organisation,
    name: str,
    family: str,
    measure: str,
    tax_rate_bps: int,
    description: str = "",
    labels: str = "",
) -> Product:
    """Add a product with an empty stock; its pack sizes come next."""
    product = Product.objects.create(
        producer=producer,
        name=name,
        family=family,
        measure=measure,
        tax_rate_bps=tax_rate_bps,
        description=description,
        labels=labels,
    )
    StockPool.objects.create(product=product)
    return product


@transaction.atomic
def add_variant(
    *,
    product: Product,
    label: str,
    price_cents: int,
    pool_units: int = 1,
    weight_g: int = 0,
    volume_ml: int = 0,
    items_count: int = 1,
    is_weighed: bool = False,
) -> Variant:
    """Add a pack size; `pool_units` says how much of the product's stock one pack takes."""
    return Variant.objects.create(
        product=product,
        label=label,
        price_cents=price_cents,
        pool_units=pool_units,
        weight_g=weight_g,
        volume_ml=volume_ml,
        items_count=items_count,
        is_weighed=is_weighed,
    )


@transaction.atomic
def set_stock(*, product: Product, on_hand_units: int, is_on_demand: bool) -> StockPool:
    """Say what is there, in units of the pool; what baskets keep is counted inside.

    Raises:
        BadQuantity: negative, absurd, or less than what baskets keep at this moment.
    """
    pool = StockPool.objects.select_for_update(of=("self",)).get(pk=product.pk)
    is_enough = is_on_demand or on_hand_units >= pool.reserved_units
    if not 0 <= on_hand_units <= STOCK_UNITS_MAX or not is_enough:
        raise BadQuantity(quantity_max=STOCK_UNITS_MAX, kept_units=pool.reserved_units)
    pool.on_hand_units, pool.is_on_demand = on_hand_units, is_on_demand
    pool.save(update_fields=["on_hand_units", "is_on_demand"])
    return pool
