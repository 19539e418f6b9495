from .access import AccessFilterForm, DeactivateForm, EndMembershipForm, InviteForm, MembershipForm
from .profile import AcceptForm, ProfileForm
from .sign_in import AskForResetForm, ChangePasswordForm, ConfirmForm, NewPasswordForm, SignInForm

__all__ = [
    "AcceptForm",
    "AccessFilterForm",
    "AskForResetForm",
    "ChangePasswordForm",
    "ConfirmForm",
    "DeactivateForm",
    "EndMembershipForm",
    "InviteForm",
    "MembershipForm",
    "NewPasswordForm",
    "ProfileForm",
    "SignInForm",
]
