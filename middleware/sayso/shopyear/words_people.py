"""How a CRM words greetings, offers, codes and condolences: one template a line, in many tones, some clumsy."""

from __future__ import annotations

BIRTHDAY = """
Happy birthday, {name}! Everyone at Hartwell wishes you a wonderful day.
{hi} happy birthday from all of us! May your year sparkle.
It's your special day, {name}! Many happy returns from Hartwell Jewelers.
HAPPY BIRTHDAY {name}!!! xx the girls at Hartwell
Dear {name}, wishing you health and joy on your birthday. {sign}
{hi} another year more brilliant. Happy bday!
Warmest birthday wishes, {name}. Come by for a slice of cake today.
¡Feliz cumpleaños, {name}! Un abrazo de todo el equipo de Hartwell.
{name}, we hope your birthday is as lovely as you are. {sign}
{name}, have a marvellous birthday!
Cake, candles and a sparkle from us: happy birthday {name}.
{hi} one year wiser! Best wishes on your birthday from the shop.
"""

ANNIVERSARY = """
Happy anniversary, {name}! Wishing you many more years together.
{hi} happy anniversary from all of us at Hartwell.
Another year together! Congratulations, {name}, on your wedding anniversary.
{name}, we remember your big day like yesterday. Happy anniversary!
Dear {name}, warm wishes on your anniversary. {sign}
{hi} today marks another year of marriage. Cheers to both of you!
Happy anniverasry {name}! Love, Hartwell
Congratulations on your anniversary, {name} - may the next years be just as golden.
{hi} happy wedding anniversary! May it shine like day one.
Here's to another year of your marriage, {name}!
Warm congratulations on your anniversary, {name}.
"""

ANNIVERSARY_BOTH = """
Happy anniversary, {name} and {other}! Wishing you many more years together.
Dear {name} & {other}, warm wishes on your wedding anniversary. {sign}
{name} and {other}, another year of love! Congratulations from Hartwell.
To {other} and {name}: happy anniversary from all of us.
Cheers to you two, {name} and {other}! Happy anniversary.
{name} + {other} = still sparkling. Happy anniversary!
Congratulations {name} and {other} on your anniversary.
Happy anniversary to our favourite couple, {name} and {other}!
"""

GIFT_CARD = """
Dear {name}, happy anniversary! Enclosed is a $50 gift card to celebrate your day. {sign}
Happy birthday {name}! Bring this card to Hartwell for a birthday gift card of $25.
{name}, for your anniversary: a $50 gift card, redeem it in store until {day}.
A little something for your special day: your Hartwell gift card is enclosed.
Celebrate your anniversary with us, {name}. This card is worth $50 at Hartwell.
Many happy returns {name}! Your birthday gift card is attached to this letter.
To {name}: with this gift card we say happy anniversary. {sign}
Your anniversary is coming up! Here's a $100 gift card toward your next celebration.
"""

MARKETING = """
{hi} our spring collection is here. Come and see it this weekend!
20% OFF everything this Saturday at Hartwell. Doors open at 10. {stop}
{hi} you're invited: trunk show with champagne, Thursday at 6. RSVP by {day}. {stop}
New arrivals! Discover hand-cut sapphires from our workshop. {stop}
Our biggest sale of the year starts {day}. Don't miss it, {name}! {stop}
{hi} Mother's Day is around the corner. Find the perfect gift at Hartwell. {stop}
Last chance: free engraving on all lockets until {day}. {stop}
Treat yourself, {name}. Exclusive preview of our pearl event this week only. {stop}
Hartwell newsletter: five ways to wear vintage gold. Read more in our journal. {stop}
{hi} it's been a while! Here's 15% off to welcome you back. {stop}
Two days only: gold at last year's prices. {stop}
{hi} peek at our winter pieces before anyone else does. {stop}
Bring a friend on Saturday and both get a glass of fizz and 10% off. {stop}
"""

OTP = """
Your Hartwell code is {code}.
{code} is your verification code for Hartwell Jewelers. It expires in 10 minutes.
Use {code} to sign in. Do not share this code with anyone.
Hartwell: your one-time passcode is {code}
{hi} your login code is {code}. If this wasn't you, ignore this message.
{code} - your security code. Valid for 5 minutes.
Enter {code} to confirm your phone number. Never share this code.
Su código de verificación es {code}
{code} is your Hartwell login code
Hartwell sign-in: {code}. Never give this code to anybody.
Your verification code: {code}
"""

AUTO_REPLY = """
Thanks for your message! We'll get back to you within one business day.
{hi} we got your text and will reply as soon as we open. {sign}
Thank you for contacting Hartwell. Our hours are Tue-Sat 10-6.
We have received your message. Someone will be in touch shortly.
This is an automatic reply: the shop is closed right now, we'll answer in the morning.
Got it, thanks! One of us will write back soon.
{hi} thanks for reaching out. A member of our team will respond today.
Thank you for writing to us. We read every message and answer within 24 hours.
"""

COMPLAINT = """
{hi} we're so sorry about your experience. Could we talk about how to make it right?
{hi} thank you for telling us about the problem with your {piece}. We are looking into your complaint.
We apologise for the trouble, {name}. Your case is with our manager.
{hi} an update on your complaint: our goldsmith has examined the {piece}.
Dear {name}, I was sorry to read that you were disappointed. May I call you today?
{hi} regarding your complaint: we'd like to offer a refund. {sign}
{name}, we take your feedback seriously and apologise. Please tell us when you can talk.
We're sorry we let you down, {name}. We would like to put this right.
{hi} about what went wrong: we would like to apologise in person.
We read your complaint and are ashamed. May we ring you?
{hi} your complaint is on my desk, and I will see to it.
"""

CONDOLENCE = """
Dear {name}, we are so sorry for your loss. Our thoughts are with you.
{name}, please accept our condolences from everyone at Hartwell.
{hi} we were saddened to hear that {other} passed away. We are thinking of you.
With deepest sympathy, {name}. {sign}
Our hearts go out to you and your family at this sad time, {name}.
{name}, we're very sorry to hear about {other}. If you need anything, we're here.
Dear {name}, {other} will be missed by all of us. Our sincere condolences.
Thinking of you in your time of grief, {name}. {sign}
"""

SAFETY = """
Important safety notice: the clasp of your {piece} has been recalled. Please stop wearing it and contact us.
{hi} product recall for {order}: the chain may break. Bring it in for a free replacement.
Recall notice - {piece}: the plating may contain nickel. Return it for a full refund.
Correction: the certificate of your {piece} stated a wrong carat weight. Please contact us for a new one.
{hi} the maker has issued a recall of the {piece} sold with {order}.
Safety recall: stones of this batch may come loose. Please do not wear your {piece} until we have checked it.
Legal notice regarding {order}: the appraisal of your {piece} must be corrected.
{hi} we must inform you of a data breach that concerns {order}. Please read the attached notice.
"""

OPTOUT = """
You have been unsubscribed and will receive no more messages from Hartwell. Reply START to resubscribe.
You're opted out. No further texts will be sent.
Hartwell: you have successfully unsubscribed. You will not receive any more messages from this number.
You have opted out of messages from Hartwell Jewelers. Reply HELP for help.
OK, we've removed you from our list. No more texts from us.
You are unsubscribed. No more messages will be sent.
Opt-out confirmed. You'll get no further messages from us.
You've been removed from our text list and won't hear from us again.
"""

STAFF = """
Customer waiting at the counter for {other}. Who can take over?
Till 2 is short, please count again before end of day.
Low stock: sizing beads and 18k jump rings. Please reorder.
Reminder: staff meeting tomorrow 8:45, bring your keys.
The vault alarm was tested at 7:10. All good.
Please call back {other}, they asked twice today.
Can anybody cover for Wren on Saturday? Shift starts at 9.
New task assigned to you: photograph the estate pieces.
"""
