"""What only real commits show: requests at the same time, and a number taken twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from audit.scope import scope
from programs.violations import explained
from reports.budget import ROWS_A_PERSON
from reports.models import Export
from tests.conftest import as_owner
from tests.factories import make_export, make_organisation, make_user


def asked(person, organisation, rows: int) -> str:
    """One request in a connection of its own; the rule that refused it, if any."""
    try:
        with scope(user_id=person.pk, organisation_ids=[organisation.pk]), explained():
            make_export(person, organisation, rows=rows)
    except ValidationError as error:
        return error.code
    finally:
        connection.close()
    return ""


def test_eight_requests_at_the_same_time_spend_one_budget(own_database):
    organisation = make_organisation()
    person = make_user("coordinator", organisation)
    with ThreadPoolExecutor(8) as at_once:
        quarter = ROWS_A_PERSON // 4
        told = list(at_once.map(lambda _number: asked(person, organisation, quarter), range(8)))
    assert sorted(told) == ["", "", "", "", *["export_budget_of_person"] * 4]
    with scope(organisation_ids=[organisation.pk]):
        made = Export.objects.all()
        assert sum(export.rows for export in made) == ROWS_A_PERSON
        assert sorted(export.serial for export in made) == [1, 2, 3, 4]


def test_two_exports_never_have_one_number(own_database):
    """Even where the trigger that numbers them is gone."""
    organisation = make_organisation()
    person = make_user("coordinator", organisation)
    as_owner("ALTER TABLE reports_export DISABLE TRIGGER USER", own_database)
    with scope(user_id=person.pk, organisation_ids=[organisation.pk]):
        make_export(person, organisation, serial=7)
        with pytest.raises(ValidationError) as told, explained():
            make_export(person, organisation, serial=7)
    assert told.value.code == "export_serial_once"
