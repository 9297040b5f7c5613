"""Addresses of consultations and delegations."""

from django.urls import path

from essaim.commons.consultation.views import consulting, delegating, desk

app_name = "consultation"
ROOM = "consultations/"
MINE = "my/delegations/"

urlpatterns = [
    path(ROOM, consulting.listing, name="consultations"),
    path(f"{ROOM}desk/", desk.desk, name="desk"),
    path(f"{ROOM}ask/", desk.ask, name="ask"),
    path(f"{ROOM}<uuid:consultation_id>/", consulting.one, name="consultation"),
    path(MINE, delegating.mine, name="delegations"),
    path(f"{MINE}<uuid:subject_id>/<int:number>/", delegating.give, name="delegate"),
]
