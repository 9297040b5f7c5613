from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    """Between assemblies: members propose, discuss, decide in rounds, are consulted."""

    name = "essaim.commons.deliberation"
    verbose_name = "Deliberation"

    def ready(self) -> None:
        from essaim.commons.deliberation import articles  # noqa: F401, PLC0415 - declares them
