from django.apps import AppConfig


class BylawsConfig(AppConfig):
    name = "essaim.core.bylaws"
    verbose_name = "Bylaws"
