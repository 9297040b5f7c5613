"""What people type about a campaign, a contribution, a pool."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.commons.campaigns.actions import TitleTerms
from essaim.commons.campaigns.models import Campaign, Contribution, MatchingPool, Reward
from essaim.commons.campaigns.queries import Delivery
from essaim.commons.campaigns.rules import refusals
from essaim.commons.campaigns.rules.matching import Rule, Terms
from essaim.commons.cooperative.forms import MEANS, EurosField
from essaim.commons.statutes.rules.statutes import Statutes
from essaim.commons.titles.rules import refusals as title_refusals
from essaim.core.members.models import Organisation
from essaim.kernel.errors import RuleBroken
from essaim.web.environment import euros
from essaim.web.refusals import sentence_of

GIFT, SHARE = "gift", "share"
FIELD_OF_REFUSAL: dict[type[RuleBroken], str] = {
    refusals.NothingGiven: "amount",
    refusals.NoWhy: "reason",
    title_refusals.TooShort: "years",
    title_refusals.TooVariable: "variable_percent",
}
RULES = (
    (Rule.EURO_FOR_EURO, gettext_lazy("Euro for euro"), gettext_lazy(
        "Each euro given draws one.")),
    (Rule.QUADRATIC, gettext_lazy("Quadratic"), gettext_lazy(
        "Many small gifts draw more than one large one.")),
    (Rule.PAIRWISE, gettext_lazy("Quadratic, against collusion"), gettext_lazy(
        "The same, where two people who always give together draw little.")),
)  # fmt: skip


class CampaignForm(forms.Form):
    """A form whose action may refuse: the sentence stands at the field it is about."""

    def show(self, refusal: RuleBroken) -> None:
        field = FIELD_OF_REFUSAL.get(type(refusal), "")
        self.add_error(field if field in self.fields else None, sentence_of(refusal))


def _choices(field: forms.Field, choices: Sequence[tuple[str, Any]]) -> None:
    field.choices = choices  # type: ignore[attr-defined]


class ProposeForm(CampaignForm):
    """A campaign to come, with what may be bought ahead in it."""

    title = forms.CharField(label=gettext_lazy("Name of the campaign"), max_length=160)
    text = forms.CharField(
        label=gettext_lazy("What it pays for"), max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    carrier = forms.ChoiceField(label=gettext_lazy("Who carries the campaign?"))
    amount = EurosField(label=gettext_lazy("Goal"))
    closes_on = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(format="%Y-%m-%d")
    )
    is_all_or_nothing = forms.BooleanField(
        label=gettext_lazy("All or nothing: short of the goal, everything is given back"),
        required=False, initial=True,
    )  # fmt: skip
    takes_shares = forms.BooleanField(
        label=gettext_lazy("Shares of the cooperative may be taken in it"), required=False
    )
    rewards = forms.CharField(
        label=gettext_lazy("What may be bought ahead"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One thing a line: its price in euros, then what it is."),
    )  # fmt: skip

    def __init__(self, *args: Any, carriers: Sequence[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.carriers = {str(one.pk): one for one in carriers}
        _choices(self.fields["carrier"], [(key, one.name) for key, one in self.carriers.items()])
        self.fields["closes_on"].widget.input_type = "date"

    @classmethod
    def of(cls, campaign: Campaign, rewards: Iterable[Reward]) -> dict[str, Any]:
        """Return what the form says of a draft, to be changed."""
        lines = [f"{_typed(one.price_cents)} {one.title}" for one in rewards]
        return {
            "title": campaign.title, "text": campaign.text, "carrier": str(campaign.carrier_id),
            "amount": Decimal(campaign.goal_cents) / 100,
            "closes_on": timezone.localdate(campaign.closes_at),
            "is_all_or_nothing": campaign.is_all_or_nothing,
            "takes_shares": campaign.takes_shares, "rewards": "\n".join(lines),
        }  # fmt: skip

    def clean_carrier(self) -> Organisation:
        return self.carriers[self.cleaned_data["carrier"]]

    def clean_rewards(self) -> list[tuple[str, int]]:
        found = []
        for line in filter(str.strip, str(self.cleaned_data["rewards"]).splitlines()):
            price, _blank, title = line.strip().partition(" ")
            cents = _cents(price)
            if not cents or not title.strip():
                told = _("This line cannot be read: {line}").format(line=line.strip()[:80])
                raise forms.ValidationError(told)
            found.append((title.strip(), cents))
        return found

    @property
    def closes_at(self) -> datetime:
        """The last instant of the day typed."""
        day = self.cleaned_data["closes_on"]
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def _typed(cents: int) -> str:
    """A price as people type it: « 12,50 », « 30 »."""
    return number_format(Decimal(cents) / 100, 2 if cents % 100 else 0, use_l10n=True)


def _cents(text: str) -> int:
    try:
        return EurosField().clean(text)
    except forms.ValidationError:
        return 0


class ContributionForm(CampaignForm):
    """What somebody brings, and how they pay."""

    what = forms.ChoiceField(
        label=gettext_lazy("What do you bring?"), widget=forms.RadioSelect, initial=GIFT
    )
    amount = EurosField(
        label=gettext_lazy("Amount of the gift"), required=False,
        help_text=gettext_lazy("Only for a gift: the rest has its price."),
    )  # fmt: skip
    shares = forms.IntegerField(
        label=gettext_lazy("How many shares?"), min_value=1, max_value=1_000_000, required=False
    )
    category = forms.ChoiceField(
        label=gettext_lazy("What links you to the cooperative?"), required=False
    )
    means = forms.ChoiceField(
        label=gettext_lazy("How will you pay?"), choices=MEANS, widget=forms.RadioSelect,
        initial="card",
    )  # fmt: skip

    def __init__(
        self, *args: Any, campaign: Campaign, rewards: Sequence[Reward], statutes: Statutes,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.rewards = {str(one.public_id): one for one in rewards}
        self.options = [(GIFT, _("A gift"), _("Any amount, for nothing in return."))]
        self.options += [(key, one.title, _told(one)) for key, one in self.rewards.items()]
        if campaign.takes_shares:
            nominal = euros(statutes.capital.nominal_cents or 0)
            told = _("{amount} each. They make you an owner and stay yours.").format(amount=nominal)
            self.options.append((SHARE, _("Shares of the cooperative"), told))
            _choices(
                self.fields["category"], [(one.code, one.label) for one in statutes.categories]
            )
        else:
            del self.fields["shares"], self.fields["category"]
        _choices(self.fields["what"], [(code, label) for code, label, _help in self.options])

    def clean(self) -> None:
        typed = self.cleaned_data
        if typed.get("what") == GIFT and not typed.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Say how much."))
        if typed.get("what") == SHARE and not typed.get("shares") and "shares" not in self.errors:
            self.add_error("shares", _("Say how many."))

    @property
    def reward(self) -> Reward | None:
        return self.rewards.get(self.cleaned_data["what"])


def _told(reward: Reward) -> str:
    price = euros(reward.price_cents)
    if not reward.years:
        return price
    terms = _("{price}, a loan without a vote: not paid back before {years} years")
    return terms.format(price=price, years=reward.years)


class DeliveryForm(CampaignForm):
    """Lines of a list of deliveries, and why, for what is not simply handed over."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=200, required=False)

    def __init__(
        self, data: QueryDict | None, *, rows: Sequence[Delivery], prefix: str = ""
    ) -> None:
        super().__init__(data, auto_id=f"id_{prefix}_%s")
        self.rows = rows

    @property
    def chosen(self) -> list[Contribution]:
        """What is ticked, the oldest first, as many of each line as was typed."""
        data = self.data
        ticked = set(data.getlist("rows")) if isinstance(data, QueryDict) else set()
        found: list[Contribution] = []
        for row in self.rows:
            if row.key in ticked:
                found += row.contributions[: _count(data.get(f"count-{row.key}"), row.count)]
        return found


def _count(text: Any, count_max: int) -> int:
    typed = str(text or "").strip()
    return min(int(typed), count_max) if typed.isdecimal() else count_max


class AnnounceForm(CampaignForm):
    """A thing bought ahead that is ready, in the words of who made it."""

    reward = forms.ChoiceField(label=gettext_lazy("What is ready?"))
    reason = forms.CharField(
        label=gettext_lazy("Where and when it can be fetched"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Each person who waits for it receives these words, once."),
    )  # fmt: skip

    def __init__(self, data: QueryDict | None, *, rewards: Sequence[Reward]) -> None:
        super().__init__(data, auto_id="id_ready_%s")
        self.rewards = {str(one.public_id): one for one in rewards}
        _choices(self.fields["reward"], [(key, one.title) for key, one in self.rewards.items()])

    def clean_reward(self) -> Reward:
        return self.rewards[self.cleaned_data["reward"]]


class DebtForm(CampaignForm):
    """A contribution that its giver owes again: paid by some means, or given up for a reason."""

    means = forms.ChoiceField(
        label=gettext_lazy("How was it paid?"), required=False,
        choices=[("bank-transfer", gettext_lazy("By bank transfer")),
                 ("cash", gettext_lazy("In cash"))],
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=200, required=False)


class OpenForm(CampaignForm):
    """Opening a campaign, with the pool that adds to it."""

    pool = forms.ChoiceField(label=gettext_lazy("Which pool adds to it?"), required=False)

    def __init__(self, *args: Any, pools: Sequence[MatchingPool], **options: Any) -> None:
        super().__init__(*args, **options)
        self.pools = {str(one.public_id): one for one in pools}
        _choices(
            self.fields["pool"],
            [("", _("No pool")), *((key, one.title) for key, one in self.pools.items())],
        )

    @property
    def chosen(self) -> MatchingPool | None:
        return self.pools.get(self.cleaned_data["pool"])


class TitleForm(CampaignForm):
    """A participatory title of the cooperative."""

    title = forms.CharField(label=gettext_lazy("Name of the title"), max_length=160)
    amount = EurosField(label=gettext_lazy("Nominal"))
    years = forms.IntegerField(
        label=gettext_lazy("Not paid back before (years)"), min_value=1, max_value=99, initial=7
    )
    fixed_percent = forms.DecimalField(
        label=gettext_lazy("Fixed interest"), min_value=0, max_value=20, decimal_places=2,
        localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    variable_percent = forms.IntegerField(
        label=gettext_lazy("Part of the nominal that bears a variable interest"), min_value=0,
        max_value=100, initial=40,
    )  # fmt: skip

    @property
    def terms(self) -> TitleTerms:
        typed = self.cleaned_data
        return TitleTerms(typed["years"], int(typed["fixed_percent"] * 100),
                          typed["variable_percent"])  # fmt: skip


class PoolForm(CampaignForm):
    """What a local authority promises to add, and by which rule."""

    title = forms.CharField(label=gettext_lazy("Name of the matching"), max_length=160)
    funder = forms.ChoiceField(label=gettext_lazy("Which local authority?"))
    rule = forms.ChoiceField(
        label=gettext_lazy("How is it shared?"), widget=forms.RadioSelect,
        initial=Rule.QUADRATIC.value, choices=[(one.value, label) for one, label, _help in RULES],
    )  # fmt: skip
    person_cap = EurosField(label=gettext_lazy("At most, for each person"), required=False)
    campaign_cap = EurosField(label=gettext_lazy("At most, for each campaign"), required=False)
    bound = EurosField(
        label=gettext_lazy("Bound for two people who give together"), required=False,
        help_text=gettext_lazy("Only against collusion; a low bound is strict."),
    )  # fmt: skip
    OPTIONS = [(one.value, label, told) for one, label, told in RULES]

    def __init__(self, *args: Any, funders: Sequence[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.funders = {str(one.pk): one for one in funders}
        _choices(self.fields["funder"], [(key, one.name) for key, one in self.funders.items()])

    def clean_funder(self) -> Organisation:
        return self.funders[self.cleaned_data["funder"]]

    def clean(self) -> None:
        typed = self.cleaned_data
        if typed.get("rule") == Rule.PAIRWISE and not typed.get("bound"):
            self.add_error("bound", _("This rule needs its bound."))

    @property
    def terms(self) -> Terms:
        typed = self.cleaned_data
        is_pairwise = typed["rule"] == Rule.PAIRWISE
        return Terms(
            Rule(typed["rule"]), 0, typed["person_cap"] or None, typed["campaign_cap"] or None,
            typed["bound"] if is_pairwise else None,
        )  # fmt: skip


class EndowForm(CampaignForm):
    """What the authority paid at the bank."""

    amount = EurosField(label=gettext_lazy("Amount received"))
    reference = forms.CharField(
        label=gettext_lazy("Reference of the transfer"), max_length=80,
        help_text=gettext_lazy("As on the statement of the bank: recorded twice, it counts once."),
    )  # fmt: skip
