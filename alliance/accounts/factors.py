"""A second factor: an authenticator app with recovery codes, who must have one, and how its secrets are kept."""

from base64 import urlsafe_b64encode
from functools import cache
from io import BytesIO

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from lxml import etree
from qrcode.image.svg import SvgPathImage

from alliance.access import require
from alliance.people.models import User


def must_have(user: User) -> bool:
    """Say whether a role of this person asks for a second factor here: the installation's choice."""
    return bool(settings.ALLIANCE_SECOND_FACTOR) and user.has_role(*settings.ALLIANCE_SECOND_FACTOR)


def has(user: AbstractBaseUser) -> bool:
    """Say whether the person has a second factor; recovery codes alone are not one."""
    return held(user).exists()


def held(user: AbstractBaseUser) -> models.QuerySet[Authenticator]:
    """Return the person's authenticator app and passkeys."""
    return Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).order_by("pk")


@cache
def _box(secret_key: str) -> Fernet:
    """Return what locks secrets: whoever reads the database alone cannot make codes of them."""
    key = salted_hmac("alliance.accounts.factors", "", secret=secret_key, algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))


class FactorAdapter(DefaultMFAAdapter):
    """The portal's answers to what allauth asks of second factors."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Wait for the next one that the app shows."),
        "cannot_delete_authenticator": _("Your role asks for a second factor: it cannot be removed."),
        "cannot_generate_recovery_codes": _("Set up the authenticator app first."),
    }

    def encrypt(self, text: str) -> str:
        return _box(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box(settings.SECRET_KEY).decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = User.objects.get(pk=authenticator.user_id)
        return not must_have(user) or held(user).exclude(pk=authenticator.pk).exists()

    def require_removable(self, authenticator: Authenticator) -> None:
        """Raise NotAllowed for the last second factor of somebody who must have one: asked under the person's lock."""
        require(self.can_delete_authenticator(authenticator), self.error_messages["cannot_delete_authenticator"])

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        return gettext("Passkey %(number)s") % {"number": held(user).filter(type=type).count() + 1}

    def build_totp_svg(self, url: str) -> str:
        """Return the picture for the app's camera: an element of the page, without a style of its own."""
        written = BytesIO()
        qrcode.make(url, image_factory=SvgPathImage).save(written)
        picture = etree.fromstring(written.getvalue())
        for name in ("width", "height"):
            del picture.attrib[name]
        picture.set("class", "qr")
        picture.set("role", "img")
        picture.set("aria-label", gettext("A picture that your authenticator app reads"))
        return etree.tostring(picture, encoding="unicode")
