from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "essaim.core.payments"
    verbose_name = "Payments"
