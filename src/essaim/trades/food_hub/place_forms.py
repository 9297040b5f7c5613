"""What a hub types about a place where orders are fetched."""

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.core.territories.forms import CommuneField, PositionField
from essaim.core.territories.models import Place


class PlaceForm(forms.Form):
    """A pick-up place."""

    name = forms.CharField(
        label=_("Name of the place"), max_length=120, help_text=_("As people call it.")
    )
    address = forms.CharField(label=_("Address"), max_length=200)
    commune = CommuneField(label=_("Commune"), help_text=_("Its name or its postcode."))
    point = PositionField(
        label=_("Point on the map"),
        required=False,
        help_text=_("Copied from a map: 50.6262, 3.0494. Left empty, the middle of the commune."),
    )
    opening_words = forms.CharField(
        label=_("How one gets in"),
        max_length=200,
        required=False,
        help_text=_("“Ring at the green gate; the yard is open from 5 pm”."),
    )

    @staticmethod
    def initial_of(place: Place) -> dict[str, object]:
        return {
            "name": place.name,
            "address": place.address,
            "commune": f"{place.commune.name} ({place.commune_id})",
            "point": place.position,
            "opening_words": place.opening_words,
        }
