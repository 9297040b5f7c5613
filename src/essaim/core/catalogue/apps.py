from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "essaim.core.catalogue"
    label = "catalogue"
