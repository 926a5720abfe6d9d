"""A made-up jeweller's year: two hundred invented households, what the shop knows of them when, and a clumsy CRM.

It measures the screening, so it knows nothing of it: the truth about each message is written by whoever made it up.
"""

from sayso.shopyear.judging import Judged, judge
from sayso.shopyear.shapes import Heard, Sent, Told, Truth, Year
from sayso.shopyear.telling import make_year

__all__ = ["Heard", "Judged", "Sent", "Told", "Truth", "Year", "judge", "make_year"]
