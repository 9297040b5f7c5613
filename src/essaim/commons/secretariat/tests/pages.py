"""Opening pages of an assembly in tests: those of the desk, and those that associates read."""

from django.urls import reverse

from essaim.commons.assembly.tests.pages import number, read, send

__all__ = ["address", "number", "page", "post"]


def address(hall, name, *args):
    desk = name.startswith("desk_")
    name = f"secretariat:{name.removeprefix('desk_')}" if desk else f"assembly:{name}"
    return reverse(name, args=[hall.assembly.public_id, *args])


def page(client, hall, name, *args, member=None, status=200, **query):
    return read(client, address(hall, name, *args), query, member=member, status=status)


def post(client, hall, name, *args, status=302, member=None, **data):
    where = address(hall, name, *args)
    return send(client, where, data, member=member or hall.world.board, status=status)
