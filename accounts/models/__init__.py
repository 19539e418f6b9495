from .elevation import Elevation
from .factor_reset import FactorReset
from .invitation import Invitation
from .membership import Membership
from .tries import SignInTries
from .user import User, display

__all__ = ["Elevation", "FactorReset", "Invitation", "Membership", "SignInTries", "User", "display"]
