"""The families, in the order in which they are made: the fictional funder first."""

from . import invented, la_mist, lumiere, mumbai_smiles, pegase, planete_enfants, prerana
from .shapes import Family

# Families of one row use each other's organisations and are made in this order; rows stand alone.
CHAINS: tuple[tuple[Family, ...], ...] = (
    (prerana.FAMILY,),
    (mumbai_smiles.FAMILY,),
    (planete_enfants.FAMILY, pegase.FAMILY),
    (la_mist.FAMILY,),
    (invented.FAMILY,),
)
ALL: tuple[Family, ...] = (lumiere.FAMILY, *(family for chain in CHAINS for family in chain))
# The order in which people look for them: the fictional funder with the invented organisations.
SHOWN: tuple[Family, ...] = (*ALL[1:], ALL[0])
