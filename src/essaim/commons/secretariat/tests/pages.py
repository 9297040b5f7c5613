"""Opening pages of an assembly in tests: those of the desk, and those that associates read."""

from django.urls import reverse

from essaim.commons.assembly.tests.pages import number

__all__ = ["address", "number", "page", "post"]


def address(hall, name, *args):
    desk = name.startswith("desk_")
    name = f"secretariat:{name.removeprefix('desk_')}" if desk else f"assembly:{name}"
    return reverse(name, args=[hall.assembly.public_id, *args])


def page(client, hall, name, *args, member=None, status=200, **query):
    if member is not None:
        client.force_login(member)
    response = client.get(address(hall, name, *args), query)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def post(client, hall, name, *args, status=302, member=None, **data):
    client.force_login(member or hall.world.board)
    response = client.post(address(hall, name, *args), data)
    assert response.status_code == status, response.content.decode()
    return response
