"""Keyset pages: `next` leads on from the last row, however many rows there are; nothing is counted."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response


class Keyset(CursorPagination):
    """Pages of 100 rows, 500 at most; the view says in what order."""

    page_size = 100
    max_page_size = 500
    page_size_query_param = "size"

    def __init__(self, ordering: tuple[str, ...]) -> None:
        self.ordering = ordering

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        self.first = queryset.model._meta.get_field(self.ordering[0].lstrip("-"))
        return tuple(self.ordering)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})

    def decode_cursor(self, request: Request) -> Any:
        """Refuse a cursor that was not given out, in words."""
        try:
            cursor = super().decode_cursor(request)
            if cursor and cursor.position is not None:
                self._require_given_out(str(cursor.position))
        except (NotFound, ValidationError):
            raise NotFound("This cursor was not given out by this interface.") from None
        return cursor

    def _require_given_out(self, position: str) -> None:
        value = self.first.to_python(position)
        naive = isinstance(value, datetime) and value.tzinfo is None
        if naive or str(value) != position:
            raise NotFound
