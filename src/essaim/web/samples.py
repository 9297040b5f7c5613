"""Invented things for the page that shows every component, in French as members write them."""

from datetime import UTC, datetime
from math import exp
from typing import Any

import h3
from django import forms
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from essaim.web import charts
from essaim.web.charts import Share
from essaim.web.hexmap import HexMap, hexmap

BASKET_SHARES = (
    Share("Ferme du Lys", 1640, "clover"),
    Share("Livraison à vélo", 180, "cornflower"),
    Share("Halle de Fives", 120, "honey"),
    Share("Coopérative", 50, "lavender"),
    Share("TVA", 110, "rule"),
)
SINGLE_SHARES = (
    Share("Maraîchère", 312, "clover"),
    Share("Halle", 33, "honey"),
    Share("TVA", 20, "rule"),
)
LILLE = (50.6292, 3.0573)
NOON = datetime(2026, 11, 26, 17, 30, tzinfo=UTC)


class SampleForm(forms.Form):
    """One field of each kind; sent empty on purpose to show its errors."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("Never shown to anybody."))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=20)


def offers_map() -> HexMap:
    """Return invented offers around Lille: many in the middle, none at some places."""
    centre = h3.latlng_to_cell(*LILLE, 7)
    rings = {cell: h3.grid_distance(centre, cell) for cell in h3.grid_disk(centre, 6)}
    return hexmap(
        {
            cell: round(48 * exp(-distance / 1.7) * (1 + int(cell[6:9], 16) % 5 / 3))
            for cell, distance in rings.items()
        }
    )


def figures() -> dict[str, Any]:
    """Return every chart of the house, drawn from invented figures."""
    months = ["juin", "juillet", "août", "septembre", "octobre", "novembre"]
    euros = [1240, 1810, 1502, 2620, 3175, 3890]
    return {
        "map": offers_map(),
        "bar": charts.money_bar(BASKET_SHARES),
        "small_bar": charts.money_bar(SINGLE_SHARES),
        "bars": charts.bars(
            [
                ("Légumes", 4210, "4\u202f210\u00a0kg"),
                ("Pain", 1890, "1\u202f890\u00a0kg"),
                ("Fromage", 640, "640\u00a0kg"),
                ("Miel", 85, "85\u00a0kg"),
            ]
        ),
        "stack": charts.stack([("à vélo", 61, ""), ("à pied", 24, ""), ("en voiture", 15, "rule")]),
        "line": charts.line(
            list(zip(months, map(float, euros), strict=True)),
            y_labels=["0\u00a0€", "2\u202f000\u00a0€", "4\u202f000\u00a0€"],
            y_max=4000,
        ),
        "line_rows": [
            (m, f"{e:,} €".replace(",", "\u202f")) for m, e in zip(months, euros, strict=True)
        ],
        "waffle": charts.waffle(
            [
                ("acheteurs", 812, "honey"),
                ("producteurs", 64, "clover"),
                ("salariés", 21, "lavender"),
            ]
        ),
    }


PRODUCTS = (
    ("Carottes de sable", "Ferme du Lys, Frelinghien", 210, "le kilo", "sprout", 40),
    (
        "Pain de campagne au levain",
        "Fournil de Wazemmes",
        550,
        "la pièce de 1\u00a0kg",
        "wheat",
        12,
    ),
    ("Fromage de chèvre frais", "Chèvrerie des Weppes", 340, "la pièce", "leaf", 0),
    ("Poires Conférence", "Verger de Camille, Wavrin", 365, "le kilo", "apple", 12),
)


def page_two() -> Page[int]:
    """Return the second of seven pages."""
    return Paginator(range(130), 20).page(2)


def unsent_form() -> SampleForm:
    """Return the form as it stands after a careless answer."""
    return SampleForm({"email": "camille@", "quantity": "0"}, auto_id="wrong-%s")
