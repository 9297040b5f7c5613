"""What buyers fill in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.core.payments.models import PaymentIntent
from essaim.trades.food_hub.actions.basket import QUANTITY_MAX
from essaim.trades.food_hub.rules.refusals import BadQuantity

NOTE_CHARS_MAX = 300
QUANTITY_PREFIX = "q-"
MEANS = (
    (PaymentIntent.Means.CARD.value, _("By card, now")),
    (PaymentIntent.Means.CASH.value, _("In cash, at pick-up")),
    (PaymentIntent.Means.BANK_TRANSFER.value, _("By bank transfer, before pick-up")),
)


class ShelfForm(forms.Form):
    """What to look for on a shelf. Anything that cannot be read is looked for as if not said."""

    words = forms.CharField(max_length=80, required=False)
    family = forms.CharField(max_length=40, required=False)
    producer = forms.IntegerField(min_value=1, required=False)


class MeansForm(forms.Form):
    """How an order not paid yet will be paid."""

    means = forms.ChoiceField(label=_("Payment"), choices=MEANS)


class CheckoutForm(forms.Form):
    """Everything an order needs besides the basket."""

    slot = forms.IntegerField(
        label=_("Pick-up"), error_messages={"required": _("Choose when you will fetch your order.")}
    )
    solidarity = forms.IntegerField(label=_("Solidarity price"), required=False)
    means = forms.ChoiceField(
        label=_("Payment"),
        choices=MEANS,
        error_messages={"required": _("Choose how you will pay.")},
    )
    receiver = forms.UUIDField(label=_("For whom?"), required=False)
    note = forms.CharField(label=_("A word for the hub"), max_length=NOTE_CHARS_MAX, required=False)
    order_key = forms.UUIDField()
    shown_total_cents = forms.IntegerField()

    def clean_solidarity(self) -> int:
        return int(self.cleaned_data["solidarity"] or 0)


def quantities(data: Mapping[str, Any]) -> dict[int, int]:
    """Read the fields `q-<id>` as quantities by id.

    Raises:
        BadQuantity: one is no whole number between 0 and 999.
    """
    wanted = {}
    for name, text in data.items():
        key = name.removeprefix(QUANTITY_PREFIX)
        if key == name or not key.isascii() or not key.isdigit():
            continue
        wanted[int(key)] = _quantity(str(text).strip())
    return wanted


def _quantity(text: str) -> int:
    """Read one quantity; an emptied box means none."""
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 4 or int(text) > QUANTITY_MAX:
        raise BadQuantity(quantity_max=QUANTITY_MAX)
    return int(text)
