"""Addresses of the assembly: for those who follow it, for its secretary."""

from django.urls import path

from essaim.commons.assembly.views import agenda, desk, following, reading, records, sitting, voting

app_name = "assembly"
ONE = "assembly/<uuid:assembly_id>/"
POINT = f"{ONE}points/<int:position>/"
DESK = "assembly/desk/"
DESK_ONE = f"{DESK}<uuid:assembly_id>/"

urlpatterns = [
    path("assembly/", following.assemblies, name="assemblies"),
    path(DESK, desk.desk, name="desk"),
    path(DESK_ONE, desk.desk_assembly, name="desk_assembly"),
    path(f"{DESK_ONE}add/<str:what>/", agenda.desk_add, name="desk_add"),
    path(f"{DESK_ONE}change/", agenda.desk_change, name="desk_change"),
    path(f"{DESK_ONE}agenda/<int:position>/", agenda.desk_point, name="desk_point"),
    path(f"{DESK_ONE}agenda/<int:position>/order/", agenda.desk_order, name="desk_order"),
    path(f"{DESK_ONE}agenda/<int:position>/files/", reading.desk_files, name="desk_files"),
    path(f"{DESK_ONE}presence/", sitting.desk_presence, name="desk_presence"),
    path(f"{DESK_ONE}points/<int:position>/", sitting.desk_vote, name="desk_vote"),
    path(f"{POINT}key/", sitting.key, name="key"),
    path(ONE, following.assembly, name="assembly"),
    path(f"{ONE}proxies/<int:number>/", following.proxy, name="proxy"),
    path(f"{ONE}files/<uuid:file_id>/", reading.file, name="file"),
    path(f"{ONE}questions/", reading.questions, name="questions"),
    path(f"{ONE}minutes/", records.minutes, name="minutes"),
    path(f"{POINT}ballots/", records.ballots, name="ballots"),
    path(f"{POINT}ballots.csv", records.ballots_csv, name="ballots_csv"),
    path(f"{POINT}recount.zip", records.recount, name="recount"),
    path(f"{POINT}votes/<int:number>/", voting.vote, name="vote"),
]
