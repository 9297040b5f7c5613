from django.apps import AppConfig


class RoadsConfig(AppConfig):
    name = "essaim.core.roads"
    label = "roads"
