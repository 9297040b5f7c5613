from django.apps import AppConfig

from essaim.kernel import events


class CooperativeConfig(AppConfig):
    """Who owns the platform: associates and their shares."""

    name = "essaim.commons.cooperative"
    verbose_name = "Cooperative"

    def ready(self) -> None:
        from essaim.commons.cooperative import tasks  # noqa: PLC0415 - models are loaded later
        from essaim.core.agreements.events import AgreementMoved  # noqa: PLC0415

        events.subscribe(AgreementMoved, tasks.hear)
