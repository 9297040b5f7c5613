"""Same key and body, same answer; other body, 422; still running, 409 to programs, people wait.

The answer is stored in the transaction of the action itself: after a crash both exist or neither
does. Only successes (2xx, 3xx) are kept, so that a refused member may try again with the same form.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import SimpleTemplateResponse

from essaim.kernel import clock
from essaim.kernel.errors import N_, BadInput, RuleBroken
from essaim.kernel.prepared import pipelined, run_prepared
from essaim.web.models import AnsweredRequest

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

View = Callable[..., HttpResponse]
KEPT_HEADERS = ("Location", "Content-Type")
KEY_CHARS_MAX = 80
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
WAIT = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
TRY = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
READ = """
SELECT body_digest, status, headers::text, body FROM web_answeredrequest
 WHERE scope = %s AND key = %s
"""
KEEP = """
INSERT INTO web_answeredrequest (scope, key, body_digest, status, headers, body, answered_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
NOT_ASKED = frozenset({"csrfmiddlewaretoken", "idempotency_key"})
"""Fields that differ at each page load, whatever is asked."""


class BadKey(BadInput):
    code = "web.bad-key"
    sentence = N_("This form cannot be read: reload the page and try again.")


class KeyReused(BadInput):
    code = "web.key-reused"
    sentence = N_("This form was already sent with other values: reload the page and try again.")


class StillRunning(RuleBroken):
    code = "web.still-running"
    sentence = N_("The same request is being handled: try again in a moment.")


def idempotent(view: View) -> View:
    """Guard a writing view. The key is the `Idempotency-Key` header or the field of that name.

    Raises:
        BadKey: a key of more than 80 characters (cut short, it could be that of another request),
            or one that is not plain printable ASCII.
        KeyReused: the key was used for something else. StillRunning: it is in use at this moment.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key_of(request)
        if request.method not in WRITES or not key:
            return view(request, *args, **kwargs)
        # Before the transaction: a visitor's new session must outlive an answer that is refused.
        scope = _scope_of(request)
        with transaction.atomic():
            return _answer_once(request, scope, key, lambda: view(request, *args, **kwargs))

    return guarded


def forget_answers(*, before: datetime) -> int:
    """Forget what was answered before an instant; return how many (worker)."""
    return AnsweredRequest.objects.filter(answered_at__lt=before).delete()[0]


def _key_of(request: HttpRequest) -> str:
    key = str(request.headers.get("Idempotency-Key", ""))
    if not key and not request.path.startswith("/api/"):
        # The API reads the body itself: nothing may read it as a form before.
        key = str(request.POST.get("idempotency_key", ""))
    if len(key) > KEY_CHARS_MAX or not (key.isascii() and key.isprintable()):
        raise BadKey
    return key


def _answer_once(
    request: HttpRequest, scope: str, key: str, perform: Callable[[], HttpResponse]
) -> HttpResponse:
    digest = _digest_of(request)
    kept = _kept_answer(scope, key, is_patient=not request.path.startswith("/api/"))
    if kept is not None:
        kept_digest, status, headers, body = kept
        if bytes(kept_digest) != digest:
            raise KeyReused
        return HttpResponse(bytes(body), status=status, headers=headers)
    response = _whole(perform())
    if response.status_code < 400:
        _keep(scope, key, digest, response)
    else:
        transaction.set_rollback(True)
    return response


def _whole(response: HttpResponse | StreamingHttpResponse) -> HttpResponse:
    """Return an answer whose bytes are all there: only such a one can be given again."""
    if isinstance(response, StreamingHttpResponse):
        body = b"".join(response)
        return HttpResponse(body, status=response.status_code, headers=dict(response.headers))
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    return response


def _kept_answer(
    scope: str, key: str, *, is_patient: bool
) -> tuple[bytes, int, dict[str, str], bytes] | None:
    """Lock the key, then read its answer (2 queries: the second sees what the lock waited for)."""
    with pipelined():
        lock = run_prepared(WAIT if is_patient else TRY, [f"{scope} {key}"])
        kept = run_prepared(READ, [scope, key])
        locked, row = lock.one(), kept.one()
    if not is_patient and (locked is None or not locked[0]):
        raise StillRunning
    if row is None:
        return None
    return row[0], row[1], json.loads(row[2]), row[3]


def _keep(scope: str, key: str, digest: bytes, response: HttpResponse) -> None:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    run_prepared(
        KEEP,
        [
            scope,
            key,
            digest,
            response.status_code,
            json.dumps(headers),
            response.content,
            clock.now(),
        ],
    )


def _scope_of(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"member:{request.user.pk}"
    if not request.session.session_key:
        request.session.create()
    return f"session:{request.session.session_key}"


def _digest_of(request: HttpRequest) -> bytes:
    """Digest what was asked: method, address, and the fields and files, or the body."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}".encode())
    if request.content_type in FORMS:
        for piece in _pieces_of(request):
            # Each with its length: two pieces never read like another two.
            digest.update(f"\0{len(piece)}\0".encode() + piece)
    else:
        digest.update(b"\0" + request.body)
    return digest.digest()


def _pieces_of(request: HttpRequest) -> Iterator[bytes]:
    for name in sorted(set(request.POST) - NOT_ASKED):
        for value in request.POST.getlist(name):
            yield name.encode()
            yield str(value).encode("utf-8", "surrogatepass")
    for name in sorted(request.FILES):
        for uploaded in request.FILES.getlist(name):
            yield name.encode()
            yield (uploaded.name or "").encode("utf-8", "surrogatepass")
            yield _digest_of_file(uploaded)


def _digest_of_file(uploaded: "UploadedFile[Any]") -> bytes:
    digest = hashlib.sha256()
    for chunk in uploaded.chunks():
        digest.update(chunk)
    uploaded.seek(0)
    return digest.digest()
