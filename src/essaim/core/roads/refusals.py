"""What roads refuse, each with its sentence."""

from essaim.kernel.errors import N_, BadInput, RuleBroken


class RoadsToolMissing(RuleBroken):
    """Reading an extract needs libraries that are not installed."""

    code = "roads.tool-missing"
    sentence = N_(
        "Roads need {package}, which is not installed. ./essaim roads installs it; elsewhere:"
        " pip install essaim[roads]."
    )


class ExtractUnreadable(BadInput):
    """The file is not a readable OpenStreetMap extract."""

    code = "roads.extract-unreadable"
    sentence = N_("{name} cannot be read as an OpenStreetMap file (.osm.pbf, .osm.gz or .osm).")


class NoRoadInExtract(BadInput):
    """Nothing in the extract can be used by this profile."""

    code = "roads.no-road"
    sentence = N_("{name} holds no road that leads anywhere for who moves this way.")


class RoadsMissing(RuleBroken):
    """Nobody imported roads for this territory and profile."""

    code = "roads.missing"
    sentence = N_("No roads were imported here yet: essaim roads import FILE does it.")


class RoadsUnusable(RuleBroken):
    """The saved roads are broken, or of a version this one does not read."""

    code = "roads.unusable"
    sentence = N_(
        "The saved roads cannot be used ({reason}): they are broken, or of another version."
        " Import them again."
    )


class TooFarFromRoads(RuleBroken):
    """A point is outside the extract, or farther from any road than is reasonable."""

    code = "roads.too-far"
    sentence = N_("This point is {distance_m} m from the nearest known road.")


class NoWay(RuleBroken):
    """No way leads from one point to the other."""

    code = "roads.no-way"
    sentence = N_("No way leads from one of these points to the other.")


class RouterUnreachable(RuleBroken):
    """The routing server does not answer, or answers something else."""

    code = "roads.router-unreachable"
    sentence = N_("The routing server does not answer as it should.")
