"""Addresses of the cooperative: for everybody, for its associates, for its board."""

from django.urls import path

from essaim.commons.cooperative.views import board, desk, joining, mine

app_name = "cooperative"
DESK = "cooperative/desk/"

urlpatterns = [
    path("cooperative/", joining.cooperative, name="cooperative"),
    path("cooperative/join/", joining.join, name="join"),
    path("cooperative/requests/<uuid:request_id>/", joining.share_request, name="request"),
    path("cooperative/certificates/<uuid:movement_id>.pdf", mine.certificate, name="certificate"),
    path("my/shares/", mine.my_shares, name="my_shares"),
    path("my/shares/<uuid:associate_id>/notices/", mine.consent, name="consent"),
    path("my/shares/<uuid:associate_id>/leave/", mine.leave, name="leave"),
    path(DESK, desk.desk, name="desk"),
    path(f"{DESK}requests/<uuid:request_id>/", desk.desk_request, name="desk_request"),
    path(f"{DESK}register/", desk.register, name="desk_register"),
    path(f"{DESK}register.csv", desk.register_csv, name="desk_register_csv"),
    path(f"{DESK}associates/<uuid:associate_id>/", desk.associate, name="desk_associate"),
    path(f"{DESK}exits/", board.exits, name="desk_exits"),
    path(f"{DESK}exits/<uuid:exit_id>/", board.leaving, name="desk_exit"),
    path(f"{DESK}statutes/", board.statutes, name="desk_statutes"),
]
