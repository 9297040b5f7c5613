"""Opening pages of an assembly in tests."""

from django.urls import reverse


def address(hall, name, *args):
    return reverse(f"assembly:{name}", args=[hall.assembly.public_id, *args])


def page(client, hall, name, *args, member=None, status=200, **query):
    return read(client, address(hall, name, *args), query, member=member, status=status)


def read(client, where, query, *, member=None, status=200):
    if member is not None:
        client.force_login(member)
    response = client.get(where, query)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def number(hall, name):
    return hall.people[name].number


def post(client, hall, name, *args, status=302, member=None, **data):
    where = address(hall, name, *args)
    return send(client, where, data, member=member or hall.world.board, status=status)


def send(client, where, data, *, member, status=302):
    client.force_login(member)
    response = client.post(where, data)
    assert response.status_code == status, response.content.decode()
    return response
