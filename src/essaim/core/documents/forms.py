"""What people type about documents: who an invoice is made out to, which period to export."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren, tva

from essaim.core.documents.rules import Buyer, Credit
from essaim.web.environment import euros


class BuyerForm(forms.Form):
    """The buyer of an invoice; a SIREN number makes it a professional one."""

    name = forms.CharField(label=_("Name or company name"), max_length=120)
    address = forms.CharField(label=_("Number and street"), max_length=200, required=False)
    postcode = forms.RegexField(
        r"^[0-9]{5}$",
        label=_("Postcode"),
        required=False,
        error_messages={"invalid": _("A postcode has five digits.")},
    )
    town = forms.CharField(label=_("Town"), max_length=80, required=False)
    siren = forms.CharField(
        label=_("SIREN number"),
        max_length=14,
        required=False,
        help_text=_("For a company or an association: nine digits."),
    )
    vat_number = forms.CharField(label=_("VAT number"), max_length=20, required=False)

    def clean_siren(self) -> str:
        return _checked(siren, self.cleaned_data["siren"], gettext("This is no SIREN number."))

    def clean_vat_number(self) -> str:
        typed = self.cleaned_data["vat_number"]
        message = gettext("This is no French VAT number.")
        return f"FR{_checked(tva, typed, message)}" if typed else ""

    def buyer(self) -> Buyer:
        return Buyer(**self.cleaned_data)


class CreditForm(forms.Form):
    """What is given back of an invoice, in euros with tax; empty lines stay as they are."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in lines:
            self.fields[f"line-{line['position']}"] = forms.DecimalField(
                label=line["label"],
                required=False,
                min_value=Decimal("0.01"),
                max_digits=12,
                decimal_places=2,
                localize=True,
                help_text=gettext("Invoiced: %(amount)s") % {"amount": euros(line["gross_cents"])},
            )

    def amounts(self) -> Iterator[BoundField]:
        """Yield the fields of the lines, in the order of the invoice."""
        return (self[name] for name in self.fields if name.startswith("line-"))

    def credits(self) -> list[Credit]:
        """Return the lines that give something back."""
        return [
            Credit(int(name.removeprefix("line-")), int(value * 100))
            for name, value in self.cleaned_data.items()
            if name.startswith("line-") and value
        ]


class EntriesForm(forms.Form):
    """The period of an export of accounting entries: days within one calendar year."""

    widget: ClassVar[dict[str, Any]] = {"attrs": {"type": "date"}}
    start = forms.DateField(label=_("From"), widget=forms.DateInput(**widget))
    end = forms.DateField(label=_("To"), widget=forms.DateInput(**widget))


def _checked(kind: Any, typed: str, message: str) -> str:
    if not typed:
        return ""
    try:
        return str(kind.validate(typed))
    except NumberError as problem:
        raise forms.ValidationError(message) from problem
