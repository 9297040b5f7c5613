"""What the secretary types: an assembly to come, its points, its motions, its elections."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.commons.assembly import actions, queries, wording
from essaim.commons.assembly.actions import Change
from essaim.commons.assembly.models import AgendaItem, GeneralAssembly
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.core.bylaws.rules import Article, rule_book
from essaim.core.bylaws.wording import from_typed, in_words, to_typed, typed_suffix, within
from essaim.core.members.models import Member
from essaim.kernel.days import first_moment

DAY = "%Y-%m-%d"


def _date_widget() -> forms.DateInput:
    widget = forms.DateInput(format=DAY)
    widget.input_type = "date"
    return widget


def _time_widget() -> forms.TimeInput:
    widget = forms.TimeInput(format="%H:%M")
    widget.input_type = "time"
    return widget


class DraftForm(forms.Form):
    """An assembly to come: nobody is told yet."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    kind = forms.ChoiceField(label=gettext_lazy("What kind of assembly?"), widget=forms.RadioSelect)
    place = forms.CharField(
        label=gettext_lazy("Place"), max_length=200,
        help_text=gettext_lazy("The address, and the link if one may come on line."),
    )  # fmt: skip
    day = forms.DateField(label=gettext_lazy("Day"), widget=_date_widget())
    time = forms.TimeField(label=gettext_lazy("Time"), widget=_time_widget())
    amendments_date = forms.DateField(
        label=gettext_lazy("Amendments in writing until the end of"), required=False,
        widget=_date_widget(),
        help_text=gettext_lazy("The notice says this day. Left empty: in session only."),
    )  # fmt: skip
    is_second = forms.BooleanField(
        label=gettext_lazy("Second convening: the first did not reach its quorum"), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (code, _(label)) for code, label in wording.KINDS.items()
        ]

    @staticmethod
    def typed_before(assembly: GeneralAssembly) -> dict[str, Any]:
        """What was typed, to be typed otherwise."""
        meets_at = timezone.localtime(assembly.meets_at)
        return {
            "title": assembly.title,
            "kind": assembly.kind,
            "place": assembly.place,
            "day": meets_at.date(),
            "time": meets_at.time(),
            "amendments_date": assembly.last_amending_day,
            "is_second": assembly.convening > 1,
        }

    @property
    def said(self) -> dict[str, Any]:
        """What the actions ask for."""
        typed = self.cleaned_data
        until = typed["amendments_date"]
        return {
            "kind": Kind(typed["kind"]),
            "title": typed["title"],
            "place": typed["place"],
            "meets_at": timezone.make_aware(datetime.combine(typed["day"], typed["time"])),
            "convening": 2 if typed["is_second"] else 1,
            "amendments_until": until and first_moment(until + timedelta(days=1)),
        }

    def clean(self) -> None:
        """See that amendments in writing end before the meeting."""
        super().clean()
        day, until = (self.cleaned_data.get(name) for name in ("day", "amendments_date"))
        if day and until and until >= day:
            self.add_error("amendments_date", _("This day comes before that of the meeting."))


class PointForm(forms.Form):
    """A point to hear about, without a vote."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=5000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    @staticmethod
    def typed_before(item: AgendaItem) -> dict[str, Any]:
        """What was typed for a point, to be typed otherwise."""
        return {"title": item.title, "text": item.text}

    def add_to(self, assembly: GeneralAssembly, now: datetime) -> None:
        """Add it at the end of the agenda."""
        actions.add_item(assembly=assembly, **self._said(now))

    def revise(self, item: AgendaItem, now: datetime) -> None:
        """Write the point otherwise."""
        actions.revise_item(item=item, **self._said(now))

    def _said(self, now: datetime) -> dict[str, Any]:
        del now
        return {name: self.cleaned_data[name] for name in ("title", "text")}


class RuleForm(forms.Form):
    """A rule of the platform, the value it would take and from when; or none."""

    article = forms.ChoiceField(label=gettext_lazy("Rule that it changes"), required=False)
    value = forms.DecimalField(
        label=gettext_lazy("New value"), localize=True, max_digits=12, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("In the unit of the rule, as the list above says it."),
    )  # fmt: skip
    effective_date = forms.DateField(
        label=gettext_lazy("In force from"), required=False, widget=_date_widget()
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.articles = {one.key: one for one in rule_book()}
        self.fields["article"].choices = [  # type: ignore[attr-defined]
            ("", _("None")),
            *((key, _named(one)) for key, one in self.articles.items()),
        ]

    def clean(self) -> None:
        """Ask for the value and the day of a rule, and keep the value within its bounds."""
        super().clean()
        typed = self.cleaned_data
        article = self.articles.get(typed.get("article", ""))
        if article is None:
            return
        for name in ("value", "effective_date"):
            if typed.get(name) is None and name not in self.errors:
                self.add_error(name, _("Say it for the rule you chose."))
        if typed.get("value") is None:
            return
        value = from_typed(article, typed["value"])
        if value is None or not article.minimum <= value <= article.maximum:
            self.add_error("value", within(article))
        else:
            self.cleaned_data["value"] = value


class MotionForm(PointForm, RuleForm):
    """A point put to the vote, and the rule it changes if it is adopted."""

    is_secret = forms.BooleanField(label=gettext_lazy("Secret ballot"), required=False)
    field_order = ("title", "text", "is_secret")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].required = True

    @staticmethod
    def typed_before(item: AgendaItem) -> dict[str, Any]:
        """What was typed for a motion, to be typed otherwise."""
        motion = item.motion
        typed = {"title": item.title, "text": motion.text, "is_secret": motion.is_secret}
        articles = {one.key: one for one in rule_book()}
        for change in motion.changes.all():
            if article := articles.get(change.article_key):
                typed |= {
                    "article": article.key,
                    "value": to_typed(article, change.value).normalize(),
                    "effective_date": timezone.localdate(change.effective_at),
                }
        return typed

    def add_to(self, assembly: GeneralAssembly, now: datetime) -> None:
        """Add it at the end of the agenda."""
        actions.propose_motion(assembly=assembly, **self._said(now))

    def revise(self, item: AgendaItem, now: datetime) -> None:
        """Write the motion otherwise."""
        actions.revise_motion(motion=item.motion, **self._said(now))

    def _said(self, now: datetime) -> dict[str, Any]:
        typed = self.cleaned_data
        article = self.articles.get(typed["article"])
        changes = []
        if article is not None:
            starts_at = max(now, first_moment(typed["effective_date"]))
            changes = [Change(article, typed["value"], starts_at)]
        return super()._said(now) | {"changes": changes, "is_secret": typed["is_secret"]}


class ElectionForm(PointForm):
    """People, or proposals, to choose among."""

    names = forms.CharField(
        label=gettext_lazy("Names, one a line"), max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    method = forms.ChoiceField(label=gettext_lazy("How are the votes counted?"))
    seats_count = forms.IntegerField(
        label=gettext_lazy("How many seats?"), min_value=1, max_value=100, initial=1
    )
    is_secret = forms.BooleanField(
        label=gettext_lazy("Secret ballot"), required=False, initial=True
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["method"].choices = [  # type: ignore[attr-defined]
            (method.value, _(label))
            for method, label in wording.METHODS.items()
            if method is not Method.MOTION
        ]

    @staticmethod
    def typed_before(item: AgendaItem) -> dict[str, Any]:
        """What was typed for an election, to be typed otherwise."""
        motion = item.motion
        return {
            "title": item.title,
            "text": motion.text,
            "names": "\n".join(option["label"] for option in motion.options),
            "method": motion.method,
            "seats_count": motion.seats_count,
            "is_secret": motion.is_secret,
        }

    def add_to(self, assembly: GeneralAssembly, now: datetime) -> None:
        """Add it at the end of the agenda."""
        actions.propose_election(assembly=assembly, **self._said(now))

    def revise(self, item: AgendaItem, now: datetime) -> None:
        """Write the election otherwise."""
        actions.revise_election(motion=item.motion, **self._said(now))

    def _said(self, now: datetime) -> dict[str, Any]:
        typed = self.cleaned_data
        return super()._said(now) | {
            "names": typed["names"].splitlines(),
            "method": Method(typed["method"]),
            "seats_count": typed["seats_count"],
            "is_secret": typed["is_secret"],
        }


class FileForm(forms.Form):
    """A document to be read before a point."""

    title = forms.CharField(label=gettext_lazy("What is it?"), max_length=120)
    file = forms.FileField(
        label=gettext_lazy("The PDF"),
        help_text=gettext_lazy("5 MB at most. Whoever may read the agenda may read it."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )  # fmt: skip


def _named(article: Article) -> str:
    """Name a rule with what its value is typed in and its bounds."""
    bounds = _("from {minimum} to {maximum}").format(
        minimum=in_words(article.unit, article.minimum),
        maximum=in_words(article.unit, article.maximum),
    )
    unit = typed_suffix(article.unit)
    return f"{_(article.title)} ({unit}, {bounds})" if unit else f"{_(article.title)} ({bounds})"


class AnnulForm(forms.Form):
    """Why a vote comes to nothing."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it annulled?"), max_length=300,
        help_text=gettext_lazy("The minutes will say it, in these words."),
    )  # fmt: skip


class ScrutineersForm(forms.Form):
    """Who keeps the key of an urn on paper, and how many of them open it."""

    numbers = forms.CharField(
        label=gettext_lazy("Numbers of the scrutineers"), max_length=200,
        help_text=gettext_lazy("Associates, two at least, their numbers apart by spaces."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    threshold = forms.IntegerField(
        label=gettext_lazy("How many of them open the urn together?"), min_value=2, max_value=50,
        initial=2,
        help_text=gettext_lazy("Fewer than there are: one may lose their paper."),
    )  # fmt: skip

    def __init__(self, *args: Any, assembly: GeneralAssembly, **options: Any) -> None:
        super().__init__(*args, **options)
        self.assembly = assembly

    def clean_numbers(self) -> list[Member]:
        """Find the associates; whoever is an organisation keeps no key."""
        typed = str(self.cleaned_data["numbers"])
        numbers = {int(found) for found in re.findall(r"\d{1,9}", typed)}
        found = queries.entitled_at(self.assembly).filter(number__in=numbers, member__isnull=False)
        rows = found.select_related("member")
        missing = numbers - {one.number for one in rows}
        if missing:
            raise forms.ValidationError(
                _("No person who has a vote has this number: {numbers}.").format(
                    numbers=", ".join(str(number) for number in sorted(missing))
                )
            )
        return [one.member for one in rows if one.member is not None]
