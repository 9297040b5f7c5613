"""Addresses of the secretary's desk, and of those who arrive by the code it shows."""

from django.urls import path

from essaim.commons.secretariat.views import agenda, arriving, desk, hall, sitting

app_name = "secretariat"
DESK = "assembly/desk/"
ONE = f"{DESK}<uuid:assembly_id>/"
POINT = f"{ONE}agenda/<int:position>/"

urlpatterns = [
    path(DESK, desk.desk, name="desk"),
    path("assembly/<uuid:assembly_id>/here/<str:code>/", arriving.arrive, name="arrive"),
    path(ONE, desk.assembly, name="assembly"),
    path(f"{ONE}change/", agenda.change, name="change"),
    path(f"{ONE}add/<str:what>/", agenda.add, name="add"),
    path(POINT, agenda.point, name="point"),
    path(f"{POINT}order/", agenda.order, name="order"),
    path(f"{POINT}files/", agenda.files, name="files"),
    path(f"{ONE}presence/", sitting.presence, name="presence"),
    path(f"{ONE}screen/", hall.screen, name="screen"),
    path(f"{ONE}door/", hall.door, name="door"),
    path(f"{ONE}points/<int:position>/", sitting.vote, name="vote"),
    path(
        f"{ONE}points/<int:position>/amendments/<int:amendment>/",
        sitting.vote_on_amendment,
        name="vote_on_amendment",
    ),
]
