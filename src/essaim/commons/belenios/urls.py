"""Addresses of a vote held on Belenios."""

from django.urls import path

from essaim.commons.belenios import views

app_name = "belenios"
VOTE = "assembly/<uuid:assembly_id>/points/<int:position>/belenios/"

urlpatterns = [
    path(VOTE, views.vote, name="vote"),
    path(f"{VOTE}files.zip", views.files, name="files"),
]
