"""Forms of the register: the digest copied by who signs, who is asked, a signed paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.commons.assembly import queries as assemblies
from essaim.commons.assembly.models import Minutes
from essaim.commons.minutes.queries import Line
from essaim.commons.minutes.rules.signing import COPIED_CHARS, Role
from essaim.commons.minutes.sheet import ROLES
from essaim.core.members.models import Member


def role_choices() -> list[tuple[str, Any]]:
    return [(role.value, _(label)) for role, label in ROLES.items()]


class SignForm(forms.Form):
    """What is copied from the end of the minutes; the signature is of this digest."""

    copied = forms.CharField(
        label=_("First eight characters of the digest"),
        max_length=64,
        min_length=COPIED_CHARS,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )


class AskForm(forms.Form):
    """Somebody with a vote at this assembly, by their number, and in which quality they sign."""

    role = forms.ChoiceField(label=_("Quality"), choices=role_choices)
    number = forms.IntegerField(label=_("Number of the associate"), min_value=1)

    def __init__(self, *args: Any, minutes: Minutes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minutes = minutes

    def clean_number(self) -> Member:
        number = self.cleaned_data["number"]
        rows = assemblies.entitled_at(self.minutes.assembly).filter(number=number)
        found = rows.select_related("member").order_by().first()
        if found is None or found.member is None:
            raise forms.ValidationError(_("No person with a vote has this number."))
        return found.member


class PaperForm(forms.Form):
    """A paper signed by hand: its scan, and whose signatures it bears."""

    lines = forms.MultipleChoiceField(
        label=_("Who signed it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    role = forms.ChoiceField(label=_("Somebody else, as"), required=False, choices=role_choices)
    name = forms.CharField(label=_("Their name"), required=False, max_length=120)
    scan = forms.FileField(
        label=_("Scan of the signed page"),
        help_text=_("PDF, JPEG or PNG, 8 MB at most."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def __init__(self, *args: Any, awaited: list[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.awaited = awaited
        choices = [
            (str(place), f"{line.name}, {_(ROLES[line.role])}")
            for place, line in enumerate(awaited)
        ]
        self.fields["lines"] = forms.MultipleChoiceField(
            label=_("Who signed it"),
            required=False,
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
        )
        if not choices:
            del self.fields["lines"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.signed() and "scan" in self.cleaned_data:
            raise forms.ValidationError(_("Say who signed this paper."))
        return self.cleaned_data

    def signed(self) -> list[tuple[Role, str]]:
        """The quality and name of each who signed, as ticked and written."""
        ticked = [self.awaited[int(place)] for place in self.cleaned_data.get("lines", ())]
        found = [(line.role, line.name) for line in ticked]
        name = self.cleaned_data.get("name", "").strip()
        if name:
            found.append((Role(self.cleaned_data["role"]), name))
        return found

    def content(self) -> bytes:
        return bytes(self.cleaned_data["scan"].read())
