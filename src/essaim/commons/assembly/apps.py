from django.apps import AppConfig


class AssemblyConfig(AppConfig):
    """From the notice to the minutes: members meet, vote, and their vote changes the platform."""

    name = "essaim.commons.assembly"
    verbose_name = "Assembly"
