from django.db import models
from django.db.models import UniqueConstraint
from django.utils.translation import gettext_lazy as _

from programs.constraints import both_languages, is_code
from programs.triggers import counts_revisions, keeps


class CodeList(models.Model):
    """A closed list of the field's words (services, closure reasons…), shared by all."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=200)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("code list")
        verbose_name_plural = _("code lists")
        ordering = ["code"]
        constraints = [is_code("codelist"), *both_languages("codelist", "name")]
        triggers = [counts_revisions(), keeps("code")]

    def __str__(self) -> str:
        return self.name


class Code(models.Model):
    """One word of a code list; deactivated, never deleted."""

    code_list = models.ForeignKey(
        CodeList, on_delete=models.PROTECT, related_name="codes", verbose_name=_("code list")
    )
    code = models.CharField(_("code"), max_length=30)
    label = models.CharField(_("label"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    htcds_code = models.CharField(_("HTCDS code"), max_length=60, blank=True)
    ctdc_code = models.CharField(_("CTDC code"), max_length=60, blank=True)
    ic_tip_code = models.CharField(_("IC-TIP code"), max_length=60, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["code_list", "position", "code"]
        constraints = [
            UniqueConstraint(
                fields=["code_list", "code"],
                name="code_once",
                violation_error_message=_("This list already has this code."),
            ),
            is_code("code"),
            *both_languages("code", "label"),
        ]
        triggers = [counts_revisions(), keeps("code_list_id", "code")]

    def __str__(self) -> str:
        return self.label
