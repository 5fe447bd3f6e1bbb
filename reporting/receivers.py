"""Who is told of this app's register entries."""

from reporting.forum_report import jobs as forum_report_jobs  # noqa: F401 - declares its documents
from reporting.statements import jobs as statement_jobs  # noqa: F401 - the same
