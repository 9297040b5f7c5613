from django.urls import path

from essaim.web import views

app_name = "web"
urlpatterns = [path("style/", views.style_guide, name="style")]
