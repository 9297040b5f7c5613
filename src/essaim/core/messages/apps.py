from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "essaim.core.messages"
    label = "essaim_messages"  # Django has an app labelled "messages"
    verbose_name = "Messages"
