from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "essaim.core.agreements"
    verbose_name = "Agreements"

    def ready(self) -> None:
        from essaim.core.agreements import news  # noqa: PLC0415 - models are loaded later

        news.subscribe()
