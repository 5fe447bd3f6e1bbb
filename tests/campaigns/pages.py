"""What pages cost beside a bare page on the same server, in one run: queries, processor time, weight.

    .venv/bin/python -m tests.campaigns.pages [--rounds 10] [--only statements homes lists details]

The bare page is a minimal Django view with session, user, six queries and a table of 50 rows; see `bare`. The two
take turns. Processor time is that of the web process and of its database connection together, so that a query that
works long is not hidden. Reads the database named by DATABASE_URL or the embedded one of ALLIANCE_DATA, as
`load_scale` has filled it, and changes nothing. Prints a line for each page and one in all; exit 1 when a page is
over what is aimed at.
"""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

# What each group of pages may cost: times the bare page, queries, kB of HTML (none where nothing is promised).
AIMS = {"statements": (2.0, 16, None), "homes": (2.0, 16, None), "lists": (2.0, 10, 80), "details": (1.5, 12, None)}
ROWS = """
<!doctype html><title>Bare</title><p>{{ user.name }}: {{ counts }}</p><table>{% for row in rows %}<tr><td>{{ row.pk }}</td>
<td>{{ row.debit.code }}</td><td>{{ row.credit.code }}</td><td>{{ row.amount }}</td><td>{{ row.effective_on }}</td></tr>
{% endfor %}</table>
"""


def bare(request: Any) -> Any:
    """Six queries: session, user, three small reads, and the 50 rows."""
    from django.http import HttpResponse
    from django.template import Context, Template

    from funds.models import Fund, Posting, Window

    counts = [len(Window.objects.all()), Fund.objects.first(), Posting.objects.order_by("-pk").first()]
    rows = Posting.objects.select_related("debit", "credit").order_by("-pk")[:50]
    return HttpResponse(Template(ROWS).render(Context({"user": request.user, "counts": counts, "rows": rows})))


class Page(NamedTuple):
    group: str
    persona: str
    path: str


class Cost(NamedTuple):
    queries: int
    seconds: float
    size: int


@dataclass(frozen=True)
class Measured:
    page: Page
    cost: Cost
    bare: Cost

    @property
    def times(self) -> float:
        return self.cost.seconds / self.bare.seconds

    @property
    def is_within(self) -> bool:
        times, queries, weight = AIMS[self.page.group]
        light = weight is None or self.cost.size <= weight * 1000
        return self.times <= times and self.cost.queries <= queries and light

    @property
    def line(self) -> str:
        return (
            f"{'' if self.is_within else 'OVER '}{self.page.group} {self.page.path} as {self.page.persona}:"
            f" {self.cost.queries} queries, {1000 * self.cost.seconds:.1f} ms, {self.times:.2f} times the bare page"
            f" ({1000 * self.bare.seconds:.1f} ms), {self.cost.size / 1000:.0f} kB"
        )


def pages() -> Iterator[Page]:
    """Every statement, each role's home and a donor's area, the long lists, and one row of each."""
    from funds.models import Account, Deposit, Payment, Pledge
    from governance.models import Decision
    from proposals.models import Project
    from reporting.statements.catalogue import KINDS

    for code in KINDS:
        yield Page("statements", "finance_officer", f"/en/money/statements/{code}/")
    for persona in ("finance_officer", "officer", "head", "member", "chair", "agency", "donor"):
        yield Page("homes", persona, "/en/home/")
    yield Page("homes", "donor", "/en/my-contributions/")
    for path in ("funds/pledges/", "funds/agreements/", "funds/deposits/", "funds/payments/", "funds/accounts/"):
        yield Page("lists", "finance_officer", f"/en/{path}")
    for path in ("money/postings/", "projects/", "decisions/", "organisations/", "register/", "recommendations/"):
        yield Page("lists", "finance_officer", f"/en/{path}")
    for model, path in (
        (Pledge, "funds/pledges/"), (Deposit, "funds/deposits/"), (Payment, "funds/payments/"),
        (Project, "projects/"), (Decision, "decisions/"),
    ):  # fmt: skip
        if row := model.objects.order_by("-pk").first():
            yield Page("details", "finance_officer", f"/en/{path}{row.reference}/")
    if account := Account.objects.filter(kind="partner").order_by("-pk").first():
        yield Page("details", "finance_officer", f"/en/funds/accounts/{account.code}/")


class Measure:
    """Clients signed in, one for each persona, and one for the bare page without the portal's own layers."""

    def __init__(self) -> None:
        from django.test import Client

        self.bare = Client()
        self.clients: dict[str, Client] = {}
        with without_layers():
            self.sign_in(self.bare, "finance_officer")
            assert self.bare.get("/bare/").status_code == 200
        self.backend = backend()

    def sign_in(self, client: Any, persona: str) -> Any:
        from alliance.people.models import User
        from scenarios.people.personas import MORE_MEMBERS, PEOPLE

        email = next(person.email for person in (*PEOPLE, *MORE_MEMBERS) if person.key == persona)
        client.force_login(User.objects.get(email=email))
        return client

    def client(self, persona: str) -> Any:
        from django.test import Client

        if persona not in self.clients:
            self.clients[persona] = self.sign_in(Client(), persona)
        return self.clients[persona]

    def of(self, page: Page, rounds: int) -> Measured:
        client = self.client(page.persona)
        for _ in range(2):
            self.cost(client, page.path)
        pairs = [(self.cost(client, page.path), self.cost(self.bare, "/bare/")) for _ in range(rounds)]
        assert self.backend == backend()
        return Measured(page, *(self.typical(costs) for costs in zip(*pairs, strict=True)))

    def cost(self, client: Any, path: str) -> Cost:
        from django.db import connection

        asked: list[str] = []

        def count(execute: Callable, sql: str, *rest: Any) -> Any:
            asked.append(sql)
            return execute(sql, *rest)

        began = time.process_time() + worked(self.backend)
        with connection.execute_wrapper(count):
            answer = client.get(path)
        seconds = time.process_time() + worked(self.backend) - began
        assert answer.status_code == 200, (path, answer.status_code)
        return Cost(sum(not sql.startswith(("SAVEPOINT", "RELEASE")) for sql in asked), seconds, len(answer.content))

    @staticmethod
    def typical(costs: Any) -> Cost:
        return Cost(max(c.queries for c in costs), median(c.seconds for c in costs), max(c.size for c in costs))


@contextmanager
def without_layers() -> Iterator[None]:
    from django.test import override_settings

    layers = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ]
    with override_settings(MIDDLEWARE=layers):
        yield


def backend() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def worked(pid: int) -> float:
    """Return the seconds of processor time that a process has had."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def prepare() -> None:
    """Stand the portal up in this process, with the bare page among its addresses."""
    import django

    os.environ |= {"ALLIANCE_SECRET_KEY": secrets.token_urlsafe(), "ALLIANCE_LOG_LEVEL": "WARNING"}
    django.setup()
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    from types import ModuleType

    from django.conf import settings
    from django.db import connection
    from django.urls import path

    from alliance import urls

    here = ModuleType("urls_with_a_bare_page")
    here.urlpatterns = [path("bare/", bare), *urls.urlpatterns]  # type: ignore[attr-defined]
    for name in ("handler400", "handler403", "handler404", "handler500"):
        setattr(here, name, getattr(urls, name, None) or f"django.views.defaults.{name}")
    sys.modules[here.__name__] = here
    settings.ROOT_URLCONF = here.__name__
    settings.ALLOWED_HOSTS = ["testserver", *settings.ALLOWED_HOSTS]
    settings.SECURE_SSL_REDIRECT = False
    connection.settings_dict["CONN_MAX_AGE"] = None


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", nargs="+", choices=AIMS, default=list(AIMS))
    asked = parser.parse_args()
    with ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            from alliance.runtime.database import using

            data = Path(os.environ.get("ALLIANCE_DATA", Path(__file__).parents[2] / "var"))
            os.environ["DATABASE_URL"] = stack.enter_context(using(data))
        prepare()
        from django.db import connections

        from funds.models import Donor, Posting
        from proposals.models import Project

        measure = Measure()
        found = [measure.of(page, asked.rounds) for page in pages() if page.group in asked.only]
        for one in found:
            print(one.line)
        rows = f"{Donor.objects.count()} donors, {Project.objects.count()} projects, {Posting.objects.count()} postings"
        connections.close_all()
    over = sum(not one.is_within for one in found)
    most, queries = max(one.times for one in found), max(one.cost.queries for one in found)
    print(
        f"pages: {rows}: {len(found)} pages, at most {queries} queries and {most:.2f} times the bare page; over {over}"
    )
    return 1 if over else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    sys.exit(main())
