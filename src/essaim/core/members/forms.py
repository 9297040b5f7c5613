"""Forms about people and organisations."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from essaim.core.members.actions import ASSISTANCE_DAYS_MAX, Identity
from essaim.core.members.models import Assistance, Member, Organisation
from essaim.core.members.rules import KINDS_ANYBODY_DECLARES, plain_siren


class SignupDetails(forms.Form):
    """What sign-up asks besides the e-mail and the password."""

    display_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=80,
        help_text=gettext_lazy("As neighbours will see it at the pick-up point."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def signup(self, request: HttpRequest, member: Member) -> None:
        del request
        member.display_name = self.cleaned_data["display_name"]
        member.save(update_fields=["display_name"])


class OrganisationForm(forms.Form):
    """What an organisation says of itself."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, min_length=2)
    presentation = forms.CharField(
        label=gettext_lazy("Presentation"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Who you are, what you do, in a few sentences."),
    )
    legal_form = forms.CharField(
        label=gettext_lazy("Legal form"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("As on your documents: sole trader, farm partnership, association…"),
    )
    siren = forms.CharField(
        label=gettext_lazy("SIREN"),
        max_length=15,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("Nine digits. Needed to invoice, not to begin."),
    )
    vat_number = forms.CharField(label=gettext_lazy("VAT number"), max_length=14, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    postcode = forms.RegexField(
        r"^[0-9]{5}$",
        label=gettext_lazy("Postcode"),
        required=False,
        error_messages={"invalid": gettext_lazy("A postcode has five digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    town = forms.CharField(label=gettext_lazy("Town"), max_length=80, required=False)
    email = forms.EmailField(label=gettext_lazy("Public e-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=20, required=False)

    def clean_siren(self) -> str:
        typed: str = self.cleaned_data["siren"]
        digits = plain_siren(typed) if typed else ""
        if digits is None:
            raise ValidationError(
                _("This is no SIREN: nine digits are expected, and the last one checks the others.")
            )
        return digits

    def identity(self) -> Identity:
        """Return the cleaned answers as the actions want them."""
        names = Identity.__dataclass_fields__
        return Identity(**{name: self.cleaned_data[name] for name in names})


class DeclarationForm(OrganisationForm):
    """A new organisation."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            (Organisation.Kind.ENTERPRISE, gettext_lazy("Enterprise")),
            (Organisation.Kind.ASSOCIATION, gettext_lazy("Association")),
        ],
        widget=forms.RadioSelect,
        initial=KINDS_ANYBODY_DECLARES[0],
    )
    field_order = ["name", "kind"]


class InvitationForm(forms.Form):
    """Whom to invite, and to do what."""

    email = forms.EmailField(label=gettext_lazy("E-mail"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: object, roles: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = roles

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class UntilForm(forms.Form):
    """Until when somebody may act for somebody else."""

    until_date = forms.DateField(
        label=pgettext_lazy("day", "Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("A year at most. You can end it at any time before."),
    )

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["until_date"]
        field.widget.input_type = "date"
        field.widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + timedelta(days=ASSISTANCE_DAYS_MAX - 1)).isoformat(),
        }
        field.initial = (today + timedelta(days=180)).isoformat()

    def expires_at(self) -> datetime:
        """Return the last moment of the day chosen, here."""
        chosen: date = self.cleaned_data["until_date"]
        return timezone.make_aware(datetime.combine(chosen, time(23, 59, 59)))


class AllowanceForm(UntilForm):
    """A member lets somebody act for them."""

    helper_email = forms.EmailField(
        label=gettext_lazy("E-mail of the person who will help you"),
        help_text=gettext_lazy("They need an account here."),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("What they may do"),
        choices=[
            (Assistance.Scope.ORDER, gettext_lazy("Order, change and cancel for me")),
            (Assistance.Scope.READ, gettext_lazy("Read my orders, without changing anything")),
            (Assistance.Scope.VOTE, gettext_lazy("Vote for me at assemblies where I am")),
        ],
        widget=forms.RadioSelect,
        initial=Assistance.Scope.ORDER,
    )
    field_order = ["helper_email", "scope", "until_date"]


class OnSiteForm(UntilForm):
    """An organisation registers, in their presence, somebody without internet."""

    display_name = forms.CharField(
        label=gettext_lazy("Name of the person"), max_length=80, min_length=2
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    consent_note = forms.CharField(
        label=gettext_lazy("How they agreed"),
        max_length=100,
        min_length=5,
        help_text=gettext_lazy("For example “paper signed on 3 March, kept at the town hall”."),
    )
    has_agreed = forms.BooleanField(
        label=gettext_lazy(
            "The person is here, agrees, and was told that every act is written down"
        )
    )
    field_order = ["display_name", "phone", "consent_note", "until_date", "has_agreed"]


class TokenForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(
        label=gettext_lazy("Which program is it for?"),
        max_length=60,
        min_length=2,
        help_text=gettext_lazy("For example “spreadsheet of the hub” or “library of the school”."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long may it act?"),
        coerce=int,
        choices=[
            (30, gettext_lazy("A month")),
            (90, gettext_lazy("Three months")),
            (365, gettext_lazy("A year")),
            (0, gettext_lazy("Until I revoke it")),
        ],
        initial=365,
    )
