"""Rules of the food hub: exact prices and shares, weights, stock, refunds, statements."""

from essaim.trades.food_hub.rules.parts import (
    ORDER_LEVEL,
    InvoiceRow,
    LinePrice,
    Part,
    PricedOrder,
    Share,
    TaxPart,
    TaxTotal,
    invoice_rows,
)
from essaim.trades.food_hub.rules.pricing import (
    displayed_unit_price_cents,
    displayed_unit_prices_cents,
    price_order,
)
from essaim.trades.food_hub.rules.refunds import (
    Refund,
    RefundTooLarge,
    left_to_refund_cents,
    refund_split,
)
from essaim.trades.food_hub.rules.solidarity import SolidarityOutOfBounds, check_solidarity
from essaim.trades.food_hub.rules.statements import Deal, Statement, StatementRow, statement
from essaim.trades.food_hub.rules.stock import max_sellable, stock_units_needed
from essaim.trades.food_hub.rules.terms import (
    GOODS,
    SOLIDARITY,
    FeeKind,
    FeeTerm,
    PlatformTerms,
    PricedLine,
    Role,
)
from essaim.trades.food_hub.rules.weights import missing_line, reweighed_line

__all__ = [
    "GOODS",
    "ORDER_LEVEL",
    "SOLIDARITY",
    "Deal",
    "FeeKind",
    "FeeTerm",
    "InvoiceRow",
    "LinePrice",
    "Part",
    "PlatformTerms",
    "PricedLine",
    "PricedOrder",
    "Refund",
    "RefundTooLarge",
    "Role",
    "Share",
    "SolidarityOutOfBounds",
    "Statement",
    "StatementRow",
    "TaxPart",
    "TaxTotal",
    "check_solidarity",
    "displayed_unit_price_cents",
    "displayed_unit_prices_cents",
    "invoice_rows",
    "left_to_refund_cents",
    "max_sellable",
    "missing_line",
    "price_order",
    "refund_split",
    "reweighed_line",
    "statement",
    "stock_units_needed",
]
