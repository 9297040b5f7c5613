from django.apps import AppConfig


class SharingConfig(AppConfig):
    """What the cooperative earned in a year, and how it is shared."""

    name = "essaim.commons.sharing"
    verbose_name = "Sharing"
