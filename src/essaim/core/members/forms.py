"""Forms about people."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from essaim.core.members.models import Member


class SignupDetails(forms.Form):
    """What sign-up asks besides the e-mail and the password."""

    display_name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        help_text=_("As neighbours will see it at the pick-up point."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def signup(self, request: HttpRequest, member: Member) -> None:
        del request
        member.display_name = self.cleaned_data["display_name"]
        member.save(update_fields=["display_name"])
