"""What people mean who write back: every way of asking for no more, and what only sounds like it, in four languages."""

# ruff: noqa: RUF001
from __future__ import annotations

import pytest

from sayso.opting_out import meaning, plain
from tests.checks.build import seconds_for

TABLE = {
    "stop": """
        STOP | stop | Stop. | sToP | STOP!!! | “STOP” | "Stop" | 'Stop' | Stop 🛑 | 🛑 STOP 🛑 | STOPALL | Stop all
        ＳＴＯＰ | s\u200btop | S T O P | S.T.O.P. | stoooop | STOP please | please stop | Stop now! | STOP STOP STOP
        stop, thank you | UNSUBSCRIBE | unsubcribe | Unsuscribe | unsubscibe me | unsubscribe please | CANCEL
        cancel. | END | quit | Quit! | REVOKE | OPTOUT | OPT-OUT | opt out | Opt me out | ARRET | arrêt | Arrêtez | TD
        REMOVE | remove me | STPO | Sotp | stopp | cancle | please stop texting me | Stop texting me!
        STOP MESSAGING ME | stop sending me messages | stop these messages | Stop with the texts | stop spamming me
        quit texting me | stop all the promo texts please | Please stop contacting this number | take me off your list
        Take us off this mailing list please | please remove me from your list | remove my number | remove me please
        Delete my number from your system | get me off this list | lose my number | don't message me again
        Don’t text me anymore | dont text me | do not contact me | Do not contact me again | DO NOT TEXT
        never text me again | do not call me | don't send me any more texts | dont send me anything | no more texts
        No more messages please | no more promos | I don't want these messages | I do not want to receive texts
        dont want to hear from you | I don't wish to be contacted | we no longer want your emails | leave me alone
        Leave me the hell alone! | wrong number, remove me | I want to unsubscribe | how do I unsubscribe?
        opt me out please | I'd like to opt out | I am opting out of this | These texts must stop
        your messages need to stop | can you stop? | could you please stop it | I revoke my consent
        cancel my subscription | cancel the messages | Stop. Who is this? | Who is this? STOP
        Hi, I asked before. Unsubscribe. | fuck off | do not disturb | no more | I said stop | disable notifications
        discontinue these messages | arrêtez de m'envoyer des messages | Ne m'écrivez plus | ok stop
        you won't stop texting me | I would like to be removed from your list | please have me removed
        I don't want to be on your list | STOP1 | STOP- | please cease all communication | no contact please
        I'd rather not receive texts | Please do not contact him at this number | take this number off your list
        Reply STOP to unsubscribe | stop/end | Scott died last week. Please stop sending these | alto | ¡Alto! | BASTA
        ¡basta ya! | baja | Darme de baja | dar de baja | quiero darme de baja | denme de baja por favor | no más
        no más mensajes | No mas mensajes por favor | no quiero más mensajes | no quiero recibir sus mensajes
        no me escriban más | no me escriban | No me escriba por favor | no me contacten más
        no me manden más mensajes | no me envíen nada | no me molesten | dejen de escribirme
        deja de mandarme mensajes | déjenme en paz | paren de enviar sms | quítenme de la lista
        quíteme de su lista por favor | elimínenme de la base de datos | sáquenme de esa lista | borren mi número
        cancelar suscripción | Cancelar | cancelen mi suscripción | ya no quiero | parar | basta de mensajes
        favor de no enviar mensajes | no enviar más | no más textos | eliminar mi número | ¡ya basta de mensajes!
        desuscribirme | ya no quiero recibir mensajes | no vuelvan a escribirme, quítenme de la lista | बंद करो
        मैसेज बंद करो | कृपया बंद करें | मैसेज मत भेजो | मुझे मैसेज मत भेजो | और मैसेज नहीं चाहिए | रोकें | रोको
        संदेश भेजना बंद करें | बन्द करो | सन्देश मत भेजिए | मुझे परेशान मत करो | मुझे लिस्ट से हटा दो | मेरा नंबर हटाओ
        स्टॉप | मुझे कॉल मत करो | बस करो | एसएमएस बंद कर दीजिए | मत भेजो | मुझे मैसेज भेजना बंद करो | अब और मैसेज नहीं
        band karo | Band karo please | message band karo | mat bhejo | mujhe ye messages nahi chahiye
        ye sab band karo | message bhejna band karo | mujhe message mat bhejo | msg mat bhejna | sms band kar do
        mujhe aur message nahi chahiye | pareshan mat karo | mujhe list se hatao | mera number hatao | rok do
        message mat karo | توقف | تَوَقَّف | توقـــف | إيقاف | ايقاف | أوقف | أوقفوا | أوقفوا الرسائل | اوقفوا الرسائل
        الغاء الاشتراك | إلغاء الاشتراك | أريد إلغاء الاشتراك | لا ترسلوا | لا ترسلوا لي رسائل | لا ترسل لي أي رسائل
        لا أريد رسائلكم | لا اريد هذه الرسائل | توقفوا عن إرسال الرسائل | توقف عن مراسلتي | لا تراسلوني | لا تزعجوني
        احذفوا رقمي | احذفوني من القائمة | كفى | كفاية | من فضلك توقف | إلغاء | قف | بطلوا رسايل | لا تتصلوا بي
        ممكن توقفون الرسائل | مش عايز رسايل | لا أريد أن أستلم رسائل | ألغوا اشتراكي
    """,
    "maybe_stop": """
        wrong number | You have the wrong number | sorry wrong person | not interested | Not interested, thanks
        enough | spam | too many texts | why do you keep texting me | I never signed up for this
        I did not subscribe to this | this is spam | don't text me at night | do not call me today
        stop texting me until Monday | dont text me, call me instead | stop kayla | Stop im not kayla | you never stop
        how do I get this to stop | fewer texts please | reporting you | I'm blocking you
        is there a way to stop this | you are harassing me | Please don't text my wife | take my mother off your list
        I dont want these anymore | block | I did not give consent | staph | delete me | remove my name
        no me escriban hoy | número equivocado | demasiados mensajes | no me interesa | ¿por qué me escriben?
        ya no me interesa | suficiente | गलत नंबर | बहुत मैसेज आ रहे हैं | बस | galat number | itne message kyu | bas
        आज मैसेज मत भेजो | الرقم غلط | رقم خاطئ | خلاص | غير مهتم | رسائل كثيرة | لا ترسلوا رسائل اليوم
    """,
    "start": """
        START | start | Start please | UNSTOP | unstop! | “START” | opt in | iniciar | REANUDAR | शुरू | शुरू करो
        shuru | ابدأ | استئناف
    """,
    "help": "HELP | help! | Info | AYUDA | ¿ayuda? | मदद | madad | مساعدة | help please",
    "words": """
        yes | Yes! | no | ok | Thanks! | 👍 | Can we stop by Saturday? | I'll stop by tomorrow | stop by
        I will stop in later | can I stop over after work? | non-stop | It was a non stop party | don't stop
        Please don't stop sending me updates | dont stop | I can't stop looking at it | bus stop
        when does the sale end? | end of the week works | the end of May is fine | cancel my appointment
        Please cancel my order | can you cancel the repair? | cancel it | please call me to stop the repair
        stop the engraving please | quit smoking lol | remove the stone please | please remove the scratch
        my watch stopped | it stopped ticking | does it stop ticking in water? | Call me when it is ready
        text me when it's ready | don't send the ring yet | Do not send it to Scott | I don't want the blue one
        I don't need a box | no more than 200 dollars | I want to stop wearing it | stop order 8812
        remove me as the pickup person | The end | I quit my job | help stop | don't text Kayla, it's a surprise
        We broke up, please stop the engraving | I don't want it anymore | no more stones please
        Stop at the bank first | quita la piedra | take me off the waiting list | remove me from the appointment
        I don't like the text on the ring | the message on the ring is wrong | don't forget to text me
        I don't text much | leave it at the door | I'm alone today | where are you? | Is Shelby in today?
        who is this? | I'll be there at the end | what stops it tarnishing? | Love it!! | when can I pick it up
        start the repair | yes please start | can you help me? | I need info on the ring | help me choose
        I did not unsubscribe | don't unsubscribe me | do the scratches go away? | opt out of the warranty | no thanks
        J'arrête de fumer | contact me if it is ready | is there a stop on the chain?
        what time do you stop taking repairs? | I ended up buying it | my finger is numb | el anillo es muy alto
        alto y claro, gracias | ¿cuándo abren? | para mañana está bien | no más de 200 dólares | baja de precio?
        quiero cancelar mi cita | no me llamaron | no me mandaron el recibo | no me manden el anillo todavía
        la piedra se salió | no necesito nada más | ¿pueden quitar la piedra? | quítenle el rayón | sí | gracias
        ¿a qué hora cierran? | está bien | दुकान कब बंद होती है? | दुकान आज बंद है? | अंगूठी मत भेजो अभी | कल आऊँगा
        धन्यवाद | मरम्मत रोकें | हाँ | अंगूठी कब मिलेगी | dukaan kab band hogi | ring abhi mat bhejo | kal aaunga
        theek hai | haan | ring kab milegi | dukan band hai kya | الساعة توقفت | متى يتوقف العرض
        لا ترسلوا الخاتم الآن | شكرا | نعم | أين المحل؟ | متى تفتحون | الخاتم جميل | أريد خاتم ذهب
        هل يمكن إلغاء الموعد
    """,
}
LINES = [
    (kind, line.strip(" "))
    for kind, block in TABLE.items()
    for line in block.replace("\n        ", " | ").split(" | ")
    if line.strip()
]


@pytest.mark.parametrize(("kind", "text"), LINES, ids=[f"{kind}:{text}" for kind, text in LINES])
def test_a_text_means_what_its_writer_meant(kind: str, text: str) -> None:
    assert meaning(text) == kind


def test_there_are_enough_lines_and_none_twice() -> None:
    assert len(LINES) >= 150
    assert len({text for _, text in LINES}) == len(LINES)


@pytest.mark.parametrize("text", ["yes", "YES!", "Yep", "sí", "हाँ", "haan", "نعم"])
def test_a_plain_yes_starts_again_only_for_somebody_who_had_stopped(text: str) -> None:
    assert (meaning(text, stopped=True), meaning(text)) == ("start", "words")
    assert meaning(f"{text} I would love to come", stopped=True) == "words"


def test_nothing_is_just_words() -> None:
    assert [meaning(text) for text in ("", " ", "\x00", "🙂", "…", "123", "\u200b")] == ["words"] * 7


def test_one_spelling_of_a_text() -> None:
    assert plain("  Ｄon’t\u200b  SE̲ND — más!! ") == "dont send mas"


@pytest.mark.parametrize(
    "text", ["stop " * 800, "don't " * 2000, "a" * 9000, "no " * 1500 + "x", "मैसेज " * 600, "لا " * 2000]
)
def test_a_long_text_is_read_quickly(text: str) -> None:
    assert seconds_for(lambda: meaning(text)) < 2
