from .elevation import Elevation
from .invitation import Invitation
from .membership import Membership
from .user import User, display

__all__ = ["Elevation", "Invitation", "Membership", "User", "display"]
