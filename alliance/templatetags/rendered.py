"""How the libraries of tags render a component. Not a library itself."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

type Text = Any  # a str or a lazily translated one


def component(name: str, /, **values: Any) -> SafeString:
    """Return a shared component, told nothing but these values."""
    return render_to_string(f"components/{name}.html", values)


def stripped(content: str) -> SafeString:
    """Return what the template engine rendered, without the space around it."""
    return mark_safe(content.strip())  # noqa: S308 - already escaped by the engine


def address(target: str, *arguments: Any) -> str:
    """Return a path as it is, or the path of a named view."""
    return target if target.startswith(("/", "#", "?", "http")) else reverse(target, args=arguments)
