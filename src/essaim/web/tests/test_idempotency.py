"""A write sent twice is done once; sent otherwise, refused; refused, forgotten."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import RequestFactory

from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.web.idempotency import BadKey, KeyReused, StillRunning, forget_answers, idempotent
from essaim.web.models import AnsweredRequest

factory = RequestFactory()
Member = get_user_model()
PATIENCE_S = 20


def member(name="bea"):
    return Member.objects.create_user(f"{name}@exemple.fr", display_name=name)


@pytest.fixture
def bea(db):
    return member()


class Counter:
    """A view that writes a member and says how often it ran."""

    def __init__(self, answer=None):
        self.runs = 0
        self.answer = answer or (lambda runs: HttpResponse(f"run {runs}"))

    def __call__(self, request, *args, **kwargs):
        self.runs += 1
        member(f"written{self.runs}")
        return self.answer(self.runs)

    @property
    def written(self):
        return Member.objects.filter(email__startswith="written").count()


def send(view, user=None, *, key="k", session=None, method="post", path="/x/", **how):
    request = getattr(factory, method)(path, **how)
    if key is not None:
        request.META["HTTP_IDEMPOTENCY_KEY"] = key
    request.user = user or AnonymousUser()
    request.session = session if session is not None else SessionStore()
    return idempotent(view)(request)


def test_the_same_request_gets_the_same_answer_and_is_done_once(bea):
    view = Counter(lambda runs: JsonResponse({"run": runs}, status=201))

    first = send(view, bea, data={"a": "1"})
    again = send(view, bea, data={"a": "1"})

    assert first.content == again.content
    assert (again.status_code, again["Content-Type"]) == (201, "application/json")
    assert (view.runs, view.written) == (1, 1)


def test_the_key_may_come_in_a_field_of_the_form(bea):
    view = Counter()

    for token in ("one", "two"):
        data = {"a": "1", "idempotency_key": "k", "csrfmiddlewaretoken": token}
        send(view, bea, key=None, data=data)

    assert view.runs == 1


def test_a_redirection_leads_to_the_same_place_again(bea):
    view = Counter(lambda runs: HttpResponse(status=302, headers={"Location": f"/orders/{runs}/"}))

    send(view, bea)
    again = send(view, bea)

    assert (again.status_code, again["Location"]) == (302, "/orders/1/")


def test_only_what_makes_the_answer_is_kept_of_its_headers(bea):
    view = Counter(lambda runs: HttpResponse("x", headers={"X-Secret": "s", "Set-Cookie": "a=b"}))

    send(view, bea)
    again = send(view, bea)

    assert set(again.headers) == {"Content-Type"}


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ({"data": {"a": "1"}}, {"data": {"a": "2"}}),
        ({"data": {"a": "1"}}, {"data": {"a": ["1", "1"]}}),
        ({"data": {"a": "1"}}, {"data": {"a": "1", "b": ""}}),
        ({"data": {"a": ["x", "y"]}}, {"data": {"a": "['x', 'y']"}}),
        ({"path": "/x/"}, {"path": "/y/"}),
        ({"path": "/x/?producer=a"}, {"path": "/x/?producer=b"}),
        ({"method": "put"}, {"method": "delete"}),
        (
            {"data": b'{"a": 1}', "content_type": "application/json"},
            {"data": b'{"a": 2}', "content_type": "application/json"},
        ),
        (
            {"data": b"one", "content_type": "text/plain"},
            {"data": b"two", "content_type": "text/plain"},
        ),
    ],
)
def test_the_same_key_for_something_else_is_refused_and_does_nothing(bea, first, other):
    view = Counter()
    send(view, bea, **first)

    with pytest.raises(KeyReused):
        send(view, bea, **other)

    assert (view.runs, view.written) == (1, 1)
    assert KeyReused.status == 422


def photo(content, name="p.jpg"):
    return {"data": {"title": "x", "photo": SimpleUploadedFile(name, content)}}


def test_files_are_part_of_what_is_asked(bea):
    read = []

    def view(request):
        read.append(request.FILES["photo"].read())
        return HttpResponse("ok")

    send(view, bea, **photo(b"one"))
    send(view, bea, **photo(b"one"))
    with pytest.raises(KeyReused):
        send(view, bea, **photo(b"two"))
    with pytest.raises(KeyReused):
        send(view, bea, **photo(b"one", "other.jpg"))

    # The digest read the file first; the view still finds it whole.
    assert read == [b"one"]


def test_two_members_with_the_same_key_are_two_requests(bea):
    view = Counter()

    send(view, bea)
    send(view, member("zoe"))

    assert view.runs == 2


def test_a_visitor_is_known_by_their_session_and_another_is_not(db):
    view, mine, other = Counter(), SessionStore(), SessionStore()

    send(view, session=mine)
    send(view, session=mine)
    send(view, session=other)

    assert view.runs == 2


def test_the_session_of_a_visitor_outlives_an_answer_that_is_refused(db):
    session = SessionStore()

    send(lambda request: HttpResponse(status=422), session=session)

    assert Session.objects.filter(session_key=session.session_key).exists()


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500])
def test_a_refused_answer_writes_nothing_and_the_key_serves_again(bea, status):
    view = Counter(lambda runs: HttpResponse(status=status if runs == 1 else 200))

    refused = send(view, bea)
    second = send(view, bea)

    assert (refused.status_code, second.status_code) == (status, 200)
    assert (view.runs, view.written) == (2, 1)


def test_a_refusal_raised_writes_nothing_and_the_key_serves_again(bea):
    def view(request):
        member("lost")
        raise RuleBroken

    with pytest.raises(RuleBroken):
        send(view, bea)

    assert not Member.objects.filter(email="lost@exemple.fr").exists()
    assert send(Counter(), bea).content == b"run 1"


@pytest.mark.parametrize("key", ["k" * 81, "a\0b", "\n"])
def test_a_key_too_long_or_unreadable_is_refused_and_not_cut_into_another_ones(bea, key):
    view = Counter()

    with pytest.raises(BadKey):
        send(view, bea, key=None, data={"idempotency_key": key})

    assert view.runs == 0
    send(view, bea, key="k" * 80)
    assert view.runs == 1


def test_without_a_key_and_on_reading_nothing_is_kept(bea):
    view = Counter()

    for _ in range(2):
        send(view, bea, key=None)
        send(view, bea, method="get")

    assert view.runs == 4
    assert not AnsweredRequest.objects.exists()


def test_an_answer_in_pieces_is_given_again_whole(bea):
    view = Counter(lambda runs: StreamingHttpResponse([b"one, ", b"two"], content_type="text/csv"))

    first = send(view, bea)
    again = send(view, bea)

    assert first.content == again.content == b"one, two"
    assert again["Content-Type"] == "text/csv"
    assert view.runs == 1


def test_an_answer_not_rendered_yet_is_rendered_before_it_is_kept(bea):
    template = engines["django"].from_string("Hello {{ name }}")
    view = Counter(lambda runs: TemplateResponse(factory.get("/"), template, {"name": "Béa"}))

    send(view, bea)

    assert send(view, bea).content.decode() == "Hello Béa"


def test_old_answers_are_forgotten_and_recent_ones_kept(bea, monkeypatch):
    view, now = Counter(), clock.now()
    send(view, bea)

    assert forget_answers(before=now) == 0
    assert forget_answers(before=clock.now()) == 1


class SlowView:
    """Waits in the middle until told to go on."""

    def __init__(self):
        self.runs = 0
        self.is_inside, self.may_end = threading.Event(), threading.Event()

    def __call__(self, request):
        self.runs += 1
        self.is_inside.set()
        self.may_end.wait(PATIENCE_S)
        return HttpResponse(f"run {self.runs}")


def begin(view, user, answers, path):
    def work():
        try:
            answers.append(send(view, user, path=path))
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_program_is_told_that_the_same_request_is_running():
    view, user, answers = SlowView(), member(), []
    thread = begin(view, user, answers, "/api/v1/orders")
    assert view.is_inside.wait(PATIENCE_S)

    with pytest.raises(StillRunning):
        send(view, user, path="/api/v1/orders")

    view.may_end.set()
    thread.join(PATIENCE_S)
    assert send(view, user, path="/api/v1/orders").content == answers[0].content
    assert (view.runs, StillRunning.status) == (1, 409)


@pytest.mark.django_db(transaction=True)
def test_a_person_who_clicks_twice_waits_and_sees_the_one_answer():
    view, user, answers = SlowView(), member(), []
    first = begin(view, user, answers, "/checkout/")
    assert view.is_inside.wait(PATIENCE_S)
    second = begin(view, user, answers, "/checkout/")

    second.join(0.2)
    assert answers == []
    view.may_end.set()
    first.join(PATIENCE_S)
    second.join(PATIENCE_S)

    assert [answer.content for answer in answers] == [b"run 1", b"run 1"]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_double_click_is_done_twice(monkeypatch):
    """The sabotage twin: both clicks look before either answer is kept."""
    from essaim.web import idempotency

    monkeypatch.setattr(idempotency, "_kept_answer", lambda scope, key, is_patient: None)
    view, user, answers = SlowView(), member(), []
    first = begin(view, user, answers, "/checkout/")
    assert view.is_inside.wait(PATIENCE_S)
    view.may_end.set()
    first.join(PATIENCE_S)
    with pytest.raises(Exception, match="web_one_answer_per_key"):
        send(view, user, path="/checkout/")

    assert view.runs == 2
