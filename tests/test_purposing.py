"""What an undeclared message is for: texts as shops and their CRMs write them, read without a label."""
# ruff: noqa: E501  these are people's own letters

from __future__ import annotations

import pytest

from sayso.purposing import Hints, guess
from tests.checks.build import a_message, seconds_for

NONE = Hints()
TODAY = Hints(has_appointment_today=True)
LATER = Hints(has_appointment_later=True)
BOUGHT = Hints(has_recent_purchase=True)
REPAIR = Hints(has_open_repair=True)
STAFF = Hints(to_staff=True)

TEXTS: tuple[tuple[str, str | None, Hints], ...] = (
    # one-time codes
    ("Your Smith & Sons verification code is 482913.", "otp", NONE),
    ("482913 is your login code. It expires in 10 minutes. Do not share it with anyone.", "otp", NONE),
    ("Use code 482913 to sign in.", "otp", NONE),
    ("Your code is 4829", "otp", NONE),
    ("Su código es 482913. No lo comparta con nadie.", "otp", NONE),
    ("Votre code de connexion est 482913.", "otp", NONE),
    ("Ihr Code lautet 482913.", "otp", NONE),
    ("आपका कोड 482913 है", "otp", NONE),
    ("رمز التحقق 482913", "otp", NONE),
    # today's appointment
    ("Hi Scott, reminder: your appointment is today at 3 pm.", "appointment_today", TODAY),
    ("See you today at 3!", "appointment_today", TODAY),
    ("Your consultation is this afternoon at 4:30. Smith & Sons", "appointment_today", TODAY),
    ("Recordatorio: su cita es hoy a las 17:00.", "appointment_today", TODAY),
    ("Rappel : votre rendez-vous est aujourd'hui à 15 h.", "appointment_today", TODAY),
    ("Ihr Termin ist heute um 15 Uhr.", "appointment_today", TODAY),
    # another day's, or one that moved
    ("Hi Scott, your appointment is confirmed for Friday at 3 pm.", "appointment_future", LATER),
    ("Your consultation with Shelby is tomorrow at 11:00.", "appointment_future", LATER),
    ("Your appointment today has been moved to Friday.", "appointment_future", TODAY),
    ("We need to cancel your appointment today, sorry!", "appointment_future", TODAY),
    ("Reminder: ring fitting appointment 12/04 at 2pm", "appointment_future", NONE),
    ("We look forward to seeing you on Saturday!", "appointment_future", LATER),
    ("Confirmamos su cita del lunes.", "appointment_future", LATER),
    ("Votre rendez-vous est confirmé pour mardi.", "appointment_future", NONE),
    ("Ihr Termin morgen ist bestätigt.", "appointment_future", NONE),
    ("आपका अपॉइंटमेंट कल 11 बजे है।", "appointment_future", NONE),
    ("موعدك غدا الساعة 11", "appointment_future", NONE),
    # receipts
    ("Thank you for your purchase! Here is your receipt: smith.com/r/8812", "receipt", BOUGHT),
    ("Your receipt from Smith & Sons. Total paid: $4,200.00", "receipt", NONE),
    ("We received your payment of $200. Thank you!", "receipt", NONE),
    ("Order confirmation #8812. We have received your order.", "receipt", NONE),
    ("Thanks for shopping with us at Smith & Sons!", "receipt", BOUGHT),
    ("Gracias por su compra. Adjunto el recibo.", "receipt", NONE),
    ("Merci pour votre achat !", "receipt", NONE),
    ("Vielen Dank für Ihren Einkauf. Anbei die Rechnung.", "receipt", NONE),
    ("आपकी खरीदारी के लिए धन्यवाद।", "receipt", NONE),
    ("شكرا لشرائك من متجرنا", "receipt", NONE),
    # orders
    ("Your order #8812 has shipped!", "order_status", BOUGHT),
    ("Good news! Your special order has arrived.", "order_status", NONE),
    ("Your package is out for delivery", "order_status", NONE),
    ("Your engagement ring has arrived in store", "order_status", NONE),
    ("Thank you for your order! It has shipped. Tracking number 1Z99", "order_status", NONE),
    ("Your order is delayed by a week, sorry.", "order_status", NONE),
    ("Your order is ready for pick-up. Balance due $200.", "order_status", NONE),
    ("Hi Kayla, your ring is ready for pick-up.", "order_status", BOUGHT),
    ("Su pedido está listo.", "order_status", NONE),
    ("Votre commande est arrivée.", "order_status", NONE),
    ("Ihre Bestellung ist unterwegs.", "order_status", NONE),
    ("आपका ऑर्डर तैयार है।", "order_status", NONE),
    ("تم شحن طلبك", "order_status", NONE),
    # repairs that are ready
    ("Hi Sarah, your repair is ready for pick-up.", "repair_ready", REPAIR),
    ("Your ring has been resized and is waiting for you.", "repair_ready", NONE),
    ("Hi Kayla, your ring is ready for pick-up.", "repair_ready", REPAIR),
    ("It's ready! Come pick it up any time.", "repair_ready", REPAIR),
    ("We've repaired your bracelet. Come by until 6.", "repair_ready", NONE),
    ("Repair #77 complete. Ready for collection", "repair_ready", NONE),
    ("Your watch battery replacement is done.", "repair_ready", NONE),
    ("Su reparación está lista.", "repair_ready", NONE),
    ("Votre bague est réparée, elle est prête.", "repair_ready", NONE),
    ("Ihre Reparatur ist fertig.", "repair_ready", NONE),
    ("आपकी अंगूठी की मरम्मत पूरी हो गई है।", "repair_ready", NONE),
    ("تم إصلاح خاتمك", "repair_ready", NONE),
    # repairs gone wrong
    ("Hi Sarah, the stone chipped while we were setting it at the bench.", "repair_problem", REPAIR),
    ("There is a problem with your repair. Please call us.", "repair_problem", NONE),
    ("Your diamond was chipped during the repair.", "repair_problem", NONE),
    ("Unfortunately your ring was damaged in the workshop", "repair_problem", NONE),
    ("Please call us about your ring.", "repair_problem", Hints(has_open_repair=True, repair_state="problem")),
    ("Your repair is taking longer than we hoped.", "repair_problem", NONE),
    ("Your ring is ready, but one stone is missing", "repair_problem", REPAIR),
    ("Hay un problema con su reparación.", "repair_problem", NONE),
    ("La pierre est cassée.", "repair_problem", NONE),
    ("Der Stein wurde leider beschädigt.", "repair_problem", NONE),
    # feedback
    ("Hi Kayla! How was your purchase? We'd love your feedback", "purchase_feedback", NONE),
    ("How was your experience at Smith & Sons? Leave us a review: g.page/smith", "purchase_feedback", NONE),
    ("Hi! How do you like your new ring?", "purchase_feedback", NONE),
    ("Thank you for your purchase! How did we do?", "purchase_feedback", BOUGHT),
    ("Take a quick survey about your recent visit", "purchase_feedback", NONE),
    ("Rate us 1-5. Reply with a number.", "purchase_feedback", NONE),
    ("Are you enjoying your new necklace?", "purchase_feedback", NONE),
    ("hope you are loving your earrings!! tell us how they fit", "purchase_feedback", NONE),
    ("Your order was delivered. How was your shopping experience?", "purchase_feedback", NONE),
    ("¿Cómo fue su compra? Su opinión nos importa.", "purchase_feedback", NONE),
    ("Comment s'est passé votre achat ? Donnez votre avis.", "purchase_feedback", NONE),
    ("Wie war Ihr Einkauf? Ihre Meinung zählt.", "purchase_feedback", NONE),
    ("आपकी खरीदारी कैसी रही?", "purchase_feedback", NONE),
    ("ما رأيك في مشترياتك؟", "purchase_feedback", NONE),
    # wishlists
    ("Kayla, the ring on your wishlist is waiting.", "wishlist_reminder", NONE),
    ("Still dreaming of that ring you tried on?", "wishlist_reminder", NONE),
    ("You saved 3 pieces to your favorites.", "wishlist_reminder", NONE),
    ("Remember the pendant that caught your eye?", "wishlist_reminder", Hints(has_wishlist=True)),
    ("Su lista de deseos le espera.", "wishlist_reminder", NONE),
    ("Votre liste d'envies vous attend", "wishlist_reminder", NONE),
    ("Ihre Wunschliste wartet.", "wishlist_reminder", NONE),
    ("Scott, here is Kayla's wishlist.", "wishlist_hint", NONE),
    ("Psst! She has had her eye on this ring.", "wishlist_hint", NONE),
    ("Kayla dropped a hint: sapphire pendant", "wishlist_hint", NONE),
    ("Rebecca's birthday is near. From her wishlist: pearl studs", "wishlist_hint", NONE),
    ("Aquí está la lista de deseos de Kayla.", "wishlist_hint", NONE),
    # occasions
    ("Happy birthday, Kayla! Love, Smith & Sons", "birthday", NONE),
    ("Happy B-Day from all of us", "birthday", NONE),
    ("Happy birthday Kayla! Enjoy 20% off this month", "birthday", NONE),
    ("Celebrate your special day with us", "birthday", Hints(occasion_near="birthday")),
    ("¡Feliz cumpleaños, María!", "birthday", NONE),
    ("Joyeux anniversaire Chloé !", "birthday", NONE),
    ("Alles Gute zum Geburtstag!", "birthday", NONE),
    ("जन्मदिन की शुभकामनाएँ, प्रिया!", "birthday", NONE),
    ("عيد ميلاد سعيد يا سارة", "birthday", NONE),
    ("Happy anniversary, Nate and Rebecca!", "anniversary", NONE),
    ("Your anniversary is coming up on Nov 30.", "anniversary", NONE),
    ("30 years of marriage! Congratulations.", "anniversary", NONE),
    ("Congratulations on your special day", "anniversary", Hints(occasion_near="anniversary")),
    ("¡Feliz aniversario!", "anniversary", NONE),
    ("Joyeux anniversaire de mariage !", "anniversary", NONE),
    ("Alles Gute zum Hochzeitstag", "anniversary", NONE),
    ("शादी की सालगिरह मुबारक", "anniversary", NONE),
    # marketing
    ("Our new collection of rings from $99. Shop now!", "marketing", NONE),
    ("BLACK FRIDAY: 30% off everything", "marketing", NONE),
    ("You recently purchased a ring. You may also like these earrings.", "marketing", BOUGHT),
    ("Customers who bought ring 4411 loved these", "marketing", BOUGHT),
    ("You're invited to our trunk show on Saturday", "marketing", NONE),
    ("Discover the perfect gift this Valentine's Day", "marketing", NONE),
    ("Our 50th anniversary sale starts Friday", "marketing", NONE),
    ("Book an appointment to see our bridal styles", "marketing", NONE),
    ("Thank you for your purchase! Use code RING10 for 10% off your next.", "marketing", BOUGHT),
    ("Your order shipped! Complete the look with 15% off.", "marketing", BOUGHT),
    ("We miss you! Visit us soon.", "marketing", NONE),
    ("Descubra nuestra nueva colección", "marketing", NONE),
    ("Soldes : -50 % sur les bagues", "marketing", NONE),
    ("Entdecken Sie unsere neue Kollektion", "marketing", NONE),
    ("दिवाली पर 20% छूट", "marketing", NONE),
    ("خصم 20% على كل المجوهرات", "marketing", NONE),
    # care
    ("It's time for your free ring cleaning and inspection.", "care_reminder", NONE),
    ("Your 6-month inspection is due. Bring your ring in!", "care_reminder", NONE),
    ("Keep your diamond sparkling: stop by for a clean", "care_reminder", BOUGHT),
    ("Toca limpiar su anillo: limpieza gratuita", "care_reminder", NONE),
    ("Nettoyage gratuit de votre bague", "care_reminder", NONE),
    ("Zeit für die Reinigung Ihres Rings", "care_reminder", NONE),
    # payments
    ("Your layaway payment of $120 is due on Friday.", "payment_reminder", NONE),
    ("Invoice 12: a balance of $300 is overdue.", "payment_reminder", NONE),
    ("Outstanding balance: $45", "payment_reminder", NONE),
    ("Tiene un saldo pendiente de $50.", "payment_reminder", NONE),
    ("Zahlungserinnerung: Rechnung 12", "payment_reminder", NONE),
    ("आपकी किस्त बकाया है", "payment_reminder", NONE),
    # answers
    ("Thanks for your message! We'll get back to you tomorrow morning.", "auto_reply", NONE),
    ("We are currently closed. Our hours are 10-6.", "auto_reply", NONE),
    ("Hemos recibido su mensaje.", "auto_reply", NONE),
    ("Danke für Ihre Nachricht.", "auto_reply", NONE),
    ("We're sorry to hear about your bad experience and want to make it right.", "complaint_followup", NONE),
    ("Regarding your complaint: our manager will call you.", "complaint_followup", NONE),
    ("Rebecca, we apologise. Brad from Smith & Sons", "complaint_followup", Hints(open_complaint=True)),
    ("Lamentamos su mala experiencia", "complaint_followup", NONE),
    ("We are so sorry for your loss.", "condolence_sensitive", NONE),
    ("With deepest sympathy, your friends at Smith's", "condolence_sensitive", NONE),
    ("Nuestro más sentido pésame.", "condolence_sensitive", NONE),
    ("Herzliches Beileid", "condolence_sensitive", NONE),
    ("Safety recall: stop wearing the clasp bracelet immediately.", "safety_legal_notice", NONE),
    ("Notice: your personal information may have been exposed in a data breach.", "safety_legal_notice", NONE),
    ("Rückruf: Armband Modell 9", "safety_legal_notice", NONE),
    ("You have been unsubscribed and will receive no more messages. Reply START to come back.", "optout_confirmation", NONE),
    ("You are now opted out.", "optout_confirmation", NONE),
    ("Se ha dado de baja. No recibirá más mensajes.", "optout_confirmation", NONE),
    ("Till 2 needs your approval.", "staff_alert", STAFF),
    ("Customer waiting at the counter for Shelby", "staff_alert", STAFF),
    # what nobody can tell
    ("Hi Kayla, your ring is ready for pick-up.", None, NONE),
    ("Hi Kayla, your ring is ready.", None, Hints(has_open_repair=True, has_recent_purchase=True)),
    ("Hello!", None, NONE),
    ("Please call me. Shelby", None, NONE),
    ("👍", None, NONE),
    ("Yes, we can do that.", None, NONE),
    ("Your appointment is today at 3 pm.", "appointment_future", NONE),
    ("Your appointment is today at 3 pm.", "appointment_future", LATER),
    ("Customer waiting at the counter for Shelby", None, NONE),
    ("Happy birthday and happy anniversary!", None, NONE),
    ("How is your ring? It is time for your cleaning and inspection.", None, NONE),
    ("Joyeux anniversaire !", None, Hints(occasion_near="anniversary")),
    ("So sorry for your loss. 20% off flowers.", None, NONE),
)  # fmt: skip


@pytest.mark.parametrize(("body", "expected", "hints"), TEXTS, ids=[f"{n}-{t[1]}" for n, t in enumerate(TEXTS)])
def test_a_text_is_read_for_what_it_is(body: str, expected: str | None, hints: Hints) -> None:
    found = guess(a_message(body, purpose=None), hints)
    assert (found.name if found else None) == expected


def test_the_purpose_comes_with_the_words_that_show_it() -> None:
    found = guess(a_message("Hi Kayla! How was your purchase? We'd love your feedback", purpose=None), NONE)
    assert found
    assert found.inferred
    assert found.how == "It reads like a question about a purchase: “how was your purchase”."


@pytest.mark.parametrize("channel", ["letter", "postcard", "self_mailer"])
def test_a_gift_card_on_paper_is_a_mailer_and_on_a_screen_an_offer(channel: str) -> None:
    card = a_message("Happy anniversary! Enclosed: a $50 gift card", purpose=None, channel=channel)
    sms = a_message("A $50 gift card for you", purpose=None)
    assert [found.name for m in (card, sms) if (found := guess(m, NONE))] == ["gift_card_mailer", "marketing"]


def test_a_printed_greeting_without_a_gift_card_stays_a_greeting() -> None:
    found = guess(a_message("Happy anniversary, Nate & Rebecca!", purpose=None, channel="postcard"), NONE)
    assert found
    assert found.name == "anniversary"


def test_a_page_of_html_and_a_subject_line_are_read() -> None:
    page = "<html><style>.sale{}</style><body><p>How was your <b>purchase</b>?</p></body></html>"
    by_page = guess(a_message(None, purpose=None, channel="email", html=page), NONE)
    by_line = guess(a_message("Hello!", purpose=None, channel="email", subject_line="Your receipt 8812"), NONE)
    assert [found.name for found in (by_page, by_line) if found] == ["purchase_feedback", "receipt"]


def test_a_newsletter_that_is_one_picture_is_read_by_what_stands_for_it() -> None:
    found = guess(a_message(None, purpose=None, channel="email", html='<img src="x" alt="30% off all rings">'), NONE)
    assert found
    assert found.name == "marketing"


def test_a_message_without_words_is_for_nothing() -> None:
    assert guess(a_message(None, purpose=None), NONE) is None


@pytest.mark.parametrize("piece", ["your ring is ", "<style><img alt=", "how was the ", "9 %  ", "see you your order "])
def test_a_very_long_text_is_read_in_time(piece: str) -> None:
    assert seconds_for(lambda: guess(a_message(piece * 2000, purpose=None, html=piece * 2000), TODAY)) < 5
