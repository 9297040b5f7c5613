"""What is typed for a round: who is asked what until when, what one says, what was done with it."""

import re
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.commons.cooperative.models import Register
from essaim.commons.deliberation import queries, wording
from essaim.commons.deliberation.actions import Asked
from essaim.commons.deliberation.forms import VoiceForm
from essaim.commons.deliberation.rules import rounds as rules
from essaim.commons.deliberation.rules.rounds import Kind, Scope

CLOSING_HOUR = 20


class RoundForm(VoiceForm):
    """A question to some associates, with a deadline."""

    kind = forms.ChoiceField(label=gettext_lazy("What is asked?"), widget=forms.RadioSelect)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    text = forms.CharField(
        label=gettext_lazy("What is to be decided"), max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    scope = forms.ChoiceField(label=gettext_lazy("Who is asked?"), widget=forms.RadioSelect)
    college = forms.ChoiceField(label=gettext_lazy("Which college?"), required=False)
    numbers = forms.CharField(
        label=gettext_lazy("Numbers of the working group"), max_length=300, required=False,
        help_text=gettext_lazy("Numbers of associates, apart by spaces."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    closes_date = forms.DateField(
        label=gettext_lazy("Last day to speak"),
        widget=forms.DateInput(format="%Y-%m-%d"),
        help_text=gettext_lazy("Until 8 in the evening of that day."),
    )

    def __init__(self, *args: Any, register: Register, **options: Any) -> None:
        super().__init__(*args, **options)
        self.register = register
        self.colleges = {one.code: one for one in register.colleges.order_by("label")}
        self.fields["closes_date"].widget.input_type = "date"
        self.kinds = [(code, _(label), _(told)) for code, (label, told) in wording.KINDS.items()]
        scopes = [(code, _(label)) for code, label in wording.SCOPES.items()]
        self._offer("kind", [one[:2] for one in self.kinds])
        self._offer(
            "college", [("", ""), *((one.code, one.label) for one in self.colleges.values())]
        )
        if not self.colleges:
            del self.fields["college"]
            scopes = [one for one in scopes if one[0] != Scope.COLLEGE]
        self._offer("scope", scopes)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> None:
        """Find the college, or the group."""
        super().clean()
        typed = self.cleaned_data
        scope = typed.get("scope")
        if scope == Scope.COLLEGE and not typed.get("college"):
            self.add_error("college", _("Choose the college that is asked."))
        if scope == Scope.GROUP:
            self._find_group(typed.get("numbers", ""))

    def _find_group(self, text: str) -> None:
        numbers = {int(found) for found in re.findall(r"\d{1,9}", text)}
        rows = queries.associates_today(self.register).filter(number__in=numbers)
        self.group = tuple(rows.select_related("member", "organisation"))
        missing = numbers - {one.number for one in self.group}
        if missing or not numbers:
            shown = ", ".join(str(number) for number in sorted(missing))
            sentence = _("No associate has this number: {numbers}.") if missing else _(
                "Write the numbers of those who are asked."
            )  # fmt: skip
            self.add_error("numbers", sentence.format(numbers=shown))

    @property
    def asked(self) -> Asked:
        scope = Scope(self.cleaned_data["scope"])
        if scope is Scope.COLLEGE:
            return Asked(scope, college=self.colleges[self.cleaned_data["college"]])
        return Asked(scope, group=self.group) if scope is Scope.GROUP else Asked(scope)

    @property
    def closes_at(self) -> datetime:
        day = self.cleaned_data["closes_date"]
        return timezone.make_aware(datetime.combine(day, time(CLOSING_HOUR)))


class StatementForm(VoiceForm):
    """What one says in a round: a stance where there is a choice, and words."""

    stance = forms.ChoiceField(label=gettext_lazy("Your position"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("In your words"), max_length=5000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("An objection or an advice needs them: what would be harmed, how."),
    )  # fmt: skip
    field_order = ("number", "stance", "reason")

    def __init__(self, *args: Any, kind: Kind, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = rules.STANCES[kind]
        if len(offered) == 1:
            del self.fields["stance"]
            self.fields["reason"].required = True
        else:
            self.fields["stance"].choices = [  # type: ignore[attr-defined]
                (code, _(wording.STANCES[code].label)) for code in offered
            ]
        self.only = offered[0]

    @property
    def said(self) -> str:
        return str(self.cleaned_data.get("stance") or self.only)


class AnswerForm(forms.Form):
    """What was done with an advice, or how an objection was examined."""

    text = forms.CharField(
        label=gettext_lazy("What was done with it"), max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class ConclusionForm(forms.Form):
    """What is decided, in words; for a round of advice, or a round that is given up."""

    decision = forms.CharField(
        label=gettext_lazy("The decision, in your words"), max_length=5000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
