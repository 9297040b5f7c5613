from django.urls import path

from essaim.core.documents import views

app_name = "documents"
urlpatterns = [
    path("documents/fec/", views.entries, name="entries"),
    path("documents/of/<uuid:public_id>/", views.of_agreement, name="of_agreement"),
    path("documents/<uuid:public_id>.pdf", views.document_file, name="file"),
    path("documents/<uuid:public_id>/credit/", views.credit, name="credit"),
    path("documents/<uuid:public_id>/", views.document, name="document"),
]
