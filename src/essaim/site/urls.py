"""All addresses of an installation: the site's own, each room's, each trade's under its slug."""

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from essaim.kernel import trades
from essaim.site import health, home, my_cooperative, my_data, my_space, search, views
from essaim.site.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("explained/euros-kept/", home.euros_kept, name="euros_kept"),
    path("search/", search.search, name="search"),
    path("search/order/", search.search_order, name="search_order"),
    path("basket/", views.basket, name="basket"),
    path("my/", my_space.my_space, name="my_space"),
    path("my/cooperative/", my_cooperative.my_cooperative, name="my_cooperative"),
    path("my/language/", my_space.choose_language, name="choose_language"),
    path("my/agenda/renew/", my_space.renew_agenda, name="renew_agenda"),
    path("my/data/", my_data.my_data, name="my_data"),
    path("my/data/file/", my_data.my_data_file, name="my_data_file"),
    path("agenda/<uuid:key>.ics", my_space.agenda_feed, name="agenda_feed"),
    path("legal/", views.legal, name="legal"),
    path("source/", views.source_code, name="source"),
    path("sante", health.health, name="health"),
    path("account/", include("allauth.urls")),
    path("api/v1/", api.urls),
]
for config in apps.get_app_configs():
    if config.name.startswith(("essaim.core.", "essaim.commons.", "essaim.web")):
        module = f"{config.name}.urls"
        if (settings.CODE_ROOT / "src" / config.name.replace(".", "/") / "urls.py").exists():
            urlpatterns.append(path("", include(module)))
urlpatterns.extend(
    path(f"{trade.slug}/", include(routes))
    for trade in trades.installed()
    if (routes := trade.routes())
)
if settings.DEMO:
    urlpatterns += [
        path("demo/sign-in/<str:token>/", views.demo_sign_in, name="demo_sign_in"),
        path("demo/mailbox/", views.demo_mailbox, name="demo_mailbox"),
        path("demo/mailbox/<uuid:public_id>/", views.demo_email, name="demo_email"),
    ]

handler400 = "essaim.web.refusals.bad_request"
handler403 = "essaim.web.refusals.forbidden"
handler404 = "essaim.web.refusals.not_found"
handler429 = "essaim.site.views.too_many_requests"  # asked by allauth
handler500 = "essaim.web.refusals.server_error"
