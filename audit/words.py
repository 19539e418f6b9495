"""What the journal's codes are called, and which question each answers."""

from __future__ import annotations

from django.apps import apps
from django.db import models
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
    for model in apps.get_models():
        if model._meta.model_name == model_name:
            return str(model._meta.verbose_name)
    return model_name


def actions_of(kind: str) -> list[str]:
    return list(WORDS[kind])
