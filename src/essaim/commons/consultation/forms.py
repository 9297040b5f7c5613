"""What is typed for consultations: a subject, a question with its answers, in whose name."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.commons.assembly.forms import ChoiceForm
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.consultation import wording
from essaim.commons.consultation.models import Subject

CLOSING_HOUR = 20


class AnswerForm(ChoiceForm):
    """The paper of a question: it chooses among answers, not among people."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "choice" in self.fields:
            self.fields["choice"].label = _("Which answers suit you?")
            self.fields["choice"].help_text = _("As many as you want; none is a blank answer.")


class SubjectForm(forms.Form):
    """A subject on which voices are given."""

    label = forms.CharField(
        label=gettext_lazy("Name of the subject"), max_length=80,
        help_text=gettext_lazy("In a word or two: prices, work, territory."),
    )  # fmt: skip


class QuestionForm(forms.Form):
    """A question to all associates, the answers to choose from, and until when."""

    subject = forms.ChoiceField(label=gettext_lazy("Subject"))
    question = forms.CharField(label=gettext_lazy("Question"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("What one should know to answer"), max_length=5000, required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    labels = forms.CharField(
        label=gettext_lazy("Answers, one a line"), max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    method = forms.ChoiceField(label=gettext_lazy("How are they counted?"))
    closes_date = forms.DateField(
        label=gettext_lazy("Last day to answer"),
        widget=forms.DateInput(format="%Y-%m-%d"),
        help_text=gettext_lazy("Until 8 in the evening of that day."),
    )

    def __init__(self, *args: Any, subjects: list[Subject], **options: Any) -> None:
        super().__init__(*args, **options)
        self.subjects = {str(one.public_id): one for one in subjects}
        self.fields["closes_date"].widget.input_type = "date"
        self._offer("subject", [(code, one.label) for code, one in self.subjects.items()])
        self._offer("method", [(one.value, _(label)) for one, label in wording.METHODS.items()])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        said = self.cleaned_data
        day = said["closes_date"]
        return {
            "subject": self.subjects[said["subject"]],
            "question": said["question"],
            "text": said["text"],
            "labels": said["labels"].splitlines(),
            "method": Method(said["method"]),
            "closes_at": timezone.make_aware(datetime.combine(day, time(CLOSING_HOUR))),
        }
