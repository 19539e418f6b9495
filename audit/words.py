"""What the journal's codes are called: actions, with the question each answers, and details."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Kind(models.TextChoices):
    """The questions an auditor asks."""

    SEEN = "seen", gettext_lazy("seen")
    CHANGED = "changed", gettext_lazy("changed")
    EXPORTED = "exported", gettext_lazy("exported")
    RIGHTS = "rights", gettext_lazy("rights and accounts")
    SIGN_IN = "sign_in", gettext_lazy("sign-in")
    REFUSED = "refused", gettext_lazy("refused")


WORDS: dict[str, dict[str, str]] = {
    Kind.SEEN: {
        "view": gettext_lazy("saw"),
        "open_document": gettext_lazy("opened a document"),
    },
    Kind.EXPORTED: {
        "request_export": gettext_lazy("asked for an export"),
        "approve_export": gettext_lazy("agreed to an export"),
        "refuse_export": gettext_lazy("refused an export"),
        "withdraw_export": gettext_lazy("withdrew an export"),
        "build_export": gettext_lazy("export made"),
        "fail_export": gettext_lazy("export failed"),
        "show_export_passphrase": gettext_lazy("saw the passphrase of an export"),
        "download_export": gettext_lazy("took an export"),
        "expire_export": gettext_lazy("export expired"),
        "purge_export": gettext_lazy("export deleted"),
        "download_workbook": gettext_lazy("took a workbook"),
        "export": gettext_lazy("exported"),
        "export_figures": gettext_lazy("exported figures"),
        "backup": gettext_lazy("backup made"),
    },
    Kind.RIGHTS: {
        "bootstrap": gettext_lazy("started the portal"),
        "invite": gettext_lazy("invited somebody"),
        "send_invitation": gettext_lazy("invitation sent"),
        "resend_invitation": gettext_lazy("sent an invitation again"),
        "withdraw_invitation": gettext_lazy("withdrew an invitation"),
        "accept_invitation": gettext_lazy("accepted an invitation"),
        "decline_invitation": gettext_lazy("declined an invitation"),
        "grant_membership": gettext_lazy("gave a role"),
        "end_membership": gettext_lazy("ended a role"),
        "deactivate_account": gettext_lazy("deactivated an account"),
        "reactivate_account": gettext_lazy("reactivated an account"),
        "elevate": gettext_lazy("took emergency access"),
        "end_elevation": gettext_lazy("ended emergency access"),
        "review_elevation": gettext_lazy("reviewed an emergency access"),
    },
    Kind.SIGN_IN: {
        "sign_in": gettext_lazy("signed in"),
        "fail_sign_in": gettext_lazy("failed to sign in"),
        "fail_second_factor": gettext_lazy("gave a wrong second factor"),
        "rest_second_factor": gettext_lazy("many wrong codes: the application's open nothing"),
        "sign_out": gettext_lazy("signed out"),
        "end_session": gettext_lazy("ended a session"),
        "change_password": gettext_lazy("changed the password"),
        "ask_reset": gettext_lazy("a new password was asked for by e-mail"),
        "reset_password": gettext_lazy("set a new password by e-mail"),
        "add_second_factor": gettext_lazy("added a second factor"),
        "remove_second_factor": gettext_lazy("removed a second factor"),
        "rename_second_factor": gettext_lazy("renamed a second factor"),
        "renew_recovery_codes": gettext_lazy("took new recovery codes"),
        "ask_factor_reset": gettext_lazy("asked to lift somebody's second factor"),
        "confirm_factor_reset": gettext_lazy("confirmed that a second factor is lifted"),
        "refuse_factor_reset": gettext_lazy("refused to lift a second factor"),
    },
    Kind.REFUSED: {
        "denied": gettext_lazy("was refused"),
        "not_found": gettext_lazy("asked for what is not there, or not theirs"),
    },
    Kind.CHANGED: {
        "open": gettext_lazy("opened a report"),
        "submit": gettext_lazy("submitted a report"),
        "take_back": gettext_lazy("took a report back"),
        "approve": gettext_lazy("approved a report"),
        "return": gettext_lazy("returned a report"),
        "correct": gettext_lazy("began a correction"),
        "discard": gettext_lazy("discarded a draft"),
        "save_tally": gettext_lazy("saved a tally sheet"),
        "cancel_tally": gettext_lazy("cancelled a tally sheet"),
        "restore_tally": gettext_lazy("restored a tally sheet"),
        "upload_workbook": gettext_lazy("sent a workbook"),
        "apply_workbook": gettext_lazy("applied a workbook"),
        "lock": gettext_lazy("locked months"),
        "lift_lock": gettext_lazy("lifted a lock"),
        "grant_lock_exception": gettext_lazy("granted an exception to a lock"),
        "save_cell": gettext_lazy("saved a cell"),
        "send_form": gettext_lazy("sent a form"),
        "change_profile": gettext_lazy("changed their own account"),
        "choose_language": gettext_lazy("chose a language"),
        "add_breakdown": gettext_lazy("added a breakdown"),
        "load_catalogue": gettext_lazy("loaded the standard catalogue"),
        "add_document": gettext_lazy("added a document"),
        "replace_document": gettext_lazy("replaced a document"),
        "withdraw_document": gettext_lazy("withdrew a document"),
        "erase_entry": gettext_lazy("entry of the journal erased"),
        "purge_ledger": gettext_lazy("old entries of the journal deleted"),
    },
}
# What the details of an entry are called, in the order in which they are read.
FACTS: dict[str, str] = {
    "person": gettext_lazy("Person"),
    "membership": gettext_lazy("Role given"),
    "role": gettext_lazy("Role"),
    "role_given_at": gettext_lazy("Role held since"),
    "role_given_by": gettext_lazy("Role given by"),
    "elevation": gettext_lazy("Emergency access"),
    "minutes": gettext_lazy("Minutes"),
    "outcome": gettext_lazy("Outcome"),
    "organisation": gettext_lazy("Organisation"),
    "organisation_id": gettext_lazy("Organisation"),
    "program": gettext_lazy("Program"),
    "program_pk": gettext_lazy("Program"),
    "project": gettext_lazy("Project"),
    "funder": gettext_lazy("Funder"),
    "pillar": gettext_lazy("Pillar"),
    "site": gettext_lazy("Site"),
    "site_pk": gettext_lazy("Site"),
    "about": gettext_lazy("Belongs to"),
    "pk": gettext_lazy("Object"),
    "number": gettext_lazy("Number"),
    "version": gettext_lazy("Version"),
    "day": gettext_lazy("Day"),
    "month": gettext_lazy("Month"),
    "period": gettext_lazy("Period"),
    "from": gettext_lazy("From"),
    "to": gettext_lazy("To"),
    "to_before": gettext_lazy("Former end"),
    "until": gettext_lazy("Until"),
    "ended_at_once": gettext_lazy("Ended at once"),
    "state": gettext_lazy("State"),
    "indicator": gettext_lazy("Indicator"),
    "indicator_pk": gettext_lazy("Indicator"),
    "cell": gettext_lazy("Cell"),
    "cell_pk": gettext_lazy("Cell"),
    "cells": gettext_lazy("Cells"),
    "total": gettext_lazy("Total"),
    "fields": gettext_lazy("Fields"),
    "page": gettext_lazy("Page"),
    "method": gettext_lazy("What was tried"),
    "what": gettext_lazy("What was shown"),
    "filters": gettext_lazy("Filters (fingerprint)"),
    "language": gettext_lazy("Language"),
    "proofs": gettext_lazy("Proofs"),
    "type": gettext_lazy("Proof"),
    "again": gettext_lazy("Asked again during a session"),
    "email": gettext_lazy("E-mail (fingerprint)"),
    "content": gettext_lazy("Content"),
    "rows": gettext_lazy("Rows"),
    "built_rows": gettext_lazy("Rows in the file"),
    "size": gettext_lazy("Size in bytes"),
    "files": gettext_lazy("Files"),
    "sha256": gettext_lazy("Fingerprint of the file"),
    "entries": gettext_lazy("Entries of the journal"),
    "through": gettext_lazy("Up to seal number"),
    "hash": gettext_lazy("Fingerprint of the seal"),
}
PROOFS = {
    "password": gettext_lazy("password"),
    "totp": gettext_lazy("code of an application"),
    "webauthn": gettext_lazy("passkey"),
    "recovery_codes": gettext_lazy("recovery code"),
}


def _choices(model: str, name: str) -> Callable[[], dict[str, str]]:
    return lambda: dict(apps.get_model(model)._meta.get_field(name).flatchoices)


# Facts whose values are codes, and what these are called.
LABELS: dict[str, Callable[[], dict[str, str]]] = {
    "content": _choices("reports.Export", "content"),
    "from": _choices("beneficiaries.CountReport", "status"),
    "language": _choices("accounts.User", "language"),
    "method": lambda: {
        "GET": gettext_lazy("opening a page"),
        "POST": gettext_lazy("sending a form"),
    },
    "outcome": _choices("accounts.Elevation", "outcome"),
    "period": lambda: {"range": gettext_lazy("from one month to another")},
    "pillar": _choices("programs.Program", "pillar"),
    "proofs": lambda: PROOFS,
    "role": _choices("accounts.Membership", "role"),
    "state": lambda: {"all": gettext_lazy("figures not yet approved included")},
    "to": _choices("beneficiaries.CountReport", "status"),
    "type": lambda: PROOFS,
    "what": lambda: {
        "account": gettext_lazy("accounts"),
        "person": gettext_lazy("persons"),
    },
}
KINDS = {action: kind for kind, words in WORDS.items() for action in words}


def action_name(action: str) -> str:
    """In the reader's language; a row of the catalogue is added or changed under its own name."""
    if action in KINDS:
        return capfirst(str(WORDS[KINDS[action]][action]))
    verb, _underscore, model = action.partition("_")
    words = {"add": _("Added: %(object)s"), "change": _("Changed: %(object)s")}
    if verb in words:
        return words[verb] % {"object": object_name(model)}
    return action.replace("_", " ")


def object_name(model_name: str) -> str:
    """What a kind of object is called; its code where the portal has no such kind any more."""
    model = model_of(model_name)
    return str(model._meta.verbose_name) if model else model_name


def model_of(name: str) -> type[models.Model] | None:
    """The model that the journal calls so."""
    return next((model for model in apps.get_models() if model._meta.model_name == name), None)


def fact_name(key: str) -> str:
    """What a fact is called; its code in letters where an older version wrote it."""
    return str(FACTS.get(key) or capfirst(key.replace("_", " ")))


def fact_in_words(key: str, value: object, kind: str = "") -> str:
    """A fact of an entry about a `kind` of object: codes by their names, days as they are read."""
    if isinstance(value, list):
        return ", ".join(fact_in_words(key, each, kind) for each in value) or "–"
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    if key == "fields":
        return _field_name(kind, text)
    label = LABELS[key]().get(text) if key in LABELS else None
    return str(label or _as_moment(text) or text)


def _field_name(model_name: str, name: str) -> str:
    if model := model_of(model_name):
        with suppress(FieldDoesNotExist):
            return str(model._meta.get_field(name).verbose_name)
    return name.replace("_", " ")


def _as_moment(text: str) -> str:
    """A day or a moment as the reader writes it; "" for anything else."""
    with suppress(ValueError):  # what looks like a day that no calendar has
        if "-" not in text:
            return ""
        if day := parse_date(text):
            return date_format(day)
        if moment := parse_datetime(text):
            return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return ""


def actions_of(kind: str) -> list[str]:
    return list(WORDS[kind])
