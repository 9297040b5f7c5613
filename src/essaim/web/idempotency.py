"""Same key and body, same answer; other body, 422; still running, 409 to programs and patience to people.

The answer is stored in the transaction of the action itself: after a crash either both exist or neither.
Only successes (2xx, 3xx) are kept, so that a refused member may try again with the same form.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from essaim.kernel import clock
from essaim.kernel.errors import N_, BadInput, RuleBroken

View = Callable[..., HttpResponse]
KEPT_HEADERS = ("Location", "Content-Type")
KEY_CHARS_MAX = 80
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class KeyReused(BadInput):
    code = "web.key-reused"
    sentence = N_("This form was already sent with other values: reload the page and try again.")


class StillRunning(RuleBroken):
    code = "web.still-running"
    sentence = N_("The same request is being handled: try again in a moment.")


def idempotent(view: View) -> View:
    """Guard a writing view. The key is the `Idempotency-Key` header or the field of that name."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key_of(request)
        if request.method not in WRITES or not key:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return _answer_once(request, key, lambda: view(request, *args, **kwargs))

    return guarded


def _key_of(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key") or request.POST.get("idempotency_key", "")
    return str(key)[:KEY_CHARS_MAX]


def _answer_once(
    request: HttpRequest, key: str, perform: Callable[[], HttpResponse]
) -> HttpResponse:
    scope, digest = _scope_of(request), _digest_of(request)
    kept = _kept_answer(scope, key, is_patient=not request.path.startswith("/api/"))
    if kept is not None:
        kept_digest, status, headers, body = kept
        if bytes(kept_digest) != digest:
            raise KeyReused
        return HttpResponse(bytes(body), status=status, headers=headers)
    response = perform()
    if response.status_code < 400:
        _keep(scope, key, digest, response)
    else:
        transaction.set_rollback(True)
    return response


def _kept_answer(
    scope: str, key: str, *, is_patient: bool
) -> tuple[bytes, int, dict[str, str], bytes] | None:
    """Take the key's lock, then read its answer (2 queries: the second must see what the lock waited for)."""
    lock = "pg_advisory_xact_lock" if is_patient else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtextextended(%s, 0))", [f"{scope} {key}"])
        if not is_patient and not cursor.fetchone()[0]:
            raise StillRunning
        cursor.execute(
            "SELECT body_digest, status, headers::text, body FROM web_answeredrequest"
            " WHERE scope = %s AND key = %s",
            [scope, key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return row[0], row[1], json.loads(row[2]), row[3]


def _keep(scope: str, key: str, digest: bytes, response: HttpResponse) -> None:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO web_answeredrequest"
            " (scope, key, body_digest, status, headers, body, answered_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
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
    """Digest what was asked: the path and the fields (the CSRF token differs at each page load)."""
    digest = hashlib.sha256(request.path.encode())
    if request.content_type == "application/json":
        digest.update(request.body)
        return digest.digest()
    for name in sorted(request.POST):
        if name not in {"csrfmiddlewaretoken", "idempotency_key"}:
            digest.update(f"\0{name}={request.POST.getlist(name)!r}".encode())
    return digest.digest()
