"""How a CRM words what it writes about purchases, lists and money: one template a line, in many tones, some clumsy."""

from __future__ import annotations

RECEIPT = """
{hi} thank you for your purchase! Your receipt for {order} is attached.
Receipt from Hartwell: {piece}, paid in full. Keep this for your warranty. {sign}
{hi} here's your e-receipt for today's sale ({order}). Total {price}, paid by card.
{hi} thanks for shopping with us today. We hope you love the {piece}!
Thank you {name} - {order}: 1 x {piece}, {price}. No signature required.
{hi} we've recieved your payment of {price} for {order}. Many thanks, {sign}
Your invoice for {order} ({piece}) is ready to download. {sign}
{hi} it was lovely to see you in the store. Attached is the invoice for your {piece}.
PAID. {order}. {piece}. Thank you for your business!!
Gracias por su compra, {name}. Adjuntamos el recibo de {order}.
{hi} this confirms your payment of {price}. Your receipt number is on the attached slip.
Hartwell sales slip: {piece} {price} VISA approved. Returns within 30 days.
{hi} we emailed the bill for the {piece} you took home today.
"""

ORDER_STATUS = """
{hi} your {order} is ready to be picked up. See you soon, {sign}
{hi} good news! The {piece} you ordered has arrived at the store.
{order} has shipped and should be with you on {day}. Signature required.
{hi} just a quick update: your {piece} is still at the setter and will take another week.
Your order is out for delivery today. Hartwell
{hi} the {piece} from {order} is in! Come by anytime before six to collect it.
Order update: your {piece} has left the workshop and is on its way to us.
{hi} we wanted to let you know {order} is delayed until {day}, so sorry about that.
hey {name} ur order is here!! come get it whenever
{name}, votre commande {order} est arrivée en boutique. À bientôt !
{hi} your {piece} arrived this morning and is in our safe until you come by.
The courier has your parcel from Hartwell, expected {day}.
{hi} the special order you placed is nearly done, two more days.
"""

FEEDBACK = """
{hi} how was your purchase? We'd love to hear from you!
{hi} how are you enjoying your new {piece}? Tell us in one minute.
We hope you're loving your {piece}! Would you leave us a review?
{hi} thank you again for {order}. How did we do, from 1 to 5?
{hi} it has been a week since you bought from us. Was everything to your liking?
Hi there, rate your recent visit and purchase at Hartwell: great / ok / not great
{hi} does the {piece} fit well? Let us know if it needs any adjusting.
Quick survey about your recent purchase, {name}: would you reccomend us to a friend?
{hi} your opinion matters. Please review the {piece} you purchased. {sign}
{hi} a little birdie says you have something new and sparkly... how do you like it?
{hi} are you happy with what you bought last week? Reply 1-5.
Tell us what you think of your new {piece} and win nothing but our thanks.
{name}, did we look after you well when you bought the {piece}?
"""

CARE = """
{hi} time to have your {piece} cleaned and checked. It's free, just drop in!
Jewelry care tip: your {piece} is due for its six month inspection.
{hi} when did we last look at the prongs of your {piece}? Bring it in for a free check.
Your warranty needs an inspection every 6 months. Your {piece} is due by {day}.
{hi} keep your {piece} sparkling - a complimentary polish is waiting for you.
A gentle reminder from Hartwell: the {piece} should be cleaned and the setting checked once a year.
{name}, your {piece} misses us ;) stop by for a steam clean
{hi} the annual check of your {piece} (warranty {order}) is due. {sign}
{hi} gold gets thin and prongs wear. Let us check your {piece}, no charge.
{hi} rings and chains collect dust. Bring your {piece} for its yearly checkup.
Your complimentary inspection of the {piece} is due.
{hi} please let us tighten the stones in your {piece} before they come loose.
"""

WISHLIST_REMINDER = """
{hi} your wishlist is waiting for you. Still dreaming of the {piece}?
You have {n} pieces saved on your wishlist at Hartwell. Take another look!
{hi} the items on your wish list are still in stock.
Remember these? Your saved favourites: {piece} and more. {sign}
{hi} we kept your wishlist up to date. Want to try anything on this week?
{name}, still thinking about the {piece} you tried on? It's on your list.
Your wish list at Hartwell: {piece}. Tap to view all {n} items.
{hi} just checking in on your wishlist - anything you would like to add or remove?
{hi} your wish-list was last updated in spring. Are these still your favourites?
{hi} {n} things you saved are still here for you.
Your saved list at Hartwell has {n} pieces. Changed your mind about any?
{hi} we thought of you: the {piece} from your list is in the window.
"""

WISHLIST_HINT = """
{hi} psst... {other} has a wishlist with us, and a little hint never hurts.
{hi} {other} asked us to drop you a hint: the {piece} is at the top of the list!
Looking for the right gift? {other}'s wishlist is here for you. {sign}
{hi} somebody you love left you a hint. See {other}'s wish list at Hartwell.
{other} has been admiring a {piece}. Just saying! - Hartwell
{hi} {other} shared a wish list with you: {n} pieces, one very happy face.
A hint for you, {name}: {other} saved the {piece} last week.
{hi} need ideas for {other}? Their wishlist has {n} of them.
{hi} a little bird says {other} would love the {piece}.
{other} put together a list of wishes, and you may peek.
{hi} out of ideas for {other}? We know what is on the list.
"""

PAYMENT = """
{hi} your layaway payment of {price} for {order} is due on {day}.
Friendly reminder: your balance of {price} is still open. {sign}
{hi} the next installment for {order} is due {day}. Pay in store or by phone.
Payment reminder from Hartwell: {price} outstanding on your account.
{hi} we couldn't process your payment for {order}. Please update your card.
{name}, your layaway on the {piece} is past due. Please call us.
Second notice: an amount of {price} on {order} remains unpaid.
{hi} only one payment left on your {piece}! {price} due by {day}.
{hi} the {price} for {order} was due last week.
Your account shows {price} unpaid. Could you settle it by {day}?
{hi} gentle nudge: next layaway rate of {price} on {day}.
"""

RECENT = """
{hi} since you recently purchased the {piece}, you may love these matching pieces. 10% off this week!
Customers who bought your {piece} also bought matching earrings. Shop now, {name}!
{hi} complete the set! Earrings to go with your new {piece}, 15% off until {day}.
You've got great taste. The {piece} you just bought pairs beautifully with our new collection. Save 20%.
{hi} because you bought the {piece}: protect it with our care plan, $5 off this month.
Your new {piece} deserves a matching bracelet. Exclusive offer inside, {name}.
Thanks for buying the {piece}! Here's $50 off your next purchase.
{hi} recently purchased: {piece}. Recommended for you: the matching pendant, now on sale.
"""
"""Marketing that features a purchase."""
