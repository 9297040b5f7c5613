from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "essaim.core.documents"
    verbose_name = "Documents"
