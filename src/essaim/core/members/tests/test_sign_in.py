"""Signing up and in: by password, by code, by passkey page; e-mails in French; no name leaks."""

import re

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from essaim.core.members import sign_in
from essaim.core.members.models import Member

pytestmark = pytest.mark.django_db
PASSWORD = "abeilles-des-bois"
SIGNUP = {"email": "Nora@exemple.fr", "password1": PASSWORD, "display_name": "Nora"}


@pytest.fixture(autouse=True)
def no_rate_of_another_test():
    cache.clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def nora(client):
    client.post(reverse("account_signup"), SIGNUP)
    client.post(reverse("account_email_verification_sent"), {"code": _code()})
    client.post(reverse("account_logout"))
    mail.outbox.clear()
    cache.clear()
    return Member.objects.get(email="nora@exemple.fr")


def _code():
    return re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", mail.outbox[-1].body)[0]


def _is_inside(client):
    return client.get(reverse("my_space")).status_code == 200


def test_signing_up_asks_for_the_code_sent_then_opens_the_space(client):
    answer = client.post(reverse("account_signup"), SIGNUP)
    before = _is_inside(client)

    confirmed = client.post(answer.url, {"code": _code()})

    assert not before
    assert confirmed.url == "/my/"
    assert _is_inside(client)
    assert Member.objects.get().display_name == "Nora"


def test_a_wrong_code_opens_nothing(client):
    answer = client.post(reverse("account_signup"), SIGNUP)

    page = client.post(answer.url, {"code": "XXXX-XXXX"})

    assert "Code incorrect." in page.content.decode()
    assert not _is_inside(client)


def test_the_e_mail_with_the_code_is_short_french_and_signed(client):
    client.post(reverse("account_signup"), SIGNUP)

    (message,) = mail.outbox
    assert message.to == ["nora@exemple.fr"]
    assert message.subject == f"Votre code\u00a0: {_code()}"
    assert message.body.startswith("Bonjour Nora,\n\nVoici votre code")
    assert "'" not in message.body


@pytest.mark.parametrize(
    "wrong", [{"email": "nora"}, {"password1": "court"}, {"password1": "password12"},
              {"display_name": ""}, {"password1": "Nora@exemple.fr"}],
)  # fmt: skip
def test_a_bad_sign_up_says_so_and_creates_nobody(client, wrong):
    page = client.post(reverse("account_signup"), SIGNUP | wrong)

    assert "error-summary" in page.content.decode()
    assert not Member.objects.exists()
    assert mail.outbox == []


def test_signing_up_twice_tells_the_owner_and_nobody_else(client, nora):
    answer = client.post(reverse("account_signup"), SIGNUP)

    # The page is the same as for an unknown address.
    assert answer.url == reverse("account_email_verification_sent")
    assert mail.outbox[0].subject == "Vous avez déjà un compte"
    assert Member.objects.count() == 1


def test_the_password_opens_the_space_and_a_wrong_one_does_not(client, nora):
    wrong = client.post(
        reverse("account_login"), {"login": "nora@exemple.fr", "password": "autre-chose"}
    )
    right = client.post(
        reverse("account_login"), {"login": "NORA@exemple.fr", "password": PASSWORD}
    )

    assert "ne sont pas les bons" in wrong.content.decode()
    assert right.url == "/my/"
    assert _is_inside(client)


def test_a_code_by_e_mail_replaces_the_password(client, nora):
    asked = client.post(reverse("account_request_login_code"), {"email": "nora@exemple.fr"})

    client.post(asked.url, {"code": _code()})

    assert _is_inside(client)


def test_an_unknown_address_gets_the_same_page_as_a_known_one(client, nora):
    known = client.post(reverse("account_request_login_code"), {"email": "nora@exemple.fr"})
    unknown = Client().post(reverse("account_request_login_code"), {"email": "zoe@exemple.fr"})

    assert known.url == unknown.url
    assert [message.subject for message in mail.outbox][-1] == "Pas de compte à cette adresse"


def test_a_lost_password_is_replaced_by_the_link_received_and_the_owner_is_told(client, nora):
    client.post(reverse("account_reset_password"), {"email": "nora@exemple.fr"})
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]

    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": "une-autre-phrase", "password2": "une-autre-phrase"})
    client.post(
        reverse("account_login"), {"login": "nora@exemple.fr", "password": "une-autre-phrase"}
    )

    assert _is_inside(client)
    assert mail.outbox[-1].subject == "Votre compte a changé"
    assert "Votre mot de passe a été changé." in mail.outbox[-1].body


def test_a_reset_link_serves_once(client, nora):
    client.post(reverse("account_reset_password"), {"email": "nora@exemple.fr"})
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"password1": "une-autre-phrase", "password2": "une-autre-phrase"})

    again = client.get(link, follow=True)

    assert "Ce lien ne vaut plus" in again.content.decode()


def test_too_many_wrong_passwords_are_slowed_down(client, nora):
    answers = [
        client.post(
            reverse("account_login"), {"login": "nora@exemple.fr", "password": f"essai-{number}"}
        )
        for number in range(6)
    ]

    right = client.post(
        reverse("account_login"), {"login": "nora@exemple.fr", "password": PASSWORD}
    )

    assert "Trop d’essais" in answers[-1].content.decode()
    assert "Trop d’essais" in right.content.decode()
    assert not _is_inside(client)


def test_too_many_requests_get_a_page_that_says_so(client):
    for _ in range(20):
        client.post(reverse("account_reset_password"), {"email": "zoe@exemple.fr"})

    answer = client.post(reverse("account_reset_password"), {"email": "zoe@exemple.fr"})

    assert answer.status_code == 429
    assert "Trop d’essais" in answer.content.decode()


def test_an_application_of_codes_is_then_asked_at_each_sign_in(client, nora):
    _enter_and_confirm(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'value="([A-Z2-7]{32})"', page)[1]
    client.post(reverse("mfa_activate_totp"), {"code": _totp(secret)})
    client.post(reverse("account_logout"))

    answer = client.post(
        reverse("account_login"), {"login": "nora@exemple.fr", "password": PASSWORD}
    )

    assert answer.url == reverse("mfa_authenticate")
    assert not _is_inside(client)
    cache.clear()  # the library refuses the same code twice
    client.post(answer.url, {"code": _totp(secret)})
    assert _is_inside(client)


def test_changing_keys_asks_first_whether_it_is_really_you(client, nora):
    client.post(reverse("account_login"), {"login": "nora@exemple.fr", "password": PASSWORD})

    answer = client.get(reverse("mfa_add_webauthn"))

    assert answer.url.startswith(reverse("account_reauthenticate"))


def _enter_and_confirm(client):
    client.post(reverse("account_login"), {"login": "nora@exemple.fr", "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def _totp(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


PAGES = [
    "account_login", "account_signup", "account_reset_password", "account_request_login_code",
    "account_reset_password_done", "account_reset_password_from_key_done", "account_inactive",
]  # fmt: skip
INNER_PAGES = [
    "account_email", "account_change_password", "account_logout", "mfa_index",
    "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "account_reauthenticate",
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_every_door_opens(client, name):
    page = client.get(reverse(name))

    assert page.status_code == 200
    _is_clean(page)


@pytest.mark.parametrize("name", INNER_PAGES)
def test_every_page_of_the_account_opens(client, nora, name):
    _enter_and_confirm(client)

    page = client.get(reverse(name))

    assert page.status_code == 200
    _is_clean(page)


def _is_clean(page):
    """No inline script runs, no straight apostrophe in what people read, no raw tag."""
    text = page.content.decode()
    body = text[text.index("<main") : text.index("</main")]
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))", text)
    read = re.sub(r"<script.*?</script>|<[^>]+>", " ", body, flags=re.DOTALL)
    assert inline == []
    assert "&#x27;" not in read
    assert "&lt;" not in read
    assert "#" not in read.replace("&#", "")


def test_a_sign_in_link_of_the_demo_cannot_be_forged_nor_used_late(nora):
    token = sign_in.sign_in_token(nora)

    assert sign_in.member_of_token(token, 60) == nora
    assert sign_in.member_of_token(token[:-1] + ("a" if token[-1] != "a" else "b"), 60) is None
    assert sign_in.member_of_token(token, -1) is None
    assert sign_in.member_of_token("n’importe quoi", 60) is None


def test_a_suspended_member_has_no_link(nora):
    token = sign_in.sign_in_token(nora)
    Member.objects.update(is_active=False)

    assert sign_in.member_of_token(token, 60) is None
