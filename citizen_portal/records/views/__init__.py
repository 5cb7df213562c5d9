"""The front doors of one's account."""

from citizen_portal.records.views import statements as statements
from citizen_portal.records.views.links import bp as bp
