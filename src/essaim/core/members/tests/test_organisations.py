"""Organisations: declared by anybody, run by their managers, never left without one."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from essaim.core.members import actions
from essaim.core.members.models import Invitation, Member, Membership, Organisation
from essaim.core.members.policies import may_keep_books, may_manage
from essaim.core.members.rules import plain_siren
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
Role = Membership.Role


def _member(name):
    return Member.objects.create_user(f"{name}@exemple.fr", display_name=name.title())


@pytest.fixture
def farm():
    return Organisation.objects.create(slug="ferme", name="Ferme du Lys")


@pytest.fixture
def luc(farm):
    member = _member("luc")
    actions.give_role(member=member, organisation=farm, role=Role.MANAGER)
    return member


@pytest.fixture
def ines(farm):
    member = _member("ines")
    actions.give_role(member=member, organisation=farm, role=Role.WORKER)
    return member


@pytest.fixture
def stranger():
    return _member("zoe")


def _invite(farm, luc, email="nora@exemple.fr", role=Role.WORKER):
    return actions.invite(
        organisation=farm, email=email, role=role, invited_by=luc, now=clock.now()
    )


# Declaring


def test_whoever_declares_an_organisation_manages_it(client, stranger):
    client.force_login(stranger)

    answer = client.post(
        reverse("members:create_organisation"),
        {"name": "L’Atelier d’Hélène", "kind": "association", "siren": "732 829 320"},
    )

    made = Organisation.objects.get()
    assert answer.url == reverse("members:organisation", args=["latelier-dhelene"])
    assert made.siren == "732829320"
    assert may_manage(stranger, made)


def test_two_organisations_of_one_name_have_two_addresses(stranger):
    identity = actions.Identity(name="Le Fournil")

    slugs = [
        actions.declare_organisation(
            founder=stranger, kind="enterprise", identity=identity, now=clock.now()
        ).slug
        for _ in range(3)
    ]

    assert slugs == ["le-fournil", "le-fournil-2", "le-fournil-3"]


@pytest.mark.parametrize("kind", ["cooperative", "local-authority"])
def test_nobody_makes_themselves_the_clerk_of_the_platform_by_declaring_it(client, stranger, kind):
    client.force_login(stranger)

    answer = client.post(
        reverse("members:create_organisation"), {"name": "Fausse coop", "kind": kind}
    )
    with pytest.raises(actions.KindNotDeclared):
        actions.declare_organisation(
            founder=stranger, kind=kind, identity=actions.Identity(name="X"), now=clock.now()
        )

    assert answer.status_code == 422
    assert not Organisation.objects.exists()
    assert not may_keep_books(stranger)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("732829320", "732829320"),
        ("732 829 320", "732829320"),
        ("732829321", None),
        ("73282932", None),
        ("7328293200", None),
        ("abcdefghi", None),
    ],
)
def test_a_siren_is_read_with_its_check_digit(typed, digits):
    assert plain_siren(typed) == digits


@pytest.mark.parametrize(
    "wrong",
    [{"siren": "732829321"}, {"postcode": "5900"}, {"email": "x@"}, {"name": ""}, {"kind": ""},
     {"name": "x" * 121}],
)  # fmt: skip
def test_a_bad_answer_is_told_and_nothing_is_written(client, stranger, wrong):
    client.force_login(stranger)

    answer = client.post(
        reverse("members:create_organisation"),
        {"name": "Le Fournil", "kind": "enterprise"} | wrong,
    )

    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert not Organisation.objects.exists()


# Who may


PAGES = [
    ("members:edit_organisation", 200, 404, 404),
    ("members:people", 200, 404, 404),
    ("members:register_on_site", 200, 200, 404),
    ("members:organisation", 200, 200, 200),
]


@pytest.mark.parametrize(("name", "manager", "worker", "other"), PAGES)
def test_pages_open_to_those_they_belong_to(
    client, farm, luc, ines, stranger, name, manager, worker, other
):
    address = reverse(name, args=[farm.slug])

    statuses = []
    for member in (luc, ines, stranger):
        client.force_login(member)
        statuses.append(client.get(address).status_code)

    assert statuses == [manager, worker, other]


def test_a_visitor_reads_the_public_page_only(client, farm):
    assert client.get(reverse("members:organisation", args=[farm.slug])).status_code == 200
    for name in ("members:people", "members:edit_organisation", "members:register_on_site"):
        assert client.get(reverse(name, args=[farm.slug])).status_code == 302


def test_the_manager_changes_the_page_but_not_its_address(client, farm, luc):
    client.force_login(luc)

    client.post(
        reverse("members:edit_organisation", args=[farm.slug]),
        {"name": "Ferme des Lys", "town": "Frelinghien", "presentation": "<b>Nous</b>"},
    )

    page = client.get(reverse("members:organisation", args=["ferme"])).content.decode()
    assert "Ferme des Lys" in page
    assert "&lt;b&gt;Nous&lt;/b&gt;" in page


# Inviting


def test_an_invitation_is_written_to_its_address_and_gives_the_role_once(client, farm, luc):
    client.force_login(luc)
    client.post(
        reverse("members:people", args=["ferme"]), {"email": "Nora@Exemple.fr", "role": "worker"}
    )
    invitation = Invitation.objects.get()
    nora = _member("nora")
    client.force_login(nora)
    address = reverse("members:invitation", args=[invitation.public_id])

    page = client.get(address).content.decode()
    client.post(address)
    again = client.post(address)

    assert mail.outbox[0].to == ["nora@exemple.fr"]
    assert address in mail.outbox[0].body
    assert "Luc vous invite à rejoindre Ferme du Lys" in page
    assert [(row.member, row.role) for row in farm.memberships.exclude(member=luc)] == [
        (nora, "worker")
    ]
    assert again.status_code == 409


def test_only_the_invited_address_can_accept(client, farm, luc, stranger):
    invitation = _invite(farm, luc)
    client.force_login(stranger)
    address = reverse("members:invitation", args=[invitation.public_id])

    statuses = [client.get(address).status_code, client.post(address).status_code]

    assert statuses == [403, 403]
    assert "nora@exemple.fr" not in client.get(address).content.decode()
    assert not farm.memberships.filter(member=stranger).exists()


def test_an_invitation_ends_by_itself(farm, luc):
    invitation = _invite(farm, luc)
    nora = _member("nora")

    with pytest.raises(actions.InvitationOver):
        actions.accept_invitation(invitation=invitation, member=nora, now=invitation.expires_at)
    membership = actions.accept_invitation(
        invitation=invitation, member=nora, now=invitation.expires_at - timedelta(seconds=1)
    )

    assert membership.role == "worker"


def test_a_withdrawn_invitation_gives_nothing(client, farm, luc):
    invitation = _invite(farm, luc)
    client.force_login(luc)

    client.post(reverse("members:withdraw_invitation", args=["ferme", invitation.public_id]))

    invitation.refresh_from_db()
    with pytest.raises(actions.InvitationOver):
        actions.accept_invitation(invitation=invitation, member=_member("nora"), now=clock.now())


def test_one_invitation_waits_at_a_time(farm, luc):
    first = _invite(farm, luc)

    with pytest.raises(actions.AlreadyInvited):
        _invite(farm, luc)
    later = actions.invite(
        organisation=farm, email="nora@exemple.fr", role=Role.WORKER, invited_by=luc,
        now=first.expires_at,
    )  # fmt: skip

    assert later.pk != first.pk
    assert len(mail.outbox) == 2


def test_the_database_itself_keeps_one_open_invitation(farm, luc):
    invitation = _invite(farm, luc)
    copy = {
        name: getattr(invitation, name)
        for name in ("organisation", "email", "role", "invited_by", "invited_at", "expires_at")
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(**copy)


@pytest.mark.parametrize("role", ["clerk", "board", "observer"])
def test_a_farm_has_no_clerk_of_the_platform(client, farm, luc, role):
    client.force_login(luc)

    answer = client.post(
        reverse("members:people", args=["ferme"]), {"email": "a@exemple.fr", "role": role}
    )
    with pytest.raises(actions.RoleUnknownHere):
        _invite(farm, luc, role=role)

    assert answer.status_code == 422
    assert not Invitation.objects.exists()


# Leaving


def test_the_last_manager_stays(client, farm, luc):
    client.force_login(luc)
    mine = farm.memberships.get(member=luc)

    answer = client.post(reverse("members:end_role", args=["ferme", mine.pk]), follow=True)

    assert "garde au moins un responsable" in answer.content.decode()
    assert may_manage(luc, farm)


def test_a_manager_leaves_when_another_stays(client, farm, luc, ines):
    actions.give_role(member=ines, organisation=farm, role=Role.MANAGER)
    client.force_login(luc)
    mine = farm.memberships.get(member=luc)

    answer = client.post(reverse("members:end_role", args=["ferme", mine.pk]))

    assert answer.url == reverse("my_space")
    assert not may_manage(luc, farm)
    assert may_manage(ines, farm)


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_leave_at_the_same_time_do_not_both_leave():
    farm = Organisation.objects.create(slug="ferme", name="Ferme du Lys")
    first, second = (
        actions.give_role(member=_member(name), organisation=farm, role=Role.MANAGER)
        for name in ("luc", "ines")
    )
    answers = []
    is_answered = threading.Event()

    def leave():
        try:
            actions.end_role(membership=second)
            answers.append("left")
        except actions.LastManager:
            answers.append("stays")
        finally:
            is_answered.set()
            connection.close()

    other = threading.Thread(target=leave)
    with transaction.atomic():
        actions.end_role(membership=first)
        other.start()
        # Without the lock the second leaves at once, seeing the first still there.
        is_answered.wait(1)
    other.join(30)

    assert answers == ["stays"]
    assert farm.memberships.count() == 1


def test_a_role_of_another_organisation_cannot_be_taken_away(client, farm, luc):
    other = Organisation.objects.create(slug="autre", name="Autre")
    theirs = actions.give_role(member=_member("ana"), organisation=other, role=Role.WORKER)
    client.force_login(luc)

    answer = client.post(reverse("members:end_role", args=["ferme", theirs.pk]))

    assert answer.status_code == 404
    assert other.memberships.exists()


def test_the_page_of_people_costs_the_same_with_many(client, farm, luc, django_assert_num_queries):
    client.force_login(luc)
    client.get(reverse("members:people", args=["ferme"]))

    def queries_with(count):
        for number in range(count):
            person = _member(f"p{count}-{number}")
            actions.give_role(member=person, organisation=farm, role=Role.WORKER)
            _invite(farm, luc, email=f"i{count}-{number}@exemple.fr")
        with django_assert_num_queries(7):
            client.get(reverse("members:people", args=["ferme"]))

    queries_with(1)
    queries_with(6)
