from .account import account, account_deactivate, account_reactivate
from .invitation import (
    accept_invitation,
    invitation_resend,
    invitation_withdraw,
    invite,
)
from .membership import access, membership_end, membership_grant
from .profile import my_account
from .session import quick_exit, resume_form, set_language, sign_out

__all__ = [
    "accept_invitation",
    "access",
    "account",
    "account_deactivate",
    "account_reactivate",
    "invitation_resend",
    "invitation_withdraw",
    "invite",
    "membership_end",
    "membership_grant",
    "my_account",
    "quick_exit",
    "resume_form",
    "set_language",
    "sign_out",
]
