from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "essaim.core.agreements"
    verbose_name = "Agreements"
