"""What `verify` asks of this room: each finished document is the one whose making the register tells."""

import json
from collections.abc import Iterator
from typing import Any

from alliance.jobs.models import Job
from alliance.jobs.operations import made_of
from alliance.register.models import RegisterEntry
from alliance.register.verification import Problem


def problems() -> Iterator[Problem]:
    """Yield finished jobs that do not agree with their entry."""
    told = _told()
    for job in Job.objects.done().select_related("file", "requested_by").order_by("pk").iterator(500):
        if job.file is None:
            yield Problem("file", f"alliance_job:{job.pk}.file_id", "finished, but there is no document")
            continue
        facts = told.get(str(job.uid), {})
        ours = made_of(job)
        wrong = sorted(name for name in ours if facts.get(name) != ours[name])
        if wrong or job.facts != _made_facts(facts, ours):
            yield Problem("file", f"alliance_job:{job.pk}.{','.join(wrong)}", "the register tells of another document")


def checked() -> dict[str, int]:
    return {"documents": Job.objects.done().count()}


def _told() -> dict[str, dict[str, Any]]:
    bodies = RegisterEntry.objects.filter(kind="document.made/1").order_by("n").values_list("body", flat=True)
    facts = []
    for body in bodies:
        try:
            facts.append(json.loads(body)["facts"])
        except (ValueError, KeyError, TypeError):
            continue  # said of the entry already
    return {str(one.get("job")): one for one in facts}


def _made_facts(facts: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """Return what the maker said of the document, as the job keeps it."""
    return {name: value for name, value in facts.items() if name not in ours}
