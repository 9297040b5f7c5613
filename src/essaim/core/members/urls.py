from django.urls import path

from essaim.core.members import help_views, token_views, views

app_name = "members"
urlpatterns = [
    path("organisations/new/", views.create_organisation, name="create_organisation"),
    path("organisations/<slug:slug>/", views.organisation, name="organisation"),
    path("organisations/<slug:slug>/edit/", views.edit_organisation, name="edit_organisation"),
    path("organisations/<slug:slug>/people/", views.people, name="people"),
    path(
        "organisations/<slug:slug>/people/<int:membership_id>/end/", views.end_role, name="end_role"
    ),
    path(
        "organisations/<slug:slug>/invitations/<uuid:public_id>/withdraw/",
        views.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("organisations/<slug:slug>/help/", help_views.register_on_site, name="register_on_site"),
    path("invitations/<uuid:public_id>/", views.invitation, name="invitation"),
    path("help/", help_views.assistances, name="assistances"),
    path("help/<int:assistance_id>/", help_views.assistance, name="assistance"),
    path("help/<int:assistance_id>/end/", help_views.end_assistance, name="end_assistance"),
    path("my/keys/", token_views.access_tokens, name="access_tokens"),
    path(
        "my/keys/<int:token_id>/revoke/",
        token_views.revoke_access_token,
        name="revoke_access_token",
    ),
]
