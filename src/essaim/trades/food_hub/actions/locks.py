"""The order in which rows are locked, everywhere in the hub, so that nobody waits in a circle.

Basket, cycle, agreement, payments, stock, slot, ledger; rows of one kind in id order. Whoever
counts on a cycle staying open (filling a basket, ordering, changing, cancelling) shares its row;
whoever closes it or takes something off its shelf has the row alone.
"""

from collections.abc import Iterable

from django.db import connection

from essaim.trades.food_hub.models import StockPool

SHARE = "SELECT id FROM food_hub_ordercycle WHERE id = ANY(%s) ORDER BY id FOR SHARE"


def share_cycles(cycle_ids: Iterable[int]) -> None:
    """Keep cycles as they are until the transaction ends; others may share them (1 statement)."""
    with connection.cursor() as cursor:
        cursor.execute(SHARE, [sorted(set(cycle_ids))])


def lock_stock(product_ids: Iterable[int]) -> dict[int, StockPool]:
    """Lock stocks in id order and read them, by product id (1 query)."""
    pools = StockPool.objects.select_for_update(of=("self",)).filter(pk__in=set(product_ids))
    return {pool.pk: pool for pool in pools.order_by("pk")}
