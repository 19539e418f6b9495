from .account import account, account_deactivate, account_reactivate
from .elevation import elevate, elevation, elevation_end, elevations
from .factor import (
    factor_remove,
    passkey_add,
    passkey_rename,
    recovery_codes,
    second_factor,
    sign_in_methods,
    totp_add,
)
from .factor_reset import factor_reset_answer, factor_reset_ask, factor_resets, new_factor
from .invitation import (
    accept_invitation,
    decline_invitation,
    invitation_resend,
    invitation_withdraw,
    invite,
)
from .membership import access, membership_end, membership_grant
from .profile import my_account
from .session import own_sessions, quick_exit, resume_form, set_language, sign_out, still_here

__all__ = [
    "accept_invitation",
    "access",
    "account",
    "account_deactivate",
    "account_reactivate",
    "decline_invitation",
    "elevate",
    "elevation",
    "elevation_end",
    "elevations",
    "factor_remove",
    "factor_reset_answer",
    "factor_reset_ask",
    "factor_resets",
    "invitation_resend",
    "invitation_withdraw",
    "invite",
    "membership_end",
    "membership_grant",
    "my_account",
    "new_factor",
    "own_sessions",
    "passkey_add",
    "passkey_rename",
    "quick_exit",
    "recovery_codes",
    "resume_form",
    "second_factor",
    "set_language",
    "sign_in_methods",
    "sign_out",
    "still_here",
    "totp_add",
]
