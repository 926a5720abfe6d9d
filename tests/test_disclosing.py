"""What words tell by themselves, whatever the message is for."""

from __future__ import annotations

import pytest

from sayso.disclosing import tells
from tests.checks.build import a_message, seconds_for

TELLING: tuple[tuple[str, str], ...] = (
    # a purchase, a piece
    ("Hi Kayla! How was your purchase?", "purchase"),
    ("Thank you for your purchase!", "purchase"),
    ("Your order #8812 has shipped.", "purchase"),
    ("Order 8812 is out for delivery", "purchase"),
    ("Your special order has arrived", "purchase"),
    ("How do you like your new ring?", "purchase item"),
    ("Your ring is ready for pick-up.", "purchase item"),
    ("Your engagement ring is ready.", "purchase item relationship"),
    ("It's ready! Come by any time.", "purchase item"),
    ("The ring you chose looks stunning", "purchase item"),
    ("Ring 4411 was picked up by Scott", "purchase item"),
    ("Scott bought the ring", "purchase item"),
    ("Scott picked the ring for you", "purchase item"),
    ("Somebody bought you something", "purchase"),
    ("You recently purchased ring 4411. You may also like these.", "purchase item"),
    ("Proof of purchase attached", "purchase"),
    ("The ring from your wishlist has been sold", "purchase item wishlist"),
    ("Your new earrings miss you", "purchase item"),
    ("Your surprise gift has arrived, a surprise gift", "purchase"),
    ("Thanks for shopping with us!", "purchase"),
    ("Keep your ring sparkling: time for a cleaning", "item"),
    ("Your engraving: 'Forever yours'", "item"),
    ("Size 6, 1.2ct", "item"),
    ("The diamond is here", "item"),
    ("Su compra está lista", "purchase"),
    ("Gracias por su compra", "purchase"),
    ("Su anillo está listo", "purchase item"),
    ("Votre commande est arrivée", "purchase"),
    ("Votre bague est prête", "purchase item"),
    ("Ihre Bestellung ist da", "purchase"),
    ("Ihr Ring ist fertig", "purchase item"),
    ("आपकी अंगूठी तैयार है", "purchase item"),
    ("आपका ऑर्डर तैयार है", "purchase"),
    ("خاتمك جاهز", "purchase item"),
    ("شكرا لشرائك", "purchase"),
    # a price
    ("Your receipt: total paid $4,200", "purchase price"),
    ("Your ring, 1,250 €, is here", "item price"),
    ("Your repair costs £45", "repair price"),
    ("Your order 8812 for ₹45,000", "purchase price"),
    # a repair, a loss
    ("Your repair is ready.", "repair"),
    ("Your ring has been resized.", "repair item"),
    ("Repair #77 is at the bench", "repair"),
    ("The stone chipped at the bench", "loss repair"),
    ("Your diamond is cracked", "loss item"),
    ("We lost the stone; your ring is damaged", "loss item"),
    ("Sorry for your loss", "loss relationship"),
    ("Su reparación está lista", "repair"),
    ("Votre réparation est terminée", "repair"),
    ("Ihre Reparatur ist fertig", "repair"),
    ("मरम्मत पूरी हो गई", "repair"),
    ("تم إصلاح خاتمك", "repair item"),
    # money owed
    ("Your layaway payment is due", "debt"),
    ("Balance due: $300", "debt price"),
    ("Your account is past due", "debt"),
    ("You still owe $45", "debt price"),
    ("Your payment was declined; your payment declined", "debt"),
    ("Tiene un saldo pendiente", "debt"),
    ("Zahlungserinnerung", "debt"),
    ("किस्त बकाया है", "debt"),
    # days and people
    ("Happy birthday, Kayla!", "birth_date"),
    ("Your birthday month is here", "birth_date"),
    ("¡Feliz cumpleaños!", "birth_date"),
    ("जन्मदिन मुबारक", "birth_date"),
    ("Happy anniversary!", "relationship date"),
    ("Your anniversary is near", "relationship date"),
    ("Happy anniversary, Nate and Rebecca", "relationship date"),
    ("Dear Nate and Rebecca, hello", "relationship"),
    ("Hi Nate & Rebecca!", "relationship"),
    ("Hi Nate + Rebecca!", "relationship"),
    ("Dear Mr. and Mrs. Reed", "relationship"),
    ("Queridos Nate y Rebecca", "relationship"),
    ("Your wife will love it", "relationship"),
    ("Congratulations on your engagement", "relationship"),
    ("She said yes!", "relationship"),
    ("Ready to pop the question?", "relationship"),
    ("Your wedding day is near", "relationship date"),
    ("Su boda se acerca", "relationship"),
    ("Votre mariage approche", "relationship"),
    ("Ihre Hochzeit naht", "relationship"),
    ("शादी की सालगिरह मुबारक", "relationship date"),
    ("ذكرى زواج سعيدة", "relationship date"),
    # wishes, visits, codes, places, complaints
    ("Your wishlist misses you", "wishlist"),
    ("From Kayla's wishlist", "wishlist"),
    ("She dropped you a hint", "wishlist"),
    ("Su lista de deseos", "wishlist"),
    ("Your appointment is on Friday", "appointment"),
    ("See you tomorrow at 3", "appointment"),
    ("Su cita es mañana", "appointment"),
    ("موعدك غدا", "appointment"),
    ("Your verification code is 482913", "account"),
    ("Your account password was changed", "account"),
    ("आपका कोड 482913 है", "account"),
    ("We have your new address", "address"),
    ("It ships to 12 Oak St", "address"),
    ("Regarding your complaint", "complaint"),
    ("Sorry to hear you are unhappy", "complaint"),
    ("Su queja fue recibida", "complaint"),
)  # fmt: skip

INNOCENT = (
    "Our new collection of rings from $99",
    "Shop our bridal collection",
    "20% off everything this weekend",
    "Care for your jewelry at home",
    "Find your perfect ring at Smith & Sons",
    "Design your own engagement ring",
    "Your dream ring is waiting… somewhere in our new collection",
    "Book an appointment today",
    "Schedule your appointment online",
    "Appointments available on Saturday",
    "Create your wishlist and share it",
    "Add pieces to your wishlist any time",
    "We offer repairs and engraving",
    "Expert watch repairs",
    "Our 50th anniversary sale",
    "Anniversary gifts from $99",
    "Birthday gifts from $49",
    "Earrings under $200, watches from €500",
    "Customers who bought gold also loved silver",
    "Free gift with any purchase over $100",
    "No purchase necessary. Enter to win!",
    "Order now, only $99",
    "Surprise your loved one",
    "Diamonds from $500. Get lost in the sparkle",
    "We are open today from 10 to 6",
    "Thanks for your message! We'll get back to you.",
    "Please call us. Shelby",
    "Hi Kayla!",
    "Happy holidays from all of us",
    "You have been unsubscribed. Reply START to come back.",
    "We are ready to help you",
    "Till 2 needs a key",
    "Hello there and welcome",
    "Dear friend and customer",
    "Hi all and welcome back",
    "Descubra nuestra nueva colección",
    "Soldes : -50 %",
    "Entdecken Sie unsere neue Kollektion",
    "दिवाली की शुभकामनाएँ",
    "خصم 20%",
    "",
)


@pytest.mark.parametrize(("body", "kinds"), TELLING, ids=[t[0][:32] for t in TELLING])
def test_words_tell_what_they_tell(body: str, kinds: str) -> None:
    assert set(kinds.split()) <= tells(a_message(body))


@pytest.mark.parametrize("body", INNOCENT, ids=[t[:32] for t in INNOCENT])
def test_innocent_words_tell_nothing(body: str) -> None:
    assert tells(a_message(body)) == frozenset()


EXACTLY = (
    ("Happy birthday, Kayla!", "birth_date"),
    ("Hi Kayla! How was your purchase?", "purchase"),
    ("Your appointment is on Friday", "appointment"),
    ("Your verification code is 482913", "account"),
    ("Happy anniversary!", "relationship date"),
    ("Your wishlist misses you", "wishlist"),
    ("Balance due: $300", "debt price"),
    ("Your repair is ready.", "repair"),
    ("The ring on your wishlist is waiting", "wishlist"),
    ("The ring on your wishlist is now sold", "wishlist purchase"),
    ("Sorry to hear of your loss", "loss relationship"),
)


@pytest.mark.parametrize(("body", "kinds"), EXACTLY, ids=[t[0][:32] for t in EXACTLY])
def test_plain_texts_tell_no_more_than_they_do(body: str, kinds: str) -> None:
    assert tells(a_message(body)) == frozenset(kinds.split())


@pytest.mark.parametrize(
    ("sender", "kinds"),
    [
        ("Smith's Bridal", "purchase"),
        ("SMITHBRIDAL", "purchase"),
        ("Wedding Desk", "purchase"),
        ("bridal@smith.example", "purchase"),
        ("Smith Repairs", "repair"),
        ("Smith Billing", "debt"),
        ("Wishlist at Smith", "wishlist"),
        ("Smith & Sons", ""),
        ("+14155550100", ""),
        (None, ""),
    ],
)
def test_a_senders_name_tells_on_a_lock_screen(sender: str | None, kinds: str) -> None:
    assert tells(a_message("Hello!", sender=sender)) == frozenset(kinds.split())


def test_a_subject_line_and_a_page_tell_as_well() -> None:
    assert "purchase" in tells(a_message("Hello!", subject_line="Your order 8812"))
    assert "birth_date" in tells(a_message(None, html="<p>Happy&nbsp;<b>birthday</b></p>"))


LONG = ["your ring ", "the stone a b ", "$ ", "dear nate and ", "9" * 9, "\n" * 9, "a-" * 9, "9,"]


@pytest.mark.parametrize("piece", LONG)
def test_a_very_long_text_is_read_in_time(piece: str) -> None:
    assert seconds_for(lambda: tells(a_message(piece * 2000))) < 5
