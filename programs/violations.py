"""What the database refuses, said so that a person can mend it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

NOT_RUN_THERE = _(
    "This program does not run at this site. Choose another site, or leave the program or the site "
    "at “whole organisation”."
)
OTHER_SITE = _(
    "This site does not run this program. Choose one that does, or open the site for the program "
    "first."
)
# Rules held by triggers, and constraints that Django makes by itself.
OTHER_MESSAGES = {
    "beneficiarycount_frozen": _(
        "This report is no longer open: its counts are frozen. Start a correction to change them."
    ),
    "countreport_lead_decides_only": _(
        "The lead of a program approves or returns what a partner submitted, and changes nothing "
        "else of it."
    ),
    "elevation_closes_once": _("This emergency access is closed: nothing of it changes any more."),
    "elevation_review_first": _(
        "You had emergency access twice in 24 hours, and nobody has reviewed it: ask for a review "
        "first."
    ),
    "elevation_reviewer": _("Whoever answers for emergency access in this organisation reviews."),
    "elevation_reviewer_is_new": _(
        "Your role is less than 7 days old: until then it reviews nothing. Somebody whose role is "
        "older reviews; if there is nobody, the review waits."
    ),
    "export_approver_organisation": _(
        "An export is approved in your organisation or by the lead of a program."
    ),
    "export_asked_decides_only": _("Whoever is asked decides, and changes nothing else."),
    "export_budget_of_organisation": _(
        "This is more than what is left to your organisation today. Choose fewer months or one "
        "program, or come back tomorrow."
    ),
    "export_budget_of_person": _(
        "This is more than what is left to you today. Choose fewer months or one program, or come "
        "back tomorrow."
    ),
    "export_decider": _("Only somebody who approves exports of this organisation decides."),
    "export_decider_is_new": _(
        "Your role is less than 7 days old: until then it approves nothing. Somebody whose role is "
        "older approves."
    ),
    "export_requester_is_new": _(
        "Your role is less than 7 days old: until then you cannot ask for what a second person "
        "approves. What you ask for in 24 hours is added up. Let a colleague whose role is older "
        "ask."
    ),
    "export_state_follows": _("This export has moved on: open it again."),
    "factor_reset_answered_once": _("This was answered, or asked more than a day ago."),
    "factor_reset_asker": _("Whoever manages access in this organisation asks."),
    "factor_reset_asker_is_new": _(
        "Your role is less than 7 days old: until then an administrator whose role is older asks."
    ),
    "factor_reset_second_is_new": _(
        "Your role is less than 7 days old: until then it confirms nothing. Somebody whose role "
        "is older confirms."
    ),
    "factor_reset_second_person": _(
        "A second person of this organisation confirms. Of somebody who also works for another "
        "organisation, a person of that one confirms, where whoever asked does not work."
    ),
    "grantscope_site_of_program": OTHER_SITE,
    "indicator_summed_by_adds_up": _(
        "The indicator shown over a longer time must add up and be counted in the same unit."
    ),
    "invitation_accepted_by_its_person": _("Whoever is invited accepts, and nobody for them."),
    "invitation_site_runs_program": NOT_RUN_THERE,
    "membership_given_by_somebody": _("A role is given by somebody: say who."),
    "membership_given_with_consent": _(
        "This person has no role in this organisation at present. Give them a role: they receive "
        "an invitation, and accept it first."
    ),
    "membership_site_runs_program": NOT_RUN_THERE,
    "partnership_lead_leads": _("The lead of a program is the organisation that owns it."),
    "partnership_outlasts_its_sites": _(
        "A site of this partner is open in the program on other days: end the site first."
    ),
    "programsite_within_partnership": _(
        "The organisation does not take part in this program on all these days."
    ),
    "target_cell_of_indicator": _(
        "This cell is not of the breakdown of the indicator. Choose one that is, or none for the "
        "whole."
    ),
    "target_indicator_of_program": _(
        "This program does not count this indicator. Choose one that it counts, or add the "
        "indicator to the program first."
    ),
    "target_site_of_program": OTHER_SITE,
    "month_is_locked": _("This month is locked. Ask for an exception to change it."),
}
KEPT = _("What other work refers to never changes here: make a new row instead.")
STAYS = _("This is never deleted: end it instead.")
NEGATIVE = _("A number here cannot be below zero.")
REFUSED = _("The database refused this. Check the values and try again.")


@cache
def _messages() -> dict[str, str]:
    return OTHER_MESSAGES | {
        constraint.name: constraint.violation_error_message
        for model in apps.get_models()
        for constraint in model._meta.constraints
    }


def explain(error: IntegrityError) -> ValidationError:
    """The message of the constraint that refused, by its name."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or ""
    return ValidationError(_message(name), code=name or "refused")


def _message(name: str) -> str:
    """Django itself names the check of a positive number, always "…_check"."""
    endings = {"_keeps": KEPT, "_stays": STAYS, "_check": NEGATIVE}
    by_ending = next((text for end, text in endings.items() if name.endswith(end)), REFUSED)
    return _messages().get(name, by_ending)


@contextmanager
def explained() -> Iterator[None]:
    """Run writes in a savepoint; a refusal comes out as a ValidationError with its message."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise explain(error) from error


def write_at_once(statement: str, parameters: dict) -> tuple | None:
    """Run one statement in a savepoint, the whole in one round trip, and give its first row.

    A refusal comes out as a ValidationError with its message.
    """
    saved = None
    with connection.cursor() as cursor:
        try:
            with connection.wrap_database_errors, connection.connection.pipeline():
                saved = connection.savepoint()
                cursor.execute(statement, parameters)
                connection.savepoint_commit(saved)
        except DatabaseError as error:
            if saved:
                connection.savepoint_rollback(saved)
            if isinstance(error, IntegrityError):
                raise explain(error) from error
            raise
        return cursor.fetchone()
