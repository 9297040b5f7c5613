from django.apps import AppConfig


class UrnConfig(AppConfig):
    """Casting ballots once each, keeping them sealed, opening them together."""

    name = "essaim.commons.urn"
    verbose_name = "Urn"
