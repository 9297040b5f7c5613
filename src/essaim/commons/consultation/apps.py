from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationConfig(AppConfig):
    """Questions between assemblies, answered by oneself or through somebody one trusts on it."""

    name = "essaim.commons.consultation"
    verbose_name = "Consultation"

    def ready(self) -> None:
        from essaim.commons.consultation import articles  # noqa: F401, PLC0415 - declares them
        from essaim.commons.deliberation import pages  # noqa: PLC0415 - rooms are loaded below

        pages.stand_beside("consultations", _("Consultations"), "consultation:consultations")
        pages.stand_beside("delegations", _("My delegations"), "consultation:delegations")
