"""How templates are read: without the indentation, which is there for those who write them."""

import re

from django.template.base import Origin
from django.template.loaders import filesystem

INDENT = re.compile(r"\n[ \t]+")


class Loader(filesystem.Loader):
    """Reads the portal's own pages and documents. Space at a line's beginning is nothing there; lines keep their numbers."""

    def get_contents(self, origin: Origin) -> str:
        written = super().get_contents(origin)
        return INDENT.sub("\n", written) if origin.name.endswith(".html") else written
