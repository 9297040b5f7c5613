from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "essaim.core.ledger"
    verbose_name = "Ledger"
