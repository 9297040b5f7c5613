"""The statements of a checkout that are the hub's own: three, whatever the size of the basket."""

from essaim.core.agreements.actions import DRAW_KEYS

LOCK_HEADER = f"""
SELECT basket.id AS basket_id, cycle.state AS cycle_state, cycle.title AS cycle_title,
       cycle.opens_at, cycle.closes_at, cycle.platform_bps, cycle.commons_bps, cycle.tolerance_bps,
       hub.organisation_id AS hub_id, hub.territory_id, hub.is_seller, hub.solidarity_min_bps,
       hub.solidarity_max_bps, hub.due_account_id, hub.orders_account_id, hub.solidarity_account_id,
       organisation.name AS hub_name, receiver.email AS receiver_email,
       slot.id AS slot_id, slot.place_id, slot.starts_at AS slot_starts_at,
       slot.ends_at AS slot_ends_at, place.name AS place_name,
       {DRAW_KEYS.strip()},
       EXISTS (SELECT 1 FROM agreements_agreement AS earlier
                WHERE earlier.public_id = %(key)s) AS is_placed,
       (SELECT coalesce(json_agg(json_build_object('code', fee.code, 'label', fee.label,
            'kind', fee.kind, 'amount', fee.amount, 'role', fee.role,
            'beneficiary', fee.beneficiary_id, 'beneficiary_name', receiver_org.name,
            'tax_rate_bps', fee.tax_rate_bps,
            'inherits_tax', fee.inherits_tax, 'producers',
            (SELECT coalesce(json_agg(p.organisation_id), '[]') FROM food_hub_fee_producers AS p
              WHERE p.fee_id = fee.id)) ORDER BY fee.code), '[]')
          FROM food_hub_fee AS fee
          JOIN members_organisation AS receiver_org ON receiver_org.id = fee.beneficiary_id
         WHERE fee.cycle_id = cycle.id)::text AS fees
  FROM agreements_basket AS basket
  JOIN members_member AS receiver ON receiver.id = %(receiver)s
  JOIN food_hub_ordercycle AS cycle ON cycle.id = %(cycle)s
  JOIN food_hub_hub AS hub ON hub.organisation_id = cycle.hub_id
  JOIN members_organisation AS organisation ON organisation.id = hub.organisation_id
  LEFT JOIN food_hub_pickupslot AS slot ON slot.id = %(slot)s AND slot.cycle_id = cycle.id
  LEFT JOIN territories_place AS place ON place.id = slot.place_id
 WHERE basket.id = %(basket)s
   FOR UPDATE OF basket FOR SHARE OF cycle
"""

LOAD_LINES = """
SELECT line.id, line.quantity, line.kept_units, offer.price_cents,
       variant.id AS variant_id, variant.label AS variant_label, variant.pool_units,
       variant.weight_g, variant.is_weighed,
       product.id AS product_id, product.name AS product_name, product.tax_rate_bps,
       product.producer_id, producer.name AS producer_name
  FROM food_hub_basketline AS line
  JOIN food_hub_cycleoffer AS offer ON offer.id = line.offer_id
  JOIN food_hub_variant AS variant ON variant.id = offer.variant_id
  JOIN food_hub_product AS product ON product.id = variant.product_id
  JOIN members_organisation AS producer ON producer.id = product.producer_id
 WHERE line.basket_id = %(basket)s AND offer.cycle_id = %(cycle)s
 ORDER BY producer.name, product.name, variant.id
"""

# Sent late: the rows of stock stay locked from here to the commit only, in id order. The condition
# is read again on the newest version of each row, so a pack sold meanwhile is simply not returned;
# the CHECK constraint stands behind it.
TAKE = """
WITH wanted AS (
    SELECT * FROM json_to_recordset(%(lines)s::json) AS l(position int, product bigint, kept bigint,
           variant bigint, producer bigint, price int, quantity int, weight int, weighed bool,
           goods bigint, units bigint)
), need AS (
    SELECT product AS id, sum(units) AS units, sum(kept) AS kept FROM wanted GROUP BY product
), locked AS (
    SELECT product_id FROM food_hub_stockpool
     WHERE product_id = ANY(%(products)s::bigint[]) ORDER BY product_id FOR UPDATE
), seat AS (
    UPDATE food_hub_pickupslot SET taken_count = taken_count + 1
     WHERE id = %(slot)s AND capacity IS NOT NULL AND taken_count < capacity
    RETURNING id
), taken AS (
    UPDATE food_hub_stockpool AS pool
       SET on_hand_units = pool.on_hand_units
                           - CASE WHEN pool.is_on_demand THEN 0 ELSE need.units END,
           reserved_units = pool.reserved_units - need.kept
      FROM need JOIN locked ON locked.product_id = need.id
     WHERE pool.product_id = need.id
       AND (pool.is_on_demand
            OR pool.on_hand_units - need.units >= pool.reserved_units - need.kept)
    RETURNING pool.product_id, pool.is_on_demand
), detail AS (
    INSERT INTO food_hub_order (agreement_id, cycle_id, slot_id, solidarity_bps, price_cents,
        drawn_cents, terms, note, revision)
    VALUES (%(agreement)s, %(cycle)s, %(slot)s, %(solidarity_bps)s, %(price)s, %(drawn)s,
        %(terms)s::jsonb, %(note)s, 0)
), ordered AS (
    INSERT INTO food_hub_orderline (line_id, order_id, variant_id, producer_id,
        producer_price_cents, ordered_quantity, weight_g_per_item, is_weighed, missing_count,
        goods_cents, pool_units)
    SELECT line.id, line.agreement_id, wanted.variant, wanted.producer, wanted.price,
           wanted.quantity, wanted.weight, wanted.weighed, 0, wanted.goods,
           CASE WHEN taken.is_on_demand THEN 0 ELSE wanted.units END
      FROM wanted JOIN taken ON taken.product_id = wanted.product
      JOIN agreements_line AS line
        ON line.agreement_id = %(agreement)s AND line.position = wanted.position
), emptied AS (
    DELETE FROM food_hub_basketline WHERE id = ANY(%(basket_lines)s::bigint[])
)
SELECT (SELECT array_agg(product_id) FROM taken),
       EXISTS (SELECT 1 FROM seat)
       OR EXISTS (SELECT 1 FROM food_hub_pickupslot WHERE id = %(slot)s AND capacity IS NULL)
"""
