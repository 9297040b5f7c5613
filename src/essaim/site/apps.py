from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "essaim.site"
    label = "site"
    verbose_name = "Essaim"

    def ready(self) -> None:
        from essaim.site import checks  # noqa: F401 - registers the system checks
