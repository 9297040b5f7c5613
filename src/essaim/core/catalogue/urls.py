from django.urls import path

from essaim.core.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("media/photos/<uuid:photo_id>-<int:width_px>.webp", views.photo, name="photo"),
    path("media/photos/sheets/<str:code>.webp", views.sheet, name="sheet"),
]
