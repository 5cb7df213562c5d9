"""What is counted of the running portal, for Prometheus: how much and how long, never of whom.

A label is a rule of an address, a method, a class of status, a state, or a public body. Numbers of
what people did are told as in public (``counts``), or not at all. Nothing of the library is loaded
where no port is set.
"""

from citizen_portal.metrics import waiting as waiting
from citizen_portal.metrics.told import Told as Told
from citizen_portal.metrics.told import Values as Values
from citizen_portal.metrics.told import told as told
