from .invitation import Invitation
from .membership import Membership
from .user import User, display

__all__ = ["Invitation", "Membership", "User", "display"]
