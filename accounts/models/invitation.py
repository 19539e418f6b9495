from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import manageable_organisations
from accounts.roles import WHOLE_ORGANISATION, Role
from accounts.two_people import refuses
from audit.history import tracked
from programs.alphabet import by_name
from programs.constraints import CompositeForeignKey, not_empty
from programs.models.organisation import Language
from programs.triggers import counts_revisions, keeps, site_runs_program

from .user import NOT_PLAIN, PLAIN_EMAIL

# Once, by whoever reads its mail: signed in with that account, or about to open it by the link.
OF_ANOTHER = """nullif(current_setting('portal.user', true), '') IS NOT NULL AND NOT EXISTS (
    SELECT FROM accounts_user AS person
    WHERE person.id = nullif(current_setting('portal.user', true), '')::uuid
      AND lower(person.email) = lower(NEW.email))"""
CHANGES = "OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS DISTINCT FROM OLD.accepted_at"
ACCEPTED_BY_ITS_PERSON = f"""
    IF TG_OP = 'UPDATE' THEN
        {refuses(CHANGES, "accounts_invitation_keeps")}
    END IF;
    IF NEW.accepted_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.accepted_at IS NULL) THEN
        {refuses(OF_ANOTHER, "invitation_accepted_by_its_person")}
        NEW.accepted_at := now();
    END IF;
    RETURN NEW;
"""


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user) -> InvitationQuerySet:
        """Those of organisations whose access one manages, at large or for want of anyone else."""
        return self.filter(organisation__in=manageable_organisations(user).values("pk"))

    def waiting(self) -> InvitationQuerySet:
        """Neither answered nor withdrawn; the link may have expired."""
        return self.filter(accepted_at=None, declined_at=None, withdrawn_at=None)

    def matching(self, *, state: str, organisation=None, role: str = "") -> InvitationQuerySet:
        """Rows of the list of access, under the same filters as memberships."""
        rows = self.filter(organisation=organisation) if organisation else self
        rows = rows.filter(role=role) if role else rows
        return rows.select_related("organisation", "program", "site", "invited_by").order_by(
            by_name("organisation__name"), "organisation_id", "-invited_at", "pk"
        )

    def open(self) -> InvitationQuerySet:
        """Neither answered, nor withdrawn, nor expired."""
        return self.waiting().filter(expires_at__gt=timezone.now())


@tracked(exclude=["token_hash"])
class Invitation(models.Model):
    """An e-mail asked to join with a role; the link holds a secret of which we keep the hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "programs.Organisation", on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    program = models.ForeignKey(
        "programs.Program",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("program"),
    )
    site = models.ForeignKey(
        "programs.Site", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("site")
    )
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    active = DateRangeField(_("from, to"))
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("invited by"),
    )
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    # Dated by the database, and by nobody but the person: a role stands on it (membership.py).
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    declined_at = models.DateTimeField(_("declined"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at"]
        constraints = [
            UniqueConstraint(
                Lower("email"),
                "organisation",
                condition=Q(accepted_at=None, declined_at=None, withdrawn_at=None),
                name="invitation_open_once",
                violation_error_message=_(
                    "An invitation to this e-mail is already waiting: send it again or withdraw it."
                ),
            ),
            CompositeForeignKey(
                name="invitation_program",
                fields=["program", "organisation"],
                to="programs.Partnership",
                to_fields=["program", "organisation"],
                violation_error_message=_("The organisation does not take part in this program."),
            ),
            CompositeForeignKey(
                name="invitation_site",
                fields=["site", "organisation"],
                to="programs.Site",
                to_fields=["id", "organisation"],
                violation_error_message=_("This site belongs to another organisation."),
            ),
            not_empty("invitation", "active"),
            CheckConstraint(
                name="invitation_email_plain",
                condition=Q(email__regex=PLAIN_EMAIL),
                violation_error_message=NOT_PLAIN,
            ),
            CheckConstraint(
                name="invitation_role",
                condition=Q(role__in=Role.values),
                violation_error_message=_("Choose a role."),
            ),
            CheckConstraint(
                name="invitation_scope_of_role",
                condition=~Q(role__in=sorted(WHOLE_ORGANISATION))
                | (Q(program=None) & Q(site=None)),
                violation_error_message=_("This role is held in a whole organisation."),
            ),
            CheckConstraint(
                name="invitation_ends_once",
                condition=Q(accepted_at=None, declined_at=None)
                | Q(accepted_at=None, withdrawn_at=None)
                | Q(declined_at=None, withdrawn_at=None),
                violation_error_message=_("This invitation was answered or withdrawn."),
            ),
        ]
        triggers = [
            counts_revisions(),
            keeps("organisation_id", "role", "email", "program_id", "site_id", "invited_by_id"),
            site_runs_program("invitation_site_runs_program"),
            pgtrigger.Trigger(
                name="accepted_by_its_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("accepted_at"),
                func=ACCEPTED_BY_ITS_PERSON,
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, None, None)]

    @property
    def is_waiting(self) -> bool:
        return not (self.accepted_at or self.declined_at or self.withdrawn_at)

    @property
    def is_open(self) -> bool:
        return self.is_waiting and self.expires_at > timezone.now()
