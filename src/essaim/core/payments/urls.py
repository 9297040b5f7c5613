from django.urls import path

from essaim.core.payments import views

app_name = "payments"
urlpatterns = [
    path("pay/webhooks/sandbox/", views.sandbox_webhook, name="sandbox_webhook"),
    path("pay/<uuid:intent_id>/", views.pay, name="pay"),
]
