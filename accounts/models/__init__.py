from .elevation import Elevation
from .invitation import Invitation
from .membership import Membership
from .tries import SignInTries
from .user import User, display

__all__ = ["Elevation", "Invitation", "Membership", "SignInTries", "User", "display"]
