"""The sign-in library's own pages wear our clothes and speak our French."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_a_sign_in_page_has_our_header_our_fields_and_our_button(client, name):
    page = client.get(reverse(name), headers={"accept-language": "fr"}).content.decode()

    assert 'class="site-header"' in page
    assert 'class="field"' in page
    assert 'class="button primary"' in page


def test_the_sign_in_page_speaks_as_the_rest_of_the_site(client):
    page = client.get(reverse("account_login"), headers={"accept-language": "fr"}).content.decode()

    assert "Pas encore de compte" in page
    assert "Recevoir un code par e-mail" in page


def test_a_wrong_password_is_told_at_the_top_of_the_form(client):
    answer = {"login": "camille@example.org", "password": "wrong"}

    page = client.post(reverse("account_login"), answer).content.decode()

    assert 'class="error-summary"' in page


def test_the_style_page_answers_everybody(client):
    response = client.get(reverse("web:style"))

    assert response.status_code == 200
    assert "unsafe" not in response.headers["Content-Security-Policy"]
