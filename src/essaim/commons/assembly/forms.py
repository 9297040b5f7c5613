"""What associates write: questions, ballot papers, the key of a scrutineer."""

from collections import defaultdict
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.commons.assembly import wording
from essaim.commons.assembly.models import AgendaItem
from essaim.commons.urn.actions import PaperDrawn
from essaim.commons.urn.models import Poll
from essaim.commons.urn.rules.choices import PaperKind
from essaim.commons.urn.rules.slips import ALPHABET, NONCE_BYTES, TRACKER_LETTERS


class ChoiceForm(forms.Form):
    """A ballot paper: one question, or one field for each option, by the kind of paper."""

    def __init__(self, *args: Any, poll: Poll, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = PaperKind(poll.paper_kind)
        choices = [(one["code"], one["label"]) for one in poll.options]
        if self.kind is PaperKind.MOTION:
            self.fields["choice"] = forms.ChoiceField(
                label=_("Your choice"), widget=forms.RadioSelect,
                choices=[(code, _(label)) for code, label in wording.CHOICES.items()],
            )  # fmt: skip
        elif self.kind is PaperKind.APPROVAL:
            self.fields["choice"] = forms.MultipleChoiceField(
                label=_("Whom do you approve of?"), choices=choices, required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("As many as you want; none at all is a blank ballot."),
            )  # fmt: skip
        else:
            for code, label in choices:
                self.fields[code] = forms.ChoiceField(
                    label=label, required=False, choices=self._places(len(choices))
                )

    def _places(self, count: int) -> list[tuple[str, str]]:
        if self.kind is PaperKind.GRADES:
            grades = [(str(grade), _(label)) for grade, label in enumerate(wording.GRADES)]
            return [("", _("No mention")), *reversed(grades)]
        return [("", _("Not ranked")), *((str(place), str(place)) for place in range(1, count + 1))]

    @property
    def said(self) -> Any:
        """The choice, as the urn reads it."""
        typed = self.cleaned_data
        if self.kind in {PaperKind.MOTION, PaperKind.APPROVAL}:
            return typed["choice"]
        if self.kind is PaperKind.GRADES:
            return {code: int(grade) for code, grade in typed.items() if grade}
        tiers = defaultdict(list)
        for code, place in typed.items():
            if place:
                tiers[int(place)].append(code)
        return [tiers[place] for place in sorted(tiers)]


class QuestionForm(forms.Form):
    """A question in writing, on a point or on the whole."""

    position = forms.TypedChoiceField(
        label=gettext_lazy("About"), coerce=int, empty_value=None, required=False
    )
    text = forms.CharField(
        label=gettext_lazy("Your question"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Everybody convened reads it with your name, and the answer."),
    )  # fmt: skip

    def __init__(self, *args: Any, agenda: list[AgendaItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self.agenda = {item.position: item for item in agenda}
        self.fields["position"].choices = [  # type: ignore[attr-defined]
            ("", _("The whole assembly")),
            *((item.position, f"{item.position}. {item.title}") for item in agenda),
        ]

    @property
    def item(self) -> AgendaItem | None:
        return self.agenda.get(self.cleaned_data["position"])


class KeyForm(forms.Form):
    """The key of a scrutineer, typed from the paper."""

    code = forms.CharField(
        label=gettext_lazy("Your key, as on the paper"), max_length=120,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )  # fmt: skip


class PaperForm(forms.Form):
    """The secrets of one ballot paper: they come with the page and go back with the choice."""

    tracker = forms.RegexField(rf"\A[{ALPHABET}]{{{TRACKER_LETTERS}}}\Z", widget=forms.HiddenInput)
    nonce = forms.RegexField(rf"\A[0-9a-f]{{{2 * NONCE_BYTES}}}\Z", widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("Code of your receipt"), max_length=60,
        help_text=gettext_lazy("It stands on the receipt of your ballot: without it, nothing here"
                               " knows which one is yours."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, replaces: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not replaces:
            self.fields["code"].widget = forms.HiddenInput()

    @property
    def paper(self) -> PaperDrawn:
        typed = self.cleaned_data
        return PaperDrawn(typed["tracker"], typed["nonce"], typed["code"])
