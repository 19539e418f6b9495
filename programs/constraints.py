"""Constraints that Django has no word for."""

from collections.abc import Iterable, Sequence

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models import BaseConstraint, CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

ADD = (
    "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(columns)s) "
    "REFERENCES %(to_table)s (%(to_columns)s) DEFERRABLE INITIALLY %(when)s"
)
CODE = r"^[A-Z][A-Z0-9_]{0,29}$"
DROP = "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s"


class CompositeForeignKey(BaseConstraint):
    """`fields` of a row must stand together in `to_fields` of one row of `to`.

    The plain foreign key stays for Django; this one makes a link across organisations (or
    across breakdowns) impossible in SQL itself. `to` is "app.Model", whose `to_fields` are
    unique together.
    """

    default_violation_error_message = _("These two do not belong together.")

    def __init__(
        self,
        *,
        fields: Sequence[str],
        to: str,
        to_fields: Sequence[str],
        name: str,
        violation_error_code: str | None = None,
        violation_error_message: str | None = None,
    ) -> None:
        self.fields, self.to, self.to_fields = tuple(fields), to, tuple(to_fields)
        super().__init__(
            name=name,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    def _target(self, apps):
        return apps.get_model(self.to)

    def create_sql(self, model, schema_editor):
        target = self._target(model._meta.apps)
        quote = schema_editor.quote_name

        def columns(of, names: Iterable[str]) -> Columns:
            return Columns(of._meta.db_table, [of._meta.get_field(n).column for n in names], quote)

        return Statement(
            ADD,
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            columns=columns(model, self.fields),
            to_table=Table(target._meta.db_table, quote),
            to_columns=columns(target, self.to_fields),
            when="IMMEDIATE",
        )

    def constraint_sql(self, model, schema_editor) -> None:
        """Never inline: the table it points to may be created later in the same migration."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def remove_sql(self, model, schema_editor):
        quote = schema_editor.quote_name
        return Statement(DROP, table=Table(model._meta.db_table, quote), name=quote(self.name))

    def validate(self, model, instance, exclude=None, using=DEFAULT_DB_ALIAS) -> None:
        if exclude and set(self.fields) & set(exclude):
            return
        values = [getattr(instance, model._meta.get_field(n).attname) for n in self.fields]
        if None in values:
            return
        rows = self._target(model._meta.apps)._default_manager.using(using)
        if not rows.filter(**dict(zip(self.to_fields, values, strict=True))).exists():
            raise ValidationError(
                self.get_violation_error_message(), code=self.violation_error_code
            )

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        kwargs |= {"fields": self.fields, "to": self.to, "to_fields": self.to_fields}
        return path, args, kwargs

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CompositeForeignKey):
            return NotImplemented
        return self.deconstruct() == other.deconstruct()


def fields_of(constraint: BaseConstraint) -> set[str]:
    """The fields by which what the constraint refuses is mended: of two that overlap, the dates."""
    if isinstance(constraint, ExclusionConstraint):
        pairs = constraint.expressions
        return {name for name, operator in pairs if operator == RangeOperators.OVERLAPS}
    condition = getattr(constraint, "condition", None)
    tested = condition.referenced_base_fields if condition is not None else set()
    return {*getattr(constraint, "fields", ()), *tested}


def both_languages(model: str, *fields: str) -> list[CheckConstraint]:
    """`fields` are filled in French and in English (forms alone would bind forms only)."""
    return [
        CheckConstraint(
            name=f"{model}_{field}_in_both_languages",
            condition=Q(**{f"{field}_fr__isnull": False, f"{field}_en__isnull": False})
            & ~Q(**{f"{field}_fr": ""})
            & ~Q(**{f"{field}_en": ""}),
            violation_error_message=_("Fill in both the French and the English text."),
        )
        for field in fields
    ]


def identified_within_organisation(model: str) -> UniqueConstraint:
    """What a composite key of another table points to."""
    return UniqueConstraint(fields=["id", "organisation"], name=f"{model}_id_organisation")


def is_code(model: str) -> CheckConstraint:
    """A code is upper-case letters, digits and underscores (it becomes an attribute in ADX)."""
    return CheckConstraint(
        name=f"{model}_code_format",
        condition=Q(code__regex=CODE),
        violation_error_message=_(
            "A code starts with a capital letter and holds capital letters, digits and underscores."
        ),
    )


def not_empty(model: str, field: str) -> CheckConstraint:
    """A range of dates holds at least one day."""
    return CheckConstraint(
        name=f"{model}_{field}_not_empty",
        condition=Q(**{f"{field}__isempty": False}),
        violation_error_message=_("The last day must not be before the first."),
    )
