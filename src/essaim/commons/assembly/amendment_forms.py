"""What is typed to amend a motion: a paragraph, or the rule that it sets."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.commons.assembly import wording
from essaim.commons.assembly.models import Motion
from essaim.commons.assembly.rules.amending import Amended, AmendmentKind, paragraphs
from essaim.core.bylaws.rules import rule_book
from essaim.core.bylaws.wording import from_typed, typed_suffix
from essaim.kernel.days import first_moment

SHOWN_CHARS = 60


class AmendmentForm(forms.Form):
    """One change of a text by its paragraph."""

    kind = forms.ChoiceField(label=gettext_lazy("What do you propose?"), widget=forms.RadioSelect)
    paragraph = forms.TypedChoiceField(label=gettext_lazy("Paragraph"), coerce=int, initial="1")
    text = forms.CharField(
        label=gettext_lazy("New text"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Nothing to write to strike a paragraph."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why?"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, motion: Motion, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, _(label))
            for kind, label in wording.AMENDMENT_KINDS.items()
            if kind is not AmendmentKind.RULE
        ]
        self.fields["paragraph"].choices = [  # type: ignore[attr-defined]
            ("0", _("Before the first one (to add)")),
            *(
                (str(number), f"{number}. {line[:SHOWN_CHARS]}")
                for number, line in enumerate(paragraphs(motion.text), start=1)
            ),
        ]

    def clean(self) -> None:
        """Ask for the text of what is rewritten or added; none of what is struck."""
        super().clean()
        typed = self.cleaned_data
        if typed.get("kind") == AmendmentKind.STRIKE:
            typed["text"] = ""
        elif "kind" in typed and not typed.get("text"):
            self.add_error("text", _("Write the text that you propose."))

    @property
    def said(self) -> Amended:
        """The amendment, as the rules read it."""
        typed = self.cleaned_data
        lines = " ".join(paragraphs(typed["text"]))
        return Amended(0, AmendmentKind(typed["kind"]), typed["paragraph"], lines)


class RuleAmendmentForm(forms.Form):
    """Another value, or another day, for a rule that the motion changes."""

    article = forms.ChoiceField(label=gettext_lazy("Rule"))
    value = forms.DecimalField(
        label=gettext_lazy("Value"), localize=True, max_digits=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    effective_date = forms.DateField(
        label=gettext_lazy("In force from"), widget=forms.DateInput(format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, motion: Motion, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["effective_date"].widget.input_type = "date"
        self.changes = {one.article_key: one for one in motion.changes.all()}
        self.articles = {one.key: one for one in rule_book() if one.key in self.changes}
        self.fields["article"].choices = [  # type: ignore[attr-defined]
            (key, f"{_(one.title)} ({typed_suffix(one.unit)})")
            for key, one in self.articles.items()
        ]

    def clean(self) -> None:
        """Read the value in the unit of its rule."""
        super().clean()
        typed = self.cleaned_data
        if "article" not in typed or typed.get("value") is None:
            return
        value = from_typed(self.articles[typed["article"]], typed["value"])
        if value is None:
            self.add_error("value", _("This is finer than the rule can say."))
        else:
            typed["value"] = value

    @property
    def said(self) -> Amended:
        """The amendment, as the rules read it; the day of the notice keeps its hour."""
        typed = self.cleaned_data
        effective_at = self.changes[typed["article"]].effective_at
        if timezone.localdate(effective_at) != typed["effective_date"]:
            effective_at = first_moment(typed["effective_date"])
        return Amended(
            0, AmendmentKind.RULE, article_key=typed["article"], value=typed["value"],
            effective_at=effective_at,
        )  # fmt: skip


class ProposerForm(forms.Form):
    """In session: for whom the secretary writes an amendment down."""

    number = forms.IntegerField(
        label=gettext_lazy("Number of the associate who proposes it"), min_value=1, required=False,
        help_text=gettext_lazy("Left empty, the board proposes it."),
    )  # fmt: skip
