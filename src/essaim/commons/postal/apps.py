from django.apps import AppConfig


class PostalConfig(AppConfig):
    """Voting by a paper form: printed, read by two people, put in once both read the same."""

    name = "essaim.commons.postal"
    verbose_name = "Postal"
