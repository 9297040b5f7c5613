from django.apps import AppConfig


class TitlesConfig(AppConfig):
    """The register of participatory titles: who holds them, and what they earn each year."""

    name = "essaim.commons.titles"
    verbose_name = "Participatory titles"
