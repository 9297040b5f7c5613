"""Addresses of the vote by post and of what is printed."""

from django.urls import path

from essaim.commons.postal import views

app_name = "postal"
ONE = "assembly/<uuid:assembly_id>/"
DESK = "assembly/desk/<uuid:assembly_id>/post/"

urlpatterns = [
    path(f"{ONE}agenda.pdf", views.agenda_pdf, name="agenda_pdf"),
    path(f"{ONE}post/<int:number>/", views.form, name="form"),
    path(f"{ONE}post/<int:number>/form.pdf", views.form_pdf, name="form_pdf"),
    path(DESK, views.forms, name="forms"),
    path(f"{DESK}<int:number>/", views.reading, name="reading"),
]
