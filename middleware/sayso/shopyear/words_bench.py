"""How a CRM words repairs and appointments: one template a line, in many tones, some clumsy."""

from __future__ import annotations

REPAIR_READY = """
{hi} your {piece} has been repaired and is ready for you.
Your repair is done! Collect your {piece} any day until 6 pm.
{hi} the {piece} you left with us is fixed. It looks like new!
Repair {order} is finished. Please bring your ticket. {sign}
{hi} we have resized your {piece}; it's ready to be picked up.
Good news {name}, the goldsmith is done with your {piece}.
{hi} your repair ticket {order} is complete. Balance: {price}.
Your {piece} is back from the workshop, polished and repaired. Come and get it!
{hi} su reparación está lista. Puede recoger la pieza cuando guste.
{hi} all done! Your {piece} is mended and waiting at the counter.
We finished the work on your {piece}. Pick up any time.
{name}, the clasp of your {piece} is fixed.
"""

REPAIR_PROBLEM = """
{hi} we have bad news: the diamond of your {piece} chipped while we were resetting it.
{hi} a stone from your {piece} got damaged at the bench. Please call us.
Unfortunately the {piece} you brought in for repair cracked during soldering. We're very sorry.
{hi} there is a problem with your repair: the centre stone is chipped.
{name}, please ring us about your {piece}. The prong broke and we lost a small stone.
Repair update: we can't fix the {piece} as planned, the shank is too thin and broke.
{hi} we found a crack in the stone of your {piece} during the repair. We need your ok before going on.
Sorry {name}, the main diamond of the {piece} came back from the setter with a chip.
{hi} I am afraid the stone in your {piece} broke while we worked on it.
There is damage to your {piece} that we did not see before. Please call.
{hi} we are sorry, a diamond of your {piece} fell out and cracked.
"""

VISIT = """
{hi} a reminder of your appointment at Hartwell on {day} at {time}.
Your appointment: {day}, {time}. Reply C to confirm. {sign}
{hi} we look forward to seeing you on {day} at {time} for your consultation.
{name}, your design consultation is booked for {day} at {time}.
See you {day} at {time}! If you can't make it please let us know.
{hi} confirming your fitting on {day}, {time}. Parking is behind the shop.
Appointment reminder for {name}: {day} {time} with Wren.
{hi} just confirming you're coming in {day} at {time} to look at stones.
Le recordamos su cita en Hartwell el {day} a las {time}.
{hi} we have you down for {day} at {time}.
Looking forward to your visit {day} {time}!
{name}, remember your appointment with Wren, {day} at {time}.
"""

VISIT_TODAY = """
{hi} a reminder of your appointment today at {time}. See you soon!
Your appointment at Hartwell is today at {time}.
See you today at {time}, {name}! {sign}
{hi} we're expecting you at {time} today for your consultation.
Today {time}: your fitting at Hartwell. Parking is behind the shop.
{name}, your visit is this afternoon at {time}. Reply R if you need to move it.
Just a heads up that your appointment is today, {time}. Hartwell
Reminder: {time} today, design consultation with Wren.
{hi} see you in a few hours: your appointment is today, {time}.
Your fitting is today at {time}, {name}.
{hi} we have you down for {time} today.
"""

VISIT_MOVED = """
{hi} your appointment has been moved to {day} at {time}. Does that work?
Please note: we had to reschedule your appointment to {day}, {time}. Sorry!
{hi} Wren is ill, so your consultation is now on {day} at {time}.
Your fitting was changed to {day} at {time}. Reply C to confirm.
New time for your appointment: {day} {time}. {sign}
{name}, can we move your visit to {day} at {time} instead?
{hi} a change to your booking: it's now {day}, {time}.
Rescheduled: your appointment at Hartwell is on {day} at {time}.
"""
