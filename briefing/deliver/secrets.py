"""Secrets from where they may be: the environment or a keyring. No file of a dossier has one."""

from __future__ import annotations

import os

from briefing.problems import BriefingError

SERVICE = "briefing-generator"  # the name that secrets stand under in a keyring


def secret(where: str, what: str) -> str:
    """Return what "env:NAME" or "keyring:NAME" stands for, "" for "". `what` names it in errors, which never show it.

    Raises BriefingError where there is nothing, the keyring cannot be asked, or `where` is neither: a secret itself, perhaps.
    """
    if not where:
        return ""
    kind, _, name = where.partition(":")
    if kind == "env" and name:
        value = os.environ.get(name)
        if not value:
            raise BriefingError(f"{what}: the environment has no {name}")
        return value
    if kind == "keyring" and name:
        return _of_keyring(name, what)
    raise BriefingError(f"{what}: must be env:NAME or keyring:NAME; a secret itself has no place in a file")


def _of_keyring(name: str, what: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise BriefingError(
            f"{what}: no keyring is installed: pip install 'briefing-generator[keyring]', or use env:NAME"
        ) from None
    try:
        value: str | None = keyring.get_password(SERVICE, name)
    except KeyringError as error:
        raise BriefingError(f"{what}: the keyring cannot be asked: {error}") from None
    if not value:
        raise BriefingError(f"{what}: the keyring has no {name}: keyring set {SERVICE} {name}")
    return value
