"""Opening pages of an assembly in tests."""

from django.urls import reverse


def address(hall, name, *args):
    return reverse(f"assembly:{name}", args=[hall.assembly.public_id, *args])


def page(client, hall, name, *args, member=None, status=200, **query):
    if member is not None:
        client.force_login(member)
    response = client.get(address(hall, name, *args), query)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def number(hall, name):
    return hall.people[name].number


def post(client, hall, name, *args, status=302, member=None, **data):
    client.force_login(member or hall.world.board)
    response = client.post(address(hall, name, *args), data)
    assert response.status_code == status, response.content.decode()
    return response
