"""A text that the database holds sealed for its row, and Python reads."""

import copy
import datetime as dt
import pickle

import pytest
from django.apps import apps
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, models, transaction

from audit.encryption import TamperedError
from audit.fields import EncryptedTextField, Sealed
from audit.rotation import sealed_columns
from beneficiaries.models import BeneficiaryCount, CountNote, CountReport
from tests.factories import make_filled_report, make_program_site, make_report

pytestmark = pytest.mark.django_db
SAID = "Sita came back with her sister."


def stored(report, column="comment"):
    """What stands in the table itself."""
    with connection.cursor() as cursor:
        sql = f"SELECT {column} FROM beneficiaries_countreport WHERE id = %s"
        cursor.execute(sql, [report.pk])
        return bytes(cursor.fetchone()[0])


def read(report):
    return CountReport.objects.get(pk=report.pk)


def write_raw(report, value):
    with connection.cursor() as cursor:
        sql = "UPDATE beneficiaries_countreport SET comment = %s WHERE id = %s"
        cursor.execute(sql, [value, report.pk])


@pytest.fixture
def report():
    return make_report(comment=SAID)


def test_a_text_is_sealed_in_the_table_and_read_in_python(report):
    assert b"Sita" not in stored(report)
    assert read(report).comment == SAID


def test_nothing_is_stored_as_nothing():
    report = make_report(comment="")
    assert stored(report) == b""
    assert read(report).comment == ""
    assert CountReport.objects.filter(comment="").exists()
    assert not CountReport.objects.filter(comment__isnull=True).exists()


def test_a_row_that_says_the_same_stays_as_it_is(report):
    before = stored(report)
    again = read(report)
    again.comment = SAID
    again.save()
    assert stored(report) == before
    again.comment = "Something else."
    again.save(update_fields=["comment"])
    assert stored(report) != before
    assert read(report).comment == "Something else."


def test_a_value_of_another_row_is_refused(report):
    other = make_report(comment="Nothing to say.")
    write_raw(other, stored(report))
    with pytest.raises(TamperedError):
        _ = read(other).comment


def test_a_value_of_another_column_is_refused(report):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE beneficiaries_countreport SET return_reason = comment")
    with pytest.raises(TamperedError):
        _ = read(report).return_reason


def test_a_cut_or_altered_value_is_refused(report):
    value = stored(report)
    write_raw(report, value[:-1])
    with pytest.raises(TamperedError):
        _ = read(report).comment
    write_raw(report, value[:-1] + bytes([value[-1] ^ 1]))
    with pytest.raises(TamperedError):
        _ = read(report).comment


def test_history_holds_the_same_sealed_value(report):
    (event,) = report.pgh_event_model.objects.filter(pgh_obj_id=report.pk)
    assert event.comment == SAID
    with connection.cursor() as cursor:
        cursor.execute("SELECT comment FROM beneficiaries_countreportevent")
        assert bytes(cursor.fetchone()[0]) == stored(report)


def test_a_copy_is_sealed_for_its_own_row(report):
    row = read(report)
    other = make_program_site(row.program)
    row.pk, row.site, row.organisation = None, other.site, other.organisation
    row._state.adding = True
    CountReport.objects.bulk_create([row])
    made = CountReport.objects.get(site=other.site)
    assert made.comment == SAID
    assert stored(made) != stored(report)


def test_an_update_takes_only_what_was_sealed_for_the_row(report):
    rows = CountReport.objects.filter(pk=report.pk)
    with pytest.raises(TypeError, match="row by row"), transaction.atomic():
        rows.update(comment="plain")
    report.comment = "plain"
    with pytest.raises(TypeError, match="row by row"), transaction.atomic():
        CountReport.objects.bulk_update([report], ["comment"])
    rows.update(comment=CountReport._meta.get_field("comment").seal_for(report, "New."))
    assert read(report).comment == "New."
    rows.update(comment="")
    assert read(report).comment == ""


@pytest.mark.parametrize("lookup", ["contains", "icontains", "gt", "in", "regex", "startswith"])
def test_nothing_can_be_looked_up(lookup):
    with pytest.raises(FieldError):
        CountReport.objects.filter(**{f"comment__{lookup}": "S"})
    with pytest.raises(TypeError, match="sealed"):
        CountReport.objects.filter(comment="Sita")


def test_values_come_out_sealed(report):
    (value,) = CountReport.objects.values_list("comment", flat=True)
    assert isinstance(value, Sealed)
    assert "Sita" not in f"{value} {value!r}"


def test_no_text_is_written_where_a_row_is_printed_or_sent(report):
    row = read(report)
    assert row.comment == SAID
    shown = f"{row!r} {row} {vars(row)}"
    assert "Sita" not in shown
    assert b"Sita" not in pickle.dumps(row)
    assert pickle.loads(pickle.dumps(row)).comment == SAID  # noqa: S301
    assert copy.copy(row).comment == SAID
    with pytest.raises(TypeError, match="sealed"):
        serializers.serialize("json", [row])


def test_a_text_that_is_not_loaded_is_loaded_when_read(report):
    row = CountReport.objects.defer("comment", "version").get(pk=report.pk)
    assert row.comment == SAID
    only = CountReport.objects.only("comment").get(pk=report.pk)
    assert only.comment == SAID


def test_a_row_is_read_again(report):
    row = read(report)
    other = read(report)
    other.comment = "Changed."
    other.save()
    row.refresh_from_db()
    assert row.comment == "Changed."


def test_the_longest_text_is_held_to():
    report = make_report()
    report.comment = "x" * 2001
    with pytest.raises(ValidationError), transaction.atomic():
        report.save()
    with pytest.raises(ValidationError):
        report.clean_fields()


def test_rules_can_be_checked_on_a_row_before_it_is_written():
    note = CountNote(report=make_report(), text="")
    rules = {each.name: each for each in CountNote._meta.constraints}
    with pytest.raises(ValidationError, match="Write the explanation"):
        rules["countnote_text_filled"].validate(CountNote, note)
    note.text = "Filled."
    for name in ("countnote_text_filled", "countnote_text_sealed"):
        rules[name].validate(CountNote, note)


def test_a_comment_is_changed_cell_by_cell():
    report = make_filled_report()
    count = report.counts.first()
    count.comment = SAID
    count.save()
    assert BeneficiaryCount.objects.get(pk=count.pk).comment == SAID


def test_a_key_that_only_the_database_knows_is_refused():
    class Numbered(models.Model):  # noqa: DJ008
        text = EncryptedTextField()

        class Meta:
            app_label = "audit"

    class Late(models.Model):  # noqa: DJ008
        text = EncryptedTextField(row=["day"])
        day = models.DateField()

        class Meta:
            app_label = "audit"

    try:
        found = [error.id for each in (Numbered, Late) for error in each.check()]
    finally:
        del apps.all_models["audit"]["numbered"], apps.all_models["audit"]["late"]
        apps.clear_cache()
    assert found == ["keys.E004", "keys.E004"]


def test_what_names_a_row_never_changes():
    """Each natural key that texts are sealed for is kept by a trigger of its table."""
    loose = []
    for model in apps.get_models():
        for field in model._meta.local_fields:
            is_followed = hasattr(model, "pgh_tracked_model")
            if isinstance(field, EncryptedTextField) and field.row != ("pk",) and not is_followed:
                functions = [t.func or "" for t in model._meta.triggers if "keeps" in t.name]
                loose += [
                    f"{field} {name}"
                    for name in field.row_attributes
                    if not any(f"NEW.{name}" in str(each) for each in functions)
                ]
    assert loose == []


def test_every_sealed_column_has_its_history_sealed_too():
    names = {str(column) for column in sealed_columns()}
    assert "beneficiaries_countreportevent.comment" in names
    assert "beneficiaries_beneficiarycount.comment" in names


def test_a_date_given_as_text_seals_for_the_same_row():
    place = make_program_site()
    report = make_report(place, "2026-03-01", comment=SAID)
    assert read(report).month == dt.date(2026, 3, 1)
    assert read(report).comment == SAID
