"""Addresses of the secretary's desk."""

from django.urls import path

from essaim.commons.secretariat.views import agenda, desk, sitting

app_name = "secretariat"
DESK = "assembly/desk/"
ONE = f"{DESK}<uuid:assembly_id>/"
POINT = f"{ONE}agenda/<int:position>/"

urlpatterns = [
    path(DESK, desk.desk, name="desk"),
    path(ONE, desk.assembly, name="assembly"),
    path(f"{ONE}change/", agenda.change, name="change"),
    path(f"{ONE}add/<str:what>/", agenda.add, name="add"),
    path(POINT, agenda.point, name="point"),
    path(f"{POINT}order/", agenda.order, name="order"),
    path(f"{POINT}files/", agenda.files, name="files"),
    path(f"{ONE}presence/", sitting.presence, name="presence"),
    path(f"{ONE}points/<int:position>/", sitting.vote, name="vote"),
    path(
        f"{ONE}points/<int:position>/amendments/<int:amendment>/",
        sitting.vote_on_amendment,
        name="vote_on_amendment",
    ),
]
