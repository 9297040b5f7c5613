"""What associates type: proposals, the rules they would change, messages."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate
from essaim.commons.deliberation.actions import Wish
from essaim.commons.deliberation.models import Version
from essaim.commons.secretariat.forms import RuleForm
from essaim.core.bylaws.rules import rule_book
from essaim.core.bylaws.wording import to_typed

RULES_MAX = 3
TEXT_MAX = 20_000
COMMENT_MAX = 5000


class VoiceForm(forms.Form):
    """Asks in whose name something is said, where the member speaks for several associates."""

    number = forms.ChoiceField(label=gettext_lazy("In whose name?"))

    def __init__(self, *args: Any, voices: Iterable[Associate], **options: Any) -> None:
        super().__init__(*args, **options)
        self.voices = {str(one.number): one for one in voices}
        if len(self.voices) > 1:
            self.fields["number"].choices = [  # type: ignore[attr-defined]
                (number, holder_name(one)) for number, one in self.voices.items()
            ]
        else:
            del self.fields["number"]

    @property
    def voice(self) -> Associate:
        said = self.cleaned_data.get("number")
        return self.voices[said] if said else next(iter(self.voices.values()))


class ProposalForm(VoiceForm):
    """A title and a text, cut in paragraphs where lines are left blank."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy(
            "Leave a blank line between paragraphs: they are numbered, and discussed one by one."
        ),
    )  # fmt: skip
    field_order = ("number", "title", "text")


class CommentForm(VoiceForm):
    """A message, about the whole or about one paragraph."""

    paragraph = forms.TypedChoiceField(
        label=gettext_lazy("About"), required=False, coerce=int, empty_value=None
    )
    text = forms.CharField(
        label=gettext_lazy("Your message"), max_length=COMMENT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    field_order = ("number", "paragraph", "text")

    def __init__(self, *args: Any, paragraphs_count: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["paragraph"].choices = [  # type: ignore[attr-defined]
            ("", _("The whole proposal")),
            *(
                (number, _("Paragraph {number}").format(number=number))
                for number in range(1, paragraphs_count + 1)
            ),
        ]


class ReplyForm(VoiceForm):
    """An answer to a message."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"), max_length=COMMENT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class CorrectionForm(forms.Form):
    """Another text for one's message."""

    text = forms.CharField(
        label=gettext_lazy("Your message"), max_length=COMMENT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class ModerationForm(forms.Form):
    """Why a message is masked, or shown again."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300,
        help_text=gettext_lazy("It stays beside your name, where the message was."),
    )  # fmt: skip


class WishForm(RuleForm):
    """A rule that the proposal would change, or none."""

    @property
    def wish(self) -> Wish | None:
        typed = self.cleaned_data
        article = self.articles.get(typed.get("article", ""))
        return Wish(article, typed["value"], typed["effective_date"]) if article else None


Wishes = forms.formset_factory(WishForm, extra=RULES_MAX, max_num=RULES_MAX, absolute_max=RULES_MAX)


def wishes_of(forms_sent: Iterable[WishForm]) -> list[Wish]:
    """The rules chosen in valid forms; one that names none is left out."""
    return [wish for form in forms_sent if (wish := form.wish) is not None]


def typed_before(version: Version) -> list[dict[str, object]]:
    """The rules that a version wants, as they were typed (rules wanted are loaded)."""
    articles = {one.key: one for one in rule_book()}
    return [
        {
            "article": one.article_key,
            "value": to_typed(articles[one.article_key], one.value).normalize(),
            "effective_date": one.effective_date,
        }
        for one in sorted(version.rules_wanted.all(), key=lambda one: one.pk)
        if one.article_key in articles
    ]
