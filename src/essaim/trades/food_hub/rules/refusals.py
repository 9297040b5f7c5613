"""What the food hub says no to. Each is a fact with its sentence."""

from essaim.kernel.errors import N_, BadInput, RuleBroken


class CycleNotOpen(RuleBroken):
    code = "food_hub.cycle-not-open"
    sentence = N_("Orders are closed for this cycle.")


class SoldOut(RuleBroken):
    """`details` has `product`, and `left_count` packs still available."""

    code = "food_hub.sold-out"
    sentence = N_("Not enough left of “{product}”: {left_count} still available.")


class GoneFromStock(RuleBroken):
    """At checkout, somebody else took what was no longer kept for this basket."""

    code = "food_hub.gone-from-stock"
    sentence = N_("“{product}” is sold out meanwhile. It was not ordered; nothing was charged.")


class BasketEmpty(RuleBroken):
    code = "food_hub.basket-empty"
    sentence = N_("Your basket is empty or was already ordered.")


class BadQuantity(BadInput):
    code = "food_hub.bad-quantity"
    sentence = N_("Choose a quantity between 0 and {quantity_max}.")


class SlotUnknown(BadInput):
    code = "food_hub.slot-unknown"
    sentence = N_("Choose one of the pick-up times of this cycle.")


class SlotFull(RuleBroken):
    code = "food_hub.slot-full"
    sentence = N_("This pick-up time is full. Choose another one.")


class PriceChanged(RuleBroken):
    """The total shown on the form is not the total now; the member must see the new one first."""

    code = "food_hub.price-changed"
    sentence = N_(
        "The total is now {total_cents} instead of {shown_cents}. Check it and confirm again."
    )


class FundTooSmall(RuleBroken):
    code = "food_hub.fund-too-small"
    sentence = N_("The solidarity fund cannot cover this reduction today. Choose a smaller one.")


class NotInCycle(BadInput):
    code = "food_hub.not-in-cycle"
    sentence = N_("This product is not offered here.")


class CycleIncomplete(RuleBroken):
    code = "food_hub.cycle-incomplete"
    sentence = N_("A cycle needs at least one product and one pick-up time before it opens.")


class NotClosedYet(RuleBroken):
    code = "food_hub.not-closed-yet"
    sentence = N_("Close the orders of this cycle first.")


class OrdersNotFinished(RuleBroken):
    code = "food_hub.orders-not-finished"
    sentence = N_("{waiting_count} orders are neither handed over nor cancelled yet.")


class NotWeighed(BadInput):
    code = "food_hub.not-weighed"
    sentence = N_("This product is not sold by real weight.")


class BadWeight(BadInput):
    code = "food_hub.bad-weight"
    sentence = N_("A weight is between 1 g and {weight_max_g} g.")


class TooManyMissing(BadInput):
    code = "food_hub.too-many-missing"
    sentence = N_("At most {ordered_count} were ordered.")


class StillAwaited(RuleBroken):
    """The pick-up time, and the delay after it, are not over; `details` has `until`."""

    code = "food_hub.still-awaited"
    sentence = N_("This order can still be fetched until {until}.")


class ReasonMissing(BadInput):
    code = "food_hub.reason-missing"
    sentence = N_("Say why in a few words: the buyer will read it.")
