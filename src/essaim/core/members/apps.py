from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "essaim.core.members"
    verbose_name = "Members"
