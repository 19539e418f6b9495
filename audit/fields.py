"""Texts that are sealed in the database and read as plain text in Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q
from django.db.models.fields import AutoFieldMixin
from django.db.models.lookups import GreaterThanOrEqual
from django.db.models.query_utils import DeferredAttribute
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from . import encryption, keys

# What sealing adds to a text: version, key id, nonce, tag.
OVERHEAD = encryption.HEAD + encryption.NONCE_BYTES + encryption.TAG_BYTES
# The last two compare rows in triggers: whether the sealed bytes changed.
LOOKUPS = {"exact", "isnull", "df", "ndf"}


class Sealed(bytes):
    """A sealed value as it is stored, and the place that it was sealed for once that is known."""

    context: str = ""

    def __repr__(self) -> str:
        return "<Sealed>"

    __str__ = __repr__


class OpenedText(DeferredAttribute):
    """Keeps what the row holds sealed, and opens it each time it is read."""

    def __get__(self, instance, cls=None):
        value = super().__get__(instance, cls)
        return self.field.opened(instance, value) if isinstance(value, Sealed) else value

    def __set__(self, instance, value) -> None:
        name = self.field.attname
        held = instance.__dict__.get(name)
        if isinstance(value, Sealed):
            if self.field.knows_row(instance):
                value.context = self.field.place(instance)
        elif isinstance(held, Sealed) and value == self.field.opened(instance, held):
            return  # the same text: the row stays as it is
        instance.__dict__[name] = value


class EncryptedTextField(models.TextField):
    """A text that the database holds sealed for its very row (audit/encryption.py).

    `row` names the columns that identify the row for ever, before it is written: its UUID unless
    told otherwise, or a natural key that a trigger keeps, declared above this field. A row of
    history speaks of the row that it follows, and holds the same sealed value.

    "" is stored as such and None as NULL; nothing else can be looked up, and a text is written by
    `save()` or `bulk_create()` of its row. `update()` takes only what `seal_for()` made.
    """

    descriptor_class = OpenedText

    def __init__(self, *args, row: Sequence[str] = ("pk",), **kwargs) -> None:
        self.row = tuple(row)
        super().__init__(*args, **kwargs)
        if self.max_length:
            self.validators.append(MaxLengthValidator(self.max_length))

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs if self.row == ("pk",) else kwargs | {"row": self.row}

    def db_type(self, connection) -> str:
        return "bytea"

    def check(self, **kwargs) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_row()]

    def _check_row(self) -> list[checks.CheckMessage]:
        meta = self.model._meta
        names = [field.name for field in meta.local_fields]
        if self.row == ("pk",) and isinstance(meta.pk, AutoFieldMixin) and not self._follows():
            problem = "is sealed for a key that only the database knows: name columns in `row`"
        elif any(n != "pk" and names.index(n) > names.index(self.name) for n in self.row):
            problem = "must be declared below the columns of its `row`"
        else:
            return []
        return [checks.Error(f"{self.model.__name__}.{self.name} {problem}.", id="keys.E004")]

    def _follows(self) -> type[models.Model] | None:
        """The model whose history this one is."""
        return getattr(self.model, "pgh_tracked_model", None)

    def place(self, instance: models.Model) -> str:
        """What a value of this row is bound to: table, column and the row's key."""
        field = self.model._meta.get_field
        keys = (field(name).to_python(getattr(instance, name)) for name in self.row_attributes)
        return ":".join([self.place_table, self.column, *map(str, keys)])

    @property
    def place_table(self) -> str:
        """The table whose rows it is sealed for."""
        return (self._follows() or self.model)._meta.db_table

    def knows_row(self, instance: models.Model) -> bool:
        """Whether the row's key is there already: a row that is being read fills up in order."""
        return instance.__dict__.keys() >= set(self.row_attributes)

    @cached_property
    def row_attributes(self) -> list[str]:
        """Where an instance keeps the key of the row that its value was sealed for."""
        meta = self.model._meta
        if self.row == ("pk",):
            return ["pgh_obj_id" if self._follows() else meta.pk.attname]
        return [meta.get_field(name).attname for name in self.row]

    def opened(self, instance: models.Model, value: Sealed) -> str:
        return encryption.ring().open(value, value.context or self.place(instance)).decode()

    def seal_for(self, instance: models.Model, text: str | None) -> Sealed | str | None:
        """A text sealed for one row: what `update()` of that row takes."""
        if not text:
            return text
        if self.max_length and len(text) > self.max_length:
            raise ValidationError(_("This text is too long."), code="max_length")
        keys.note_use(encryption.ring().current)
        place = self.place(instance)
        sealed = Sealed(encryption.ring().seal(text.encode(), place))
        sealed.context = place
        return sealed

    def pre_save(self, model_instance, add):
        """What the row already holds if it still says so, else the text sealed for this row."""
        held = model_instance.__dict__.get(self.attname)
        if isinstance(held, Sealed):
            if held.context == self.place(model_instance) and self._is_current(held):
                return held
            held = self.opened(model_instance, held)
        sealed = self.seal_for(model_instance, held)
        model_instance.__dict__[self.attname] = sealed
        return sealed

    @staticmethod
    def _is_current(value: Sealed) -> bool:
        return encryption.key_of(value) == encryption.ring().current

    def from_db_value(self, value, expression, connection):
        return Sealed(value) if value else None if value is None else ""

    def get_prep_value(self, value):
        """For lookups: nothing but emptiness can be asked."""
        if value and not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is sealed: it can only be compared with ''.")
        return value

    def get_db_prep_value(self, value, connection, prepared=False):
        """For constraints checked on a row in Python: as long as what would be stored."""
        if value is None:
            return None
        stored = value.encode() if isinstance(value, str) else bytes(value)
        if stored and not isinstance(value, Sealed):
            stored = bytes([encryption.VERSION]) + bytes(OVERHEAD - 1 + len(stored))
        return connection.Database.Binary(stored)

    def get_db_prep_save(self, value, connection):
        if isinstance(value, str) and value:
            raise TypeError(
                f"{self.name} is sealed row by row: save() or bulk_create(), "
                "or update() with what seal_for() made."
            )
        if hasattr(value, "as_sql"):
            return value
        return self.get_db_prep_value(value, connection)

    def get_lookup(self, lookup_name: str):
        return super().get_lookup(lookup_name) if lookup_name in LOOKUPS else None

    def get_transform(self, lookup_name: str) -> None:
        return None

    def value_to_string(self, obj: Any) -> str:
        raise TypeError(f"{self.name} is sealed: it does not leave as plain text.")


def holds_sealed(
    model: str, field: str, *, at_least: int = 0, unless: Q | None = None, message=None
):
    """A constraint: the column is empty or sealed; of `at_least` so many bytes where not `unless`.

    What the text says is sealed: the database can only see its length.
    """
    length = Func(F(field), function="octet_length", output_field=models.IntegerField())
    long_enough = Q(GreaterThanOrEqual(length, OVERHEAD + at_least))
    return CheckConstraint(
        name=f"{model}_{field}_sealed",
        condition=(unless if unless is not None else Q(**{field: ""})) | long_enough,
        violation_error_message=_("This text is not sealed.") if message is None else message,
    )
