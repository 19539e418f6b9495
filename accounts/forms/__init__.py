from .access import AccessFilterForm, DeactivateForm, EndMembershipForm, InviteForm, MembershipForm
from .elevation import ElevationForm, ReviewForm
from .factor import (
    CodeForm,
    ConfirmCodeForm,
    ConfirmPasskeyForm,
    FirstCodeForm,
    NewPasskeyForm,
    PasskeyNameForm,
    PasskeySignInForm,
    UsePasskeyForm,
)
from .profile import AcceptForm, ProfileForm
from .sign_in import AskForResetForm, ChangePasswordForm, ConfirmForm, NewPasswordForm, SignInForm

__all__ = [
    "AcceptForm",
    "AccessFilterForm",
    "AskForResetForm",
    "ChangePasswordForm",
    "CodeForm",
    "ConfirmCodeForm",
    "ConfirmForm",
    "ConfirmPasskeyForm",
    "DeactivateForm",
    "ElevationForm",
    "EndMembershipForm",
    "FirstCodeForm",
    "InviteForm",
    "MembershipForm",
    "NewPasskeyForm",
    "NewPasswordForm",
    "PasskeyNameForm",
    "PasskeySignInForm",
    "ProfileForm",
    "ReviewForm",
    "SignInForm",
    "UsePasskeyForm",
]
