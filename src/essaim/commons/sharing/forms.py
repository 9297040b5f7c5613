"""What the clerk and the board type about a year and about a way to share it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.commons.cooperative.forms import EurosField
from essaim.commons.sharing.actions import Claims
from essaim.commons.sharing.models import Project
from essaim.commons.sharing.rules import refusals
from essaim.commons.sharing.rules.books import Kind
from essaim.commons.sharing.rules.fund_votes import Method
from essaim.commons.sharing.rules.surplus import REFUNDING, Use, Wish
from essaim.commons.statutes.rules.statutes import SCOP, Statutes
from essaim.core.members.models import Member, Organisation
from essaim.kernel.errors import RuleBroken
from essaim.web.environment import euros
from essaim.web.refusals import sentence_of

KINDS = {
    Kind.SUBSIDY: gettext_lazy("A subsidy or a gift"),
    Kind.INCOME: gettext_lazy("Another income"),
    Kind.CHARGE: gettext_lazy("A charge"),
}
FIELD_OF_REFUSAL: dict[type[RuleBroken], str] = {
    refusals.DayOutsideYear: "line_date",
    refusals.NothingWritten: "label",
    refusals.InterestCapUnknown: "interest_percent",
    refusals.InterestHasNoCap: "interest_percent",
}
EARLIEST_YEAR = 2000


class SharingForm(forms.Form):
    """A form whose action may refuse: the sentence stands at the field it is about."""

    def show(self, refusal: RuleBroken) -> None:
        field = FIELD_OF_REFUSAL.get(type(refusal), "")
        self.add_error(field if field in self.fields else None, sentence_of(refusal))


def _day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d")
    widget.input_type = "date"
    return forms.DateField(label=label, widget=widget, **options)


def _percent_field(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=100, max_digits=8, decimal_places=4,
        localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options,
    )  # fmt: skip


class OpenYearForm(SharingForm):
    """A civil year to begin."""

    civil_year = forms.IntegerField(
        label=gettext_lazy("Civil year"), min_value=EARLIEST_YEAR, max_value=2200
    )


class ForwardForm(SharingForm):
    """What there was before the books were kept here."""

    legal = EurosField(label=gettext_lazy("Legal reserve"), initial=0)
    statutory = EurosField(label=gettext_lazy("Statutory reserve"), initial=0)
    losses = EurosField(label=gettext_lazy("Losses carried forward"), initial=0)

    def clean(self) -> None:
        typed = self.cleaned_data
        if not any(typed.get(name) for name in ("legal", "statutory", "losses")):
            self.add_error(None, _("Write at least one amount."))


class LineForm(SharingForm):
    """An income, a charge or a subsidy that the ledger does not know."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"), widget=forms.RadioSelect,
        choices=[(kind.value, label) for kind, label in KINDS.items()],
    )  # fmt: skip
    label = forms.CharField(label=gettext_lazy("In a few words"), max_length=200)
    amount = EurosField(label=gettext_lazy("How much?"))
    line_date = _day_field(gettext_lazy("On which day?"))


class VariantForm(SharingForm):
    """A way to share a surplus; what is left blank is what the statutes and the law say."""

    title = forms.CharField(
        label=gettext_lazy("Name of the proposal"), max_length=160,
        help_text=gettext_lazy("As members read it on the agenda."),
    )  # fmt: skip
    assembly_date = _day_field(
        gettext_lazy("Day of the assembly"),
        help_text=gettext_lazy("The law and the statutes of that day are applied."),
    )
    statutory_percent = _percent_field(
        gettext_lazy("To the statutory reserve, of what is left after the legal one"),
        help_text=gettext_lazy("Blank: what the statutes say, and no more."),
    )
    interest_percent = _percent_field(
        gettext_lazy("Interest on shares"), help_text=gettext_lazy("Blank: none.")
    )
    workers_percent = _percent_field(
        gettext_lazy("To those who work here, of the surplus"),
        help_text=gettext_lazy("Blank: what the law says, and no more."),
    )
    refund_percent = _percent_field(
        gettext_lazy("Given back to users, of what is left then"),
        help_text=gettext_lazy("Blank: nothing."),
    )

    def __init__(self, *args: Any, statutes: Statutes, **options: Any) -> None:
        super().__init__(*args, **options)
        if statutes.form not in SCOP:
            del self.fields["workers_percent"]
        if statutes.form not in REFUNDING:
            del self.fields["refund_percent"]

    @property
    def wish(self) -> Wish:
        typed = self.cleaned_data
        return Wish(
            statutory_rate=_part(typed["statutory_percent"]),
            interest_rate=Fraction(typed["interest_percent"] or 0),
            workers_rate=_part(typed.get("workers_percent")),
            refund_rate=_part(typed.get("refund_percent")) or Fraction(0),
        )

    @property
    def day(self) -> date:
        found: date = self.cleaned_data["assembly_date"]
        return found


def _part(percent: Decimal | None) -> Fraction | None:
    return None if percent is None else Fraction(percent) / 100


class ClaimsForm(SharingForm):
    """Among whom what goes to workers or to users is cut, in proportion to a number."""

    workers = forms.CharField(
        label=gettext_lazy("Those who work here"), max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One person a line: their e-mail address, then what counts (wages or hours)."
        ),
    )  # fmt: skip
    users = forms.CharField(
        label=gettext_lazy("Users to whom a part is given back"), max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("One person a line: their e-mail address, then what they paid."),
    )  # fmt: skip
    USES = {"workers": Use.WORKERS, "users": Use.REFUND}

    def __init__(self, *args: Any, uses: frozenset[Use], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, use in self.USES.items():
            if use not in uses:
                del self.fields[name]

    def clean(self) -> None:
        for name in self.fields:
            if name in self.cleaned_data:
                try:
                    self.cleaned_data[name] = _weights(self.cleaned_data[name])
                except ValueError as problem:
                    self.add_error(name, str(problem))

    @property
    def claims(self) -> Claims:
        typed = self.cleaned_data
        return Claims(workers=typed.get("workers", {}), users=typed.get("users", {}))


def _weights(text: str) -> dict[int, Fraction]:
    """Read « address number » lines (1 query). Raises ValueError with the sentence to show."""
    typed: dict[str, Fraction] = {}
    for line in filter(str.strip, text.splitlines()):
        address, _blank, number = line.strip().rpartition(" ")
        try:
            weight = Fraction(number.replace(",", "."))
        except (ValueError, ZeroDivisionError):
            weight = Fraction(-1)
        if not address or weight < 0:
            raise ValueError(_("This line cannot be read: {line}").format(line=line.strip()[:80]))
        typed[address.strip().lower()] = weight
    rows = Member.objects.filter(email__in=typed).values_list("email", "pk")
    known = {email.lower(): key for email, key in rows}
    missing = sorted(set(typed) - set(known))
    if missing:
        raise ValueError(_("Nobody here has this address: {address}").format(address=missing[0]))
    return {known[address]: weight for address, weight in typed.items()}


class ProjectForm(SharingForm):
    """Something useful to all, its price, and who carries it."""

    title = forms.CharField(label=gettext_lazy("Name of the project"), max_length=160)
    text = forms.CharField(
        label=gettext_lazy("What it is, and for whom"), max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    amount = EurosField(label=gettext_lazy("How much does it ask?"))
    payee = forms.ChoiceField(
        label=gettext_lazy("Who carries it?"),
        help_text=gettext_lazy("The organisation that receives the money and answers for it."),
    )

    def __init__(self, *args: Any, carriers: Sequence[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.carriers = {str(one.pk): one for one in carriers}
        self.fields["payee"].choices = [  # type: ignore[attr-defined]
            (key, one.name) for key, one in self.carriers.items()
        ]

    def clean_payee(self) -> Organisation:
        return self.carriers[self.cleaned_data["payee"]]


class FundBallotForm(SharingForm):
    """The projects that a person supports."""

    supported = forms.MultipleChoiceField(
        label=gettext_lazy("Which projects do you support?"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("As many as you want; none at all is a blank ballot."),
    )  # fmt: skip

    def __init__(self, *args: Any, projects: Sequence[Project], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["supported"].choices = [  # type: ignore[attr-defined]
            (str(one.public_id), f"{one.title} ({euros(one.asked_cents)})") for one in projects
        ]


class QuarterForm(SharingForm):
    """A quarter to open to projects."""

    civil_year = forms.IntegerField(
        label=gettext_lazy("Year"), min_value=EARLIEST_YEAR, max_value=2200
    )
    number = forms.TypedChoiceField(
        label=gettext_lazy("Quarter"), coerce=int, choices=[(n, str(n)) for n in range(1, 5)]
    )


class MethodForm(SharingForm):
    """How the ballots of a quarter are counted."""

    method = forms.ChoiceField(
        label=gettext_lazy("How are the votes counted?"), widget=forms.RadioSelect,
        initial=Method.EQUAL_SHARES.value,
    )  # fmt: skip
    HELPS = (
        (Method.EQUAL_SHARES, gettext_lazy("Equal shares"), gettext_lazy(
            "Every voter has the same part of the fund: small groups are served too.")),
        (Method.GREEDY, gettext_lazy("Number of votes"), gettext_lazy(
            "The projects with the most votes first, as long as money lasts.")),
        (Method.QUADRATIC, gettext_lazy("Quadratic sharing"), gettext_lazy(
            "No project is bought whole: each receives a part, larger with wide support.")),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["method"].choices = [  # type: ignore[attr-defined]
            (method.value, label) for method, label, _help in self.HELPS
        ]

    @property
    def options(self) -> list[tuple[str, object, object]]:
        return [(method.value, label, told) for method, label, told in self.HELPS]
