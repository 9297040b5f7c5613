from django.apps import AppConfig


class StatutesConfig(AppConfig):
    """The rules a cooperative gives itself, as data, and the law they must respect."""

    name = "essaim.commons.statutes"
    verbose_name = "Statutes"
