"""The message of every constraint, as Django says it: in both languages, as it was written."""

import pytest
from django.apps import apps
from django.db.models import BaseConstraint
from django.utils.translation import override

APPS = {"audit", "programs", "accounts", "beneficiaries", "reports"}


def constraints() -> list[BaseConstraint]:
    return [
        constraint
        for model in apps.get_models()
        if model._meta.app_label in APPS
        for constraint in model._meta.constraints
        if constraint.violation_error_message != BaseConstraint.default_violation_error_message
    ]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_message_is_said_as_it_is_written(language):
    """Django puts the constraint's name into a message by "%": none of ours may hold the sign."""
    found = constraints()
    assert len(found) > 100
    with override(language):
        wrong = {
            one.name: str(one.violation_error_message)
            for one in found
            if "%" in str(one.violation_error_message)
            or one.get_violation_error_message() != str(one.violation_error_message)
        }
    assert wrong == {}
