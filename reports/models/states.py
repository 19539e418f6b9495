"""The states of an export, which follows which, and the codes around them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    REQUESTED = "requested", _("asked for")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("taken back")
    BUILDING = "building", _("being made")
    BUILT = "built", _("ready")
    FAILED = "failed", _("not made")
    DOWNLOADED = "downloaded", _("downloaded")
    PURGED = "purged", _("downloaded, deleted here")
    EXPIRED = "expired", _("expired")


class Purpose(models.TextChoices):
    FUNDER = "funder", _("report to a funder")
    GOVERNANCE = "governance", _("board or management of the organisation")
    PROGRAM = "program", _("steering of a program")
    PARTNER = "partner", _("work with a partner")
    EVALUATION = "evaluation", _("evaluation or research")
    AUTHORITY = "authority", _("request of an authority")
    OTHER = "other", _("another purpose")


class Failure(models.TextChoices):
    RIGHTS = "rights", _("your rights changed before it was made")
    MORE = "more", _("figures were added meanwhile: there is more than was asked for")
    ERROR = "error", _("something went wrong while it was made")


FOLLOWS = {
    State.REQUESTED: (
        State.APPROVED,
        State.REFUSED,
        State.BUILDING,
        State.FAILED,
        State.WITHDRAWN,
        State.EXPIRED,
    ),
    State.APPROVED: (State.BUILDING, State.FAILED, State.WITHDRAWN, State.EXPIRED),
    State.BUILDING: (State.BUILT, State.FAILED),
    State.BUILT: (State.DOWNLOADED, State.WITHDRAWN, State.EXPIRED),
    State.DOWNLOADED: (State.PURGED,),
}
# Nothing left in these: their rows are no longer counted.
RELEASED = (State.REFUSED, State.WITHDRAWN, State.FAILED, State.EXPIRED)
WITH_FILE = (State.BUILT, State.DOWNLOADED)
OUT = (State.DOWNLOADED, State.PURGED)
