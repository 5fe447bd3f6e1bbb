"""`{% load alliance %}`: values as the reader writes them, and the portal's components, as one library.

The components' templates are in `templates/components/`; what each takes is the signature of its tag.
"""

from django import template

from alliance.templatetags import formatting, lists_and_forms, pages, tables

register = template.Library()
for part in (formatting, pages, lists_and_forms, tables):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
