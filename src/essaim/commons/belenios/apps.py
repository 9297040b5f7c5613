from django.apps import AppConfig


class BeleniosConfig(AppConfig):
    """A vote held on a Belenios server: one election by college, its results brought back."""

    name = "essaim.commons.belenios"
    verbose_name = "Belenios"
