"""The results of every college, given together."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from essaim.commons.belenios.actions import Given
from essaim.commons.belenios.queries import Roll

RESULT_BYTES_MAX = 40_000_000


class ResultsForm(forms.Form):
    """For each college: its `result.json`, its number of ballots, the page of its election."""

    def __init__(self, *args: Any, rolls: list[Roll], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rolls = rolls
        for place, roll in enumerate(rolls):
            self.fields[f"file{place}"] = forms.FileField(
                label=_("{college}: result.json").format(college=roll.shown),
                widget=forms.FileInput(attrs={"accept": "application/json,.json"}),
            )
            self.fields[f"count{place}"] = forms.IntegerField(
                label=_("{college}: ballots accepted").format(college=roll.shown),
                min_value=0,
                max_value=roll.entitled_count,
            )
            self.fields[f"address{place}"] = forms.URLField(
                label=_("{college}: page of the election").format(college=roll.shown),
                required=False,
                max_length=300,
                assume_scheme="https",
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        for place in range(len(self.rolls)):
            file = self.cleaned_data.get(f"file{place}")
            if file is not None and file.size > RESULT_BYTES_MAX:
                self.add_error(f"file{place}", _("This file is too large to be a result."))
        return self.cleaned_data

    def given(self) -> dict[str, Given]:
        """What was given, by code of college."""
        return {
            roll.code: Given(
                bytes(self.cleaned_data[f"file{place}"].read()),
                self.cleaned_data[f"count{place}"],
                self.cleaned_data[f"address{place}"],
            )
            for place, roll in enumerate(self.rolls)
        }
