"""What a jeweller really writes: no check of the words may find anything in it."""
# ruff: noqa: RUF001  these are people's own letters

from __future__ import annotations

import pytest

from sayso.checks import blank_text, hidden_character, link_lint, markup, merge_field
from tests.checks.build import a_message, some_facts

CHECKS = (blank_text, hidden_character, link_lint, markup, merge_field)

INNOCENT = {
    "plain": "Hi Kayla, your ring is ready for pick-up. See you soon! Smith & Sons",
    "apostrophes": "It's ready! Scott's 5'11\" chain & O'Brien-Smythe's ring are at Smith's. Don't hurry.",
    "curly": "It’s ready – “as promised” – at Smith’s… don’t hurry!",
    "prefix_in_brackets": "[Smith & Sons] Your repair is done. [SMS]",
    "footnote": "Gold rose this week [1]. [1] Source: London fix.",
    "brackets": "Your ring (size 6½) [yellow gold] is ready (finally)!",
    "prices": "Was $1,250.00, now £999 / €1.099,50. 20% off, 100% recycled gold, 5%-10% more for members.",
    "percent": "Save 10%to20% today! 50%off selected, 100 % gold.",
    "rupees": "आपकी अंगूठी तैयार है। कीमत ₹45,000/- (GST 3% अलग)। धन्यवाद!",
    "none_of": "None of our rings are dipped. Service second to none, and none too soon. Bar none!",
    "none_capital": "Hello, none of the stones were lost: service second to None at Bar None Jewelers.",
    "none_starts": "Hello Kayla. None of the stones were lost.",
    "null_and_void": "The voucher is null and void after 31 Dec.",
    "emoji": "Congratulations 💍✨🎉 See you at 5 👰🏽‍♀️🤵‍♂️👨‍👩‍👧 ❤️ 1️⃣ 2️⃣ ™ © ☎️",
    "flag": "Now also in 🏴󠁧󠁢󠁳󠁣󠁴󠁿 Edinburgh and 🇺🇸 Reno",
    "rainbow": "Happy Pride 🏳️‍🌈 from all of us",
    "heart": "Love it <3 Kayla & Scott > everyone",
    "less_than": "Weight < 5 g and > 2 g; 3<5",
    "hashtags": "#justengaged #ring #love#gold Show us yours! #1 in Reno",
    "handle": "Follow us @smith.jewellers or @smith_jewellers on Instagram",
    "bare_link": "See smith-jewellers.com/care or www.smith.co.uk.",
    "query": "Book: https://smith-jewellers.com/book?utm_source=sms&copy=1&t=%20x, thanks",
    "path": "https://smith-jewellers.com/my%20ring or https://www.smith.com.au/x, smith.co.uk",
    "emoji_link": "👉smith-jewellers.com/care💎",
    "video": "Watch https://www.youtube.com/@smithjewellers?si=1",
    "maps": "We are here: https://maps.app.goo.gl/AbCdEf123 (free parking)",
    "whatsapp": "Chat: https://wa.me/14155550123",
    "mail": "Write to care@smith-jewellers.com or shelby.jones@smith.com.",
    "gmail": "Write to j.smith99@gmail.com/visit us",
    "idn": "Visitez bijouterie-élégance.fr ou joyería-garcía.es",
    "russian_shop": "Привет! Кольцо готово, см. https://ювелир.рф или ювелирный.com",
    "carats": "A 1.05ct/0.5ct pair, 14k.Gold, No.4411, 9.30am/5pm, ref. 4411/2. Rs.5,000/-",
    "missing_space": "Your ring is ready.See you at 5.It closes at 6.We wait",
    "abbreviations": "Mr./Mrs. Reed, e.g. p.m. or a.m., i.e. at 9.30 a.m./p.m.",
    "phone": "Call 415.555.0123 or +44 20 7946 0958, Danish 12.34.56.78",
    "spanish": "¡Hola, María! Su anillo está listo. ¿Le viene bien mañana a las 17:00? Joyería García, 1ª planta",
    "spanish_formal": "Estimada Sra. Núñez: su reparación (nº 4411) está lista. ¡Gracias!",
    "french": "Bonjour ! Votre bague « Éternité » est prête : 1 250 €. À bientôt, l'équipe de la Bijouterie",
    "french_name": "Bonjour Chloé, vos boucles d’oreilles sont prêtes… Cœur d'or ! «CAFÉ» à côté.",
    "french_caps": "BIJOUTERIE ÉTÉ… «PRIVÉ» – JOAILLERIE FRANÇOISE",
    "french_chevrons": "La bague << Éternité >> vous attend",
    "german": "Hallo Frau Groß, Ihr Ring ist da. Viele Grüße…",
    "portuguese": "Olá João, até AMANHÃ… “AMANHÔ às 10h. Coração de ouro",
    "hindi": "नमस्ते प्रिया, आपका हार तैयार है। कृपया सुबह 11 बजे आएँ।",
    "hindi_joiner": "क्‍या आप कल आ सकते हैं? श्रीमान्‌ शर्मा",
    "arabic": "مرحبًا سارة، خاتمك جاهز للاستلام. السعر 1,250 د.إ. شكرًا لكِ!",
    "arabic_marks": "اتصلي بنا على \u200e+971 50 123 4567\u200e أو \u200fhttps://smith.ae\u200f",
    "arabic_brand": "الVIP والخاتم من Smith & Sons جاهز",
    "persian": "حلقهٔ شما آماده است؛ می‌توانید بیایید",
    "thai": "แหวน\u200bของ\u200bคุณ",
    "chinese": "您好,您的戒指已准备好。",
    "vietnamese": "Chào chị Hường, nhẫn của chị đã sẵn sàng ạ",
    "turkish": "Takınız hazır, ışıl ışıl!",
    "greek": "Καλημέρα, το δαχτυλίδι είναι έτοιμο",
    "microns": "Gold plated 3 μm, 2.5µm, resistance 5 Ω, α-quartz",
    "newlines": "Hi Kayla,\r\nyour ring is ready.\n\tSmith's",
    "nbsp": "Prix\u00a0: 1\u202f250\u00a0€",
    "braces_face": "See you ;-} :} {:",
    "shrug": "¯\\_(ツ)_/¯ we tried",
    "testing_word": "We test every stone. Your test ring sizer is in the post; this is a test of patience.",
    "greetings": "Hello! Hi there, Kayla. Good morning! Dear Kayla, dear Scott, hello... Salut !",
    "title": "Dear Mrs. Reed, dear Dr. Núñez, good afternoon.",
    "label": "Resizing: none. Extra charge: none",
    "dollar_words": "US$ 1,250 or CA$99, $USD prices, A$AP Rocky chain",
    "ampersand": "Smith &Sons; R&D; AT&T; Q&A",
    "letter_d": "Dimensions 10%d... sorry 10% deep",
    "data": "Your data: we keep it safe. Link: smith.com.",
}


@pytest.mark.parametrize("body", INNOCENT.values(), ids=INNOCENT.keys())
def test_nothing_is_found_in_an_innocent_text(body: str) -> None:
    assert [f for check in CHECKS for f in check.check(a_message(body), some_facts())] == []


def test_nothing_is_found_in_forwarded_fields_that_are_no_words() -> None:
    message = a_message(
        fields=(
            ("StatusCallback", "http://10.0.0.5/cb"),
            ("MessagingServiceSid", "MG0123456789abcdef0123456789abcdef"),
            ("ValidityPeriod", "14400"),
            ("SendAt", "2026-11-21T15:00:00Z"),
            ("ContentVariables", '{"1": "Kayla", "2": "ring [SMS]"}'),
        ),
        callback_url="http://10.0.0.5/cb",
    )
    assert [f for check in CHECKS for f in check.check(message, some_facts())] == []
