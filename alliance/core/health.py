"""Two addresses for machines: is this process alive, and can it do its work?"""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alliance.core.failures import RETRY_SECONDS


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process serves requests."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers; a broker that is away is named, and stops no page."""
    database, broker = _database_answers(), _broker_answers()
    word = "unavailable" if not database else "ready" if broker else "degraded"
    answer = JsonResponse({"status": word, "database": database, "broker": broker}, status=200 if database else 503)
    if not database:
        answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _broker_answers() -> bool:
    from alliance.celery import broker_answers

    return broker_answers()
