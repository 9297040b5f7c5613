"""Addresses of public draws."""

from django.urls import path

from essaim.commons.sortition import views

app_name = "sortition"

urlpatterns = [
    path("sortition/", views.draws, name="draws"),
    path("sortition/new/", views.prepare, name="prepare"),
    path("sortition/<uuid:draw_id>/", views.draw, name="draw"),
    path("sortition/<uuid:draw_id>/run/", views.run, name="run"),
    path("sortition/<uuid:draw_id>/files.zip", views.files, name="files"),
]
