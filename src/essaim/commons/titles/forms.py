"""What the clerk types about the interest of a year."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from essaim.commons.titles.rules import refusals
from essaim.kernel.errors import RuleBroken
from essaim.web.refusals import sentence_of

FIELD_OF_REFUSAL: dict[type[RuleBroken], str] = {
    refusals.NoBasis: "basis",
    refusals.YearGoingOn: "civil_year",
    refusals.EarlierYearLeft: "civil_year",
    refusals.NothingEarned: "civil_year",
    refusals.YearPosted: "variable_percent",
}


class InterestForm(forms.Form):
    """A year that is over, and the rate that its results give to the variable part."""

    civil_year = forms.IntegerField(
        label=gettext_lazy("Year"), min_value=2000, max_value=2199,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    variable_percent = forms.DecimalField(
        label=gettext_lazy("Rate of the variable part this year"), min_value=0, max_value=100,
        decimal_places=2, localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("As the contract of issue computes it from the year; 0 if nothing."),
    )  # fmt: skip
    basis = forms.CharField(
        label=gettext_lazy("Which figures give this rate?"), max_length=200,
        error_messages={"required": gettext_lazy("Say which figures of the year give this rate.")},
        help_text=gettext_lazy("Kept with the posting: “net result of 12,000 €, clause 4”."),
    )  # fmt: skip

    def show(self, refusal: RuleBroken) -> None:
        """Show a refusal at the field it is about."""
        self.add_error(FIELD_OF_REFUSAL.get(type(refusal)), sentence_of(refusal))

    @property
    def variable_bps(self) -> int:
        return int(self.cleaned_data["variable_percent"] * 100)

    @property
    def typed(self) -> dict[str, Any]:
        """The answers as they were typed, to send them again after the preview."""
        return {name: self[name].value() for name in self.fields}
