from django.apps import AppConfig


class MinutesConfig(AppConfig):
    """The minutes of assemblies once written: read, printed, signed, kept in their register."""

    name = "essaim.commons.minutes"
    verbose_name = "Minutes"
