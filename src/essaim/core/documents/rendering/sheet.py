"""A snapshot as people read it: every text of the sheet and of the page, in its language."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from essaim.kernel.money import MINUS, NARROW_NO_BREAK, NO_BREAK, format_euros
from essaim.web import charts
from essaim.web.environment import percent

Snapshot = Mapping[str, Any]
Rows = list[list[str]]


def sheet(snapshot: Snapshot) -> dict[str, Any]:
    """Return all texts of a document, amounts and days written out; nothing is counted later."""
    with translation.override(snapshot["language"]):
        is_receipt = snapshot["kind"] == "receipt"
        return {
            "language": snapshot["language"],
            "kind": snapshot["kind"],
            "title": _title(snapshot),
            "number": snapshot["number"],
            "initial": _initial(snapshot["seller"]["name"]),
            "number_label": pgettext("document", "No."),
            "facts": _facts(snapshot),
            "seller": _party(snapshot["seller"]),
            "seller_label": pgettext("document", "Sold by"),
            "buyer": _party(snapshot["buyer"]),
            "buyer_label": pgettext("document", "Buyer"),
            "columns": _columns(is_receipt=is_receipt),
            "lines": [_line(snapshot, line, is_receipt=is_receipt) for line in snapshot["lines"]],
            "taxes_label": _("VAT by rate"),
            "tax_columns": [
                pgettext("document", "Rate"),
                pgettext("document", "Without VAT"),
                pgettext("document", "VAT"),
            ],
            "taxes": [_tax(snapshot, group) for group in snapshot["taxes"]],
            "totals": _totals(snapshot),
            "due": _due(snapshot),
            "payments_label": pgettext("document", "Payments"),
            "payments": [_payment(snapshot, row) for row in snapshot["payments"]],
            "shares_label": _("Where each euro goes"),
            "shares": _shares(snapshot),
            "mentions": _mentions(snapshot),
            "page_of": _("Page {number} of {count}"),
            "continued": pgettext("document", "continued"),
        }


def _title(snapshot: Snapshot) -> str:
    titles = {
        "receipt": pgettext("document", "Receipt"),
        "invoice": pgettext("document", "Invoice"),
        "credit-note": pgettext("document", "Credit note"),
    }
    return titles[snapshot["kind"]]


def _facts(snapshot: Snapshot) -> Rows:
    agreement, place = snapshot["agreement"], snapshot["agreement"]["place"]
    operations = {
        "goods": _("Sale of goods"),
        "services": _("Supply of services"),
        "mixed": _("Sale of goods and supply of services"),
    }
    rows = [[pgettext("document", "Issued on"), _day(snapshot, snapshot["issued_on"])]]
    if snapshot["corrects"]:
        before = snapshot["corrects"]
        text = _("{number} of {day}").format(
            number=before["number"], day=_day(snapshot, before["issued_on"])
        )
        rows.append([_("Corrects invoice"), text])
    rows.append([pgettext("document", "Agreement"), agreement["number"]])
    rows.append([pgettext("document", "Handed over on"), _day(snapshot, snapshot["executed_on"])])
    if place:
        rows.append(
            [
                pgettext("document", "Place"),
                _joined(place["name"], _joined(place["address"], _town(place))),
            ]
        )
    rows.append([pgettext("document", "Operation"), operations[snapshot["operation"]]])
    return rows


def _initial(name: str) -> str:
    """Return the letter of the seller's cell: of the first word that is no article."""
    articles = {"la", "le", "les", "l", "the", "un", "une"}
    words = [word for word in re.split(r"[^\w]+", name) if word]
    said = [word for word in words if word.lower() not in articles] or words or ["·"]
    return said[0][0].upper()


def _party(facts: Snapshot) -> dict[str, Any]:
    lines = [facts.get("legal_form", ""), facts["address"], _town(facts)]
    if facts["siren"]:
        lines.append(_("SIREN {siren}").format(siren=written_siren(facts["siren"])))
    if facts["vat_number"]:
        lines.append(_("VAT No. {number}").format(number=facts["vat_number"]))
    lines += [facts.get("email", ""), facts.get("phone", "")]
    return {"name": facts["name"], "lines": [line for line in lines if line]}


def _columns(*, is_receipt: bool) -> list[str]:
    if is_receipt:
        return [
            pgettext("document", "What"),
            pgettext("document", "Qty"),
            pgettext("document", "VAT"),
            _("Amount"),
        ]
    return [
        pgettext("document", "What"),
        pgettext("document", "Qty"),
        pgettext("document", "Unit price, no VAT"),
        pgettext("document", "VAT"),
        pgettext("document", "No VAT"),
        pgettext("document", "VAT included"),
    ]


def _line(snapshot: Snapshot, line: Snapshot, *, is_receipt: bool) -> list[str]:
    rate = percent(line["rate_bps"]) if line["rate_bps"] else "–"
    quantity, gross = str(line["quantity"]), _euros(snapshot, line["gross_cents"])
    if is_receipt:
        return [line["label"], quantity, rate, gross]
    price = _price(snapshot, line["net_price"], is_negative=line["net_cents"] < 0)
    return [line["label"], quantity, price, rate, _euros(snapshot, line["net_cents"]), gross]


def _price(snapshot: Snapshot, net_price: str, *, is_negative: bool) -> str:
    """Return a price with all its decimals: "1,2345 €"; cents alone look like any amount."""
    whole, decimals = net_price.split(".")
    mark = "," if snapshot["language"] == "fr" else "."
    shown = _euros(snapshot, int(whole) * 100)
    shown = shown.replace(f"{mark}00", f"{mark}{decimals}")
    return f"{MINUS}{shown}" if is_negative else shown


def _tax(snapshot: Snapshot, group: Snapshot) -> list[str]:
    rate = percent(group["rate_bps"]) if group["rate_bps"] else group["reason"]
    return [rate, _euros(snapshot, group["net_cents"]), _euros(snapshot, group["tax_cents"])]


def _totals(snapshot: Snapshot) -> Rows:
    totals = snapshot["totals"]
    rows = [
        [pgettext("document", "Total without VAT"), _euros(snapshot, totals["net_cents"])],
        [pgettext("document", "VAT"), _euros(snapshot, totals["tax_cents"])],
    ]
    if totals["rounding_cents"]:
        rows.append([pgettext("document", "Rounding"), _euros(snapshot, totals["rounding_cents"])])
    rows.append([pgettext("document", "Total with VAT"), _euros(snapshot, totals["gross_cents"])])
    return rows


def _due(snapshot: Snapshot) -> dict[str, str]:
    """Return the last word: what is left to pay or to give back, and in what mood (tone)."""
    totals, is_credit = snapshot["totals"], snapshot["kind"] == "credit-note"
    due = totals["due_cents"]
    if is_credit:
        label, amount, tone = _("Given back to you"), totals["gross_cents"], "plenty"
    elif due > 0:
        label, amount, tone = pgettext("document", "To pay"), due, "due"
    elif due < 0:
        label, amount, tone = _("To be given back to you"), -due, "plenty"
    else:
        label, amount, tone = pgettext("document", "Paid"), totals["paid_cents"], "paid"
    return {"label": label, "amount": _euros(snapshot, amount), "tone": tone}


def _payment(snapshot: Snapshot, row: Snapshot) -> list[str]:
    means = {
        "card": pgettext("document", "Card"),
        "cash": pgettext("document", "Cash"),
        "bank-transfer": pgettext("document", "Bank transfer"),
    }
    return [
        str(means.get(row["means"], row["means"])),
        _day(snapshot, row["paid_on"]),
        _euros(snapshot, row["amount_cents"]),
    ]


def _shares(snapshot: Snapshot) -> list[dict[str, Any]]:
    shares = [
        charts.Share(share["label"], share["amount_cents"])
        for share in snapshot["shares"]
        if share["amount_cents"] > 0
    ]
    drawn = [
        {
            "label": part.label,
            "amount": _euros(snapshot, part.amount),
            "tone": part.tone,
            "x": part.x,
            "width": part.width,
        }
        for part in charts.money_bar(shares).segments
    ]
    # A fund that pays part of the price is said, not drawn: the bar is what the others receive.
    given = [
        {
            "label": share["label"],
            "amount": _euros(snapshot, share["amount_cents"]),
            "tone": "rule",
            "x": charts.SCALE,
            "width": 0,
        }
        for share in snapshot["shares"]
        if share["amount_cents"] < 0
    ]
    return drawn + given


def _mentions(snapshot: Snapshot) -> list[str]:
    mentions = list(snapshot["mentions"].values())
    iban = snapshot["seller"]["iban"]
    if snapshot["kind"] == "invoice" and snapshot["totals"]["due_cents"] > 0:
        mentions.insert(0, _("Payable on receipt."))
        if iban:
            mentions.insert(1, _("Bank transfer to IBAN {iban}.").format(iban=_grouped(iban, 4)))
    if snapshot["kind"] == "receipt":
        mentions.append(_("This receipt is no invoice; ask for one when you need it."))
    return mentions


def _euros(snapshot: Snapshot, cents: int) -> str:
    return format_euros(cents, snapshot["language"])


def _day(snapshot: Snapshot, iso_day: str) -> str:
    day = date.fromisoformat(iso_day)
    text = format_date(day, "d MMMM y", locale=snapshot["language"]).replace(" ", NO_BREAK)
    # The first day of a month is an ordinal in French.
    return text.replace("1", "1er", 1) if snapshot["language"] == "fr" and day.day == 1 else text


def _town(facts: Snapshot) -> str:
    return NO_BREAK.join(part for part in (facts["postcode"], facts["town"]) if part)


def _joined(first: str, second: str) -> str:
    return ", ".join(part for part in (first, second) if part)


def written_siren(siren: str) -> str:
    """Return a SIREN as people read it, by groups of three."""
    return _grouped(siren, 3)


def _grouped(text: str, size: int) -> str:
    plain = text.replace(" ", "")
    return NARROW_NO_BREAK.join(_chunks(plain, size))


def _chunks(text: str, size: int) -> Iterable[str]:
    return (text[start : start + size] for start in range(0, len(text), size))
