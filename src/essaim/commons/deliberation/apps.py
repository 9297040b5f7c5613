from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    """Between assemblies: members propose, discuss, decide in rounds, are consulted."""

    name = "essaim.commons.deliberation"
    verbose_name = "Deliberation"

    def ready(self) -> None:
        from essaim.commons.deliberation import articles, panels  # noqa: F401, PLC0415
        from essaim.commons.secretariat import waiting  # noqa: PLC0415 - models are loaded later

        waiting.ask_also("deliberation", panels.to_schedule_rows)
