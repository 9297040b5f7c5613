"""Preparing a draw, announcing its number, writing that somebody declines."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.commons.sortition.actions import Wanted
from essaim.commons.statutes.rules.statutes import College

LINE = re.compile(r"^([^:]+?)\s*:\s*(\d{1,3})\s*(?:à|to|-|–)\s*(\d{1,3})$")
SEATS_MAX = 200


class PrepareForm(forms.Form):
    """Who is drawn: how many, how many of each college and commune, who is left out."""

    title = forms.CharField(label=gettext_lazy("What these people are drawn for"), max_length=160)
    seats_count = forms.IntegerField(
        label=gettext_lazy("How many people"), min_value=1, max_value=SEATS_MAX
    )
    communes = forms.CharField(
        label=gettext_lazy("By commune"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One per line, the smallest and the largest number: “Lille: 2 to 4”. All others count"
            " as elsewhere."
        ),
    )
    excluded = forms.CharField(
        label=gettext_lazy("Numbers that are not drawn"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Candidates, the board, people judged: numbers, spaces between."),
    )
    source = forms.CharField(
        label=gettext_lazy("Where the number will come from"),
        max_length=200,
        help_text=gettext_lazy("Nobody must know it yet: “the Loto of the 12th of March”."),
    )

    def __init__(self, *args: Any, colleges: Sequence[College], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleges = colleges
        for place, college in enumerate(self.colleges):
            self.fields[f"low{place}"] = forms.IntegerField(
                label=_("{college}: at least").format(college=college.label),
                min_value=0, max_value=SEATS_MAX, initial=0,
            )  # fmt: skip
            self.fields[f"high{place}"] = forms.IntegerField(
                label=_("{college}: at most").format(college=college.label),
                min_value=0, max_value=SEATS_MAX, required=False,
            )  # fmt: skip

    def clean_communes(self) -> list[tuple[str, int, int]]:
        found = []
        for line in self.cleaned_data["communes"].splitlines():
            if not line.strip():
                continue
            read = LINE.match(line.strip())
            if read is None:
                raise forms.ValidationError(
                    _("This commune and its numbers cannot be read: {line}").format(line=line)
                )
            found.append((read[1].strip(), int(read[2]), int(read[3])))
        if len({name for name, *_rest in found}) < len(found):
            raise forms.ValidationError(_("A commune is there twice."))
        return found

    def clean_excluded(self) -> list[int]:
        written = re.split(r"[\s,;]+", self.cleaned_data["excluded"].strip())
        if not all(one.isdecimal() for one in written if one):
            raise forms.ValidationError(_("Write numbers of the register only."))
        return [int(one) for one in written if one]

    def quotas(self) -> list[Wanted]:
        return list(self._quotas())

    def _quotas(self) -> Iterator[Wanted]:
        said, seats = self.cleaned_data, self.cleaned_data["seats_count"]
        for place, college in enumerate(self.colleges):
            high = said[f"high{place}"]
            most = seats if high is None else high
            yield Wanted("college", college.code, said[f"low{place}"], most)
        for name, low, high in said["communes"]:
            yield Wanted("commune", name, low, high)


class AnnounceForm(forms.Form):
    announced = forms.CharField(
        label=gettext_lazy("The number, as it was announced"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("All its figures, in order. It can be entered only once."),
    )
