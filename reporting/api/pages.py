"""Keyset pages: `next` leads on from the last row, however many rows there are; nothing is counted."""

from typing import Any

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
        return tuple(self.ordering)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})

    def decode_cursor(self, request: Request) -> Any:
        """Refuse a cursor that was not given out, in words."""
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise NotFound("This cursor was not given out by this interface.") from None
