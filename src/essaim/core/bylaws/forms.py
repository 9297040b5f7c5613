"""Recording a decision about a rule."""

from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core.bylaws.rules import Article
from essaim.core.bylaws.wording import from_typed, within
from essaim.kernel.days import first_moment


class WhatIfForm(forms.Form):
    """Other values for some articles, in their units, each within its bounds."""

    def __init__(self, *args: object, articles: list[Article], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.articles = articles
        for article in articles:
            self.fields[article.key] = forms.DecimalField(
                label=_(article.title),
                localize=True,
                max_digits=12,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )

    def clean(self) -> dict[str, int]:
        """Return the values by key of article."""
        values = {}
        for article in self.articles:
            if article.key not in self.cleaned_data:
                continue
            value = from_typed(article, self.cleaned_data[article.key])
            if value is None:
                self.add_error(article.key, _("This is finer than the rule allows."))
            elif not article.minimum <= value <= article.maximum:
                self.add_error(article.key, within(article))
            else:
                values[article.key] = value
        return values


class AdoptionForm(forms.Form):
    """The value adopted, from when, and the decision as members will read it."""

    value = forms.DecimalField(
        label=gettext_lazy("New value"),
        localize=True,
        max_digits=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    effective_date = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Today at the earliest: what was charged stays as it was charged."),
    )
    adopted_by = forms.CharField(
        label=gettext_lazy("Adopted by"),
        max_length=200,
        min_length=5,
        help_text=gettext_lazy("For example “general assembly of 12 March 2026, 5th resolution”."),
    )

    def __init__(self, *args: object, article: Article, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.article = article
        self.fields["effective_date"].widget.input_type = "date"

    def clean_value(self) -> int:
        """Return the value in the article's unit."""
        value = from_typed(self.article, self.cleaned_data["value"])
        if value is None:
            raise ValidationError(_("This is finer than the rule allows."), code="too-fine")
        return value

    def effective_at(self, now: datetime) -> datetime:
        """Return the instant of the date: its first moment here, or now when it is today."""
        chosen: date = self.cleaned_data["effective_date"]
        start = first_moment(chosen)
        return now if chosen == timezone.localdate(now) else start
