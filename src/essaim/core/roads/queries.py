"""Which router answers for a territory: the host's server, imported roads, or an estimate."""

import threading
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings

from essaim.core.roads import store
from essaim.core.roads.approximation import StraightLineRouter
from essaim.core.roads.refusals import RoadsMissing, RoadsToolMissing, RoadsUnusable
from essaim.core.roads.router import RoadRouter
from essaim.core.roads.routers import Router
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.servers import server_router
from essaim.core.territories.models import Territory

log = structlog.get_logger()
_opening: Final = threading.Lock()
_routers: Final[dict[tuple[Path, Profile], RoadRouter]] = {}


def folder_of(territory_slug: str) -> Path:
    """Return where the roads of a territory are kept."""
    return Path(settings.DATA_DIR) / "roads" / territory_slug


def router_of(territory: Territory, profile: Profile) -> Router:
    """Return who answers about the ways of a territory. No query.

    Roads are opened once by each process, and again when they were imported anew. Without any, or
    when they cannot be used, a straight line answers and says `is_approximate`.
    """
    server = server_router(settings.ROUTER_URL, profile)
    if server is not None:
        return server
    folder = folder_of(territory.slug)
    try:
        with _opening:
            return _opened(folder, profile)
    except RoadsMissing:
        return StraightLineRouter(profile)
    except (RoadsUnusable, RoadsToolMissing) as problem:
        log.warning("roads not used", territory=territory.slug, reason=str(problem))
        return StraightLineRouter(profile)


def _opened(folder: Path, profile: Profile) -> RoadRouter:
    router = _routers.get((folder, profile))
    if router is None or router.version != store.sheet_of(folder, profile).version:
        router = _routers[folder, profile] = store.load(folder, profile)
    return router
