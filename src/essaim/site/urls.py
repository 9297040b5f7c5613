"""All addresses of an installation: the site's own, each room's, each trade's under its slug."""

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from essaim.kernel import trades
from essaim.site import views
from essaim.site.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("my/", views.my_space, name="my_space"),
    path("account/", include("allauth.urls")),
    path("api/v1/", api.urls),
]
for config in apps.get_app_configs():
    if config.name.startswith(("essaim.core.", "essaim.commons.", "essaim.web")):
        module = f"{config.name}.urls"
        if (settings.CODE_ROOT / "src" / config.name.replace(".", "/") / "urls.py").exists():
            urlpatterns.append(path("", include(module)))
for trade in trades.installed():
    if routes := trade.routes():
        urlpatterns.append(path(f"{trade.slug}/", include(routes)))
if settings.DEMO:
    urlpatterns += [
        path("demo/sign-in/<str:token>/", views.demo_sign_in, name="demo_sign_in"),
        path("demo/mailbox/", views.demo_mailbox, name="demo_mailbox"),
    ]

handler403 = "essaim.web.refusals.forbidden"
handler404 = "essaim.web.refusals.not_found"
handler500 = "essaim.web.refusals.server_error"
