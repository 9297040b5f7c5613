from django.apps import AppConfig


class SecretariatConfig(AppConfig):
    """The desk of whoever prepares and runs an assembly: agenda, notice, presence, votes."""

    name = "essaim.commons.secretariat"
    verbose_name = "Secretariat"
