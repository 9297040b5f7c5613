"""Addresses of the minutes: one of them, its paper, its signatures, the register of all."""

from django.urls import path

from essaim.commons.minutes.views import reading, register, signing

app_name = "minutes"
ONE = "minutes/<uuid:assembly_id>/"

urlpatterns = [
    path("minutes/", register.register, name="register"),
    path("minutes/register.csv", register.register_csv, name="register_csv"),
    path("minutes/register.zip", register.register_zip, name="register_zip"),
    path(ONE, reading.minutes, name="minutes"),
    path(f"{ONE}minutes.pdf", reading.paper, name="paper"),
    path(f"{ONE}large-print.pdf", reading.large_print, name="large_print"),
    path(f"{ONE}minutes.json", reading.file, name="file"),
    path(f"{ONE}scans/<int:scan_id>/", reading.scan, name="scan"),
    path(f"{ONE}sign/<str:role>/", signing.sign, name="sign"),
    path(f"{ONE}signatures/", signing.signatures, name="signatures"),
]
