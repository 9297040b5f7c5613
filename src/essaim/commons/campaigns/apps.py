from django.apps import AppConfig

from essaim.kernel import events


class CampaignsConfig(AppConfig):
    """Gifts, pre-purchases, shares and participatory titles, matched by a local authority."""

    name = "essaim.commons.campaigns"
    verbose_name = "Campaigns"

    def ready(self) -> None:
        from essaim.commons.campaigns import tasks  # noqa: PLC0415 - models are loaded later
        from essaim.core.agreements.events import AgreementMoved  # noqa: PLC0415

        events.subscribe(AgreementMoved, tasks.hear)
