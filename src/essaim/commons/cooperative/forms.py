"""What people type about shares and statutes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.commons.cooperative.rules import refusals
from essaim.commons.statutes.rules.statutes import Statutes
from essaim.core.members.models import Organisation
from essaim.kernel.days import first_moment
from essaim.kernel.errors import RuleBroken
from essaim.web.environment import euros
from essaim.web.refusals import sentence_of

MYSELF = "me"
MEANS = [
    ("card", gettext_lazy("By card")),
    ("bank-transfer", gettext_lazy("By bank transfer")),
]
FIELD_OF_REFUSAL: dict[type[RuleBroken], str] = {
    refusals.UnknownCategory: "category",
    refusals.NotForYou: "category",
    refusals.WrongCollege: "college",
    refusals.TooFewShares: "shares",
    refusals.TooManyShares: "shares",
    refusals.AuthoritiesAtCeiling: "shares",
    refusals.NotEnoughShares: "shares",
    refusals.BelowMinimum: "shares",
    refusals.NoReason: "reason",
}


class RefusableForm(forms.Form):
    """A form whose action may refuse: the sentence stands at the field it is about."""

    def show(self, refusal: RuleBroken) -> None:
        field = FIELD_OF_REFUSAL.get(type(refusal), "")
        self.add_error(field if field in self.fields else None, sentence_of(refusal))


class EurosField(forms.DecimalField):
    """An amount in euros, given in cents."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__(
            min_value=0, decimal_places=2, max_digits=12, localize=True, widget=widget,
            **options,
        )  # fmt: skip

    def clean(self, value: object) -> int:
        amount: Decimal | None = super().clean(value)
        return int((amount or Decimal(0)) * 100)


class JoinForm(RefusableForm):
    """Asking for shares, in one's own name or in that of an organisation one manages."""

    name_of = forms.ChoiceField(label=gettext_lazy("In whose name?"))
    category = forms.ChoiceField(
        label=gettext_lazy("What links you to the cooperative?"), widget=forms.RadioSelect
    )
    college = forms.ChoiceField(
        label=gettext_lazy("In which college do you want to vote?"),
        required=False,
        help_text=gettext_lazy("Only when your category votes in several of them."),
    )
    shares = forms.IntegerField(
        label=gettext_lazy("How many shares?"), min_value=1, max_value=1_000_000, initial=1
    )
    means = forms.ChoiceField(
        label=gettext_lazy("How will you pay?"), choices=MEANS, widget=forms.RadioSelect,
        initial="card",
    )  # fmt: skip
    accepts_notices = forms.BooleanField(
        label=gettext_lazy("Call me to assemblies by e-mail rather than on paper"), required=False,
        help_text=gettext_lazy("You may change your mind at any time, under “My shares”."),
    )  # fmt: skip
    has_read = forms.BooleanField(
        label=gettext_lazy("I have read the statutes and accept them"),
    )

    def __init__(
        self,
        *args: Any,
        statutes: Statutes,
        organisations: list[Organisation],
        stays_in_category: bool,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.organisations = {one.slug: one for one in organisations}
        nominal = statutes.capital.nominal_cents or 0
        self.fields["name_of"].choices = [  # type: ignore[attr-defined]
            (MYSELF, _("My own")),
            *[(one.slug, one.name) for one in organisations],
        ]
        self.category_options = [
            (one.code, one.label, _least(one.conditions, one.minimum_shares or 1, nominal))
            for one in statutes.categories
        ]
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (code, label) for code, label, _help in self.category_options
        ]
        if stays_in_category:
            del self.fields["category"]
        if stays_in_category or all(
            len(statutes.colleges_open_to(one.code)) <= 1 for one in statutes.categories
        ):
            del self.fields["college"]
        else:
            self.fields["college"].choices = [  # type: ignore[attr-defined]
                ("", _("My category decides")),
                *[(one.code, one.label) for one in statutes.colleges],
            ]

    def clean_name_of(self) -> Organisation | None:
        return self.organisations.get(self.cleaned_data["name_of"])


def _least(conditions: str, minimum: int, nominal_cents: int) -> str:
    least = _("From {count} shares, {amount}.") if minimum > 1 else _("From one share, {amount}.")
    words = least.format(count=minimum, amount=euros(minimum * nominal_cents))
    return f"{conditions} {words}".strip()


class ReasonForm(RefusableForm):
    """Why: the person reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class TransferForm(RefusableForm):
    """Shares that an associate gives to another one."""

    taker = forms.IntegerField(label=gettext_lazy("To the associate No."), min_value=1)
    shares = forms.IntegerField(label=gettext_lazy("How many shares?"), min_value=1)
    reason = forms.CharField(
        label=gettext_lazy("Decision"), max_length=200, min_length=5,
        help_text=gettext_lazy("For example “board of 3 March 2026”."),
    )  # fmt: skip


class SettleForm(RefusableForm):
    """What the last balance sheet says, to count what is paid back."""

    losses = EurosField(
        label=gettext_lazy("Losses on the last approved balance sheet"),
        help_text=gettext_lazy("In euros; 0 when there are none."),
    )
    reserves = EurosField(
        label=gettext_lazy("Reserves on the same balance sheet"),
        help_text=gettext_lazy("In euros. They bear losses first where the statutes say so."),
    )


class StatutesForm(RefusableForm):
    """A version of the statutes, from when, and who adopted it."""

    text = forms.CharField(
        label=gettext_lazy("Statutes, as data (TOML)"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        max_length=60_000,
    )
    effective_date = forms.DateField(
        label=gettext_lazy("In force from"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    adopted_by = forms.CharField(
        label=gettext_lazy("Decision that adopted them"), max_length=200, required=False,
        help_text=gettext_lazy("For example “extraordinary assembly of 12 March 2026, at 87 %”."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["effective_date"].widget.input_type = "date"

    def effective_at(self, now: datetime) -> datetime:
        """Return the first moment of the day typed; now when it is today or not said."""
        chosen: date | None = self.cleaned_data["effective_date"]
        if chosen is None or chosen == timezone.localdate(now):
            return now
        return first_moment(chosen)
