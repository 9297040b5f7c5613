"""The desk, under `/food/desk/`: those who run a hub, and the producers who supply it."""

from django.urls import path

from essaim.trades.food_hub.views import (
    cycles,
    desk,
    packing,
    pickup,
    places,
    producer,
    products,
    statements,
)

CYCLE = "desk/cycles/<uuid:cycle_id>"

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/hubs/<slug:slug>/", cycles.hub, name="desk_hub"),
    path("desk/hubs/<slug:slug>/new/", cycles.new, name="desk_new"),
    path("desk/hubs/<slug:slug>/places/", places.places, name="desk_places"),
    path("desk/hubs/<slug:slug>/places/<uuid:place_id>/", places.place, name="desk_place"),
    path(f"{CYCLE}/", cycles.cycle, name="desk_cycle"),
    path(f"{CYCLE}/clone/", cycles.clone, name="desk_clone"),
    path(f"{CYCLE}/dates/", cycles.dates, name="desk_dates"),
    path(f"{CYCLE}/slots/", cycles.slots, name="desk_slots"),
    path(f"{CYCLE}/offers/", cycles.offers, name="desk_offers"),
    path(f"{CYCLE}/fees/", cycles.fees, name="desk_fees"),
    path(f"{CYCLE}/opening/", cycles.opening, name="desk_opening"),
    path(f"{CYCLE}/closing/", cycles.closing, name="desk_closing"),
    path(f"{CYCLE}/weights/", producer.weights, name="desk_weights"),
    path(f"{CYCLE}/pickup/", pickup.pickup, name="desk_pickup"),
    path(f"{CYCLE}/packing/<slug:way>/", packing.page, name="desk_packing"),
    path(f"{CYCLE}/packing/<slug:way>.csv", packing.table, name="desk_packing_csv"),
    path(f"{CYCLE}/packing/<slug:way>.pdf", packing.print_out, name="desk_packing_pdf"),
    path(f"{CYCLE}/settlement/", statements.settlement, name="desk_settlement"),
    path(f"{CYCLE}/statements/<slug:slug>/", statements.page, name="desk_statement"),
    path(f"{CYCLE}/statements/<slug:slug>.csv", statements.table, name="desk_statement_csv"),
    path(f"{CYCLE}/statements/<slug:slug>.pdf", statements.print_out, name="desk_statement_pdf"),
    path("desk/orders/<uuid:order_id>/", pickup.order, name="desk_order"),
    path("desk/orders/<uuid:order_id>/handing-over/", pickup.hand_over, name="desk_hand_over"),
    path("desk/orders/<uuid:order_id>/money/", pickup.money, name="desk_money"),
    path("desk/orders/<uuid:order_id>/fetching/", pickup.fetching, name="desk_fetching"),
    path("desk/orders/<uuid:order_id>/dispute/", pickup.dispute, name="desk_dispute"),
    path("desk/lines/<int:line_id>/", producer.line, name="desk_line"),
    path("desk/lines/<int:line_id>/weight/", producer.weight, name="desk_weight"),
    path("desk/lines/<int:line_id>/missing/", producer.missing, name="desk_missing"),
    path("desk/producers/<slug:slug>/products/", products.products, name="desk_products"),
    path("desk/producers/<slug:slug>/products/new/", products.new, name="desk_product_new"),
    path("desk/producers/<slug:slug>/import/", products.from_file, name="desk_import"),
    path("desk/producers/<slug:slug>/products.csv", products.to_file, name="desk_export"),
    path("desk/products/<uuid:product_id>/", products.product, name="desk_product"),
    path("desk/producers/<slug:slug>/cycles/<uuid:cycle_id>/", producer.bring, name="desk_bring"),
]
