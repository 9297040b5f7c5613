"""Who may open the pages and the API of the food hub; the matrix reads it and tries every role."""

ACCESS = {
    "buying": """
food_hub:cycles food_hub:shop food_hub:pack                            | everybody
food_hub:tell_me food_hub:fill food_hub:basket food_hub:orders         | members
food_hub:checkout food_hub:checkout_price                              | members
food_hub:order                              | buyer helper reader manager worker clerk
food_hub:change_order food_hub:cancel_order                            | buyer helper
food_hub:change_means food_hub:check_payment                           | buyer helper
""",
    "desk": """
food_hub:desk                                                                | members
food_hub:desk_hub food_hub:desk_cycle food_hub:desk_pickup                   | manager worker
food_hub:desk_packing food_hub:desk_packing_csv food_hub:desk_packing_pdf    | manager worker
food_hub:desk_order food_hub:desk_hand_over food_hub:desk_money              | manager worker
food_hub:desk_fetching food_hub:desk_weights                                 | manager worker
food_hub:desk_new food_hub:desk_clone food_hub:desk_dates food_hub:desk_slots    | manager
food_hub:desk_offers food_hub:desk_fees food_hub:desk_opening                    | manager
food_hub:desk_closing food_hub:desk_settlement food_hub:desk_dispute             | manager
food_hub:desk_places food_hub:desk_place                                         | manager
food_hub:desk_line food_hub:desk_weight food_hub:desk_missing | manager worker producer
food_hub:desk_statement food_hub:desk_statement_csv           | manager producer
food_hub:desk_statement_pdf                                   | manager producer
food_hub:desk_bring food_hub:desk_products food_hub:desk_product                 | producer
food_hub:desk_product_new food_hub:desk_import food_hub:desk_export              | producer
""",
    "api": """
api:open_cycles api:offers                      | everybody
api:basket api:put_in_basket api:place_order    | buyer_token other_token
api:order api:cancel_order                      | buyer_token
""",
}
"""The lines, the statement and the products are those of the producer's farm."""
