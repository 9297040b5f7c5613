from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "essaim.commons.ballots"
    verbose_name = "Ballots"
