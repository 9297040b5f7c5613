"""How the desk says weights, fees and parts of a price."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from essaim.kernel.units import Kind, Measure, format_measure
from essaim.trades.food_hub.models import Fee, Hub
from essaim.trades.food_hub.rules import FeeKind, Role
from essaim.trades.food_hub.views.money import TONES
from essaim.web import charts
from essaim.web.environment import euros, language, percent


def weight_text(weight_g: int) -> str:
    """« 760 g », « 1,25 kg »."""
    return format_measure(Measure(Kind.WEIGHT, weight_g), language())


def fee_amounts(fees: Iterable[Fee]) -> dict[str, str]:
    """How much each fee is, by code: « 12 % », « 0,50 € par article »."""
    patterns = {
        FeeKind.PER_ITEM: _("{amount} per item"),
        FeeKind.PER_KILO: _("{amount} per kilo"),
        FeeKind.FLAT_ORDER: _("{amount} per order"),
    }
    return {
        fee.code: percent(fee.amount)
        if fee.kind == FeeKind.PERCENT
        else patterns[FeeKind(fee.kind)].format(amount=euros(fee.amount))
        for fee in fees
    }


def role_names(hub: Hub) -> dict[Role, str]:
    """How each capacity is called on a bar."""
    return {
        Role.PRODUCER: _("Farms and makers"),
        Role.COORDINATOR: _("Coordination"),
        Role.HUB: hub.organisation.name,
        Role.PLATFORM: _("Platform"),
        Role.COMMONS: _("Commons fund"),
        Role.SOLIDARITY: _("Solidarity fund"),
    }


def role_bar(hub: Hub, parts: Iterable[tuple[str, int]]) -> charts.Bar:
    """A bar of `(role, cents)` summed by role; what the solidarity fund paid cannot be drawn."""
    cents_of = dict.fromkeys(Role, 0)
    for role, cents in parts:
        cents_of[Role(role)] += cents
    names = role_names(hub)
    return charts.money_bar(
        [
            charts.Share(names[role], cents, TONES[role])
            for role, cents in cents_of.items()
            if cents > 0
        ]
    )
