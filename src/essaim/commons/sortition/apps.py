from django.apps import AppConfig


class SortitionConfig(AppConfig):
    """Juries, panels and scrutineers drawn among associates, so that anybody can draw again."""

    name = "essaim.commons.sortition"
    verbose_name = "Sortition"
