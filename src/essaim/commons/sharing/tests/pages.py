"""Opening pages of sharing in tests."""

from django.urls import reverse


def page(client, name, *args, member=None, status=200, **query):
    if member is not None:
        client.force_login(member)
    response = client.get(reverse(f"sharing:{name}", args=args), query)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def send(client, name, *args, status=302, **form):
    response = client.post(reverse(f"sharing:{name}", args=args), form)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()
