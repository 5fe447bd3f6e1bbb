"""Logs: one line an event, as text on a terminal and as JSON in production.

Every line carries what it belongs to: the request, the task, the act, the person by an opaque id. No line carries
personal data: no addresses, no names, no text that somebody typed.
"""

import logging
import logging.config
import re
from typing import Any

import structlog
from structlog.contextvars import get_contextvars

# PostgreSQL repeats the values of a refused row in these lines of its errors.
VALUES = re.compile(r"^(DETAIL|CONTEXT|LINE \d+|QUERY): .*$", re.M)


def without_values(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a database error repeats of a row: it may be a person's."""
    for name in ("event", "exception"):
        if isinstance(text := event.get(name), str):
            event[name] = VALUES.sub(r"\1: (left out)", text)
    return event


def level_of_acts() -> int:
    """Return how loud an act is: a line in a server's log, silent on the terminal of a command."""
    return logging.INFO if {"request_id", "task"} & get_contextvars().keys() else logging.DEBUG


def configure(options: dict[str, Any]) -> None:
    """Send the standard library's and structlog's events to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_values,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer() if options["json"] else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "event": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "event"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": {name: {"level": "WARNING"} for name in ("fontTools", "pikepdf", "weasyprint.progress")},
        }
    )
