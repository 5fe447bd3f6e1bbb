"""What is collected for pages: one stylesheet and one script, joined from their small files, and what they need of packages.

In development the browser follows the imports itself; nothing has to be built.
"""

import re
from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLE, SCRIPT = "css/site.css", "js/site.js"
CSS_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);\n?')
JS_IMPORT = re.compile(r'import "\./([^"]+)";\n?')
CSS_COMMENT = re.compile(r"/\*.*?\*/\n?", re.S)
JS_COMMENT = re.compile(r"^\s*//.*\n", re.M)


class CollectedFiles(StaticFilesConfig):
    """Leaves out what packages bring and no page uses: most of a first start went into compressing it."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("rest_framework", "guardian"),  # pages of their own, which are not served
        *("htmx-2.js", "htmx-4*", "htmax-4*", "ext"),  # of htmx all but the one that `htmx_script` names
    ]


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed files, with the stylesheet and the script each in one piece."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Any:
        if not dry_run:
            for name, joined in ((STYLE, joined_style), (SCRIPT, joined_script)):
                if name in paths:
                    self.replace(name, joined(name, paths), paths)
        yield from super().post_process(paths, dry_run, **options)

    def replace(self, name: str, content: str, paths: dict[str, Any]) -> None:
        if self.exists(name):
            self.delete(name)
        self.save(name, ContentFile(content.encode()))
        paths[name] = (self, name)


def source(name: str, paths: dict[str, Any]) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()


def joined_style(name: str, paths: dict[str, Any]) -> str:
    """Return the stylesheet with each import written out inside its layer."""
    folder = name.rpartition("/")[0]

    def written_out(found: re.Match[str]) -> str:
        content = source(f"{folder}/{found[1]}", paths)
        return f"@layer {found[2]} {{\n{CSS_COMMENT.sub('', content)}}}\n"

    return CSS_IMPORT.sub(written_out, source(name, paths))


def joined_script(name: str, paths: dict[str, Any]) -> str:
    """Return the script with each module as a block of its own: they share no name and import nothing."""
    folder = name.rpartition("/")[0]

    def written_out(found: re.Match[str]) -> str:
        content = source(f"{folder}/{found[1]}", paths)
        return f"{{\n{JS_COMMENT.sub('', content)}}}\n"

    return JS_IMPORT.sub(written_out, source(name, paths))
