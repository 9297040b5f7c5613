from django.urls import path

from essaim.core.agreements import views

app_name = "agreements"
urlpatterns = [path("agenda/<uuid:agenda_key>.ics", views.agenda, name="agenda")]
