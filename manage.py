#!/usr/bin/env python
"""Run a management command of the portal, with the embedded database around it where none is given."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    from django.core.management import execute_from_command_line

    from alliance.runtime.commands import database_for, no_portal_yet

    with database_for(sys.argv), no_portal_yet():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
