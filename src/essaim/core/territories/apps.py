from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "essaim.core.territories"
    label = "territories"
